"""A small shop for checker tests: its scope, core trees as short text, and findings as (code, words, help)."""

from __future__ import annotations

from segrules.diagnostics import Diagnostic
from segrules.language import core, syntax, trees
from segrules.language.checker import check
from segrules.language.parser import parse
from segrules.language.scope import Row, Scope, ScopeColumn, ScopeTrait
from segrules.language.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DURATION,
    INTEGER,
    NUMBER,
    TEXT,
    TIMESTAMP,
    UNKNOWN,
    Type,
    decimal,
    list_of,
)
from segrules.source import whole_file


def _columns(**declared: Type | ScopeColumn) -> dict[str, ScopeColumn]:
    return {name: type if isinstance(type, ScopeColumn) else ScopeColumn(name, type) for name, type in declared.items()}


COUNTRY = ScopeColumn("country", TEXT, True, ("TH", "TW", "US"))
MAKER = Row("maker", _columns(city=TEXT), {})
PRODUCT = Row("product", _columns(category=TEXT, price=decimal(10, 2)), {"maker": MAKER})
ORDERS = Row(
    "orders",
    _columns(
        order_id=INTEGER,
        customer_id=INTEGER,
        ordered_at=TIMESTAMP,
        shipped_on=DATE,
        amount=decimal(10, 2),
        discount=DECIMAL,
        quantity=INTEGER,
        weight=NUMBER,
        channel=ScopeColumn("channel", TEXT, True, ("web", "shop")),
        email=TEXT,
        gift=BOOLEAN,
    ),
    {"product": PRODUCT},
    key="customer_id",
    time="ordered_at",
    order="order_id",
)
VISITS = Row("visits", _columns(customer_id=INTEGER, day=DATE, page=TEXT), {}, key="customer_id", time="day")
NOTES = Row("notes", _columns(customer_id=INTEGER, said=TEXT, amount=INTEGER), {}, key="customer_id")
DEMOGRAPHICS = Row("demographics", _columns(income=INTEGER, size=ScopeColumn("size", TEXT, False)), {})
CUSTOMER = Row(
    "customer",
    _columns(
        customer_id=ScopeColumn("customer_id", INTEGER, False),
        country=COUNTRY,
        city=ScopeColumn("city", TEXT, False),
        age=INTEGER,
        balance=DECIMAL,
        score=NUMBER,
        joined_on=ScopeColumn("joined_on", DATE, False),
        seen_at=TIMESTAMP,
        subscribed=BOOLEAN,
        tags=ScopeColumn("tags", list_of(TEXT), True, ("new", "old")),
        email=TEXT,
    ),
    {"demographics": DEMOGRAPHICS},
    key="customer_id",
)
SEGMENTS = frozenset({"vip", "lifecycle.new", "lifecycle.churned"})
SEGMENTATIONS = {"lifecycle": (("new", "churned"), "first"), "groups": (("a", "b"), "any")}
PARAMS = {
    "least": core.Literal(500, INTEGER),
    "window": core.Literal(core.Duration(90, "day"), DURATION),
    "backwards": core.Literal(core.Duration(-3, "day"), DURATION),
    "codes": core.Literal(("TH", "US"), list_of(TEXT)),
    "nothing": core.Literal((), list_of(TEXT)),
    "on": core.Literal(True, BOOLEAN),
}


def _with(traits: dict[str, ScopeTrait]) -> Scope:
    relations = {"orders": ORDERS, "visits": VISITS, "notes": NOTES}
    return Scope(CUSTOMER, relations, traits, SEGMENTS, SEGMENTATIONS, PARAMS)


def tree(text: str) -> syntax.Expression:
    expression, findings = parse(whole_file("rule", text))
    assert expression is not None, findings
    return expression


def _trait(text: str) -> ScopeTrait:
    node, findings = check(tree(text), _with({}), predicate=False)
    assert node is not None, findings
    return ScopeTrait(node.type, trees.may_be_missing(node), node)


SHOP = _with(
    {
        "orders": _trait("count(orders)"),
        "spend": _trait("sum(orders.amount)"),
        "heavy": _trait("sum(orders.weight)"),
        "recency_days": _trait("days_since(max(orders.ordered_at))"),
        "last_visit": _trait("max(visits.day)"),
        "home": _trait("country"),
        "broken": ScopeTrait(UNKNOWN, True),
    }
)


def checked(text: str, *, predicate: bool = False) -> tuple[core.Expression | None, tuple[Diagnostic, ...]]:
    return check(tree(text), SHOP, predicate=predicate)


def understood(text: str) -> core.Expression:
    """The core tree of a value without errors."""
    node, findings = checked(text)
    assert node is not None, findings
    return node


def found(text: str, *, predicate: bool = False) -> list[tuple[str, str, str | None]]:
    """Code, underlined words and help of each finding."""
    _, findings = checked(text, predicate=predicate)
    return [(finding.code, finding.span.text if finding.span else "", finding.help) for finding in findings]


def short(node: core.Expression | None) -> str:
    """A core tree in one line, such as `(orders.amount > 5)`; types are left out."""
    match node:
        case None:
            return "-"
        case core.Literal(value=core.Duration(count, unit)):
            return f"{count} {unit}"
        case core.Literal(value=tuple() as values):
            return "[" + ", ".join(repr(value) for value in values) + "]"
        case core.Literal(value=bool() | str() | int() | None as value):
            return repr(value)
        case core.Literal(value=value):
            return str(value)
        case core.Column():
            return ".".join((node.row, *node.path, node.name))
        case core.Reference():
            return f"{node.to}:{node.name}"
        case core.Clock(reading=reading):
            return reading
        case core.Call():
            return f"{node.function}({', '.join(map(short, node.arguments))})"
        case core.Compare():
            return f"({short(node.left)} {node.operator} {short(node.right)})"
        case core.Membership():
            return f"({short(node.item)} in {short(node.values)})"
        case core.IsMissing():
            return f"missing({short(node.item)})"
        case core.And():
            return "(" + " and ".join(map(short, node.items)) + ")"
        case core.Or():
            return "(" + " or ".join(map(short, node.items)) + ")"
        case core.Not():
            return f"not {short(node.item)}"
        case core.If():
            arms = "".join(f"{short(test)} -> {short(value)}, " for test, value in node.arms)
            return f"case({arms}{short(node.otherwise)})"
        case core.Past(item=item, moment=moment):
            return f"was({short(item)} at {short(moment)})"
        case core.Aggregate():
            parts = [node.relation, *(f"{word} {short(part)}" for word, part in _parts(node) if part is not None)]
            return f"{node.function}<{' '.join(parts)}>"


def _parts(node: core.Aggregate) -> tuple[tuple[str, core.Expression | None], ...]:
    return (("of", node.value), ("where", node.where), ("window", node.window))
