"""What data files seem to be: which one has a row per customer, which have many, and which column says when.

Facts in, a first project out. Every guess is explained, and asked for where somebody is there to answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from unicodedata import normalize

from segrules.language.types import Kind, Type
from segrules.project.model import Column, Entity, Format, Lookup, Relation, Source

Ask = Callable[[str, Sequence[str], str], str]

_PERSONS = "customer client user member person household account contact company subscriber visitor buyer shopper guest"
_PERSONS_ELSEWHERE = "ลูกค้า สมาชิก 客戶 客户 會員 会员 顧客 клиент покупател לקוח khách kund client"
_EVENTS = "order transaction invoice event line basket sale visit session payment ticket row record item product sku"
_TIMES = re.compile(r"(date|time|day|_at|_on|timestamp|when)", re.IGNORECASE)
_NOT_TIMES = re.compile(r"(birth|born|dob|expir|updated|deleted)", re.IGNORECASE)
_NOTHING = "none of them"


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of a file: how many rows have a value, how many values differ, extremes, sum and the commonest text."""

    name: str
    type: Type
    known: int
    distinct: int
    least: date | datetime | int | Decimal | float | None = None
    most: date | datetime | int | Decimal | float | None = None
    total: Decimal | None = None
    commonest: str | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A data file as the project names it, and what is in it."""

    path: str
    rows: int
    columns: tuple[ColumnFacts, ...]
    format: Format

    @property
    def stem(self) -> str:
        """What the file is called; of a glob what stands before the star, or its folder."""
        path = PurePosixPath(self.path)
        start = re.split(r"[*?\[]", path.name)[0].rstrip("_-") if set("*?[") & set(path.name) else path.name
        return (start or path.parent.name).split(".")[0]

    def column(self, name: str) -> ColumnFacts | None:
        """The column of that name, whatever its case and underscores."""
        return next((column for column in self.columns if _plain(column.name) == _plain(name)), None)

    def is_key(self, column: ColumnFacts) -> bool:
        """Whether each row has a value of its own."""
        return column.known == column.distinct == self.rows > 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A first project. `facts`: of each file used, by path. `notes`: what was taken for what, and what was left out."""

    entity: Entity
    relations: tuple[Relation, ...]
    facts: tuple[FileFacts, ...]
    notes: tuple[str, ...]

    def facts_of(self, source: Source | None) -> FileFacts | None:
        return next((facts for facts in self.facts if source is not None and facts.path == source.path), None)


def guess(files: Sequence[FileFacts], ask: Ask | None = None) -> Draft:
    """The project that the files most likely are. `ask` is given each doubtful choice with the guess."""
    key = _choose_key(files, ask)
    with_key, notes = _sharing(files, key)
    many = sorted(
        (file for file in with_key if not file.is_key(_named(file, key))), key=lambda file: -_people(file, key)
    )
    home = _home(with_key, many, key)
    entity_name = _entity_name(key, home)
    notes.append(
        f"`{home.path}` has a row for each {entity_name}: `{key}` never repeats"
        if home
        else f"no file has a row for every {entity_name}: they are the distinct values of `{key}` in `{many[0].path}`"
    )
    relations = _relations(many, key, entity_name, ask)
    notes += [_relation_note(relation, entity_name) for relation in relations]
    beside = [file for file in with_key if file not in many and file is not home]
    others = [file for file in files if file.column(key) is None]
    relations, unused = _with_lookups(relations, many, others)
    notes += [f"`{file.path}` is left out: it shares no key with the others" for file in unused]
    own_key = name_in(home or many[0], key)
    taken = [column.name for column in home.columns] if home else []
    entity = Entity(
        name=entity_name,
        key=own_key,
        source=_source(home) if home else None,
        from_relation=None if home else relations[0].name,
        columns=_contract(home) if home else (),
        lookups=tuple(_lookup(file, key, own_key, taken) for file in beside),
    )
    return Draft(entity, relations, tuple(files), tuple(notes))


def name_in(file: FileFacts, key: str) -> str:
    """The key as a file writes it."""
    column = file.column(key)
    return column.name if column else key


def _choose_key(files: Sequence[FileFacts], ask: Ask | None) -> str:
    ranked = sorted(
        (
            (_key_score(files, file, column), column.name)
            for file in files
            for column in file.columns
            if column.distinct
        ),
        key=lambda pair: -pair[0],
    )
    names = list({_plain(name): name for _, name in reversed(ranked)}.values())[::-1]
    best = ranked[0][1] if ranked else files[0].columns[0].name
    likely = list(dict.fromkeys([best, *(name for score, name in ranked if score > 0 and name in names)]))[:9]
    return ask("Which column says whose a row is?", likely, best) if ask and len(likely) > 1 else best


def _key_score(files: Sequence[FileFacts], file: FileFacts, column: ColumnFacts) -> float:
    """How likely a column names the customer: by its name, its type, and the files that share it."""
    if column.type.kind not in (Kind.INTEGER, Kind.TEXT):
        return -10
    words = _words(column.name)
    elsewhere = any(stem in column.name.casefold() for stem in _PERSONS_ELSEWHERE.split())
    score = 4.0 * (elsewhere or bool(words & set(_PERSONS.split()))) - 3.0 * bool(words & set(_EVENTS.split()))
    score += 1.5 * bool(words & {"id", "key", "no", "number", "code"}) + 1.0 * (column.name.lower() == "email")
    score += 1.5 * (sum(other.column(column.name) is not None for other in files) - 1)
    score += 2.0 * file.is_key(column)
    return score - 2.0 * (column.known < file.rows) - 3.0 * (column.distinct < 3 and file.rows >= 20)


