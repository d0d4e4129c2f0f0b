"""Plans -> queries. Every node of the plan is one CTE under its own name, each after those it reads.

In a dialect that `nests`, a node that is read once is a subquery where it is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from segrules.language.core import Literal
from segrules.language.types import Kind
from segrules.planning.names import fresh
from segrules.planning.nodes import (
    Borrow,
    Carried,
    DefineWindow,
    Distinct,
    Exists,
    Fold,
    Keep,
    Lookups,
    Pick,
    Plan,
    Rows,
    Scan,
    Step,
    Stored,
    Windows,
    columns_made,
    in_order,
    inputs,
)
from segrules.sql.dialect import Dialect
from segrules.sql.expressions import aggregate, condition, value
from segrules.sql.literals import column, literal, name
from segrules.sql.stored import read_stored
from segrules.sql.windows import by_places, places, window

ScanQuery = Callable[[Scan], exp.Select]
"""From a plan's scan to the query that gives the typed columns of its table."""

_MOST_INSIDE = 16  # queries inside each other, where an engine needs fences


def members_query(plan: Plan, dialect: Dialect, scan: ScanQuery, zone: str) -> exp.Select:
    """One row per entity row: the plan's keys, the carried columns under their names, then a column per output."""
    columns = [
        *(named(column(key), label) for key, label in zip(plan.keys, _key_labels(plan), strict=True)),
        *carried_columns(plan, zone, dialect),
        *(named(column(output.column), output.wanted.name) for output in plan.outputs),
    ]
    return of_plan(plan, columns, dialect, scan)


def of_plan(plan: Plan, columns: Sequence[exp.Expr], dialect: Dialect, scan: ScanQuery) -> exp.Select:
    """These columns of the plan's rows."""
    query = exp.Select(expressions=list(columns)).from_(source(plan.root.name), copy=False)
    return with_steps(plan.root, query, dialect, scan)


def carried_columns(plan: Plan, zone: str, dialect: Dialect) -> list[exp.Expr]:
    """The columns beside the key, timestamps on the project's wall clock as they were stored."""
    return [named(_on_wall_clock(item, zone, dialect), item.label) for item in plan.carried]


def _on_wall_clock(item: Carried, zone: str, dialect: Dialect) -> exp.Expr:
    part = column(item.column)
    return dialect.wall_from_utc(part, zone) if item.type.kind is Kind.TIMESTAMP else part


def with_steps(root: Rows, query: exp.Select, dialect: Dialect, scan: ScanQuery) -> exp.Select:
    """The query with a plan's nodes before it as CTEs."""
    nodes = in_order(root)
    readers = Counter(part for node in nodes for part in inputs(node))
    bodies = {node: _select(node, dialect, scan) for node in nodes}
    nested = _nested(bodies, readers) if dialect.nests else frozenset()
    kept = _kept(nodes, readers) if dialect.fences else frozenset()
    ctes = []
    for node in _unshadowed(bodies):
        if node in nested:
            continue
        cte = exp.CTE(this=bodies[node], alias=exp.TableAlias(this=name(node.name)))
        if node in kept:
            cte.set("materialized", True)
        elif dialect.fences and isinstance(node, Step):
            fence(bodies[node])
        ctes.append(cte)
    query.set("with_", exp.With(expressions=ctes))
    return query


def _nested(bodies: Mapping[Rows, exp.Select], readers: Counter[Rows]) -> frozenset[Rows]:
    """Puts the nodes that are read once where they are read, and gives them.

    Scans stay, because where they are read the name of their table may be that of a CTE.
    """
    nested = frozenset(node for node in bodies if readers[node] == 1 and inputs(node))
    by_name = {node.name: node for node in nested}
    for node, body in bodies.items():
        for table in list(body.find_all(exp.Table)) if inputs(node) else []:
            if table.name in by_name:
                called = exp.TableAlias(this=name(table.alias_or_name))
                table.replace(exp.Subquery(this=bodies[by_name[table.name]], alias=called))
    return nested


def fence(query: exp.Select) -> exp.Select:
    """The query, marked so that its columns are computed once for each row: a limit that limits nothing.

    Rows are not copied, as `MATERIALIZED` does, and may be computed by several processes at once, as behind `OFFSET 0`
    they are not.
    """
    query.set("offset", exp.Offset(expression=exp.null()))
    return query


