"""How many real rows do what findings say that rows can do, and what real rows leave of what is proven."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from segrules.diagnostics import Diagnostic
from segrules.workflows.proving.asking import Kept
from segrules.workflows.proving.counts import count_rows
from segrules.workflows.proving.findings import Proof, Region
from segrules.workflows.running import Progress, Run


def with_counts(proof: Proof, run: Run, progress: Progress | None) -> tuple[Proof, tuple[Diagnostic, ...]]:
    """The proof with the number of real rows in its findings, and what is wrong with the data.

    A question without an answer has one where the data has such a row. What rests on a promise that the data breaks is
    no longer kept, and the finding about the data names it.
    """
    broken: set[tuple[str, str, str]] = set()

    def fallen(table: str, column: str, promise: str) -> tuple[str, ...]:
        broken.add((table, column, promise))
        return tuple(one.words for one in proof.kept if _rests_on(one, {(table, column, promise)}))

    regions: dict[str, list[tuple[Diagnostic, Region]]] = {}
    for finding, region in proof.regions.items():
        regions.setdefault(region.entity, []).append((finding, region))
    asked = {entity: [region.tests for _, region in own] for entity, own in regions.items()}
    counts, problems = count_rows(run, asked, progress, fallen)
    counted: dict[Diagnostic, Diagnostic] = {}
    answered = 0
    for entity, found in counts.items():
        for (finding, region), passing in zip(regions[entity], found.passing, strict=True):
            is_answer = finding.code == "inconclusive" and passing > 0
            answered += is_answer
            said = region.finding if is_answer else finding
            note = f"in the data: {passing:,} of {found.rows:,} {entity} rows"
            counted[finding] = replace(said, notes=(*said.notes, note))
    findings = tuple(counted.get(finding, finding) for finding in proof.findings)
    kept = tuple(one for one in proof.kept if not _rests_on(one, broken))
    more = proof.possible + answered
    return replace(proof, findings=findings, kept=kept, possible=more, open=proof.open - answered), problems


def _rests_on(kept: Kept, promises: Collection[tuple[str, str, str]]) -> bool:
    return any((fact.table, fact.column, fact.promise) in promises for fact in kept.facts)
