"""What 200 segments over orders cost as these grow, on this machine: python benchmarks/scaling.py ORDERS…

Prints the table of docs/scale.md. Seconds are those that cores worked, all of them together, so that what else the
machine does counts little; the start, YAML and checks of the data are in them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import buying
import orders
from bench import Bench, shown

SEGMENTS = 200


def main() -> None:
    print("| orders | customers | bytes per order | `count` | orders per core-second | memory | `apply` | memory |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="segrules-benchmark-") as folder:
        bench = Bench(Path(folder), 0, (), (), (), (), 1, 600)
        for rows in map(int, sys.argv[1:]):
            print(_line(bench, rows), flush=True)


def _line(bench: Bench, rows: int) -> str:
    who, file = orders.files(bench, rows)
    declared = orders.DECLARED.format(customers=who, orders=file)
    project = bench.write_project("scaling", declared, buying.in_segrules(buying.random_segments(SEGMENTS)))
    counted, counted_in = _run("count", project)
    applied, applied_in = _run("apply", project, "--layout", "wide", "--out", bench.folder / "out")
    cells = (
        shown(rows),
        shown(rows // 6),
        f"{file.stat().st_size / rows:.1f}",
        f"{counted:.1f} s",
        f"{rows / counted:,.0f}",
        f"{counted_in:,.0f} MB",
        f"{applied:.1f} s",
        f"{applied_in:,.0f} MB",
    )
    return f"| {' | '.join(cells)} |"


def _run(*arguments: str | Path) -> tuple[float, float]:
    """How long cores worked, in seconds, and the largest memory, in megabytes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "segrules", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
