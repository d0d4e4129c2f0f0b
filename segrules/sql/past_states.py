"""States and changes read back: who was in a segment at a run of the past, and the state that a later run had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from segrules.sql.literals import column, constant, name
from segrules.sql.states import IN, KEY, State, aliased, file_rows, places, same_key, state_rows
from segrules.sql.stored import bit_words, flag


def members_query(base: State, called: str | None, key: str, changes: Iterable[tuple[str, str | None]]) -> exp.Select:
    """The keys, as `key`, of who is in a segment after a state and the changes that followed it, in any order.

    called: the segment's name in the state, None where it is not there yet. changes: files, each with the segment's
    name in it. A name None in a file of changes, and `called` being empty text, stand for the entity's rows themselves.
    """
    parts = []
    if called is not None:
        first = exp.Select(expressions=[column(KEY), constant(1).as_("step")]).from_(state_rows(base), copy=False)
        parts.append(first if called == "" else first.where(flag(IN, places(base)[called]), copy=False))
    for path, segment in changes:
        known = exp.Is(this=column("segment"), expression=exp.null())
        own = known if segment is None else exp.EQ(this=column("segment"), expression=constant(segment))
        query = exp.Select(expressions=[column(key).as_(KEY, quoted=True), _step().as_("step")])
        parts.append(query.from_(file_rows(path), copy=False).where(own, copy=False))
    if not parts:
        empty = exp.Select(expressions=[column(KEY)]).from_(state_rows(base), copy=False)
        return empty.where(exp.false(), copy=False)
    steps = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    summed = exp.Select(expressions=[column(KEY)]).from_(steps.subquery(name("steps"), copy=False), copy=False)
    many = exp.Sum(this=column("step"))
    return summed.group_by(column(KEY), copy=False).having(exp.GT(this=many, expression=constant(0)), copy=False)


def later_state(
    base: State,
    names: Sequence[str],
    was: Mapping[str, str],
    key: str,
    changes: Sequence[tuple[str, Mapping[str, str]]],
) -> exp.Select:
    """The state, of these names, after a state and the changes that followed it, in any order.

    was: the name that something has in the state, where it is another one. changes: files, each with the names that
    something has in `names` where it is another one there. Entering and leaving take turns, so that an odd number of
    changes turns a bit round.
    """
    bits = places(base)
    turned = [
        exp.paren(exp.Coalesce(this=column(f"turned {place}", "t"), expressions=[exp.false()]))
        for place in range(len(names))
    ]
    was_in = [
        exp.paren(exp.Coalesce(this=flag(IN, bits[own], "b"), expressions=[exp.false()]))
        if own in bits
        else exp.false()
        for own in (was.get(label, label) for label in names)
    ]
    tests = [exp.paren(exp.NEQ(this=one, expression=other)) for one, other in zip(was_in, turned, strict=True)]
    keys = [column(KEY, "b"), column(KEY, "t")]
    both = exp.Coalesce(this=keys[0], expressions=[keys[1]]).as_(KEY, quoted=True, copy=False)
    query = exp.Select(expressions=[both, *bit_words(tests, IN)]).from_(aliased(base, "b"), copy=False)
    turns = _turns(names, key, changes).subquery(name("t"), copy=False)
    query = query.join(turns, on=same_key("b", "t"), join_type="full", copy=False)
    was_there = exp.Case(
        ifs=[exp.If(this=exp.Is(this=keys[0].copy(), expression=exp.null()), true=constant(0))], default=constant(1)
    )
    came = exp.Coalesce(this=column("came", "t"), expressions=[constant(0)])
    return query.where(exp.GT(this=exp.Add(this=was_there, expression=came), expression=constant(0)), copy=False)


def _turns(names: Sequence[str], key: str, changes: Sequence[tuple[str, Mapping[str, str]]]) -> exp.Select:
    """For each key how often its row came less how often it went, and of which names an odd number of changes tells."""
    parts = [_renamed(path, key, renamed) for path, renamed in changes]
    events = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    own = exp.Is(this=column("segment"), expression=exp.null())
    came = exp.Sum(this=exp.Case(ifs=[exp.If(this=own, true=column("step"))], default=constant(0)))
    odd = [_is_odd(label).as_(f"turned {place}", quoted=True, copy=False) for place, label in enumerate(names)]
    query = exp.Select(expressions=[column(KEY), came.as_("came", copy=False), *odd])
    return query.from_(events.subquery(name("events"), copy=False), copy=False).group_by(column(KEY), copy=False)


def _is_odd(label: str) -> exp.Expr:
    same = exp.EQ(this=column("segment"), expression=constant(label))
    return exp.EQ(
        this=exp.Mod(this=exp.Anonymous(this="count_if", expressions=[same]), expression=constant(2)),
        expression=constant(1),
    )


def _renamed(path: str, key: str, renamed: Mapping[str, str]) -> exp.Select:
    """The changes of a file: key, segment under another name where it is to have one, and 1 or -1."""
    segment: exp.Expr = column("segment")
    if renamed:
        cases = [
            exp.If(this=exp.EQ(this=column("segment"), expression=constant(own)), true=constant(label))
            for own, label in renamed.items()
        ]
        segment = exp.Case(ifs=cases, default=segment)
    columns = [column(key).as_(KEY, quoted=True), segment.as_("segment", quoted=True), _step().as_("step")]
    return exp.Select(expressions=columns).from_(file_rows(path), copy=False)


def _step() -> exp.Expr:
    entered = exp.EQ(this=column("change"), expression=constant("entered"))
    return exp.Case(ifs=[exp.If(this=entered, true=constant(1))], default=constant(-1))


def moves_query(before: Mapping[str, exp.Query], after: Mapping[str, exp.Query]) -> str:
    """How many keys had which label before and after: before, after, count; NULL where one had none.

    before, after: by label the query of who had it.
    """
    sides = [labelled(before).subquery(name("b"), copy=False), labelled(after).subquery(name("a"), copy=False)]
    labels = [column("label", table) for table in ("b", "a")]
    query = exp.Select(expressions=[*labels, exp.Count(this=exp.Star())]).from_(sides[0], copy=False)
    joined = query.join(sides[1], on=same_key("b", "a"), join_type="full", copy=False)
    return joined.group_by(*(label.copy() for label in labels), copy=False).sql("duckdb", pretty=True, copy=False)


def labelled(parts: Mapping[str, exp.Query], called: str = "label") -> exp.Query:
    """The keys of several queries, as `key`, each with its label in a column of that name."""
    found = [
        exp.Select(expressions=[column(KEY), constant(label).as_(called, quoted=True)]).from_(
            query.subquery(name("members"), copy=False), copy=False
        )
        for label, query in parts.items()
    ]
    return found[0] if len(found) == 1 else exp.union(*found, distinct=False, copy=False)


Told = tuple[str, Mapping[str, str]]
"""A file of changes, and the names that are wanted for segments that have another one in it."""


def tenure_query(key: str, changes: Sequence[tuple[Told, int]]) -> str:
    """How long members are in, of those who entered by one of these changes: segment, median of days, how many.

    changes: in the order of the runs, each with how many days ago it was.
    """
    parts = [
        exp.Select(expressions=[exp.Star(), constant(place).as_("place"), constant(days).as_("days")]).from_(
            _renamed(path, key, names).subquery(name("told"), copy=False), copy=False
        )
        for place, ((path, names), days) in enumerate(changes)
    ]
    every = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    groups = [column("segment"), column(KEY)]
    last = exp.Anonymous(this="arg_max", expressions=[column("step"), column("place")])
    since = exp.Min(this=column("days"))
    ends = exp.Select(expressions=[*groups, last.as_("last", copy=False), since.as_("days", copy=False)])
    ends = ends.from_(every.subquery(name("every"), copy=False), copy=False)
    ends = ends.group_by(*(group.copy() for group in groups), copy=False)
    median = exp.Anonymous(this="median", expressions=[column("days")])
    query = exp.Select(expressions=[column("segment"), median, exp.Count(this=exp.Star())])
    query = query.from_(ends.subquery(name("ends"), copy=False), copy=False)
    is_in = exp.EQ(this=column("last"), expression=constant(1))
    return query.where(is_in, copy=False).group_by(column("segment"), copy=False).sql("duckdb", pretty=True, copy=False)


def stayed_query(cohort: str, key: str, changes: Sequence[Told]) -> str:
    """By how many the members who are left of a cohort grow by each of these changes: its place, segment, how many.

    cohort: a table with `key` and `segment`; who left it may come back.
    """
    parts = [
        exp.Select(expressions=[exp.Star(), constant(place).as_("place")]).from_(
            _renamed(path, key, names).subquery(name("told"), copy=False), copy=False
        )
        for place, (path, names) in enumerate(changes)
    ]
    every = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    same = [exp.EQ(this=column(part, "e"), expression=column(part, "c")) for part in (KEY, "segment")]
    groups = [column("place", "e"), column("segment", "e")]
    query = exp.Select(expressions=[*groups, exp.Sum(this=column("step"))])
    joined = query.from_(every.subquery(name("e"), copy=False), copy=False).join(
        exp.Table(this=name(cohort), alias=exp.TableAlias(this=name("c"))), on=exp.and_(*same), copy=False
    )
    return joined.group_by(*(group.copy() for group in groups), copy=False).sql("duckdb", pretty=True, copy=False)
