"""Mistakes on the command line, which get one line and exit code 2."""

from __future__ import annotations


class CommandError(Exception):
    """Something on the command line is wrong.

    Parameters
    ----------
    message : what is wrong, one line.
    hint : what to write instead.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message
