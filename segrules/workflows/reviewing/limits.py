"""`limits` of segrules.yml held against a change of rules, and the approvals that lift them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from segrules.diagnostics import Diagnostic
from segrules.planning.renaming import Thing
from segrules.project.model import Project
from segrules.project.upkeep import Approval, Limit
from segrules.source import Span
from segrules.workflows.reviewing.member_changes import MemberChange


def breaches(
    project: Project, members: Mapping[Thing, MemberChange], fingerprints: Mapping[Thing, str], today: date, floor: int
) -> Iterator[Diagnostic]:
    """A finding for each segment or stage that moves more than the limits allow, unless somebody approved that.

    It tells no counts where one of them is from 1 to below the floor.
    """
    approved = {approval.change: approval for approval in project.approvals}
    spans = _spans(project)
    for thing, change in members.items():
        if change.before is None or change.after is None:
            continue
        broken = [said for limit in project.limits if (said := _breach(limit, change, floor)) is not None]
        approval = approved.get(fingerprints[thing])
        if broken and (approval is None or approval.expires < today):
            message = f"`{thing.name}`: {', '.join(broken)}"
            help = _help(fingerprints[thing], approval)
            yield Diagnostic("limit-exceeded", message, spans.get(thing), help, path="segrules.yml")


def _breach(limit: Limit, change: MemberChange, floor: int) -> str | None:
    before, after = change.before or 0, change.after or 0
    moved = {"change": abs(after - before), "entered": change.entered, "left": change.left}[limit.measure]
    most = limit.most * before if limit.is_share else limit.most
    if Decimal(moved) <= most:
        return None
    if any(0 < count < floor for count in (before, after, change.entered, change.left)):
        what = {"change": "its size changes by more", "entered": "more enter", "left": "more leave"}[limit.measure]
        return f"{what} than `limits` allow, {limit.text}"
    share = f" ({moved / before:.1%})" if limit.is_share and before else ""
    what = {
        "change": f"its size changes by {moved:,} from {before:,}{share}",
        "entered": f"{moved:,} enter{share}",
        "left": f"{moved:,} leave{share}",
    }[limit.measure]
    return f"{what}, and `limits` allow {limit.text}"


def _help(fingerprint: str, approval: Approval | None) -> str:
    paste = f"{{change: {fingerprint}, reason: …, by: …, expires: …}}"
    if approval is not None:
        return f"its approval expired on {approval.expires.isoformat()}; renew it, or make the change smaller"
    return f"if it is meant, say so under `approvals` in segrules.yml: `- {paste}`"


def _spans(project: Project) -> dict[Thing, Span | None]:
    segments: Iterable[tuple[Thing, Span | None]] = (
        (Thing(item.entity, "segment", item.name), item.span) for item in project.segments
    )
    stages = (
        (Thing(item.entity, "stage", f"{item.name}.{stage.label}"), stage.span)
        for item in project.segmentations
        for stage in item.stages
    )
    return {**dict(segments), **dict(stages)}
