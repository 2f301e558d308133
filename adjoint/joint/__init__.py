"""Functions that stay calls, made for types, without side effects: ready to be differentiated."""

from adjoint.joint.resolve import silenced, with_joint_calls

__all__ = ["silenced", "with_joint_calls"]
