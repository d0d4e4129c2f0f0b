"""Random projects and rows: rule files as text, so that the whole front end is part of what is tested.

A sample is small but sharp: values come from few constants, and rules compare with those very constants, so
that boundaries, ties and missing values are the rule and not the exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import strategies_companies as companies
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from strategies_pool import Pool, pools
from strategies_rules import fold, rule
from strategies_writing import Names, Windowed

Cell = SearchStrategy[Any]

ZONES = ("UTC", "Asia/Bangkok", "Europe/Paris", "America/New_York", "America/Santiago", "Atlantic/Azores")
AS_OF = (
    "2026-01-31",
    "2024-02-29",
    "2026-03-29",
    "2026-10-25",
    "2026-11-01T01:30:00",
    "2026-03-31T09:30:00",
    "2026-10-25T02:30:00",
)
ENTITY = {
    "customer_id": "integer",
    "age": "integer",
    "points": "integer",
    "budget": "decimal(12,2)",
    "credit": "decimal",
    "weight": "number",
    "country": "text",
    "name": "text",
    "active": "boolean",
    "joined": "date",
    "seen": "timestamp",
    "tags": "list of text",
    "valid_from": "timestamp",
    "valid_to": "timestamp",
    "company_id": "integer",
    "số dư; drop'": "integer",
}
DEMOGRAPHICS = {
    "customer_id": "integer",
    "income": "decimal(14,2)",
    "region": "text",
    "since_day": "date",
    "until_day": "date",
}
ORDERS = {
    "order_id": "integer",
    "customer_id": "integer",
    "at": "timestamp",
    "amount": "decimal(12,2)",
    "pieces": "integer",
    "score": "number",
    "channel": "text",
    "paid": "boolean",
    "shipped": "date",
    "product_id": "integer",
    "seller_id": "integer",
}
PRODUCT = {"product_id": "integer", "category": "text", "price": "decimal(13,2)", "maker_id": "integer"}
MAKER = {"maker_id": "integer", "home": "text"}
VISITS = {"customer_id": "integer", "day": "date", "seconds": "integer", "page": "text", "order": "integer"}

DERIVED = {
    "large": {
        "from": "orders",
        "where": "amount >= 1 or previous(pieces) > 0 or product.category == 'TH'",
        "columns": {"net": "amount * 0.5", "earlier": "previous(channel)"},
    },
    "daily": {
        "from": "large",
        "by": "date(at) as day",
        "columns": {
            "net_sum": "sum(net)",
            "number": "count(large)",
            "few": "count(large where pieces < 3) * 2",
            "some_paid": "any(large where paid)",
            "last_channel": "last(channel where channel is known)",
            "least_weight": "min(score) / 2",
            "kinds": "funnel(large where channel is known then paid then pieces > 0)",
        },
        "time": "day",
    },
}
DAILY = {
    "day": "date",
    "net_sum": "decimal",
    "number": "integer",
    "few": "integer",
    "some_paid": "boolean",
    "last_channel": "text",
    "least_weight": "number",
    "kinds": "integer",
}


@dataclass(frozen=True)
class Sample:
    """A project's files, when it is run, and the rows of its tables in one or several worlds."""

    files: Mapping[str, str]
    worlds: tuple[Mapping[str, list[dict[str, Any]]], ...]
    as_of: str
    zone: str


@dataclass(frozen=True)
class _Shape:
    """What a project declares, of the things that are optional."""

    from_orders: bool
    entity_time: bool
    entity_valid: bool
    valid: bool
    orders_ordered: bool
    visits_timed: bool
    visits_ordered: bool
    company_time: bool
    members_timed: bool


@st.composite
def samples(draw: DrawFn) -> Sample:
    """A random project with rules, and rows for all its tables."""
    zone, as_of = draw(st.sampled_from(ZONES)), draw(st.sampled_from(AS_OF))
    day, shape = date.fromisoformat(as_of[:10]), draw(_shapes())
    now = datetime.fromisoformat(as_of) if "T" in as_of else datetime(day.year, day.month, day.day) + timedelta(days=1)
    pool = draw(pools(day, now))
    rules, of_companies = draw(_rules(_names(shape, pool), shape))
    params = "entity: customer\nparams: {least: 3, window: 30 days, codes: [0, 3, 10]}\n"
    suppress = {"suppress": {"customer": rules.pop("suppress")}} if "suppress" in rules else {}
    project = {"segrules.yml": _project(shape, zone, suppress), "segments/rules.yml": params + _file(rules)}
    files = {**project, "segments/companies.yml": _file(of_companies), **_lists(pool)}
    worlds = draw(st.lists(_tables(pool, shape), min_size=1, max_size=4))
    return Sample(files, tuple(worlds), as_of, zone)


