"""What a project may ask of every segment: somebody who answers for it, and a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segrules.diagnostics import Diagnostic
from segrules.project.cases import Case
from segrules.project.model import Project, Segment, Segmentation


def missing_owners(project: Project) -> Iterator[Diagnostic]:
    """Segments and segmentations without an `owner`."""
    items: tuple[Segment | Segmentation, ...] = (*project.segments, *project.segmentations)
    for item in items:
        if not item.about.get("owner"):
            yield Diagnostic("missing-owner", f"`{item.name}` has no owner", item.span, "write `owner: …`")


def missing_tests(project: Project, cases: Sequence[Case]) -> Iterator[Diagnostic]:
    """Segments without an example that no test expects anything of, and such segmentations."""
    tested = {(expected.entity, expected.name.partition(".")[0]) for case in cases for expected in case.expect}
    for segment in project.segments:
        if not segment.examples and (segment.entity, segment.name) not in tested:
            help = "write `examples` beside its rule, or a case in `tests/`"
            yield Diagnostic("missing-test", f"no test is about `{segment.name}`", segment.span, help)
    for item in project.segmentations:
        if (item.entity, item.name) not in tested:
            yield Diagnostic("missing-test", f"no test is about `{item.name}`", item.span, "write a case in `tests/`")
