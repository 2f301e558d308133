"""Recording and training flags: independent, per thread, restored on every exit."""

from __future__ import annotations

import threading

import pytest

from adjoint import autograd


def test_a_thread_starts_idle():
    seen = []
    with autograd.record():
        thread = threading.Thread(
            target=lambda: seen.append((autograd.is_recording(), autograd.is_training()))
        )
        thread.start()
        thread.join()
    assert seen == [(False, False)]


def test_setters_return_what_was():
    assert autograd.set_recording(True) is False
    assert autograd.set_training(True) is False
    assert autograd.set_recording(False) is True
    assert autograd.set_training(False) is True


def test_record_gives_nothing_and_restores_both():
    with autograd.record() as given:
        assert given is None
        assert autograd.is_recording()
        assert autograd.is_training()
    assert not autograd.is_recording()
    assert not autograd.is_training()


def test_record_overrides_set_training_and_restores_it():
    autograd.set_training(True)
    try:
        with autograd.record(train_mode=False):
            assert not autograd.is_training()
        assert autograd.is_training()
    finally:
        autograd.set_training(False)


def test_an_exception_restores_the_state():
    with pytest.raises(ZeroDivisionError), autograd.record():
        raise ZeroDivisionError
    assert not autograd.is_recording()
    assert not autograd.is_training()


def test_scopes_are_reusable_and_nest():
    scope = autograd.record()
    for _ in range(2):
        with scope, autograd.pause(), scope:
            assert autograd.is_recording()
        assert not autograd.is_recording()


def test_pause_stops_recording_and_training():
    with autograd.record():
        with autograd.pause():
            assert not autograd.is_recording()
            assert not autograd.is_training()
        with autograd.pause(train_mode=True):
            assert autograd.is_training()
        assert autograd.is_recording()


def test_modes_leave_recording_alone():
    with autograd.record():
        with autograd.predict_mode():
            assert autograd.is_recording()
            assert not autograd.is_training()
        assert autograd.is_training()
    with autograd.train_mode():
        assert autograd.is_training()
        assert not autograd.is_recording()


def test_a_scope_shared_by_threads():
    scope, seen = autograd.record(), []
    entered, leave = threading.Event(), threading.Event()

    def work():
        with scope:
            entered.set()
            leave.wait(5)
        seen.append(autograd.is_recording())

    thread = threading.Thread(target=work)
    with autograd.record(train_mode=False):
        thread.start()
        entered.wait(5)
        with scope:
            leave.set()
            thread.join()
            assert autograd.is_training()
        assert autograd.is_recording()
        assert not autograd.is_training()
    assert seen == [False]
