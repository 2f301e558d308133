"""A section of the benchmarks: what it has measured is on disk as soon as it is known.

`out/benchmarks_<section>.json` is written after every item, with the item that is being measured
as failed: if one ends the process, the next run goes on behind it (`--resume`).
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.benchmarks.gates import Gate

OUT = Path(__file__).resolve().parents[2] / "out"
WIDTH = 110  # the tables', also where the output is not a terminal

Measured = dict[str, Any]


class Section:
    """Measurements by name.

    Parameters
    ----------
    name : of the section and its file.
    description : what `--help` says.
    seconds : for the variants of an item together, unless the command line says otherwise.

    Attributes
    ----------
    results : by item, figures by name; {"error": …} for an item that could not be measured.
    options : `seconds`, `quick`, `resume`, `items`.
    """

    def __init__(self, name: str, description: str | None, seconds: float = 1.0) -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--seconds", type=float, default=None, help="for each item")
        parser.add_argument("--quick", action="store_true", help="fewer items, for less time")
        parser.add_argument("--resume", action="store_true", help="keep what is measured")
        parser.add_argument("items", nargs="*", help="only these; the file stays as it is")
        self.options = parser.parse_args()
        if self.options.seconds is None:
            self.options.seconds = 0.3 * seconds if self.options.quick else seconds
        self.console = Console(width=WIDTH)
        self._name, self._path = name, file_of(name)
        self.results: dict[str, Measured] = {}
        if self.options.resume and self._path.exists():
            self.results = json.loads(self._path.read_text())["results"]

    def measure(self, name: str, call: Callable[[], Measured]) -> None:
        """Measure an item, unless it is left out or known; failures are results too."""
        if name in self.results or (self.options.items and name not in self.options.items):
            return
        self.results[name] = {"error": "the process ended while this was measured"}
        self._save(())
        try:
            found = call()
        except Exception as error:  # whatever one item meets must not hide the others
            found = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
        self.results[name] = found
        self._save(())
        self.say(f"{name}: {line_of(found)}")

    def timed(self) -> dict[str, Measured]:
        """The items that could be measured."""
        return {name: found for name, found in self.results.items() if "error" not in found}

    def say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False)

    def finish(self, gates: Sequence[Gate], **notes: Any) -> None:
        """Write the gates of the section, and what else the summary is to know."""
        self._save(gates, **notes)

    def _save(self, gates: Sequence[Gate], **notes: Any) -> None:
        if self.options.items:
            return
        OUT.mkdir(parents=True, exist_ok=True)
        found = {
            "section": self._name,
            "versions": versions(),
            "gates": [gate.as_json() for gate in gates],
            **notes,
            "results": self.results,
        }
        self._path.write_text(json.dumps(found, indent=2) + "\n")


def file_of(section: str) -> Path:
    return OUT / f"benchmarks_{section}.json"


def line_of(found: Measured) -> str:
    """The figures of an item; lists are for the table."""
    items = [(k, v) for k, v in found.items() if not isinstance(v, list)]
    return ", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k}: {v}" for k, v in items)


def versions() -> dict[str, str]:
    """Of what the figures depend on."""
    found = {"python": platform.python_version()}
    for package in ("numba", "numpy", "jax", "torch", "autograd", "mygrad"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
