"""From expressions over a relation's rows to those over the stored rows that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from segrules.language.core import Column, Expression, Reference
from segrules.language.trees import with_children
from segrules.planning.fold_time import fold_time
from segrules.planning.tables import visible
from segrules.planning.time import AsOf
from segrules.project.model import Rules


def base_of(relation: str, rules: Rules) -> str:
    """The relation whose rows a relation's rows are: itself where it is stored or rolled up."""
    while relation in rules.derived and not rules.derived[relation].by:
        relation = rules.derived[relation].base
    return relation


def on_base(node: Expression, labels: Mapping[str, str], rules: Rules, moment: AsOf) -> Expression:
    """An expression with the columns of derived relations put in, over the rows of `base_of`, labelled by its name.

    labels: by the label of a row the relation that it is one of. `previous` keeps its label: rows that stand before a
    row of a derived relation are others than those before it in its base.
    """

    def inner(part: Expression) -> Expression:
        return on_base(part, labels, rules, moment)

    match node:
        case Column(row=row, path=path, name=name) if row in labels:
            made = rules.derived.get(labels[row])
            if made is None or made.by:
                return replace(node, row=labels[row])
            own = dict(made.columns).get(name) if not path else None
            found = replace(node, row=made.base) if own is None else fold_time(own, moment)
            return on_base(found, {made.base: made.base}, rules, moment)
        case Reference(row=row) if row in labels and node.path:
            return replace(node, row=base_of(labels[row], rules))
        case _:
            return with_children(node, inner)


def conditions(relation: str, rules: Rules, moment: AsOf) -> list[Expression]:
    """What rows of `base_of` pass so that they are rows of a relation that rules see, over the base's rows."""
    seen = visible(rules.relations[relation], moment)
    own = [] if seen is None else [on_base(seen, {"": relation}, rules, moment)]
    made = rules.derived.get(relation)
    if made is None or made.by:
        return own
    if made.where is not None:
        where = fold_time(made.where, moment)
        own.append(on_base(where, {made.base: made.base}, rules, moment))
    return [*conditions(made.base, rules, moment), *own]
