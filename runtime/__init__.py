"""What generated code and the tape need when they run; installed as `adjoint.runtime`."""
