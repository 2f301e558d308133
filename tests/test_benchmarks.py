"""What the benchmarks say of their figures, and that a run goes on behind an item that failed."""

from __future__ import annotations

import json
import math
import sys

import pytest

from tests.benchmarks import section
from tests.benchmarks.gates import Gate, geomean


@pytest.mark.parametrize(
    "gate, verdict",
    [
        (Gate("a", 2.0, 1.0, 0.9), "met, ambition too"),
        (Gate("a", 2.0, 1.0, 1.5), "met"),
        (Gate("a", 2.0, 1.0, 2.5), "MISSED"),
        (Gate("a", 2.0, None, 2.0), "met"),
        (Gate("a", None, 1.0, 2.0), "ambition missed"),
        (Gate("a", 5.0, 8.0, 6.0, at_least=True), "met"),
        (Gate("a", 5.0, 8.0, 4.0, at_least=True), "MISSED"),
        (Gate("a", 5.0, 8.0, None), "not measured"),
        (Gate("a", None, None, 1.0), ""),
    ],
)
def test_verdict(gate, verdict):
    assert gate.verdict == verdict


def test_geomean_leaves_out_what_was_not_measured():
    assert geomean([2.0, None, 8.0]) == pytest.approx(4.0)
    assert geomean([None]) is None


def fails():
    raise ValueError("no figure\nat all")


def test_section_reports_failures_and_resumes(monkeypatch, tmp_path):
    monkeypatch.setattr(section, "OUT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench"])
    first = section.Section("demo", "")
    first.measure("good", lambda: {"ms": 1.0})
    first.measure("bad", fails)
    assert first.timed() == {"good": {"ms": 1.0}}
    with pytest.raises(KeyboardInterrupt):
        first.measure("interrupted", interrupt)

    monkeypatch.setattr(sys, "argv", ["bench", "--resume"])
    second = section.Section("demo", "")
    second.measure("good", fails)  # known, so not called
    second.measure("new", lambda: {"ms": 3.0})
    second.finish([Gate("ms", 2.0, None, 1.0)], mean=math.sqrt(3.0))
    written = json.loads(section.file_of("demo").read_text())
    assert written["results"] == {
        "good": {"ms": 1.0},
        "bad": {"error": "ValueError: no figure at all"},
        "interrupted": {"error": "the process ended while this was measured"},
        "new": {"ms": 3.0},
    }
    assert written["gates"][0]["verdict"] == "met"
    assert written["mean"] == pytest.approx(1.7320508)


def interrupt():
    raise KeyboardInterrupt
