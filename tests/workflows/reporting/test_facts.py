"""The numbers of a report against the same numbers worked out in plain Python from the rows of random customers."""

from __future__ import annotations

import csv
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from segrules.engines.duckdb import DuckDB
from segrules.sql.entity_facts import together_query
from segrules.workflows.reporting.data import Difference, EntityReport, Report, SegmentReport
from segrules.workflows.reporting.gather import report

AS_OF = date(2026, 1, 31)
YML = """\
segrules: 1
name: ร้านค้า
as_of: 2026-01-31
timezone: Asia/Bangkok
entities:
  ลูกค้า:
    source: people.csv
    key: id
    columns:
      id: integer
      city: {type: text}
      tier: {type: text, values: [gold, silver, bronze]}
      note: text
      age: {type: integer, min: 0}
      height: number
      is_open: boolean
      joined_on: date
    lookups: {home: {source: homes.csv, on: id, columns: {id: integer, rooms: integer}}}
  firm: {source: firms.csv, key: code, columns: {code: text, size: integer}}
relations:
  orders:
    of: ลูกค้า
    source: orders.csv
    key: id
    time: at
    value: {spend: amount, margin: amount - cost, order: basket}
    columns: {id: integer, at: date, basket: text, amount: 'decimal(10,2)', cost: 'decimal(10,2)'}
"""
RULES = """\
entity: ลูกค้า
traits:
  orders: count(orders)
  is_grown: age >= 18
  last_basket: last(orders.amount)
segments:
  grown: {when: is_grown and orders >= 1, cost: 0.35}
  มอสโก: city == 'Москва'
  open: is_open or (height > 1.8 and city is known)
  nobody: age > 200
  everybody: {any: [id is known]}
segmentations:
  stage: {stages: {new: orders == 0, some: orders <= 3}, otherwise: many}
"""
FIRM = "entity: firm\nsegments: {big: size > 5}\n"


@dataclass(frozen=True)
class Person:
    id: int
    city: str | None
    tier: str | None
    note: str | None
    age: int | None
    height: float | None
    is_open: bool | None
    rooms: int | None


@dataclass(frozen=True)
class Line:
    id: int
    at: date
    basket: str | None
    amount: Decimal | None
    cost: Decimal | None


@dataclass(frozen=True)
class World:
    people: Sequence[Person]
    lines: Sequence[Line]
    found: Report

    @property
    def entity(self) -> EntityReport:
        return self.found.entities[0]

    def seen(self, person: Person) -> list[Line]:
        """The rows of a person that rules see."""
        return [line for line in self.lines if line.id == person.id and line.at <= AS_OF]

    def members(self, name: str) -> list[Person]:
        return [person for person in self.people if self.is_in(name, person)]

    def is_in(self, name: str, person: Person) -> bool:
        orders = len(self.seen(person))
        match name:
            case "grown":
                return (person.age or 0) >= 18 and orders >= 1
            case "มอสโก":
                return person.city == "Москва"
            case "open":
                return person.is_open is True or ((person.height or 0) > 1.8 and person.city is not None)
            case "everybody":
                return True
            case "stage.new" | "stage.some" | "stage.many":
                stage = "new" if orders == 0 else "some" if orders <= 3 else "many"
                return name == f"stage.{stage}"
        return False


def _some(chance: random.Random, make: Callable[[], Any]) -> Any:
    return None if chance.random() < 0.15 else make()


def _world(folder: Path, seed: int, many: int) -> World:
    chance = random.Random(seed)
    people = [
        Person(
            number,
            _some(chance, lambda: chance.choice(["Москва", "กรุงเทพ", "台北", "O'Hare"])),
            _some(chance, lambda: chance.choice(["gold", "silver", "bronze"])),
            f"note {number}",
            _some(chance, lambda: chance.randint(0, 90)),
            _some(chance, lambda: round(chance.uniform(1.4, 2.1), 3)),
            _some(chance, lambda: chance.random() < 0.3),
            _some(chance, lambda: chance.randint(1, 6)),
        )
        for number in range(1, many + 1)
    ]
    lines = [
        Line(
            chance.randint(1, many),
            AS_OF - timedelta(days=chance.randint(-20, 700)),
            _some(chance, lambda: chance.choice("abcdef")),
            _some(chance, lambda: Decimal(chance.randint(-100, 20000)) / 100),
            _some(chance, lambda: Decimal(chance.randint(0, 9000)) / 100),
        )
        for _ in range(many * 3)
        if many
    ]
    _write(folder / "people.csv", "id,city,tier,note,age,height,is_open,joined_on", _stored(people))
    _write(folder / "homes.csv", "id,rooms", ([one.id, one.rooms] for one in people if one.rooms))
    _write(folder / "orders.csv", "id,at,basket,amount,cost", ([*_cells(line)] for line in lines))
    _write(folder / "firms.csv", "code,size", iter([["a", 3], ["b", 9]]))
    (folder / "segrules.yml").write_text(YML, "utf-8")
    (folder / "segments").mkdir()
    (folder / "segments" / "people.yml").write_text(RULES, "utf-8")
    (folder / "segments" / "firms.yml").write_text(FIRM, "utf-8")
    found = report(folder)
    assert isinstance(found, Report), found
    return World(people, lines, found)


