"""The groups of figures, in the order of the table. Each gives its findings as they are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bench import Bench
from figures import Finding

from groups import (
    compiling,
    counting,
    curves,
    engines,
    folds,
    language,
    members,
    memory,
    pairs,
    proofs,
    recording,
    reporting,
    reviewing,
    row_engines,
    start_up,
)

GROUPS: Mapping[str, Callable[[Bench], Iterator[Finding]]] = {
    "start-up": start_up.measure,
    "compile": compiling.measure,
    "count": counting.measure,
    "members": members.measure,
    "history": recording.measure,
    "report": reporting.measure,
    "review": reviewing.measure,
    "proofs": proofs.measure,
    "pairs": pairs.measure,
    "folds": folds.measure,
    "language": language.measure,
    "postgres": engines.postgres,
    "spark": engines.spark,
    "memory": memory.measure,
    "curves": curves.measure,
    "row-engines": row_engines.measure,
}
