"""Check random programs without end: ``python -m tests.fuzz [first seed] [how many]``.

A failing program is made small and printed; the exit status says whether there was one.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections import Counter

from tests.fuzz.check import FAILURES, check, check_seed, still_fails
from tests.fuzz.shrink import shrink


def main(first: int = 0, programs: int | None = None) -> int:
    """Check seeds from `first` on; returns the number of failures."""
    seeds = itertools.count(first) if programs is None else range(first, first + programs)
    kinds: Counter[str] = Counter()
    shown = time.monotonic()
    try:
        for seed in seeds:
            text, outcome = check_seed(seed)
            kinds[outcome.kind] += 1
            if outcome.failed:
                detail = outcome.detail
                if outcome.kind != "hang":  # each trial of a smaller one would hang too
                    text = shrink(text, still_fails(outcome, seed))
                    detail = check(text, seed).detail
                print(f"seed {seed}: {outcome.kind}: {detail}\n{text}", flush=True)
            if time.monotonic() - shown > 10.0:
                shown = time.monotonic()
                print(f"after seed {seed}: {dict(kinds)}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        pass
    print(dict(kinds))
    return sum(kinds[kind] for kind in FAILURES)


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:3])), 1))