def _stored(people: Sequence[Person]) -> Iterator[list[object]]:
    for one in people:
        yield [one.id, one.city, one.tier, one.note, one.age, one.height, one.is_open, "2020-02-03"]


def _cells(line: Line) -> list[object]:
    return [line.id, line.at, line.basket, line.amount, line.cost]


def _write(path: Path, head: str, rows: Iterator[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head.split(","))
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


@pytest.fixture(scope="module", params=[(1, 400), (2, 67), (3, 9)], ids=["many", "some", "few"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    seed, many = request.param
    return _world(tmp_path_factory.mktemp("world"), seed, many)


def _things(world: World) -> Iterator[tuple[str, Any]]:
    """Segments and stages by their names."""
    yield from ((item.name, item) for item in world.entity.segments)
    for item in world.entity.segmentations:
        yield from ((f"{item.name}.{stage.label}", stage) for stage in item.stages)


def test_sizes(world: World) -> None:
    for name, found in _things(world):
        assert found.members == len(world.members(name)), name
    assert world.entity.rows == len(world.people)


def test_overlap_counts_the_rows_of_both(world: World) -> None:
    overlap = world.entity.overlap
    assert overlap is not None
    assert overlap.names == tuple(item.name for item in world.entity.segments)
    for one, row in zip(overlap.names, overlap.both, strict=True):
        for other, many in zip(overlap.names, row, strict=True):
            both = {person.id for person in world.members(one)} & {person.id for person in world.members(other)}
            assert many == len(both), (one, other)


def test_combinations_are_exact_and_add_up_to_all_rows(world: World) -> None:
    names = [item.name for item in world.entity.segments]
    exact = Counter(frozenset(name for name in names if world.is_in(name, person)) for person in world.people)
    assert {frozenset(one.names): one.rows for one in world.entity.together} == exact
    assert sum(one.rows for one in world.entity.together) == len(world.people)
    assert [one.rows for one in world.entity.together] == sorted(exact.values(), reverse=True)
    assert set(world.entity.together_of) == set(names)


def test_of_many_combinations_the_most_frequent_are_told_and_always_those_in_none(duckdb_engine: DuckDB) -> None:
    """Rows in none of them are the fewest here."""
    words = " UNION ALL ".join(f"SELECT {word} AS word FROM range({word + 1})" for word in range(32))
    duckdb_engine.execute(f'CREATE TEMP TABLE few AS SELECT CAST(word AS UBIGINT) AS "word 0" FROM ({words})')
    rows = duckdb_engine.run(together_query("few", range(5), 3))
    assert rows == [(0, 1), (31, 32), (30, 31), (29, 30)]


def test_worth_adds_up_the_rows_of_the_last_year(world: World) -> None:
    first = AS_OF - timedelta(days=364)
    groups = [(name, found.worth, world.members(name)) for name, found in _things(world)]
    for name, worth, members in (*groups, ("all", world.entity.worth, world.people)):
        spend, margin, orders = Decimal(0), Decimal(0), 0
        for person in members:
            recent = [line for line in world.seen(person) if line.at >= first]
            spend += sum((line.amount for line in recent if line.amount is not None), Decimal(0))
            both = [line for line in recent if line.amount is not None and line.cost is not None]
            margin += sum((line.amount - line.cost for line in both), Decimal(0))  # type: ignore[operator]
            orders += len({line.basket for line in recent} - {None})
        assert worth is not None
        assert (worth.members, worth.spend, worth.margin, worth.orders) == (len(members), spend, margin, orders), name


def test_cost_is_of_all_members(world: World) -> None:
    grown, *others = world.entity.segments
    assert grown.worth is not None
    assert grown.worth.cost == Decimal("0.35") * len(world.members("grown"))
    assert {item.worth.cost for item in others if item.worth} == {None}


def _values(world: World, person: Person) -> dict[str, Any]:
    lines = world.seen(person)
    return {
        "city": person.city,
        "tier": person.tier,
        "age": person.age,
        "height": person.height,
        "is_open": person.is_open,
        "home.rooms": person.rooms,
        "orders": len(lines),
        "is_grown": (person.age or 0) >= 18,
        "last_basket": None,  # of equal days one counts that only the rules tell: left out below
    }


def _differences(world: World, members: Sequence[Person]) -> dict[str, Difference]:
    mine = [_values(world, person) for person in members]
    all = [_values(world, person) for person in world.people]
    found: dict[str, Difference] = {}
    for name in _values(world, world.people[0]):
        if name == "city" and len(world.people) < 3 * len({person.city for person in world.people} - {None}):
            continue  # so few rows that a value may tell who somebody is
        ours, theirs = ([row[name] for row in rows if row[name] is not None] for rows in (mine, all))
        if not ours:
            continue
        if isinstance(theirs[0], int | float) and not isinstance(theirs[0], bool):
            mean = sum(theirs) / len(theirs)
            spread = math.sqrt(sum((one - mean) ** 2 for one in theirs) / len(theirs))
            own = sum(ours) / len(ours)
            if spread > 1e-12:
                found[name] = Difference(name, "number", None, own, mean, (own - mean) / spread)
            continue
        for value in sorted(set(theirs), key=str):
            p, own = theirs.count(value) / len(theirs), ours.count(value) / len(ours)
            if value is not False and 0 < p < 1:
                effect = (own - p) / math.sqrt(p * (1 - p))
                if name not in found or abs(effect) > abs(found[name].effect) + 1e-9:
                    found[name] = Difference(name, "value", value, own, p, effect)
    return found


def test_profiles_rank_how_members_differ(world: World) -> None:
    for name, found in _things(world):
        expected = _differences(world, world.members(name))
        shown = {one.name: one for one in found.profile}
        assert len(shown) == len(found.profile) <= 8
        assert [abs(one.effect) for one in found.profile] == sorted(
            (abs(o.effect) for o in found.profile), reverse=True
        )
        for one in found.profile:
            if one.name == "last_basket":
                continue
            other = expected[one.name]
            assert one.kind == other.kind
            assert abs(one.effect) == pytest.approx(abs(other.effect))
            if one.value == other.value:  # of two values, both differ alike
                assert (one.ours, one.everyones) == pytest.approx((other.ours, other.everyones))
        left_out = {key for key, own in expected.items() if abs(own.effect) > 1e-9} - set(shown)
        if found.profile:
            least = min(abs(one.effect) for one in found.profile)
            assert all(abs(expected[key].effect) <= least + 1e-9 for key in left_out), name


def test_what_only_says_which_row_it_is_is_no_difference(world: World) -> None:
    names = {one.name for _, found in _things(world) for one in found.profile}
    assert names <= {*_values(world, world.people[0])}


def test_the_heat_map_has_every_row_with_activity(world: World) -> None:
    found = world.entity.heat_map
    assert found is not None
    assert (found.relation, found.counted) == ("orders", "orders")
    active = {
        person.id: ((AS_OF - max(line.at for line in lines)).days, len({line.basket for line in lines} - {None}))
        for person in world.people
        if (lines := world.seen(person))
    }
    days = sorted(days for days, _ in active.values())
    often = sorted(many for _, many in active.values() if many)
    expected: Counter[tuple[int, int]] = Counter()
    bounds: dict[tuple[str, int], list[int]] = defaultdict(list)
    for recency, frequency in active.values():
        if not frequency:
            continue
        # scores by quantiles with linear interpolation: a value lies above a cut if more rows than its place are below
        r = 5 - sum(sum(one < recency for one in days) > (len(days) - 1) * cut / 5 for cut in range(1, 5))
        f = 1 + sum(sum(one < frequency for one in often) > (len(often) - 1) * cut / 5 for cut in range(1, 5))
        expected[r, f] += 1
        bounds["r", r].append(recency)
        bounds["f", f].append(frequency)
    assert {(r + 1, f + 1): many for r, row in enumerate(found.rows) for f, many in enumerate(row) if many} == expected
    for key, own in (("r", found.recency), ("f", found.frequency)):
        for score, pair in enumerate(own, 1):
            values = bounds.get((key, score))
            assert pair == ((min(values), max(values)) if values else None)


def test_samples_are_members_without_their_keys(world: World) -> None:
    for item in world.entity.segments:
        assert len(item.sample) == min(5, item.members or 0)
        assert all("id" not in row for row in item.sample)
    grown = world.entity.segments[0]
    assert all(set(row) == {"age", "orders"} for row in grown.sample)
    assert all(row["age"] >= 18 and row["orders"] >= 1 for row in grown.sample)


def test_funnels_end_with_the_members(world: World) -> None:
    for item in world.entity.segments:
        assert item.funnel is not None
        assert item.funnel.holds == item.members


def test_another_entity_has_its_own_numbers(world: World) -> None:
    firm = world.found.entities[1]
    (big,) = firm.segments
    assert (firm.rows, big.members, firm.overlap, firm.heat_map, firm.worth) == (2, 1, None, None, None)
    assert [one.name for one in big.profile] == ["size"]
    assert not any("`firm`" in said for said in world.found.missing)  # it has no relation that could tell more


def test_keys_are_shown_where_asked_for(tmp_path: Path) -> None:
    _world(tmp_path, 5, 12)
    found = report(tmp_path, has_keys=True)
    assert isinstance(found, Report)
    everybody: SegmentReport = found.entities[0].segments[-1]
    assert len({row["id"] for row in everybody.sample}) == 5


def test_samples_tell_more_than_that_the_rule_holds(tmp_path: Path) -> None:
    """Beside what is the same for all by the rule: how many rows there are, and traits that add up such rows."""
    _world(tmp_path, 5, 30)
    rules = """
    traits:
      orders: count(orders)
      spent: sum(orders.amount)
      whose: max(orders.id)
      near: any(orders where amount > 1)
    segments:
      buyers: any(orders where amount > 1)
      near_ones: near and every(orders where amount > -9)
      open: {all: [is_open, age >= 0]}
      just_open: is_open
    """
    (tmp_path / "segments" / "people.yml").write_text(f"entity: ลูกค้า\n{dedent(rules)}", "utf-8")
    found = report(tmp_path)
    assert isinstance(found, Report)
    samples = {item.name: item.sample for item in found.entities[0].segments}
    counted = "count(orders where amount > 1)"
    assert {name: set(rows[0]) for name, rows in samples.items()} == {
        "buyers": {counted, "orders", "spent"},
        "near_ones": {counted, "orders", "spent"},
        "open": {"age"},
        "just_open": {"is_open"},
    }
    assert all(row["orders"] >= row[counted] >= 1 for row in samples["buyers"])


def test_findings_show_no_keys_unless_asked_for(tmp_path: Path) -> None:
    _world(tmp_path, 4, 9)
    rules = "segmentations: {double: {hit: unique, stages: {a: age >= 0, b: age >= 0 and id >= 1}}}\n"
    (tmp_path / "segments" / "people.yml").write_text(f"entity: ลูกค้า\n{rules}", "utf-8")
    with (tmp_path / "orders.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("777001,2026-01-01,a,1.00,1.00\r\n")
    shown, hidden = report(tmp_path, has_keys=True), report(tmp_path)
    assert isinstance(shown, Report)
    assert isinstance(hidden, Report)
    told = {finding.code: finding.message for finding in shown.findings}
    kept = {finding.code: finding.message for finding in hidden.findings}
    assert "777001" in told["ignored-rows"]
    assert kept["ignored-rows"] == "`orders`: 1 row belongs to no known `ลูกค้า`; no rule sees them"
    assert told["segmentation-overlap"].startswith(f"{kept['segmentation-overlap']}: `")
    assert kept["segmentation-overlap"].endswith("`double`")


def test_what_a_declaration_would_tell_is_missing(tmp_path: Path) -> None:
    _world(tmp_path, 6, 9)
    declared = (tmp_path / "segrules.yml").read_text("utf-8")
    bare = declared.replace("    value: {spend: amount, margin: amount - cost, order: basket}\n", "")
    (tmp_path / "segrules.yml").write_text(bare, "utf-8")
    found = report(tmp_path)
    assert isinstance(found, Report)
    assert found.missing[1:] == ("What members of `ลูกค้า` are worth is not known: declare `value:` of `orders`.",)
    assert found.entities[0].heat_map is not None
    more = "  visits: {of: ลูกค้า, source: orders.csv, key: id, time: at, columns: {id: integer, at: date}}\n"
    (tmp_path / "segrules.yml").write_text(bare + more, "utf-8")
    found = report(tmp_path)
    assert isinstance(found, Report)
    assert found.entities[0].heat_map is None
    assert found.missing[1:] == (
        "How active `ลูกค้า` rows are, and what they are worth, is not known: declare `value:` of `orders` or "
        "`visits` in segrules.yml.",
    )


def test_without_rows_of_the_relation_nothing_is_earned(tmp_path: Path) -> None:
    _world(tmp_path, 1, 9)
    (tmp_path / "orders.csv").write_text("id,at,basket,amount,cost\n", "utf-8")
    found = report(tmp_path)
    assert isinstance(found, Report)
    entity = found.entities[0]
    assert entity.heat_map is None
    assert {(item.worth.spend, item.worth.orders) for item in entity.segments if item.worth} == {(0, 0)}
    assert sum(stage.members or 0 for stage in entity.segmentations[0].stages) == 9


def test_without_rows_of_the_entity_it_says_so(tmp_path: Path) -> None:
    _world(tmp_path, 1, 3)
    (tmp_path / "people.csv").write_text("id,city,tier,note,age,height,is_open,joined_on\n", "utf-8")
    found = report(tmp_path)
    assert isinstance(found, Report)
    assert "the data of `ลูกค้า` has no rows" in found.missing[0]
