"""Traits and params that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from unicodedata import normalize

from segrules.diagnostics import Diagnostic
from segrules.language.core import Reference
from segrules.project.cases import Case
from segrules.project.definitions import definitions, rules_of
from segrules.project.model import Project
from segrules.workflows.lints.parts import Part


def unused_traits(project: Project, parts: Mapping[str, Sequence[Part]], cases: Sequence[Case]) -> Iterator[Diagnostic]:
    """Traits that no other rule, no test and no example names, and that `carry` does not write.

    In a project of traits alone somebody else uses them.
    """
    if not project.segments and not project.segmentations:
        return
    used = {(expected.entity, expected.name) for case in cases for expected in case.expect}
    used |= {(segment.entity, name) for segment in project.segments for row in segment.examples for name in row.values}
    elsewhere: set[str] = set()
    for entity, own in parts.items():
        for part in own:
            match part.node:
                case Reference(to="trait", name=name, path=()) if (part.kind, part.name) != ("trait", name):
                    used.add((entity, name))
                case Reference(to="trait", name=name, path=(_, *_)):
                    elsewhere.add(name)
    for trait in project.traits:
        if (trait.entity, trait.name) not in used and trait.name not in elsewhere:
            message = f"nothing uses the trait `{trait.name}`"
            help = "delete it, use it in a rule, or let `carry` write it"
            yield Diagnostic("unused-trait", message, trait.span, help)


def unused_params(project: Project) -> Iterator[Diagnostic]:
    """Params that no rule names. An environment or `--set` that gives one another value does not use it."""
    if not project.params:
        return
    names = "|".join(map(re.escape, sorted(project.params, key=len, reverse=True)))
    naming = re.compile(rf'\bparams\s*\.\s*"?({names})')
    items = (item for entity in project.entities for _, item in definitions(project, entity.name))
    values = (item.value for item in project.relations if item.value is not None)
    rules = (*(rule for item in items for rule in rules_of(item)), *(rule for value in values for rule in value.rules))
    texts = (rule.text for rule in rules)
    used = {found for text in texts if "params" in text for found in naming.findall(normalize("NFC", text))}
    for name in project.params:
        if name not in used:
            message = f"nothing uses the param `{name}`"
            yield Diagnostic(
                "unused-param", message, project.param_spans.get(name), f"delete it, or write `params.{name}`"
            )
