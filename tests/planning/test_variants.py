"""Versions of things beside the rules give what the rules give that have the version as their own."""

from __future__ import annotations

import running
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from strategies import Sample, samples

from segrules.engines import Engine, EngineError
from segrules.language.core import Reference
from segrules.planning import plan, references
from segrules.planning.time import parse_as_of
from segrules.planning.variants import in_place, reached, thing_of, users_of, with_variants
from segrules.workflows.mutating.mutation import mutated_rules


@settings(max_examples=settings().max_examples // 8)
@given(sample=samples(), data=st.data())
def test_versions_beside_the_rules_mean_what_they_mean_in_place(
    sample: Sample, data: st.DataObject, duckdb_engine: Engine
) -> None:
    rules = running.resolve_project(running.open_project(sample.files))
    users = users_of(rules)
    every = [
        item.variant
        for item in mutated_rules(rules)
        if all(kind != "relation" for _, kind, _ in reached(item.variant.thing, users))
    ]
    if not every:
        return
    variants = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=3))
    wanted = references(rules["customer"], running.wanted_names(rules["customer"]))
    things = {thing_of(rules["customer"], node) for node in wanted}
    beside, names = with_variants(rules, variants, users, things)
    moment = parse_as_of(sample.as_of, sample.zone)
    tables = running.load(duckdb_engine, rules["customer"], sample.worlds[:1], sample.zone, None)
    try:
        for variant, new in zip(variants, names, strict=True):
            changed = [node for node in wanted if thing_of(rules["customer"], node) in new]
            own = plan(in_place(rules, variant)["customer"], changed, moment)
            alone = running.run(duckdb_engine, own, tables, sample.zone)
            versions = [_version(node, new[thing_of(rules["customer"], node)]) for node in changed]
            together = running.run(duckdb_engine, plan(beside["customer"], versions, moment), tables, sample.zone)
            assert [together[node.name] for node in versions] == [alone[node.name] for node in changed]
    except EngineError as error:
        if error.kind != "overflow":
            raise
        reject()


def _version(node: Reference, name: str) -> Reference:
    _, dot, label = node.name.partition(".")
    return Reference(node.to, name + dot + label, node.type, node.may_be_missing)
