"""Names that a rule gives to rows, `orders as o`: where they have no use, and where they would mean two things."""

from __future__ import annotations

from segrules.language import syntax
from segrules.language.aggregates import AGGREGATES
from segrules.language.check_findings import Findings, refuse
from segrules.language.check_names import Place
from segrules.language.scope import Row


def refuse_alias(alias: syntax.Identifier, function: str, relation: Row, place: Place, findings: Findings) -> bool:
    """Whether `as` cannot stand here, with a finding at the name."""
    if AGGREGATES[function].has_steps or not AGGREGATES[function].of_rows:
        message = f"`as` names one row, and `{function}` is about several"
        refuse(findings, "wrong-arguments", alias.span, message, "leave `as` out")
        return True
    scope = place.scope
    taken = {scope.entity.name, *scope.entity.columns, *scope.entity.lookups, *scope.traits, *scope.segmentations}
    taken |= {*scope.relations, *relation.columns, *relation.lookups, "params", "segments"}
    taken |= {looked.name for looked in place.rows}
    if alias.text in taken:
        message = f"`{alias.text}` means something here already"
        refuse(findings, "ambiguous-name", alias.span, message, "give the row another name")
        return True
    return False