def _kept(nodes: Sequence[Rows], readers: Counter[Rows]) -> frozenset[Rows]:
    """The nodes of which the engine keeps the rows: those with several readers, and some of many steps.

    To plan queries inside each other takes more than the cube of their number: 3 ms for 20, 0.35 s for 100, 97 s for
    500.
    """
    inside: dict[Rows, int] = {}
    kept = set()
    for node in nodes:
        inside[node] = 1 + max((inside[part] for part in inputs(node)), default=0)
        if readers[node] > 1 or (isinstance(node, Step) and inside[node] >= _MOST_INSIDE):
            kept.add(node)
            inside[node] = 0
    return frozenset(kept)


def _unshadowed(bodies: Mapping[Rows, exp.Select]) -> list[Rows]:
    """The nodes in their order, but a scan of a stored table before the CTE of another node that has its name."""
    ordered = list(bodies)
    for node in [node for node in ordered if isinstance(node, Scan)]:
        read = {table.name.casefold() for table in bodies[node].find_all(exp.Table) if not table.db}
        hiding = (other for other in ordered if other is not node and other.name.casefold() in read)
        first = next(hiding, None)
        if first is not None and ordered.index(first) < ordered.index(node):
            ordered.remove(node)
            ordered.insert(ordered.index(first), node)
    return ordered


def _key_labels(plan: Plan) -> tuple[str, ...]:
    return (*plan.keys[:-1], plan.key_name)


def _select(node: Rows, dialect: Dialect, scan: ScanQuery) -> exp.Select:
    match node:
        case Scan():
            return _scan(node, dialect, scan)
        case Lookups():
            return _lookups(node)
        case Distinct():
            return _distinct(node)
        case Borrow():
            return _borrow(node)
        case Fold():
            return _fold(node, dialect)
        case Pick():
            return _pick(node, dialect)
        case Keep(columns=columns):
            return exp.Select(expressions=[column(part) for part in columns]).from_(source(node.input.name), copy=False)
        case Windows():
            return _windows(node, dialect)
        case Exists():
            return _exists(node, dialect)
        case Step():
            return _step(node, dialect)
        case Stored():
            return read_stored(node)


def _scan(node: Scan, dialect: Dialect, scan: ScanQuery) -> exp.Select:
    """The visible rows. The typed columns are a query of their own where the condition names a computed one."""
    typed = scan(node)
    if node.where is None:
        return typed
    simple = {item.alias_or_name: item for item in typed.selects if isinstance(item, exp.Column)}
    test = condition(node.where, dialect)
    if all(part.name in simple for part in test.find_all(exp.Column)):
        return typed.where(test, copy=False)
    return _all_of(typed.subquery(name("stored"), copy=False)).where(test, copy=False)


def _all_of(source: exp.Expr) -> exp.Select:
    return exp.Select(expressions=[exp.Star()]).from_(source)


def _lookups(node: Lookups) -> exp.Select:
    query = exp.Select(expressions=[_star(node.input)]).from_(source(node.input.name), copy=False)
    joined = tuple(zip(_aliases(node), node.joins, strict=True))
    for alias, join in joined:
        defaults = join.defaults or (None,) * len(join.columns)
        for (new, old), default in zip(join.columns, defaults, strict=True):
            query.select(named(_with_default(column(old, alias), default), new), copy=False)
    homes = {new: (alias, old) for alias, join in joined for new, old in join.columns}
    for alias, join in joined:
        on = [
            exp.EQ(this=_found(own, node.input.name, homes), expression=column(other, alias)) for own, other in join.on
        ]
        rows = source(join.other.name)
        if alias != join.other.name:
            rows.set("alias", exp.TableAlias(this=name(alias)))
        query.join(rows, on=exp.and_(*on), join_type="left", copy=False)
    return query


def _aliases(node: Lookups) -> list[str]:
    """A name per join: that of its rows, with a number where an earlier join has the same rows."""
    taken = {node.input.name.casefold()}
    return [fresh(join.other.name, taken) for join in node.joins]


def _found(own: str, input: str, homes: dict[str, tuple[str, str]]) -> exp.Column:
    """A row's own column, or one that an earlier lookup brought."""
    table, stored = homes.get(own, (input, own))
    return column(stored, table)


def _distinct(node: Distinct) -> exp.Select:
    columns = [named(column(old), new) for new, old in node.columns]
    query = exp.Select(expressions=columns).distinct().from_(source(node.input.name), copy=False)
    known = [exp.Not(this=exp.Is(this=column(old), expression=exp.null())) for _, old in node.columns]
    return query.where(*known, copy=False)


def _borrow(node: Borrow) -> exp.Select:
    borrowed = [named(column(old, node.entity.name), new) for new, old in node.columns]
    query = exp.Select(expressions=[_star(node.input), *borrowed]).from_(source(node.input.name), copy=False)
    on = _equal(node.on, node.input.name, node.entity.name)
    return query.join(source(node.entity.name), on=on, join_type="inner", copy=False)