def _sharing(files: Sequence[FileFacts], key: str) -> tuple[list[FileFacts], list[str]]:
    """The files that have the key, as values of one type, and a remark on each that has it otherwise."""
    own = [file for file in files if file.column(key)]
    kinds = [_named(file, key).type.kind for file in own]
    kind = max(kinds, key=kinds.count)
    odd = [file for file in own if _named(file, key).type.kind is not kind]
    notes = [f"`{file.path}` is left out: its `{name_in(file, key)}` is not {kind.value}, as elsewhere" for file in odd]
    return [file for file in own if file not in odd], notes


def _named(file: FileFacts, key: str) -> ColumnFacts:
    column = file.column(key)
    assert column is not None
    return column


def _people(file: FileFacts, key: str) -> int:
    return _named(file, key).distinct


def _home(files: Sequence[FileFacts], many: Sequence[FileFacts], key: str) -> FileFacts | None:
    """The file with one row for each key, the largest; none where another file knows more keys than that."""
    homes = [file for file in files if file not in many]
    home = max(homes, key=lambda file: file.rows, default=None)
    return None if home and any(_people(file, key) > home.rows for file in many) else home


def _relations(many: Sequence[FileFacts], key: str, entity: str, ask: Ask | None) -> tuple[Relation, ...]:
    relations: list[Relation] = []
    for file in many:
        own_key = name_in(file, key)
        name = free_name(identifier(file.stem), {entity, *(relation.name for relation in relations)})
        time = _choose_time(file, ask)
        relations.append(Relation(name, entity, own_key, _source(file), _contract(file), time=time))
    return tuple(relations)


def _choose_time(file: FileFacts, ask: Ask | None) -> str | None:
    times = [column for column in file.columns if column.type.kind in (Kind.DATE, Kind.TIMESTAMP) and column.known]
    if not times:
        return None

    def doubt(column: ColumnFacts) -> tuple[bool, bool, int]:
        return bool(_NOT_TIMES.search(column.name)), not _TIMES.search(column.name), -column.known

    ranked = [column.name for column in sorted(times, key=doubt)]
    if ask is None or len(ranked) == 1:
        return ranked[0]
    answer = ask(f"Which column of {file.path} says when a row happened?", [*ranked, _NOTHING], ranked[0])
    return None if answer == _NOTHING else answer


def _with_lookups(
    relations: tuple[Relation, ...], many: Sequence[FileFacts], others: Sequence[FileFacts]
) -> tuple[tuple[Relation, ...], list[FileFacts]]:
    """The relations with the files whose key they hold as lookups, and the files that nobody refers to."""
    result = list(relations)
    unused = []
    for other in others:
        keys = [column.name for column in other.columns if other.is_key(column)]
        homes = [(place, key) for place, file in enumerate(many) for key in keys if file.column(key)]
        if not homes:
            unused.append(other)
            continue
        place, key = homes[0]
        taken = [column.name for column in many[place].columns]
        lookup = _lookup(other, key, name_in(many[place], key), taken)
        lookup = replace(lookup, name=free_name(singular(lookup.name), taken))
        result[place] = replace(result[place], lookups=(*result[place].lookups, lookup))
    return tuple(result), unused


def _lookup(file: FileFacts, key: str, own: str, taken: Collection[str]) -> Lookup:
    name = free_name(identifier(file.stem), taken)
    return Lookup(name, _source(file), ((own, name_in(file, key)),), _contract(file))


def _relation_note(relation: Relation, entity: str) -> str:
    path = relation.source.path if relation.source else relation.name
    when = f"`{relation.time}` says when" if relation.time else "no column says when"
    return f"`{path}` has many rows for one {entity}; {when}"


def _source(file: FileFacts) -> Source:
    return Source(file.path, format=file.format)


def _contract(file: FileFacts) -> tuple[Column, ...]:
    return tuple(Column(column.name, column.type) for column in file.columns)


def _entity_name(key: str, home: FileFacts | None) -> str:
    """`customer` of `customer_id` and of `CustomerID`; of a bare `id`, the file's name in the singular."""
    bare = re.sub(r"(?i)[_ -]?(id|key|no|number|code|uuid|guid)$", "", key)
    if _plain(bare) in ("", "master", "email", "phone"):
        bare = singular(home.stem) if home else "customer"
    return singular(identifier(bare).lower())


def singular(name: str) -> str:
    """`orders` -> `order`, `companies` -> `company`; other languages are left alone."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith("s") and not name.endswith("ss") and len(name) > 3 and name.isascii():
        return name[:-1]
    return name


def identifier(text: str) -> str:
    """A name that rules can write without quotes, in any script."""
    kept = "".join(character if ("a" + character).isidentifier() else "_" for character in normalize("NFC", text))
    kept = re.sub(r"__+", "_", kept).strip("_")
    if not kept:
        return "rows"
    return kept if kept.isidentifier() else f"rows_{kept}"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it where it is taken."""
    count = 2
    free = name
    while free in taken:
        free, count = f"{name}_{count}", count + 1
    return free


def _plain(name: str) -> str:
    return re.sub(r"[_\s-]", "", normalize("NFC", name)).casefold()


def _words(name: str) -> set[str]:
    """`CustomerID` and `customer_id` -> {customer, id}."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return {singular(word) for word in re.split(r"[^\w]+|_", spaced.lower()) if word}
