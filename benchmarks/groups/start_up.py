"""Starting: how long the command takes before it does anything."""

from __future__ import annotations

from collections.abc import Iterator

from bench import Bench
from figures import Figure, Finding
from processes import SEGRULES


def measure(bench: Bench) -> Iterator[Finding]:
    """The help, and a project of one rule that is only checked, beside a Python that does nothing."""
    project = bench.write_project(
        "one_rule",
        "segrules: 1\nname: one\nentities:\n  customer: {source: none.parquet, key: customer_id, columns: "
        "{customer_id: integer, orders: integer}}\n",
        "segments:\n  loyal: orders >= 5\n",
    )
    commands = {
        "help": (*SEGRULES, "--help"),
        "validate": (*SEGRULES, "validate", project),
        "nothing": ("-c", "pass"),
    }
    done = {name: one.seconds for name, one in bench.measure(commands).items()}
    yield Figure("`segrules --help`", "`python -c pass`", done["help"], done["nothing"], "cost", 10)
    yield Figure("`validate`, one rule", "`python -c pass`", done["validate"], done["nothing"], "cost")
