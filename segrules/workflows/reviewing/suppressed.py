"""`suppress` of segrules.yml among changes: it stands in every segment, and is told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from segrules.planning.renaming import Thing
from segrules.project.exceptions import suppressed_words
from segrules.project.model import Project
from segrules.workflows.reviewing.change import Change
from segrules.workflows.reviewing.clause_changes import ClauseChange


def told_once(changes: Iterable[Change], old: Project, new: Project) -> Iterator[Change]:
    """The changes, where `suppress` changed with one for it; segments that only it touches move because of it.

    before: vip changed: not (segments.bounced) -> not (segments.no_mail); once likewise
    after: suppress changed: not (segments.bounced) -> not (segments.no_mail); vip and once move because of it
    """
    before, now = ({item.entity: suppressed_words(item) for item in one.suppressions} for one in (old, new))
    told: set[str] = set()
    for change in changes:
        entity = change.thing.entity
        texts = (before.get(entity), now.get(entity))
        own = [clause for clause in change.clauses if not _is_of(clause, texts)]
        if len(own) == len(change.clauses) or texts[0] == texts[1]:
            yield change
            continue
        thing = Thing(entity, "suppression", "suppress")
        if entity not in told:
            told.add(entity)
            yield Change(thing, "changed", clauses=_whole(change.clauses, texts))
        if own or change.notes:
            yield replace(change, clauses=tuple(own))
        else:
            yield replace(change, verdict="moved", clauses=(), because=(thing,))


def _is_of(clause: ClauseChange, texts: tuple[str | None, str | None]) -> bool:
    """Whether a clause that changed is that of the suppression."""
    sides = [(said, text) for said, text in zip(clause.texts, texts, strict=True) if said is not None]
    return all(said == text for said, text in sides)


def _whole(clauses: Iterable[ClauseChange], texts: tuple[str | None, str | None]) -> tuple[ClauseChange, ...]:
    """Both versions of the suppression as one change, where they stand apart."""
    own = [clause for clause in clauses if _is_of(clause, texts)]
    before = next((clause.before for clause in own if clause.before is not None), None)
    after = next((clause.after for clause in own if clause.after is not None), None)
    return (ClauseChange(before, after, own[0].joint, own[0].effect if len(own) == 1 else None),)
