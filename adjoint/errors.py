"""Errors a user can meet: what happened at which line, why, and what to do instead."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adjoint.program.core import Location

_PACKAGE = os.path.join(os.path.dirname(__file__), "")


class AdjointError(Exception):
    """Base of every error of this package.

    Parameters
    ----------
    message : what happened and why, one sentence or two.
    at : the piece of the user's source it is about, shown with a caret; None if there is none.
    hint : what to do instead.
    """

    def __init__(self, message: str, at: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint

    def __str__(self) -> str:
        parts = [self.message]
        if self.at is not None:
            parts.append(_caret_view(self.at))
        if self.hint:
            parts.append(f"hint: {self.hint}")
        return "\n".join(parts)

    def _render_traceback_(self) -> list[str]:
        """What IPython and notebooks show: the user's own frames, then the message with its caret.

        The first frame is IPython's.
        """
        frames = traceback.extract_tb(self.__traceback__)[1:]
        own = [frame for frame in frames if not frame.filename.startswith(_PACKAGE)]
        return [*traceback.format_list(own), f"{type(self).__name__}: {self}"]


def _caret_view(at: Location) -> str:
    text = at.source.line(at.line).expandtabs()
    margin = len(text) - len(text.lstrip())
    start, end = max(at.column - margin, 0), max(at.end_column - margin, at.column - margin + 1)
    carets = " " * start + "^" * (min(end, max(len(text.lstrip()), start + 1)) - start)
    return f'  File "{at.source.filename}", line {at.line}\n    {text.lstrip()}\n    {carets}'


class UnsupportedSyntax(AdjointError, SyntaxError):
    """A statement or expression outside the language that is differentiated."""

    def __init__(self, message: str, at: Location | None = None, hint: str = "") -> None:
        super().__init__(message, at, hint)
        if at is not None:  # as Python and IPython show a SyntaxError
            self.filename, self.lineno = at.source.filename, at.line
            self.offset, self.end_offset = at.column + 1, at.end_column + 1
            self.end_lineno, self.text = at.line, at.source.line(at.line)

    @property
    def msg(self) -> str:  # type: ignore[override]
        """The message below the place, which Python shows itself."""
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message

    def __str__(self) -> str:  # SyntaxError's own would print (message, None)
        return AdjointError.__str__(self)


class SourceNotAvailable(AdjointError, OSError):
    """The function's source cannot be read: typed in a bare REPL, builtin, or compiled."""

    def __str__(self) -> str:  # OSError's own would print its errno
        return AdjointError.__str__(self)


class NoRule(AdjointError, NotImplementedError):
    """A function that is neither the user's own Python nor in the table of rules."""


class NotDifferentiable(AdjointError, TypeError):
    """A gradient was asked of, or with respect to, something that is not float."""


class TypingFailed(AdjointError, TypeError):
    """Numba cannot give a variable one type."""


class ShapeMismatch(AdjointError, ValueError):
    """Shapes that do not fit each other."""


class ArgumentsOverlap(AdjointError, ValueError):
    """Two array arguments share memory and the function writes to one of them."""


class InvalidArgnums(AdjointError, ValueError):
    """`argnums` names a parameter that does not exist."""


class InvalidOut(AdjointError, TypeError):
    """What `out=` names is not an array for each derivative, of its type."""


class InvalidRule(AdjointError, ValueError):
    """A rule that is not written as rules are."""


class OutsideWarning(UserWarning):
    """A function is called outside of machine code, which takes tens of microseconds a call."""


class SpecialisationWarning(UserWarning):
    """A function is compiled again and again, for arguments that are constants of the program."""


class UnsafeCache(AdjointError, PermissionError):
    """The cache folder may be written to by others."""

    def __str__(self) -> str:  # OSError's own would print its errno
        return AdjointError.__str__(self)


class NotStandAlone(AdjointError, ValueError):
    """Generated code that cannot be written to a file that does without this package."""


class InternalError(AdjointError, RuntimeError):
    """A stage broke its own promise; a bug of ours, not of the user."""
