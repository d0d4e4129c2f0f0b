"""What is known of one entity's rules: their things, each once, and the formulas that definitions come to."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from segrules.analysis.answers import Fact
from segrules.analysis.small.formulas import Formulas, Thing
from segrules.analysis.small.values import EVERYTHING, Values
from segrules.language.core import Column, Expression, Literal, Reference
from segrules.language.trees import with_children
from segrules.language.types import UNKNOWN
from segrules.planning.dependencies import definition
from segrules.planning.fold_time import fold_time
from segrules.planning.time import AsOf
from segrules.project.model import Project, Rules


@dataclass(frozen=True)
class Theory:
    """Tables that grow while questions are asked; nothing in them depends on which came first."""

    project: Project
    rules: Rules
    moment: AsOf
    formulas: Formulas = field(default_factory=Formulas)
    things: dict[Hashable, Thing] = field(default_factory=dict)
    folded: dict[tuple[str, str], Expression] = field(default_factory=dict)
    keys: dict[Hashable, int] = field(default_factory=dict)
    known: dict[Hashable, Any] = field(default_factory=dict)

    def thing(
        self,
        key: Hashable,
        node: Expression | None,
        frame: Values = EVERYTHING,
        *,
        promises: tuple[tuple[Values, Fact], ...] = (),
        unit: Fraction | int | None = None,
        group: Any = None,
        about: Any = None,
    ) -> Thing:
        if key not in self.things:
            frame = frame.on_grid(unit)
            self.things[key] = Thing(len(self.things), node, frame, promises, unit, group, about)
        return self.things[key]

    def meaning(self, reference: Reference) -> Expression:
        """The definition of a thing of the entity's own, without open time."""
        key = (reference.to, reference.name)
        if key not in self.folded:
            self.folded[key] = self.prepared(definition(self.rules, key))
        return self.folded[key]

    def prepared(self, node: Expression) -> Expression:
        """An expression without open time."""
        return fold_time(node, self.moment)

    def key(self, node: Expression) -> int:
        """A number that is the same for expressions that say the same in the same way, by whatever names."""
        if isinstance(node, Reference) and not node.path:
            named = ("named", node.to, node.name)
            if named not in self.keys:
                self.keys[named] = self.key(self.meaning(node))
            return self.keys[named]
        if isinstance(node, Column):
            node = replace(node, may_be_missing=True)  # which its promises say
        shallow = with_children(node, lambda part: Literal(self.key(part), UNKNOWN))
        return self.keys.setdefault(shallow, len(self.keys))


def is_own(node: Expression) -> bool:
    """Whether it names something of the entity's own rules, whose definition says what it is."""
    return isinstance(node, Reference) and not node.path
