"""A draft -> the text of a first project: segrules.yml, a few segments, and a test of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from segrules.language import syntax
from segrules.language.parser import parse
from segrules.language.types import Kind
from segrules.project.model import Column, Entity, Format, Lookup, Relation, Source
from segrules.source import whole_file
from segrules.workflows.guesses import ColumnFacts, Draft, FileFacts, free_name, identifier

AMOUNTS = re.compile(r"amount|total|revenue|spen[dt]|sales|value|net|gross|paid", re.IGNORECASE)
_CODES = re.compile(r"(_|^)(id|key|no|zip|code|phone|year|lat|lon)$|(id|code|zip)$", re.IGNORECASE)
_MOST_SEGMENTS = 6
_CURRENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """A first segment; `row` are values of the entity that make it hold, of which `wanted` are members."""

    name: str
    text: str
    row: Mapping[str, object] | None = None


def project_files(draft: Draft, name: str, today: date) -> dict[str, str]:
    """The files of a first project by their paths in its folder."""
    last = last_day(draft, today)
    relation = _main_relation(draft)
    traits = _traits(draft, relation)
    rules = [*_relation_rules(draft, relation, traits), *_entity_rules(draft)][:_MOST_SEGMENTS]
    rules = rules or [Rule("everyone", f"{written_name(draft.entity.key)} is known", {})]
    return {
        "segrules.yml": _project(draft, name, last if today - last > _CURRENT else None),
        "segments/first.yml": _segments(draft.entity.name, traits, rules),
        "tests/first.yml": _test(draft, relation, rules, last),
    }


def last_day(draft: Draft, today: date) -> date:
    """The last day on which something happened, but not after today; today where nothing says when."""
    times = [
        facts.column(relation.time)
        for relation in draft.relations
        if relation.time and (facts := draft.facts_of(relation.source))
    ]
    latest = [_day(column.most) for column in times if column and isinstance(column.most, date)]
    return min(max(latest, default=today), today)


def _day(moment: object) -> date:
    assert isinstance(moment, date)
    return moment.date() if isinstance(moment, datetime) else moment


# rules


def _main_relation(draft: Draft) -> Relation | None:
    """The relation that the first rules are about: one that says when, with the most rows."""
    timed = [relation for relation in draft.relations if relation.time]

    def rows(relation: Relation) -> int:
        facts = draft.facts_of(relation.source)
        return facts.rows if facts else 0

    return max(timed or draft.relations, key=rows, default=None)


def _traits(draft: Draft, relation: Relation | None) -> dict[str, tuple[str, str]]:
    """What traits there are: for each its name and its rule. The keys are `recency`, `count` and `spend`."""
    if relation is None:
        return {}
    taken = {column.name for column in draft.entity.columns}
    facts = draft.facts_of(relation.source)
    rows = written_name(relation.name)
    traits = {"count": (free_name(identifier(relation.name), taken), f"count({rows})")}
    if relation.time:
        rule = f"days_since(max({rows}.{written_name(relation.time)}))"
        traits = {"recency": (free_name("recency_days", taken), rule)} | traits
    amount = _amount(facts) if facts else None
    if amount:
        traits["spend"] = (free_name("spend", taken), f"sum({rows}.{written_name(amount.name)})")
    return traits


def _amount(facts: FileFacts) -> ColumnFacts | None:
    exact = [column for column in facts.columns if column.type.is_exact and not _CODES.search(column.name)]
    named = [column for column in exact if AMOUNTS.search(column.name) and column.total]
    return max(named, key=lambda column: column.type.kind is Kind.DECIMAL, default=None)


def _relation_rules(draft: Draft, relation: Relation | None, traits: Mapping[str, tuple[str, str]]) -> list[Rule]:
    if relation is None:
        return []
    count = traits["count"][0]
    rules = []
    if "recency" in traits:
        recency = traits["recency"][0]
        rules += [Rule("recent", f"{recency} < 30"), Rule("lapsed", f"{recency} >= 180 and {count} >= 2")]
    rules.append(Rule("once", f"{count} == 1"))
    if draft.entity.source is not None:
        rules.append(Rule("never", f"{count} == 0"))
    facts = draft.facts_of(relation.source)
    amount, key = (_amount(facts), facts.column(relation.key)) if facts else (None, None)
    if "spend" in traits and amount and amount.total and key and key.distinct:
        rules.append(Rule("big_spender", f"{traits['spend'][0]} >= {rounded(2 * amount.total / key.distinct)}"))
    return rules


def _entity_rules(draft: Draft) -> list[Rule]:
    facts = draft.facts_of(draft.entity.source)
    columns = facts.columns if facts else ()
    rules = (_column_rule(column) for column in columns if column.name != draft.entity.key)
    return [rule for rule in rules if rule is not None]


def _column_rule(column: ColumnFacts) -> Rule | None:
    """A segment that one column of the entity suggests."""
    name, written = identifier(column.name), written_name(column.name)
    match column.type.kind:
        case Kind.BOOLEAN:
            return Rule(name, written, {column.name: True})
        case Kind.TEXT if column.commonest and _repeats(column):
            value = column.commonest
            label = identifier(f"{column.name}_{value}").lower()
            return Rule(label, f"{written} == '{value.replace(chr(39), chr(39) * 2)}'", {column.name: value})
        case Kind.DATE | Kind.TIMESTAMP:
            return None
        case Kind.INTEGER | Kind.DECIMAL if not _CODES.search(column.name) and column.known and column.total:
            bound = rounded(Decimal(column.total) / column.known)
            return Rule(f"high_{name}", f"{written} >= {bound}", {column.name: bound + 1}) if bound > 0 else None
        case _:
            return None


def _repeats(column: ColumnFacts) -> bool:
    """Whether a column sorts rows into kinds, as a country does and a name does not."""
    return column.distinct <= 50 and 4 * column.distinct <= 3 * column.known


def rounded(value: Decimal) -> int:
    """A round number near to a value: one or two digits, then zeros."""
    if value < 20:
        return max(1, int(value))
    step: int = 10 ** (len(str(int(value))) - 1) // 2
    return int(value) // step * step


# text


def _project(draft: Draft, name: str, as_of: date | None) -> str:
    lines = ["segrules: 1", f"name: {scalar(name)}"]
    if as_of:
        lines += ["# The last day of the data. Without this line, rules are read as of today.", f"as_of: {as_of}"]
    entity = draft.entity
    lines += ["entities:", f"  {scalar(entity.name)}:"]
    if entity.from_relation:
        lines.append(f"    from: {scalar(entity.from_relation)}  # one for each known key")
    lines += [*_source(entity.source, 4), f"    key: {scalar(entity.key)}", *_columns(entity.columns, 4)]
    lines += _lookups(entity, 4)
    if draft.relations:
        lines.append("relations:")
    for relation in draft.relations:
        lines += [f"  {scalar(relation.name)}:", *_source(relation.source, 4), f"    key: {scalar(relation.key)}"]
        lines += [f"    time: {scalar(relation.time)}"] if relation.time else []
        lines += [*_columns(relation.columns, 4), *_lookups(relation, 4)]
    return "\n".join(lines) + "\n"


def _source(source: Source | None, depth: int) -> list[str]:
    if source is None or source.path is None:
        return []
    written = _format(source.format)
    return [f"{' ' * depth}source: {scalar(source.path)}", *([f"{' ' * depth}format: {written}"] if written else [])]


def _format(format: Format) -> str:
    plain = Format()
    names = ("delimiter", "encoding", "decimal", "dates", "missing")
    changed = [(name, getattr(format, name)) for name in names if getattr(format, name) != getattr(plain, name)]
    return (
        f"{{{', '.join(f'{name}: {json.dumps(value, ensure_ascii=False)}' for name, value in changed)}}}"
        if changed
        else ""
    )


def _columns(columns: Iterable[Column], depth: int) -> list[str]:
    given = list(columns)
    if not given:
        return []
    return [f"{' ' * depth}columns:", *(f"{' ' * depth}  {scalar(column.name)}: {column.type}" for column in given)]


def _lookups(owner: Entity | Relation, depth: int) -> list[str]:
    lines = [f"{' ' * depth}lookups:"] if owner.lookups else []
    for lookup in owner.lookups:
        lines += [f"{' ' * depth}  {scalar(lookup.name)}:", *_source(lookup.source, depth + 4)]
        lines += [f"{' ' * depth}    on: {_on(lookup)}", *_columns(lookup.columns, depth + 4)]
    return lines


def _on(lookup: Lookup) -> str:
    ((own, theirs),) = lookup.on
    return scalar(own) if own == theirs else f"{{{scalar(own)}: {scalar(theirs)}}}"


def _segments(entity: str, traits: Mapping[str, tuple[str, str]], rules: Iterable[Rule]) -> str:
    lines = ["# Named values of each " + identifier(entity) + ", used in rules like columns."] if traits else []
    lines += ["traits:", *_named(traits.values())] if traits else []
    lines += ["segments:", *_named((rule.name, rule.text) for rule in rules)]
    return "\n".join(lines) + "\n"


def _named(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"  {scalar(name)}: {_rule(text)}" for name, text in pairs]


def _rule(text: str) -> str:
    """A rule as YAML: plain where it can be, else folded so that no quote needs doubling."""
    unsafe = text[0] in "\"'[{&*!|>%@`#" or ": " in text or " #" in text
    return f">-\n    {text}" if unsafe else text


def _test(draft: Draft, relation: Relation | None, rules: list[Rule], as_of: date) -> str:
    entity = draft.entity
    one, two = _sample_keys(draft)
    given: list[tuple[str, list[dict[str, object]]]] = []
    if relation is not None and rules[0].row is None:
        title = "somebody with one row, and that on the last day"
        if entity.source is not None:
            given.append((entity.name, [{entity.key: one}, {entity.key: two}]))
        moment = {relation.time: _moment(relation, as_of)} if relation.time else {}
        given.append((relation.name, [{relation.key: one} | moment]))
        members: dict[str, list[object]] = {"recent": [one], "once": [one], "lapsed": [], "never": [two]}
        expected = {rule.name: members[rule.name] for rule in rules if rule.name in members}
    else:
        title = f"who is in {rules[0].name}"
        given.append((entity.name, [{entity.key: one} | dict(rules[0].row or {}), {entity.key: two}]))
        expected = {rules[0].name: [one] if rules[0].row else [one, two]}
    lines = [f"as_of: {as_of}", "cases:", f"  - name: {title}", "    given:"]
    for name, rows in given:
        lines += [f"      {scalar(name)}:", *(f"        - {flow(row)}" for row in rows)]
    lines += ["    expect:", *(f"      {scalar(name)}: {flow_list(keys)}" for name, keys in expected.items())]
    return "\n".join(lines) + "\n"


def _sample_keys(draft: Draft) -> tuple[object, object]:
    owner = draft.entity if draft.entity.columns else draft.relations[0]
    kind = next(column.type.kind for column in owner.columns if column.name == owner.key)
    return ("a", "b") if kind is Kind.TEXT else (1, 2)


def _moment(relation: Relation, day: date) -> object:
    kind = next(column.type.kind for column in relation.columns if column.name == relation.time)
    return datetime(day.year, day.month, day.day, 12) if kind is Kind.TIMESTAMP else day


def flow(row: Mapping[str, object]) -> str:
    """A row as a YAML mapping on one line."""
    return "{" + ", ".join(f"{scalar(name)}: {_value(value)}" for name, value in row.items()) + "}"


def flow_list(values: Iterable[object]) -> str:
    """Values as a YAML list on one line."""
    return f"[{', '.join(_value(value) for value in values)}]"


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return scalar(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def scalar(text: str) -> str:
    """Text as a YAML scalar: plain where nobody could read it as something else."""
    word = text
    while word.startswith("../"):
        word = word.removeprefix("../")
    plain = word[:1].isidentifier() and all(f"a{character}".isidentifier() or character in "./-" for character in word)
    return text if plain and word.casefold() not in ("true", "false", "null") else json.dumps(text, ensure_ascii=False)


def written_name(name: str) -> str:
    """A column's name as a rule writes it: in double quotes where it would not be read as a name."""
    match parse(whole_file("", name))[0]:
        case syntax.Name(parts=(part,)) if not part.quoted and part.text == name:
            return name
        case _:
            return '"' + name.replace('"', '""') + '"'
