"""Rules in the order of their references: scopes, trees, circles, and findings that are not said twice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_reader import SHOP, MemoryReader, all_findings, loaded, resolved, shown

from segrules.diagnostics import Diagnostic
from segrules.language.core import And, Column, Compare, Not, Or, Reference
from segrules.language.types import BOOLEAN, INTEGER, TEXT
from segrules.project.loader import load
from segrules.project.ordering import circle_from, ordered
from segrules.project.resolve import DEEPEST, resolve


def test_traits_are_typed_wherever_they_stand() -> None:
    rules = resolved("traits: {c: b + 1, b: a + 1, a: count(orders)}\nsegments: {s: c > 5}\n")
    assert list(rules.traits) == ["c", "b", "a"]
    assert {name: rule.type for name, rule in rules.traits.items()} == dict.fromkeys("cba", INTEGER)


def test_traits_and_segments_may_use_each_other() -> None:
    rules = resolved(
        "traits:\n  a: if(segments.s, 1, 2)\n  b: count(orders)\nsegments: {s: b > 5, t: a == 1 and lifecycle == 'x'}\n"
        "segmentations: {lifecycle: {stages: {x: segments.s}}}\n"
    )
    assert rules.traits["a"].type == INTEGER
    assert list(rules.segments) == ["s", "t"]


def test_a_trait_may_have_the_name_of_a_relation() -> None:
    assert resolved("traits: {orders: count(orders)}\nsegments: {a: orders > 5}\n").traits["orders"].type == INTEGER


def test_trees_become_tests() -> None:
    rules = resolved(
        "segments:\n  base: age > 1\n"
        "  a: {all: [age > 1, age > 2]}\n  b: {any: [age > 1, age > 2]}\n  c: {none: [age > 1, age > 2]}\n"
        "  d: {none: [age > 1]}\n  e: {all: [age > 1]}\n  f: {all: [age > 1, any: [age > 2, none: [age > 3]]]}\n"
    )
    one = rules.segments["base"]
    assert isinstance(one, Compare)
    a, b, c, d = (rules.segments[name] for name in "abcd")
    assert isinstance(a, And)
    assert isinstance(b, Or)
    assert a.items == b.items
    assert c == Not(b)
    assert d == Not(one)
    assert rules.segments["e"] == one
    f = rules.segments["f"]
    assert isinstance(f, And)
    assert isinstance(f.items[1], Or)
    assert isinstance(f.items[1].items[1], Not)


def test_trees_stand_where_they_are_written() -> None:
    rules = resolved("segments:\n  a: {none: [age > 1, age > 2]}\n")
    rule = rules.segments["a"]
    assert isinstance(rule, Not)
    assert rule.span is not None
    assert rule.span.text == "none"


def test_stages_and_labels_are_names() -> None:
    rules = resolved(
        "segmentations: {l: {hit: unique, stages: {a: age > 1, b: age <= 1}, otherwise: c}}\n"
        "segments: {x: segments.l.a, y: segments.l.c, z: l == 'c'}\n"
    )
    assert rules.segments["y"] == Reference("segment", "l.c", BOOLEAN)
    labelling = rules.segmentations["l"]
    assert (labelling.hit, [label for label, _ in labelling.stages], labelling.otherwise) == ("unique", ["a", "b"], "c")


def test_what_is_carried() -> None:
    rules = resolved("traits: {n: count(orders)}\ncarry: [email, n, demographics.income]\n")
    assert rules.carry == {
        "email": Column("customer", (), "email", TEXT, True),
        "n": Reference("trait", "n", INTEGER, False),
        "demographics.income": Column("customer", ("demographics",), "income", INTEGER, True),
    }


@pytest.mark.parametrize("name", ["emial", "vip", "orders.amount", "demographics.incom"])
def test_what_cannot_be_carried(name: str) -> None:
    (finding,) = all_findings(f"segments: {{vip: age > 5}}\ncarry: [{name}]\n")
    assert finding == f"unknown-name at 2:9 on '{name}': `{name}` is not a column or trait of `customer`"


def test_columns_say_whether_they_may_be_missing() -> None:
    rules = resolved(
        "traits: {a: customer_id, b: joined_on, c: email, d: demographics.income, e: max(orders.ordered_at)}\n"
    )
    missing = {name: rule.may_be_missing for name, rule in rules.traits.items() if isinstance(rule, Column)}
    assert missing == {"a": False, "b": False, "c": True, "d": True}


# circles


def test_a_circle_is_named_at_each_of_its_definitions() -> None:
    assert all_findings("traits:\n  a: b + 1\n  b: c + 1\n  c: a + 1\n") == [
        "reference-cycle at 2:3 on 'a': `a` refers to itself: `a` -> `b` -> `c` -> `a`",
        "reference-cycle at 3:3 on 'b': `b` refers to itself: `b` -> `c` -> `a` -> `b`",
        "reference-cycle at 4:3 on 'c': `c` refers to itself: `c` -> `a` -> `b` -> `c`",
    ]


@pytest.mark.parametrize(
    ("segments", "circle"),
    [
        ("traits: {a: a + 1}", "`a` -> `a`"),
        ("segments: {a: not segments.a}", "`a` -> `a`"),
        ("segmentations: {a: {stages: {x: segments.a.x}}}", "`a` -> `a`"),
        ("segmentations: {a: {stages: {x: a == 'x'}}}", "`a` -> `a`"),
        ("segments: {s: customer.t > 1}\ntraits:\n  t: if(segments.s, 1, 2)", "`s` -> `t` -> `s`"),
    ],
)
def test_circles_through_everything(segments: str, circle: str) -> None:
    findings = all_findings(segments)
    assert findings[0].startswith("reference-cycle")
    assert findings[0].endswith(circle)


def test_who_uses_a_circle_is_not_to_blame() -> None:
    findings = all_findings("traits: {a: b, b: a, c: a + 1, d: a == 'x'}\nsegments: {s: c > 5}\n")
    assert [line.split(" on ")[1].split(":")[0] for line in findings] == ["'a'", "'b'"]


def test_two_circles_are_two() -> None:
    findings = all_findings("traits: {a: b, b: a + c, c: d, d: c}\n")
    assert sorted(line.rsplit(": ", 1)[1] for line in findings) == [
        "`a` -> `b` -> `a`",
        "`b` -> `a` -> `b`",
        "`c` -> `d` -> `c`",
        "`d` -> `c` -> `d`",
    ]


def test_a_long_circle_is_told_shortly() -> None:
    text = "traits:\n" + "".join(f"  t{number}: t{(number + 1) % 3000} + 1\n" for number in range(3000))
    findings = all_findings(text)
    assert 0 < len(findings) <= 200
    assert all(len(line) < 300 for line in findings)


def test_a_chain_of_names_is_refused_where_it_passes_the_limit() -> None:
    def chain(names: int) -> str:
        return "traits:\n  t0: age\n" + "".join(f"  t{number}: t{number - 1} + 1\n" for number in range(1, names))

    assert all_findings(chain(DEEPEST)) == []
    for names in (DEEPEST + 1, 3000):
        (finding,) = all_findings(chain(names))
        assert finding.startswith("too-deep")
        assert "`t100` rests on more than 100 names" in finding


def test_traits_that_use_the_one_before_twice() -> None:
    project = SHOP.replace("amount: decimal(12,2)", "amount: number")
    text = "traits:\n  t0: sum(orders.amount)\n" + "".join(f"  t{n}: t{n - 1} - t{n - 1}\n" for n in range(1, 41))
    (finding,) = all_findings(text + "segments: {s: t40 > 5}\n", project)
    assert finding.startswith("inexact-threshold at 43:")


# findings that would only repeat others


def test_broken_definitions_do_not_make_unknown_names() -> None:
    text = (
        "params: {p: []}\ntraits: {t: [1]}\nsegmentations: {l: {stages: {x: [1], y: age > 5}}}\n"
        "segments:\n  s: {wen: x}\n  a: t > 5 and segments.s and age > params.p\n  b: l == 'x' or segments.l.x\n"
    )
    assert [line.split(" ")[0] for line in all_findings(text)] == [
        "empty-list",
        "wrong-value",
        "wrong-value",
        "unknown-key",
    ]


def test_an_unreadable_file_may_define_anything() -> None:
    bad = Diagnostic("file-unreadable", "x", path="segments/b.yml")
    files = {"segrules.yml": SHOP, "segments/a.yml": "segments: {a: t > 5 and segments.s, b: age == 'x'}\n"}
    project, _ = load(MemoryReader(files, {"segments/b.yml": bad}))
    assert project is not None
    _, findings = resolve(project)
    assert [finding.code for finding in findings] == ["wrong-type"]


def test_an_error_in_a_trait_is_not_repeated_where_it_is_used() -> None:
    (finding,) = all_findings("traits: {t: agee + 1}\nsegments: {a: t > 5, b: t == 'x'}\n")
    assert finding.startswith("unknown-name at 1:13 on 'agee'")


def test_all_rules_are_looked_at() -> None:
    findings = all_findings(
        "segments: {a: x1 > 5, b: {all: [x2 > 1, x3 > 1]}}\nsegmentations: {l: {stages: {m: x4 > 1}}}\n"
    )
    assert [line.split("'")[1] for line in findings] == ["x1", "x2", "x3", "x4"]


def test_rules_of_two_entities_are_apart() -> None:
    files = {
        "segrules.yml": """\
