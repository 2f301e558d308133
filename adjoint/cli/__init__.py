"""The command line: `adjoint show`, `emit`, `report`, `check`, `explain`, `bench` and `cache`."""

from adjoint.cli.app import main

__all__ = ["main"]
