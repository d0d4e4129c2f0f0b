"""Who is in which segment as files that one run leaves and the next one reads, and who came and went between two.

A state has a row for each entity row: the column `key`, and words of bits, `in 0`, `in 1`, …, a bit for each of a
list of names in its order. Changes have a row for each entry and exit: the key under its own name, `segment`, `change`
(`entered`, `left`) and `cause` (`customer`, `rule`); a row whose segment is NULL says that the entity row itself came
or went. Statements are DuckDB's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segrules.planning.nodes import Output, Plan
from segrules.sql.dialects.duckdb import DUCKDB
from segrules.sql.literals import column, constant, name
from segrules.sql.queries import ScanQuery, source, with_steps
from segrules.sql.scans import Table, rows
from segrules.sql.stored import FLAGS, bit_words, flag
from segrules.sql.temporary import temporary_table

KEY = "key"
IN = "in"
"""What the names of words begin with."""
_WAS, _OLD = "was", "old"
_IS_THERE, _WAS_THERE = "is there", "was there"


@dataclass(frozen=True, slots=True)
class State:
    """A file, or a table of the engine, with a state; `names` are those of its bits."""

    place: str
    names: tuple[str, ...]
    is_table: bool = False

    @property
    def words(self) -> int:
        return -(-len(self.names) // FLAGS)


def state_query(plan: Plan, scan: ScanQuery, outputs: Sequence[Output]) -> exp.Select:
    """The state of a plan's rows: a bit for each output."""
    words = bit_words([column(output.column) for output in outputs], IN)
    query = exp.Select(expressions=[column(plan.keys[-1]).as_(KEY, quoted=True, copy=False), *words])
    return with_steps(plan.root, query.from_(source(plan.root.name), copy=False), DUCKDB, scan)


def moved_statement(table: str, now: State, before: State, was: Mapping[str, str], rules_before: State | None) -> str:
    """The statement that makes the table of the rows whose state is another one: words of both states, who is there.

    was: the name that something of `now` has in `before`. rules_before: who would be in by the rules of that time,
    where these are other rules; its words come along.
    """
    words = [
        *_words(now, "n", IN),
        *_words(before, "b", _WAS),
        *(_words(rules_before, "o", _OLD) if rules_before is not None else ()),
    ]
    keys = [column(KEY, "n"), column(KEY, "b")]
    there = [
        exp.Not(this=exp.Is(this=key.copy(), expression=exp.null())).as_(label, quoted=True, copy=False)
        for key, label in zip(keys, (_IS_THERE, _WAS_THERE), strict=True)
    ]
    joined = exp.Select(
        expressions=[
            exp.Coalesce(this=keys[0], expressions=[keys[1]]).as_(KEY, quoted=True, copy=False),
            *there,
            *words,
        ]
    ).from_(aliased(now, "n"), copy=False)
    joined = joined.join(aliased(before, "b"), on=same_key("n", "b"), join_type="full", copy=False)
    if rules_before is not None:
        joined = joined.join(aliased(rules_before, "o"), on=same_key("n", "o"), join_type="left", copy=False)
    query = exp.Select(expressions=[exp.Star()]).from_(joined.subquery(name("both"), copy=False), copy=False)
    return temporary_table(table, query.where(exp.or_(*_differences(now, before, was), copy=False), copy=False))


