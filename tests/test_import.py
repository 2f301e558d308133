"""What `import adjoint` leaves out: the compiler and the tables, needed later if at all."""

from __future__ import annotations

import json
import subprocess
import sys

LATER = ("rules", "expansions.differences", "pipeline", "syntax", "runtime.kernels", "autograd")
LOADED = f"""
import json, sys
import adjoint
print(json.dumps([name for name in {LATER} if f"adjoint.{{name}}" in sys.modules]))
"""


def test_the_compiler_and_the_tables_of_rules_are_imported_when_they_are_needed() -> None:
    run = [sys.executable, "-c", LOADED]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
