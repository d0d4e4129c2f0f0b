"""A small part of stored rows, written anew as they are stored, but under other keys and names. DuckDB only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segrules.language.types import Kind
from segrules.project.model import Column
from segrules.sql import scans
from segrules.sql.literals import column, name
from segrules.sql.scans import Table
from segrules.sql.temporary import temporary_table

_LARGEST = 1 << 52  # a key stays a whole number wherever numbers are doubles, as in JSON


@dataclass(frozen=True, slots=True)
class Disguise:
    """How values are replaced: by hashes with `salt`; `kept` texts (lower case) stay, for rules name them."""

    salt: str
    kept: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a table to keep: those whose columns (left) equal columns (right) of a kept table."""

    among: str
    on: tuple[tuple[str, str], ...]


def chosen_keys(table: Table, key: Column, zone: str, count: int, to: str) -> str:
    """Makes the table `to` of the `count` keys with the smallest hash: another day's data gives mostly the same."""
    keys = exp.Select(expressions=[scans.value(table, key, zone).as_(key.name, quoted=True)]).distinct()
    keys = keys.from_(scans.rows(table))
    query = exp.Select(expressions=[column(key.name)]).from_(keys.subquery(name("stored")))
    query = query.where(_is_known(column(key.name)))
    order = [exp.MD5(this=_text(column(key.name))), column(key.name)]
    return temporary_table(to, query.order_by(*order).limit(count))


def kept_values(
    table: Table, columns: Sequence[Column], names: Collection[str], wanted: Wanted, zone: str, to: str
) -> str:
    """Makes the table `to` of the kept rows' distinct values in the columns `names`: what lookups are found by."""
    values = [scans.value(table, item, zone).as_(item.name, quoted=True) for item in columns if item.name in names]
    query = exp.Select(expressions=values).distinct().from_(scans.rows(table))
    return temporary_table(to, query.where(_is_wanted(table, columns, wanted, zone)))


def sample(
    table: Table,
    columns: Sequence[Column],
    wanted: Iterable[Wanted],
    keys: Collection[str],
    disguise: Disguise,
    zone: str,
) -> exp.Select:
    """The kept rows with their stored values: keys and free texts disguised, everything else as it is."""
    parts = [_disguised(table, item, item.name in keys, disguise, zone).as_(item.name, quoted=True) for item in columns]
    tests = [_is_wanted(table, columns, use, zone) for use in wanted]
    return exp.Select(expressions=parts).from_(scans.rows(table)).where(exp.or_(*tests))


def write(query: exp.Select, table: Table, path: str) -> str:
    """The statement that writes a sample in the format of its source, in UTF-8."""
    options: list[tuple[str, exp.Expr]] = [("FORMAT", exp.var(table.kind))]
    if table.kind == "csv":
        options += [("HEADER", exp.true()), ("DELIMITER", exp.Literal.string(table.format.delimiter))]
    if path.lower().endswith(".gz"):
        options.append(("COMPRESSION", exp.var("gzip")))
    parameters = [exp.CopyParameter(this=exp.var(option), expression=given) for option, given in options]
    copied = exp.Copy(this=query.subquery(), kind=False, files=[exp.Literal.string(path)], params=parameters)
    return copied.sql("duckdb")


def _disguised(table: Table, item: Column, is_key: bool, disguise: Disguise, zone: str) -> exp.Expr:
    place = scans.position(table, item.name)
    assert place is not None
    text, stored = scans.stored_text(table, place)
    value = scans.value(table, item, zone)
    if is_key and item.type.kind is Kind.INTEGER:
        number = exp.Mod(this=_function("md5_number_lower", _salted(value, disguise)), expression=_number(_LARGEST))
        return exp.cast(number, "bigint")
    if item.type.kind is Kind.TEXT and item.values is None:
        return _other_text(text if table.kind == "json" else value, disguise)
    if item.type.kind is Kind.LIST and item.type.element is not None and item.type.element.kind is Kind.TEXT:
        part = exp.to_identifier("part")
        other = exp.Lambda(this=_other_text(exp.Column(this=part), disguise), expressions=[part.copy()])
        whole = _function("list_transform", value, other)
        return exp.cast(_function("to_json", whole), "text") if table.kind == "csv" else whole
    return stored


def _other_text(value: exp.Expr, disguise: Disguise) -> exp.Expr:
    hashed = exp.Substring(this=exp.MD5(this=_salted(value, disguise)), start=_number(1), length=_number(16))
    plain = exp.Lower(this=_function("trim", value.copy()))
    kept = [exp.Literal.string(text) for text in sorted({"", *disguise.kept})]
    stays = exp.If(this=exp.In(this=plain, expressions=kept), true=value.copy())
    return exp.Case(ifs=[stays], default=hashed)


def _is_wanted(table: Table, columns: Sequence[Column], wanted: Wanted, zone: str) -> exp.Expr:
    by_name = {item.name: item for item in columns}
    own = [scans.value(table, by_name[mine], zone) for mine, _ in wanted.on]
    theirs = exp.Select(expressions=[column(other) for _, other in wanted.on]).from_(exp.Table(this=name(wanted.among)))
    return exp.In(this=own[0] if len(own) == 1 else exp.Tuple(expressions=own), query=theirs.subquery())


def _salted(value: exp.Expr, disguise: Disguise) -> exp.Expr:
    return exp.DPipe(this=exp.Literal.string(disguise.salt), expression=_text(value.copy()))


def _text(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "text")


def _is_known(value: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=value, expression=exp.null()))


def _number(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def _function(function: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=function, expressions=list(arguments))