@st.composite
def _shapes(draw: DrawFn) -> _Shape:
    rarely = st.sampled_from((False, False, False, True))
    timed, ordered = draw(st.booleans()), draw(st.booleans())
    kind = draw(st.sampled_from(("rows", "rows", "time", "valid", "from")))
    shape = (kind == "from", kind == "time", kind == "valid")
    rest = (draw(rarely), draw(st.booleans()), timed or not ordered, ordered, draw(st.booleans()), draw(st.booleans()))
    return _Shape(*shape, *rest)


def _lists(pool: Pool) -> dict[str, str]:
    """Lists in files, of values that rows have and of others."""
    texts = [text for text in pool.text if text == text.strip() and text.isprintable() and text]
    lists = {"few": [1, 3, *pool.integer[:2]], "many": [*pool.integer, *range(2, 70)], "texts": texts[1:] or ["TH"]}
    return {f"lists/{name}.txt": "".join(f"{value}\n" for value in values) for name, values in lists.items()}


def _project(shape: _Shape, zone: str, more: Mapping[str, str]) -> str:
    demographics: dict[str, Any] = {"source": "d.csv", "on": "customer_id", "columns": DEMOGRAPHICS}
    if shape.valid:
        demographics["valid"] = ["since_day", "until_day"]
    customer: dict[str, Any] = {"source": "c.csv", "key": "customer_id", "columns": ENTITY}
    company = {"entity": "company", "on": {"customer_id" if shape.from_orders else "company_id": "company_id"}}
    customer["lookups"] = {"demographics": demographics, "company": company}
    if shape.entity_valid:
        customer["valid"] = ["valid_from", "valid_to"]
    if shape.from_orders:
        customer = {"from": "orders", "key": "customer_id", "lookups": customer["lookups"]}
    if shape.entity_time:
        customer["time"] = "seen"
    maker = {"source": "m.csv", "on": "maker_id", "columns": MAKER}
    product = {"source": "p.csv", "on": "product_id", "columns": PRODUCT, "lookups": {"maker": maker}}
    orders: dict[str, Any] = {"of": "customer", "source": "o.csv", "key": "customer_id", "time": "at"}
    seller = {"entity": "company", "on": {"seller_id": "company_id"}}
    orders |= {"columns": ORDERS, "lookups": {"product": product, "seller": seller}}
    visits: dict[str, Any] = {"of": "customer", "source": "v.csv", "key": "customer_id", "columns": VISITS}
    if shape.orders_ordered:
        orders["order"] = "order_id"
    if shape.visits_timed:
        visits["time"] = "day"
    if shape.visits_ordered:
        visits["order"] = "order"
    members = companies.members(shape.members_timed)
    relations = {"orders": orders, "visits": visits, "members": members, **DERIVED}
    entities = {"customer": customer, "company": companies.entity(shape.company_time)}
    head = {"segrules": 1, "name": "random", "timezone": zone, "fiscal_year_starts": 4, **more}
    return _yaml({**head, "entities": entities, "relations": relations})


def _file(rules: Mapping[str, Any]) -> str:
    """A rule file: a key and its content a line, below which other lines may stand."""
    return "".join(f"{key}: {_yaml(content)}\n" for key, content in rules.items())


def _yaml(content: Any) -> str:
    """JSON is YAML, and no quoting rule of it can be forgotten here."""
    return json.dumps(content, ensure_ascii=False)


# what rules may name


def _names(shape: _Shape, pool: Pool) -> Names:
    product = {"product.category": "text", "product.price": "decimal", "product.maker.home": "text"}
    visits = {'"order"' if name == "order" else name: type for name, type in VISITS.items()}
    relations = (
        _windowed("orders", {**ORDERS, **product}, True),
        _windowed("visits", visits, shape.visits_timed),
        _windowed("large", {**ORDERS, **product, "net": "decimal", "earlier": "text"}, True),
        _windowed("daily", DAILY, True),
    )
    own = {name if name.isidentifier() else f'"{name}"': type for name, type in ENTITY.items()}
    if shape.from_orders:
        own = {"customer_id": "integer"}
    own |= {"demographics.income": "decimal", "demographics.region": "text", "demographics.since_day": "date"}
    return Names(pool, _by_type({**own, "params.least": "integer"}), relations)


