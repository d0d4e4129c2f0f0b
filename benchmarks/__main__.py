"""How fast segrules is beside what people would write by hand. One command, one table; ratios of one run.

Every figure is of whole processes, started cold, the sides in turn, the best run of each. Their answers must be equal,
or the benchmark stops with code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench import Bench, is_installed
from figures import HEAD, Figure, Finding, Note, UnequalAnswers, line
from groups import GROUPS
from groups.language import CASES
from page import as_markdown, curves_as_markdown, curves_of, entry, update_docs
from processes import Failed

CURVE_ROWS = (1000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000)
CURVE_SEGMENTS = (1, 10, 100, 1000, 10_000)


def main() -> None:
    options = _options()
    if options.write_docs and not is_installed("matplotlib"):
        sys.exit("--write-docs draws with matplotlib, which `make benchmark` installs")
    with tempfile.TemporaryDirectory(prefix="segrules-benchmark-", ignore_cleanup_errors=True) as temporary:
        folder = Path(options.folder or temporary).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        bench = _small(folder, options) if options.small else _large(folder, options)
        record = {}
        for group in options.only or GROUPS:
            try:
                record[group] = entry(_measured(group, bench), _command(options))
            except (UnequalAnswers, Failed) as error:
                print(as_markdown(record), end="")
                sys.exit(f"{group}: {error}")
            if options.json:
                Path(options.json).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
            if options.write_docs:
                update_docs({group: record[group]}, order=tuple(GROUPS))
    print(as_markdown(record) + curves_as_markdown(curves_of(record)), end="")


def _measured(group: str, bench: Bench) -> list[Finding]:
    """All findings of a group, each told on stderr as it comes."""
    findings = []
    print(f"{group}\n" + "\n".join(HEAD), file=sys.stderr)
    for finding in GROUPS[group](bench):
        findings.append(finding)
        match finding:
            case Figure():
                print(line(finding), file=sys.stderr)
            case Note(text):
                print(text, file=sys.stderr)
    return findings


def _large(folder: Path, options: argparse.Namespace) -> Bench:
    curve_rows = options.curve_rows or tuple(count for count in CURVE_ROWS if count <= 10 * options.rows)
    return Bench(
        folder,
        options.rows,
        options.segments or (20, 200, 1000),
        curve_rows,
        options.curve_segments or CURVE_SEGMENTS,
        options.cases,
        options.repeat,
        options.patience,
    )


def _small(folder: Path, options: argparse.Namespace) -> Bench:
    curve_rows, curve_segments = options.curve_rows or (100, 2000), options.curve_segments or (1, 10)
    segments = options.segments or (5, 20)
    return Bench(folder, 2000, segments, curve_rows, curve_segments, options.cases, 1, options.patience)


def _command(options: argparse.Namespace) -> str:
    """The command as another person would give it: without places of this machine."""
    kept, skip = [], False
    for word in sys.argv[1:]:
        if not skip and word not in ("--folder", "--json", "--write-docs"):
            kept.append(word)
        skip = word in ("--folder", "--json")
    return " ".join(["python benchmarks", *kept])


def _counts(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(part.replace("_", "")) for part in text.split(",")}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python benchmarks", description=__doc__)
    names = [case.name for case in CASES]
    add = parser.add_argument
    add("--only", nargs="+", choices=list(GROUPS), metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    add("--rows", type=int, default=5_000_000, metavar="N", help="customers; orders are 6 and 20 times as many")
    add("--segments", type=_counts, metavar="N,N", help="how many segments (20,200,1000)")
    add(
        "--curve-rows",
        type=_counts,
        metavar="N,N",
        help="of the curve against rows (1000 to 50000000, at most ten times --rows)",
    )
    add("--curve-segments", type=_counts, metavar="N,N", help="of the curve against segments (1 to 10000)")
    add("--cases", nargs="+", default=(), choices=names, metavar="NAME", help=f"of the language: {', '.join(names)}")
    add("--repeat", type=int, default=3, metavar="N", help="runs of each process (3)")
    add("--patience", type=float, default=600, metavar="SECONDS", help="after which a process is stopped (600)")
    add("--folder", metavar="DIR", help="where data is made, and found again by the next run")
    add("--json", metavar="FILE", help="also write all findings as JSON")
    add("--write-docs", action="store_true", help="put these groups into docs/performance.md, the others stay")
    add("--small", action="store_true", help="2,000 rows and few segments: to see that it works")
    return parser.parse_args()


if __name__ == "__main__":
    main()
