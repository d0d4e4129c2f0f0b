"""Laws of functions over all entity rows, on random values with ties and gaps: what holds whatever the values are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import running
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from segrules.engines import Engine
from segrules.planning import plan, references
from segrules.planning.time import parse_as_of

PROJECT = {
    "segrules": 1,
    "name": "laws",
    "entities": {
        "customer": {
            "source": "c.csv",
            "key": "id",
            "columns": {"id": "integer", "spend": "decimal(10,2)", "home": "text"},
        }
    },
}
VALUES = tuple(map(Decimal, ("-3", "0", "0", "0.01", "1", "1", "2.50", "7", "7", "100", "99999999.99")))
SHARES = ("1%", "10%", "25%", "33.3%", "0.5", "80%", "99.9%", "100%")


@dataclass(frozen=True)
class Crowd:
    """Customers, and how many parts and which shares are asked for."""

    rows: Sequence[Mapping[str, Any]]
    parts: int
    share: str
    larger_share: str

    @property
    def values(self) -> dict[int, Decimal]:
        """The known values by key."""
        return {row["id"]: row["spend"] for row in self.rows if row["spend"] is not None}


@st.composite
def crowds(draw: DrawFn) -> Crowd:
    pool = draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=6))
    rows = [
        {
            "id": key,
            "spend": draw(st.sampled_from((None, *pool, *pool))),
            "home": draw(st.sampled_from(("a", "b", None))),
        }
        for key in draw(st.permutations(range(draw(st.integers(0, 14)))))
    ]
    small, large = sorted((draw(st.sampled_from(SHARES)), draw(st.sampled_from(SHARES))), key=_fraction)
    return Crowd(rows, draw(st.integers(1, 7)), small, large)


def _fraction(share: str) -> Fraction:
    return Fraction(share.removesuffix("%")) / (100 if share.endswith("%") else 1)


def found(engine: Engine, crowd: Crowd, **rules: str) -> dict[str, dict[int, Any]]:
    """What each rule gives for each key."""
    files = {"segrules.yml": json.dumps(PROJECT), "segments/rules.yml": json.dumps({"traits": rules})}
    own = running.resolve_project(running.open_project(files))["customer"]
    tables = running.load(engine, own, [{"customer": crowd.rows}], "UTC", None)
    made = plan(own, references(own, rules), parse_as_of("2026-01-31", "UTC"))
    values = running.run(engine, made, tables, "UTC")
    return {name: {key: value for (_, key), value in each.items()} for name, each in values.items()}


few = settings(max_examples=settings().max_examples // 4)


@few
@given(crowd=crowds())
def test_a_rank_says_how_many_stand_before(crowd: Crowd, duckdb_engine: Engine) -> None:
    got = found(duckdb_engine, crowd, down="rank(spend desc)", up="rank(spend asc)", part="percent_rank(spend)")
    values = crowd.values
    ties = Counter(values.values())
    for key, value in values.items():
        assert got["down"][key] == 1 + sum(other > value for other in values.values())
        assert got["down"][key] + got["up"][key] + ties[value] - 1 == len(values) + 1
        assert got["part"][key] == (got["up"][key] - 1) / max(len(values) - 1, 1)
    assert {key for key, rank in got["down"].items() if rank is not None} == set(values)


@few
@given(crowd=crowds())
def test_tiles_are_in_order_and_of_equal_size(crowd: Crowd, duckdb_engine: Engine) -> None:
    parts, values = crowd.parts, crowd.values
    got = found(duckdb_engine, crowd, up=f"ntile({parts}, spend)", down=f"ntile({parts}, spend desc)")
    for name, sign in (("up", 1), ("down", -1)):
        tiles = {key: tile for key, tile in got[name].items() if tile is not None}
        assert set(tiles) == set(values)
        in_order = sorted(values, key=lambda key: (sign * values[key], key))
        assert [tiles[key] for key in in_order] == sorted(tiles.values())
        sizes = Counter(tiles.values())
        wanted = [len(values) // parts + (tile < len(values) % parts) for tile in range(parts)]
        assert [sizes[tile + 1] for tile in range(parts)] == wanted


@few
@given(crowd=crowds())
def test_bins_never_part_equal_values_and_grow_with_them(crowd: Crowd, duckdb_engine: Engine) -> None:
    parts, values = crowd.parts, crowd.values
    cuts = {f"cut_{cut}": f"overall(quantile({cut / parts:.9f}, spend))" for cut in range(1, parts)}
    got = found(
        duckdb_engine, crowd, up=f"quantile_bin({parts}, spend)", down=f"quantile_bin({parts}, spend desc)", **cuts
    )
    in_order = sorted(values, key=lambda key: values[key])
    bins = [got["up"][key] for key in in_order]
    assert bins == sorted(bins)
    assert len({(values[key], got["up"][key]) for key in values}) == len(set(values.values()))
    assert all(
        1 <= bin <= parts and got["down"][key] == parts + 1 - bin for key, bin in zip(in_order, bins, strict=True)
    )
    assert not bins or bins[0] == 1
    for key in values:  # the cuts of `quantile` are rounded, so only values that are well apart from them tell
        above = [float(values[key]) - got[name][key] for name in cuts]
        if all(abs(distance) > 0.1 for distance in above):
            assert got["up"][key] == 1 + sum(distance > 0 for distance in above)


@few
@given(crowd=crowds())
def test_a_top_has_as_many_as_asked_for_and_their_ties(crowd: Crowd, duckdb_engine: Engine) -> None:
    values = crowd.values
    got = found(
        duckdb_engine,
        crowd,
        small=f"in_top({crowd.share}, spend)",
        large=f"in_top({crowd.larger_share}, spend)",
        counted=f"in_top({crowd.parts}, spend)",
        bottom=f"in_bottom({crowd.share}, spend)",
        turned=f"in_top({crowd.share}, -spend)",
    )
    members = {name: {key for key, is_in in each.items() if is_in} for name, each in got.items()}
    assert members["small"] <= members["large"] <= set(values)
    assert members["bottom"] == members["turned"]
    for name, asked in (("small", ceil(_fraction(crowd.share) * len(values))), ("counted", crowd.parts)):
        inside = [values[key] for key in members[name]]
        assert len(inside) >= min(asked, len(values))
        if inside:
            assert sum(value > min(inside) for value in inside) < asked
            assert all(values[key] < min(inside) for key in values if key not in members[name])


@few
@given(crowd=crowds())
def test_the_fewest_who_hold_a_share_hold_it(crowd: Crowd, duckdb_engine: Engine) -> None:
    values, total = crowd.values, sum(map(Fraction, crowd.values.values()))
    got = found(duckdb_engine, crowd, few=f"in_top_share({crowd.share}, spend)")
    inside = [Fraction(values[key]) for key, is_in in got["few"].items() if is_in]
    if total <= 0:
        assert inside == []
        return
    wanted = _fraction(crowd.share) * total
    assert sum(inside) >= wanted
    assert sum(value for value in inside if value > min(inside)) < wanted
    assert min(inside) > 0


@few
@given(crowd=crowds())
def test_each_group_is_a_population_of_its_own(crowd: Crowd, duckdb_engine: Engine) -> None:
    parts, share = crowd.parts, crowd.share
    forms = {
        "rank": "rank(spend desc{})",
        "tile": f"ntile({parts}, spend{{}})",
        "bin": f"quantile_bin({parts}, spend{{}})",
        "top": f"in_top({share}, spend{{}})",
        "few": f"in_top_share({share}, spend{{}})",
        "middle": "overall(median(spend{}))",
        "total": "overall(sum(spend{}))",
    }
    groups = {"a": "home == 'a'", "b": "home == 'b'", None: "home is missing"}
    rules = {name: form.format(" by home") for name, form in forms.items()}
    for group, test in groups.items():
        rules |= {f"{name}_{group}": form.format(f" where {test}") for name, form in forms.items()}
    got = found(duckdb_engine, crowd, **rules)
    for row in crowd.rows:
        for name in forms:
            assert got[name][row["id"]] == got[f"{name}_{row['home']}"][row["id"]], name