def _windowed(name: str, columns: Mapping[str, str], has_time: bool) -> Windowed:
    own = {column: type for column, type in columns.items() if column != "customer_id"}
    return Windowed(name, _by_type(own), _by_type({f"{name}.{column}": type for column, type in own.items()}), has_time)


def _by_type(columns: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, type in columns.items():
        kind = type.partition("(")[0].partition(" ")[0]
        found[kind] = (*found.get(kind, ()), name)
    return found


# rules

_TRAITS = ("integer", "decimal", "number", "text", "boolean", "date", "timestamp")
_SEGMENTS = ("vip", "lapsed", "กลุ่ม", "vip_too", "คน", "last_one")


@st.composite
def _rules(draw: DrawFn, names: Names, shape: _Shape) -> tuple[dict[str, Any], dict[str, Any]]:
    """A rule file: traits that use earlier ones, segments, segmentations, and segments that use all of these.

    And one of companies, which uses the first traits and a segment, while the other traits use it.
    """
    traits: dict[str, str] = {}
    segments: dict[str, Any] = {}
    of_companies: dict[str, Any] = {}
    for place in range(draw(st.integers(2, 5))):
        if place == 1:
            segments["early"] = draw(rule(names, "boolean", 2))
            of_companies = draw(companies.companies(names, "early", shape.members_timed))
            names = companies.with_companies(names.with_segment("early"))
        type = draw(st.sampled_from(_TRAITS))
        is_fold = type != "boolean" and draw(st.booleans())
        traits[f"{type}_{place}"] = draw(fold(names, type) if is_fold else rule(names, type, 2))
        names = names.with_value(type, f"{type}_{place}")
    count = draw(st.integers(2, len(_SEGMENTS)))
    segmentations: dict[str, Any] = {}
    for place, name in enumerate(_SEGMENTS[:count]):
        if place == 2:
            segmentations = draw(_segmentations(names))
            names = names.with_labels({name: tuple(one["stages"]) for name, one in segmentations.items()})
        segments[name] = draw(_segment(names))
        names = names.with_segment(name)
    if draw(st.integers(0, 3)) == 0:
        suppress = {"suppress": draw(rule(names, "boolean", 1))}
        return {**suppress, **_sections(traits, segments, segmentations)}, of_companies
    return _sections(traits, segments, segmentations), of_companies


def _sections(traits: Any, segments: Any, segmentations: Any) -> dict[str, Any]:
    return {"traits": traits, "segments": segments, "segmentations": segmentations}


@st.composite
def _segment(draw: DrawFn, names: Names) -> Any:
    if draw(st.integers(0, 4)):
        text = draw(rule(names, "boolean", 3))
        return {"when": text, **draw(_beside(names))} if draw(st.integers(0, 3)) == 0 else text
    kind = draw(st.sampled_from(("all", "any", "none")))
    inner = draw(st.sampled_from(("all", "any", "none")))
    return {
        kind: [draw(rule(names, "boolean", 2)), {inner: [draw(rule(names, "boolean", 1))] * draw(st.integers(1, 2))}]
    }


@st.composite
def _beside(draw: DrawFn, names: Names) -> dict[str, Any]:
    """What stands beside the rule of a segment: now this, now that."""
    keys = st.sampled_from(([1], [2, 9], [1, 2, 3], "few.txt", "many.txt"))
    beside = {"include": draw(keys), "exclude": draw(keys)}
    beside["suppress"] = False if draw(st.booleans()) else draw(rule(names, "boolean", 1))
    return {key: value for key, value in beside.items() if draw(st.booleans())}


@st.composite
def _segmentations(draw: DrawFn, names: Names) -> dict[str, Any]:
    """One of each hit policy; the stages under `unique` never overlap."""
    found: dict[str, Any] = {}
    for name, hit in (("stage", "first"), ("groups", "any")):
        stages = {label: draw(rule(names, "boolean", 2)) for label in ("new", "ใหม่", "old")}
        found[name] = {"hit": hit, "stages": stages}
    bound = draw(rule(names, "integer", 1))
    found["level"] = {"hit": "unique", "stages": {"low": f"({bound}) < 2", "high": f"({bound}) >= 2"}}
    for segmentation in found.values():
        if draw(st.booleans()):
            segmentation["otherwise"] = "rest"
    return found


# rows


@st.composite
def _tables(draw: DrawFn, pool: Pool, shape: _Shape) -> dict[str, list[dict[str, Any]]]:
    cells = _cells(pool)
    keys = draw(st.sampled_from(((1, 2), (1, 2, 3), (2, 1), (1, 3), (5, 1, 2, 4), ())))
    products = draw(st.lists(st.sampled_from((1, 2, 3)), unique=True, max_size=3))
    makers = draw(st.lists(st.sampled_from((1, 2)), unique=True, max_size=2))
    owner, product, maker = (
        st.sampled_from(ids) for ids in ((1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 9, None), (1, 2, 3, 9, None), (1, 2, None))
    )
    firm = st.sampled_from((1, 1, 2, 3, None))
    firms = draw(st.lists(st.sampled_from((1, 2, 3)), unique=True, max_size=3))
    orders = _row(ORDERS, cells, customer_id=owner, product_id=product, seller_id=firm)
    members = _row(companies.MEMBERS, cells, company_id=firm, customer_id=owner)
    return {
        "customer": [row for key in keys for row in draw(_entity_rows(cells, key, pool, shape))],
        "customer.demographics": draw(_demographics(cells, pool, shape)),
        "orders": draw(st.lists(orders, min_size=3, max_size=10)),
        "orders.product": [draw(_row(PRODUCT, cells, product_id=st.just(id), maker_id=maker)) for id in products],
        "orders.product.maker": [draw(_row(MAKER, cells, maker_id=st.just(id))) for id in makers],
        "company": [draw(_row(companies.COMPANY, cells, company_id=st.just(id), boss_id=owner)) for id in firms],
        "members": draw(st.lists(members, max_size=5)),
        "visits": draw(st.lists(_row(VISITS, cells, customer_id=owner), min_size=2, max_size=6)),
    }


@st.composite
def _entity_rows(draw: DrawFn, cells: Mapping[str, Cell], key: int, pool: Pool, shape: _Shape) -> list[dict[str, Any]]:
    """The row of a key; where rows are valid from and to, one until an instant and another one from it."""
    firm = st.sampled_from((1, 1, 2, 9, None))
    row = draw(_row(ENTITY, cells, customer_id=st.just(key), company_id=firm))
    if shape.from_orders:
        return []
    if not shape.entity_valid:
        return [row]
    cut = draw(st.sampled_from(pool.timestamp))
    later = draw(_row(ENTITY, cells, customer_id=st.just(key)))
    start = draw(st.sampled_from((None, cut - timedelta(days=30))))
    return [row | {"valid_from": start, "valid_to": cut}, later | {"valid_from": cut, "valid_to": None}]


@st.composite
def _demographics(draw: DrawFn, cells: Mapping[str, Cell], pool: Pool, shape: _Shape) -> list[dict[str, Any]]:
    """One row per key; where rows are valid from and to, one until a day and another one from it."""
    rows = []
    for key in draw(st.lists(st.sampled_from((1, 2, 3, 4)), unique=True, max_size=4)):
        row = draw(_row(DEMOGRAPHICS, cells, customer_id=st.just(key)))
        if shape.valid:
            cut = draw(st.sampled_from(pool.date)) + timedelta(days=draw(st.sampled_from((0, 1))))
            later = draw(_row(DEMOGRAPHICS, cells, customer_id=st.just(key)))
            rows.append({**later, "since_day": cut, "until_day": None})
            row |= {"since_day": draw(st.sampled_from((None, cut - timedelta(days=30)))), "until_day": cut}
        rows.append(row)
    return rows


def _row(columns: Mapping[str, str], cells: Mapping[str, Cell], **given: Cell) -> SearchStrategy[dict[str, Any]]:
    kinds = {name: type.partition("(")[0].partition(" ")[0] for name, type in columns.items()}
    return st.fixed_dictionaries({name: given.get(name, cells[kind]) for name, kind in kinds.items()})


def _cells(pool: Pool) -> dict[str, Cell]:
    """A value of the pool, or nothing, for each type."""
    values: dict[str, tuple[Any, ...]] = {
        "integer": pool.integer,
        "decimal": tuple(map(Decimal, pool.decimal)),
        "number": pool.number,
        "text": pool.text,
        "boolean": (True, False),
        "date": pool.date,
        "timestamp": pool.timestamp,
    }
    cells = {kind: st.sampled_from((None, *some, *some)) for kind, some in values.items()}
    cells["list"] = st.none() | st.lists(st.sampled_from(pool.text), max_size=3).map(tuple)
    return cells
