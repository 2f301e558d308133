"""All benchmarks, each section in a process of its own; then every gate in one table.

`python -m tests.benchmarks [--quick] [--resume] [section …]`. A section that ends before its time
is started again behind the item that it ended at. Figures are in `out/benchmarks_<section>.json`,
all gates in `out/benchmarks.json`. What is compiled is kept in a folder of this run, empty at its
start, so that first gradients are first ones and later sections need not compile again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from typing import Any

from rich.console import Console

from tests.benchmarks.gates import Gate, gate_table
from tests.benchmarks.section import OUT, WIDTH, file_of, versions

# the important ones first
SECTIONS = (
    *("problems", "arrays", "calls", "memory", "threads"),
    *("peers", "tape", "primal", "checkpointed"),
)
CACHE = OUT / "benchmarks_cache"


def run(section: str, flags: list[str]) -> str | None:
    """Run a section to its end; what is to be said if it has none."""
    command = [sys.executable, "-m", f"tests.benchmarks.bench_{section}", *flags]
    env = {**os.environ, "ADJOINT_CACHE_DIR": str(CACHE), "JAX_PLATFORMS": "cpu"}
    known = -1
    while (code := subprocess.run(command, check=False, env=env).returncode) != 0:
        items = len(read(section).get("results", ()))
        if items <= known:
            return f"{section}: ended with {code} after {items} items"
        known = items
        command = [*command, *(() if "--resume" in command else ("--resume",))]
    return None


def read(section: str) -> dict[str, Any]:
    """What a section has written."""
    return json.loads(file_of(section).read_text()) if file_of(section).exists() else {}


def gates_of(section: str) -> list[Gate]:
    gates = read(section).get("gates", ())
    return [Gate(**{k: v for k, v in gate.items() if k != "verdict"}) for gate in gates]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer items, for less time")
    parser.add_argument("--resume", action="store_true", help="keep what is measured")
    parser.add_argument("section", nargs="*", default=SECTIONS, help=f"of {', '.join(SECTIONS)}")
    options = parser.parse_args()
    flags = [f"--{name}" for name in ("quick", "resume") if getattr(options, name)]
    console = Console(width=WIDTH)
    if not options.resume:
        shutil.rmtree(CACHE, ignore_errors=True)
        for section in options.section:
            file_of(section).unlink(missing_ok=True)
    failures, seconds = [], {}
    for section in options.section:
        console.rule(section)
        start = time.perf_counter()
        failure = run(section, flags)
        seconds[section] = time.perf_counter() - start
        if failure is not None:
            failures.append(failure)
    gates = {section: gates_of(section) for section in options.section}
    console.rule("all gates")
    for section, found in gates.items():
        if found:
            console.print(gate_table(section, found))
    for failure in failures:
        console.print(failure, markup=False)
    limited = [gate for found in gates.values() for gate in found if gate.limit is not None]
    missed = [gate.name for gate in limited if gate.verdict == "MISSED"]
    console.print(f"missed: {len(missed)} of {len(limited)}; {sum(seconds.values()):.0f} s in all")
    summary = {
        "versions": versions(),
        "seconds": seconds,
        "failures": failures,
        "missed": missed,
        "gates": {section: [gate.as_json() for gate in found] for section, found in gates.items()},
    }
    (OUT / "benchmarks.json").write_text(json.dumps(summary, indent=2) + "\n")


if __name__ == "__main__":
    main()
