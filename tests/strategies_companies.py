"""A second entity of random projects: companies, which customers and orders lead to and whose members lead back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies_rules import fold, rule
from strategies_writing import Names, Windowed

COMPANY = {"company_id": "integer", "founded": "date", "kind": "text", "worth": "decimal(12,2)", "boss_id": "integer"}
MEMBERS = {"company_id": "integer", "customer_id": "integer", "joined_at": "date", "shares": "integer"}


def entity(has_time: bool) -> dict[str, Any]:
    """The entity as segrules.yml declares it."""
    declared: dict[str, Any] = {"source": "companies.csv", "key": "company_id", "columns": COMPANY}
    declared["lookups"] = {"boss": {"entity": "customer", "on": {"boss_id": "customer_id"}}}
    return declared | ({"time": "founded"} if has_time else {})


def members(has_time: bool) -> dict[str, Any]:
    """Its relation."""
    declared: dict[str, Any] = {"of": "company", "source": "members.csv", "key": "company_id", "columns": MEMBERS}
    declared["lookups"] = {"customer": {"entity": "customer", "on": "customer_id"}}
    return declared | ({"time": "joined_at"} if has_time else {"order": "shares"})


@st.composite
def companies(draw: DrawFn, names: Names, segment: str, has_time: bool) -> dict[str, Any]:
    """The rules of companies, which name what `names` and `segment` say of customers."""
    led = {kind: tuple(f"customer.{name}" for name in known) for kind, known in own_traits(names).items()}
    led["boolean"] = (*led.get("boolean", ()), f"customer.segments.{segment}")
    bare = _by_type({name: type for name, type in MEMBERS.items() if name != "company_id"}, led)
    qualified = {kind: tuple(f"members.{name}" for name in known) for kind, known in bare.items()}
    own_columns = _by_type({name: type for name, type in MEMBERS.items() if name != "company_id"}, {})
    relation = Windowed("members", bare, qualified, has_time, own_columns)
    bosses = {kind: tuple(name.replace("customer.", "boss.") for name in known) for kind, known in led.items()}
    own = Names(names.pool, _by_type(COMPANY, bosses), (relation,))
    traits = {f"sized_{kind}": draw(fold(own, kind)) for kind in ("integer", "decimal")}
    for kind in ("integer", "decimal"):
        own = own.with_value(kind, f"sized_{kind}")
    traits["sized_text"] = draw(rule(own, "text", 1))
    stages = {label: draw(rule(own, "boolean", 1)) for label in ("small", "large")}
    return {
        "entity": "company",
        "traits": traits,
        "segments": {"big": draw(rule(own, "boolean", 2))},
        "segmentations": {"tier": {"stages": stages}},
    }


def with_companies(names: Names) -> Names:
    """The names of customers' rules once companies have theirs: behind `company`, and of orders behind `seller`."""
    orders, *others = names.relations
    bare = _beside(orders.bare, _things("seller"))
    qualified = _beside(orders.qualified, _things("orders.seller"))
    columns = _beside(orders.bare, _by_type({f"seller.{name}": type for name, type in COMPANY.items()}, {}))
    richer = replace(orders, bare=bare, qualified=qualified, columns=columns)
    return replace(names, values=_beside(names.values, _things("company")), relations=(richer, *others))


def own_traits(names: Names) -> dict[str, tuple[str, ...]]:
    """The traits among values: `integer_0`."""
    return {
        kind: found
        for kind, known in names.values.items()
        if (found := tuple(name for name in known if name.startswith(f"{kind}_") and name[len(kind) + 1 :].isdigit()))
    }


def _things(lookup: str) -> dict[str, tuple[str, ...]]:
    """What a lookup to a company leads to, by type."""
    columns = _by_type(COMPANY, {})
    things = {"integer": ("sized_integer",), "decimal": ("sized_decimal",), "text": ("sized_text",)}
    things["boolean"] = ("segments.big", "segments.tier.small")
    return {kind: tuple(f"{lookup}.{name}" for name in known) for kind, known in _beside(columns, things).items()}


def _by_type(columns: Mapping[str, str], more: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, type in columns.items():
        found = _beside(found, {type.partition("(")[0]: (name,)})
    return _beside(found, more)


def _beside(some: Mapping[str, tuple[str, ...]], more: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {kind: (*some.get(kind, ()), *more.get(kind, ())) for kind in sorted({*some, *more})}
