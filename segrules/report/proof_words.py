"""What is proven of a change, in words. Code stands in backticks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from segrules.analysis import Fact
from segrules.workflows.reviewing.change import Change
from segrules.workflows.reviewing.proof import Proof, Side

_SAME = {"trait": "every row has the same value", "segmentation": "every row has the same stage"}
_SCOPES = {"widened": "widened", "narrowed": "narrowed", "shifted": "shifted", "other": "other values"}
_NEVER = {"enters": "nobody can enter", "leaves": "nobody can leave", "differs": "no value can differ"}
_FOUND = {"enters": " enters", "leaves": " leaves", "differs": ""}
_OPEN = {"enters": "whether somebody enters", "leaves": "whether somebody leaves", "differs": "whether a value differs"}


def proof_lines(change: Change) -> Iterator[str]:
    """What is proven, in a line; nothing where nothing is."""
    proof = change.proof
    if proof is None or all(side.verdict != "never" and side.row is None for side in proof.sides):
        return
    if proof.scope == "same":
        what = _SAME.get(change.thing.kind, "the same rows are in it")
        if proof.is_always:
            yield f"proven: {what}{_given(proof.facts)}"
        else:
            yield f"{what} as of {_day(proof)}, which is proven{_given(proof.facts)}; as of another day that may change"
        return
    may_be = "" if proof.is_certain else "may be "
    parts = [part for side in proof.sides if (part := _said(side, proof))]
    yield f"{may_be}{_SCOPES[proof.scope]}" + (f": {'; '.join(parts)}" if parts else "")


def _said(side: Side, proof: Proof) -> str:
    match side.verdict:
        case "never":
            when = "" if side.is_always else f" as of {_day(proof)}"
            return f"{_NEVER[side.way]}{when} (proven{_given(side.facts)})"
        case "found":
            return "" if side.row is None else f"{code(side.row.line)}{_FOUND[side.way]}"
        case _:
            return f"{_OPEN[side.way]} is open"


def code(text: str) -> str:
    """Text as code in backticks; in two of them where it has one itself."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _given(facts: Iterable[Fact]) -> str:
    """`, given values of customer.country in the contract`"""
    named = [
        f"`{'missing: never' if fact.promise == 'missing' else fact.promise}` of `{fact.table}.{fact.column}`"
        for fact in facts
    ]
    return f", given {' and '.join(named)} in the contract" if named else ""


def _day(proof: Proof) -> str:
    return proof.as_of.isoformat()