def _fold(node: Fold, dialect: Dialect) -> exp.Select:
    keys: list[exp.Expr] = [column(key) for key in node.keys]
    order = tuple(column(part) for part in node.order)
    folded = [aggregate(item.value, order, dialect).as_(item.name, quoted=True, copy=False) for item in node.columns]
    query = exp.Select(expressions=[*keys, *folded]).from_(source(node.input.name), copy=False)
    return query.group_by(*(key.copy() for key in keys), copy=False)


def _pick(node: Pick, dialect: Dialect) -> exp.Select:
    return _all_of(source(node.input.name)).where(condition(node.where, dialect), copy=False)


def _exists(node: Exists, dialect: Dialect) -> exp.Select:
    looked_at = exp.Select(expressions=[named(column(old), new) for new, old in node.columns])
    others = looked_at.from_(source(node.other.name), copy=False).subquery(name("others"))
    on = [exp.EQ(this=column(other), expression=column(own)) for own, other in node.on]
    fitting = exp.Select(expressions=[exp.Literal.number(1)]).from_(others)
    fitting = fitting.where(*on, condition(node.where, dialect), copy=False)
    found = exp.Exists(this=fitting).as_(node.column, quoted=True, copy=False)
    return exp.Select(expressions=[exp.Star(), found]).from_(source(node.input.name), copy=False)


def _windows(node: Windows, dialect: Dialect) -> exp.Select:
    if not dialect.has_groups and any(map(_counts_groups, node.columns)):
        return _windows_by_places(node, dialect)
    return _all_and(node.columns, exp.Star(), source(node.input.name), dialect)


def _all_and(columns: Iterable[DefineWindow], all: exp.Expr, rows: exp.Expr, dialect: Dialect) -> exp.Select:
    computed = [window(item, dialect).as_(item.name, quoted=True, copy=False) for item in columns]
    return exp.Select(expressions=[all, *computed]).from_(rows, copy=False)


def _counts_groups(item: DefineWindow) -> bool:
    return item.frame is not None and item.frame.unit == "places"


def _windows_by_places(node: Windows, dialect: Dialect) -> exp.Select:
    """The rows with the number of each group of equal ones, by which the windows are then taken."""
    orders = dict.fromkeys((item.partition, item.order) for item in node.columns if _counts_groups(item))
    taken = {made.casefold() for part in in_order(node) for made in columns_made(part)}
    labels = {order: fresh("place", taken) for order in orders}
    numbered, columns = {}, []
    for item in node.columns:
        label = labels.get((item.partition, item.order))
        if label is not None and _counts_groups(item):
            numbered[label] = places(item, label)
            item = by_places(item, label)
        columns.append(item)
    inner = _all_and(numbered.values(), exp.Star(), source(node.input.name), dialect)
    own = exp.Star(except_=[name(label) for label in labels.values()])
    return _all_and(columns, own, inner.subquery(name("placed"), copy=False), dialect)


def _step(node: Step, dialect: Dialect) -> exp.Select:
    own = node.input.name
    attached = [
        named(_with_default(column(old, attachment.rows.name), default), new)
        for attachment in node.attachments
        for (new, old), default in zip(attachment.columns, attachment.defaults, strict=True)
    ]

    def place(text: str) -> exp.Expr:
        return column(text, own if node.attachments else None)

    computed = [value(item.value, dialect, place).as_(item.name, quoted=True, copy=False) for item in node.columns]
    query = exp.Select(expressions=[_star(node.input), *attached, *computed]).from_(source(own), copy=False)
    for attachment in node.attachments:
        on = _equal(attachment.on, own, attachment.rows.name) if attachment.on else exp.true()
        query.join(source(attachment.rows.name), on=on, join_type="left", copy=False)
    return query


def _star(node: Rows) -> exp.Column:
    return exp.Column(this=exp.Star(), table=name(node.name))


def _with_default(part: exp.Expr, default: Literal | None) -> exp.Expr:
    if default is None:
        return part
    of_nothing = exp.Literal.number(0) if default.type.kind is not Kind.BOOLEAN else literal(default)
    return exp.Coalesce(this=part, expressions=[of_nothing])


def named(part: exp.Expr, label: str) -> exp.Expr:
    """The part under a name; a column that has this name already as it is."""
    return part if isinstance(part, exp.Column) and part.name == label else part.as_(label, quoted=True, copy=False)


def source(text: str) -> exp.Table:
    return exp.Table(this=name(text))


def _equal(pairs: Iterable[tuple[str, str]], left: str, right: str) -> exp.Expr:
    return exp.and_(*(exp.EQ(this=column(one, left), expression=column(other, right)) for one, other in pairs))