segrules: 1
entities:
  user: {source: u.csv, key: id, columns: {id: integer, a: integer}}
  house: {source: h.csv, key: id, columns: {id: integer, b: integer}}
relations:
  orders: {of: user, source: o.csv, key: id, columns: {id: integer}}
""",
        "segments/u.yml": "entity: user\ntraits: {n: count(orders)}\nsegments: {x: a > 1}\n",
        "segments/h.yml": "entity: house\nsegments: {x: b > 1, y: n > 1, z: count(orders) > 1}\n",
    }
    project, _ = load(MemoryReader(files))
    assert project is not None
    rules, findings = resolve(project)
    assert [finding.span.text for finding in findings if finding.span] == ["n", "orders"]
    assert list(rules["user"].segments) == ["x"]
    assert list(rules["house"].relations) == []


def test_a_trait_is_no_version() -> None:
    assert all_findings("traits:\n  app: version(country)\nsegments: {new: version(country) >= '2'}\n") == [
        "wrong-type at 2:8 on 'version(country)': a version is there to be compared, and a trait has a value that can "
        "be written",
    ]


# examples


def test_names_in_examples() -> None:
    text = (
        "traits: {n: count(orders)}\nsegmentations: {l: {stages: {x: age > 5}}}\nsegments:\n  b: age > 1\n  a:\n"
        "    when: age > 5\n    examples:\n"
        "      in: [{age: 5, n: 3, b: true, segments.b: true, demographics.income: 1}]\n"
        "      out: [{agee: 5}, {l: x}, {l.x: true}]\n"
    )
    assert all_findings(text) == [
        "unknown-name at 9:14 on 'agee': `agee` is not a column, trait or segment of `customer`",
        "not-supported-yet at 9:25 on 'l': examples that give a segmentation or a stage are not supported yet",
        "not-supported-yet at 9:33 on 'l.x': examples that give a segmentation or a stage are not supported yet",
    ]


# order

graphs = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 9), max_size=4), max_size=8)


def reaches(graph: dict[int, list[int]], start: int) -> set[int]:
    found: set[int] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), []):
            if target in graph and target not in found:
                found.add(target)
                waiting.append(target)
    return found


@given(graphs)
def test_everything_stands_behind_what_it_refers_to(graph: dict[int, list[int]]) -> None:
    order, groups = ordered(graph)
    assert sorted(order) == sorted(graph)
    reached = {node: reaches(graph, node) for node in graph}
    in_circles = {node for node in graph if node in reached[node]}
    assert {node for group in groups for node in group} == in_circles
    for group in groups:
        assert all(set(group) == {other for other in reached[node] if node in reached[other]} for node in group)
    place = {node: number for number, node in enumerate(order)}
    for node in graph:
        assert all(place[other] < place[node] for other in reached[node] if node not in reached[other])


@given(graphs)
def test_a_circle_goes_round(graph: dict[int, list[int]]) -> None:
    for group in ordered(graph)[1]:
        for node in group:
            circle = circle_from(node, graph, set(group))
            assert circle[0] == circle[-1] == node
            assert all(after in graph[before] for before, after in pairwise(circle))
            assert len(set(circle)) == len(circle) - 1


def test_findings_of_a_project_without_rules() -> None:
    assert shown(resolve(loaded())[1]) == []


def test_columns_that_differ_only_in_case_are_refused() -> None:
    files = {
        "segrules.yml": "segrules: 1\nentities:\n  c:\n    source: c.csv\n    key: id\n"
        "    columns: {id: integer, Total: integer, total: integer}\n",
        "segments/a.yml": "segments: {a: Total == 1}\n",
    }
    project, findings = load(MemoryReader(files))
    assert project is not None
    assert [(finding.code, finding.message) for finding in findings] == [
        ("duplicate-name", "`total` differs only in case from the column `Total`")
    ]
    assert [finding.code for finding in resolve(project)[1]] == ["duplicate-name"]
