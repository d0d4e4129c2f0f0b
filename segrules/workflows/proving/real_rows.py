"""How many real rows do what findings say that rows can do."""

from __future__ import annotations

from dataclasses import replace

from segrules.diagnostics import Diagnostic
from segrules.workflows.proving.counts import count_rows
from segrules.workflows.proving.findings import Proof, Region
from segrules.workflows.running import Progress, Run


def with_counts(proof: Proof, run: Run, progress: Progress | None) -> tuple[Proof, tuple[Diagnostic, ...]]:
    """The proof with the number of real rows in its findings, and what is wrong with the data.

    A question without an answer has one where the data has such a row.
    """
    regions: dict[str, list[tuple[Diagnostic, Region]]] = {}
    for finding, region in proof.regions.items():
        regions.setdefault(region.entity, []).append((finding, region))
    if not regions:
        return proof, ()
    asked = {entity: [region.tests for _, region in own] for entity, own in regions.items()}
    counts, problems = count_rows(run, asked, progress)
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
    more = proof.possible + answered
    return replace(proof, findings=findings, possible=more, open=proof.open - answered), problems
