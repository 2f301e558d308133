"""What each thread is doing: recording or not, training or predicting."""

from __future__ import annotations

import threading
from types import TracebackType


class _State(threading.local):
    recording = False
    training = False
    strict = False  # leaving the tape unnoticed is an error (`plain`)

    def __init__(self) -> None:
        # What open scopes will restore. Scopes nest within a thread, and one scope object may be
        # in use by several, so the stack is the thread's and not the scope's.
        self.scopes: list[tuple[bool, bool]] = []


#: Attributes of this object are per thread; a new thread starts at the class's values.
state = _State()


def set_recording(is_record: bool) -> bool:
    """Turn recording on or off; return what it was."""
    previous = state.recording
    state.recording = bool(is_record)
    return previous


def set_training(train_mode: bool) -> bool:
    """Choose training or prediction mode; return what it was."""
    previous = state.training
    state.training = bool(train_mode)
    return previous


def is_recording() -> bool:
    """Whether operations are being recorded in this thread."""
    return state.recording


def is_training() -> bool:
    """Whether this thread is in training mode (dropout drops, batch norm uses the batch)."""
    return state.training


class Scope:
    """A reusable context that sets flags on entry and restores them on exit.

    None leaves a flag alone.
    """

    __slots__ = ("_recording", "_training")

    def __init__(self, recording: bool | None, training: bool | None) -> None:
        self._recording = recording
        self._training = training

    def __enter__(self) -> None:
        state.scopes.append((state.recording, state.training))
        if self._recording is not None:
            state.recording = self._recording
        if self._training is not None:
            state.training = self._training

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        state.recording, state.training = state.scopes.pop()


def record(train_mode: bool = True) -> Scope:
    """Context in which operations are recorded, in training mode unless told otherwise."""
    return Scope(True, bool(train_mode))


def pause(train_mode: bool = False) -> Scope:
    """Context in which nothing is recorded: results are constants."""
    return Scope(False, bool(train_mode))


def train_mode() -> Scope:
    """Context in training mode, recording left as it is."""
    return Scope(None, True)


def predict_mode() -> Scope:
    """Context in prediction mode, recording left as it is."""
    return Scope(None, False)