def changes_query(
    table: str,
    key: str,
    now: State,
    before: State,
    was: Mapping[str, str],
    rules_before: State | None,
    by_rule: Sequence[str],
) -> exp.Query:
    """The changes of the rows that `moved_statement` put into a table.

    key: the name of the entity's key. by_rule: what has changed for its rule's sake alone.
    """
    bits, earlier = places(now), places(before)
    older = {} if rules_before is None else places(rules_before)
    parts = []
    for label in dict.fromkeys((*now.names, *_gone(now, before, was))):
        is_in = flag(IN, bits[label]) if label in bits else exp.false()
        own = was.get(label, label) if label in bits else label
        was_in = flag(_WAS, earlier[own]) if own in earlier else exp.false()
        cause: exp.Expr = constant("customer")
        if label in by_rule:
            cause = constant("rule")
        elif label in older:
            same = exp.EQ(this=exp.paren(is_in.copy()), expression=exp.paren(flag(_OLD, older[label])))
            cause = exp.Case(ifs=[exp.If(this=same, true=constant("customer"))], default=constant("rule"))
        parts.append(_changes(table, key, constant(label), is_in, was_in, cause))
    nobody = exp.cast(exp.null(), exp.DataType.Type.VARCHAR)
    parts.append(_changes(table, key, nobody, column(_IS_THERE), column(_WAS_THERE), constant("customer")))
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)


def change_counts(changes: str) -> str:
    """How many rows entered and left each segment of a file of changes, by cause: segment, change, cause, count."""
    groups = [column(label) for label in ("segment", "change", "cause")]
    query = exp.Select(expressions=[*groups, exp.Count(this=exp.Star())]).from_(file_rows(changes), copy=False)
    return _text(query.group_by(*(group.copy() for group in groups), copy=False))


def _changes(table: str, key: str, segment: exp.Expr, is_in: exp.Expr, was_in: exp.Expr, cause: exp.Expr) -> exp.Select:
    change = exp.Case(ifs=[exp.If(this=is_in, true=constant("entered"))], default=constant("left"))
    columns = [
        column(KEY).as_(key, quoted=True),
        segment.as_("segment", quoted=True),
        change.as_("change", quoted=True),
        cause.as_("cause", quoted=True),
    ]
    differs = exp.NEQ(this=exp.paren(is_in.copy()), expression=exp.paren(was_in))
    return exp.Select(expressions=columns).from_(exp.Table(this=name(table)), copy=False).where(differs, copy=False)


def _differences(now: State, before: State, was: Mapping[str, str]) -> Iterator[exp.Expr]:
    """Tests of which one holds for a row whose state is another one."""
    yield exp.NEQ(this=column(_IS_THERE), expression=column(_WAS_THERE))
    if now.names == before.names and not was:
        for word in range(now.words):
            yield exp.NEQ(this=column(f"{IN} {word}"), expression=column(f"{_WAS} {word}"))
        return
    bits, earlier = places(now), places(before)
    for label in (*now.names, *_gone(now, before, was)):
        own = was.get(label, label) if label in bits else label
        is_in = flag(IN, bits[label]) if label in bits else exp.false()
        was_in = flag(_WAS, earlier[own]) if own in earlier else exp.false()
        yield exp.NEQ(this=exp.paren(is_in), expression=exp.paren(was_in))


def _gone(now: State, before: State, was: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the state before that nothing has now, also under another name."""
    kept = {was.get(label, label) for label in now.names}
    return tuple(label for label in before.names if label not in kept)


def places(state: State) -> dict[str, int]:
    return {label: place for place, label in enumerate(state.names)}


def _words(state: State, table: str, called: str) -> list[exp.Expr]:
    """The words of a joined state under names of their own, 0 where it has no such row."""
    return [
        exp.Coalesce(this=column(f"{IN} {word}", table), expressions=[constant(0)]).as_(
            f"{called} {word}", quoted=True, copy=False
        )
        for word in range(state.words)
    ]


def same_key(one: str, other: str) -> exp.Expr:
    return exp.EQ(this=column(KEY, one), expression=column(KEY, other))


def state_rows(state: State) -> exp.Expr:
    return exp.Table(this=name(state.place)) if state.is_table else file_rows(state.place)


def aliased(state: State, alias: str) -> exp.Expr:
    table = state_rows(state)
    table.set("alias", exp.TableAlias(this=name(alias)))
    return table


def file_rows(path: str) -> exp.Expr:
    return rows(Table("parquet", (path,)))


def _text(statement: exp.Expr) -> str:
    return statement.sql("duckdb", pretty=True, copy=False)
