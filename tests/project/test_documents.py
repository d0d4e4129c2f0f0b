"""What may stand in the files, and that every complaint is at the very key or value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from memory_reader import SHOP, all_findings, load_findings, loaded, reader

from segrules.language.core import Duration, Literal
from segrules.language.types import BOOLEAN, DATE, DECIMAL, DURATION, INTEGER, TEXT, decimal, list_of
from segrules.project.loader import load
from segrules.project.model import Format, Range


def helps(segments: str = "", project: str = SHOP) -> list[str | None]:
    return [finding.help for finding in load(reader(segments, project=project))[1]]


def entity(text: str, rest: str = "") -> str:
    return f"segrules: 1\nentities:\n  c: {{{text}}}\n{rest}"


def columns(text: str) -> str:
    return entity(f"source: x.csv, key: id, columns: {{id: integer, {text}}}")


# short and long forms


def test_a_segment_is_a_rule_or_a_mapping() -> None:
    project = loaded(
        "segments:\n  short: age > 5\n  long: {when: age > 5, label: {en: A}, tags: [x, y], meta: {n: 1}}\n"
    )
    short, long = project.segments
    assert short.rule.when is not None
    assert short.rule.when.text == "age > 5"
    assert long.rule.when is not None
    assert (long.rule.kind, long.rule.when.text) == (short.rule.kind, short.rule.when.text)
    assert short.about == {}
    assert long.about == {"label": {"en": "A"}, "tags": ["x", "y"], "meta": {"n": 1}}


def test_trees_nest() -> None:
    (segment,) = loaded(
        "segments:\n  a:\n    all:\n      - age > 5\n      - any: [age > 6, none: [age > 7]]\n"
    ).segments
    tree = segment.rule
    assert (tree.kind, tree.items[0].kind, tree.items[1].kind) == ("all", "when", "any")
    assert tree.items[1].items[1].kind == "none"
    assert tree.items[1].items[1].items[0].when is not None
    assert tree.items[1].items[1].items[0].when.text == "age > 7"


@pytest.mark.parametrize(
    ("rule", "text"), [("true", "true"), ("5", "5"), ("2026-01-31", "2026-01-31"), ("1.50", "1.50")]
)
def test_a_value_that_is_not_text_to_yaml_is_still_a_rule(rule: str, text: str) -> None:
    (trait,) = loaded(f"traits: {{x: {rule}}}\n").traits
    assert trait.rule.text == text


def test_sources_in_all_forms() -> None:
    project = loaded(
        project="""\
segrules: 1
entities:
  a: {source: data/a.parquet, key: id, columns: {id: integer}}
relations:
  b: {source: {table: crm.b}, key: id, columns: {id: integer}}
  c: {source: {path: c.csv, format: {delimiter: ';', decimal: ','}}, key: id, columns: {id: integer}}
  d: {source: d.csv, format: {delimiter: '\\t', encoding: windows-874, dates: '%d.%m.%Y', missing: [NULL, '']}, key: id}
"""
    )
    b, c, d = (relation.source for relation in project.relations)
    a = project.entities[0].source
    assert a is not None
    assert b is not None
    assert c is not None
    assert d is not None
    assert (a.path, a.table) == ("data/a.parquet", None)
    assert (b.path, b.table) == (None, "crm.b")
    assert c.format == Format(delimiter=";", decimal=",")
    assert d.format == Format("\t", "windows-874", ".", "%d.%m.%Y", ("NULL", ""))


def test_lookups_join_on_one_name_or_on_pairs() -> None:
    project = loaded(
        project=entity(
            "source: x.csv, key: id, columns: {id: integer, r: integer}, lookups: {"
            "a: {source: a.csv, on: id}, b: {source: b.csv, on: {r: code}, lookups: {n: {source: n.csv, on: z}}}}"
        )
    )
    a, b = project.entities[0].lookups
    assert a.on == (("id", "id"),)
    assert b.on == (("r", "code"),)
    assert b.lookups[0].name == "n"


def test_columns_with_their_contract() -> None:
    project = loaded(
        project=columns(
            "a: 'decimal(12, 2)', b: list of integer, c: {type: text, values: [NO, 1, x]}, "
            "d: {type: date, min: 2020-01-01, max: 2026-01-31, missing: never}, e: {type: decimal, max: 1.5}"
        )
    )
    _, a, b, c, d, e = project.entities[0].columns
    assert a.type == decimal(12, 2)
    assert b.type == list_of(INTEGER)
    assert c.values == ("NO", "1", "x")
    assert (str(d.least), str(d.most), d.never_missing) == ("2020-01-01", "2026-01-31", True)
    assert (e.type, e.most, e.never_missing) == (DECIMAL, Decimal("1.5"), False)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("500", Literal(500, INTEGER)),
        ("1.50", Literal(Decimal("1.50"), decimal(3, 2))),
        ("10%", Literal(Decimal("0.10"), decimal(2, 2))),
        ("'10%'", Literal("10%", TEXT)),
        ("1_000", Literal(1000, INTEGER)),
        ("1_000.50", Literal(Decimal("1000.50"), decimal(6, 2))),
        ("'1_000'", Literal("1_000", TEXT)),
        ("90 days", Literal(Duration(90, "day"), DURATION)),
        ("'90 days'", Literal("90 days", TEXT)),
        ("1 month", Literal(Duration(1, "month"), DURATION)),
        ("true", Literal(True, BOOLEAN)),
        ("NO", Literal("NO", TEXT)),
        ("012", Literal("012", TEXT)),
        ("90 dayz", Literal("90 dayz", TEXT)),
        ("[TH, 'US']", Literal(("TH", "US"), list_of(TEXT))),
        ("[1, 2.5]", Literal((1, Decimal("2.5")), list_of(decimal(20, 1)))),
        ("[1 day, 2 days]", Literal((Duration(1, "day"), Duration(2, "day")), list_of(DURATION))),
    ],
)
def test_params(written: str, value: Literal) -> None:
    assert loaded(f"params: {{p: {written}}}\n").params["p"] == value


def test_a_param_is_a_day() -> None:
    param = loaded("params: {p: 2026-01-31}\n").params["p"]
    assert (param.type, str(param.value)) == (DATE, "2026-01-31")


@pytest.mark.parametrize(
    ("written", "bounds"),
    [
        ("1%..10%", Range(Decimal("0.01"), Decimal("0.1"))),
        ("1%..", Range(Decimal("0.01"))),
        ("..10%", Range(None, Decimal("0.1"))),
        ("'> 5%'", Range(Decimal("0.05"), over=True)),
        ("'>= 0.05'", Range(Decimal("0.05"))),
        ("'< 5%'", Range(None, Decimal("0.05"), under=True)),
        ("0.5", Range(Decimal("0.5"), Decimal("0.5"))),
    ],
)
def test_expected_shares(written: str, bounds: Range) -> None:
    (segment,) = loaded(f"segments: {{a: {{when: age > 5, expect: {{share: {written}}}}}}}\n").segments
    (expectation,) = segment.expect
    assert (expectation.measure, expectation.range) == ("share", bounds)
    assert expectation.span.text == written


def test_expected_sizes() -> None:
    (segment,) = loaded("segments: {a: {when: age > 5, expect: {size: 1_000..20000}}}\n").segments
    assert segment.expect[0].range == Range(Decimal(1000), Decimal(20000))


def test_keys_without_values_count_as_not_written() -> None:
    assert load_findings("params:\ntraits:\nsegments:\nsegmentations:\ncarry:\n") == []


# complaints


@pytest.mark.parametrize(
    ("project", "finding"),
    [
        (entity("sorce: x.csv, key: id"), "unknown-key at 3:7 on 'sorce': `sorce` is not a key that belongs here"),
        (entity("source: x.csv"), "missing-key at 3:3 on 'c': `c` needs `key`"),
        (entity("key: id"), "missing-key at 3:3 on 'c': `c` needs `source`"),
        (entity("source: x.csv, key: [id]"), "wrong-value at 3:27 on '[id]': `key` takes a text"),
        (entity("source: [x], key: id"), "wrong-value at 3:15 on '[x]': `source` takes `key: value` lines, not a list"),
        (
            entity("source: {path: x, table: y}, key: id"),
            "invalid-source at 3:15 on '{path: x, table: y}': "
            "a source is a path of files or a `table` of an engine, not both",
        ),
        (
            entity("source: x.csv, from: r, key: id"),
            "invalid-source at 3:22 on 'from': `c` has `source` and `from`, and its rows come from one of them",
        ),
        (
            entity("source: x.csv, key: id, format: {encoding: klingon}"),
            "wrong-value at 3:50 on 'klingon': `klingon` is not an encoding",
        ),
        (
            entity("source: x.csv, key: id, format: {decimal: ','}"),
            "invalid-source at 3:40 on 'decimal': `,` cannot both separate columns and be the decimal sign",
        ),
        (columns("a: integr"), "wrong-value at 3:57 on 'integr': `integr` is not a type of a column"),
        (columns("a: {values: [1]}"), "missing-key at 3:54 on 'a': `a` needs `type`"),
        (columns("a: {type: integer, foo: }"), "unknown-key at 3:73 on 'foo': `foo` is not a key that belongs here"),
        (columns("a: {type: text, max: 5}"), "wrong-value at 3:70 on 'max': a text column has no `max`"),
        (
            columns("a: {type: integer, min: 2.5}"),
            "wrong-value at 3:78 on '2.5': `2.5` does not fit `a`, which is integer",
        ),
        (
            columns("a: {type: integer, min: 5, max: 1}"),
            "wrong-value at 3:81 on 'max': the `min` of `a` is above its `max`",
        ),
        (
            columns("a: {type: integer, values: [1, x]}"),
            "wrong-value at 3:85 on 'x': `x` does not fit `a`, which is integer",
        ),
        (columns("a: {type: text, missing: no}"), "wrong-value at 3:79 on 'no': `missing` can only be `never`"),
        (
            columns("a: decimal(12,2)"),
            "cut-rule at 3:57 on 'decimal(12,2)': a comma inside `{}` or `[]` cuts this in two",
        ),
        (
            columns("a: 'decimal(50,2)'"),
            "wrong-value at 3:57 on \"'decimal(50,2)'\": "
            "`decimal(50,2)` is not possible: 1 to 38 digits in all, no more of them behind the point",
        ),
        (
            "segrules: 2\n" + entity("source: x.csv, key: id").removeprefix("segrules: 1\n"),
            "wrong-value at 1:11 on '2': `segrules` is the version of the format, and this segrules knows version 1",
        ),
        (
            entity("source: x.csv, key: id", "timezone: Asia/Bangok\n"),
            "wrong-value at 4:11 on 'Asia/Bangok': `Asia/Bangok` is not a time zone",
        ),
        (
            entity("source: x.csv, key: id", "fiscal_year_starts: 13\n"),
            "wrong-value at 4:21 on '13': `fiscal_year_starts` is a month, from 1 to 12",
        ),
        (
            entity("source: x.csv, key: id", "fiscal_year_starts: April\n"),
            "wrong-value at 4:21 on 'April': `fiscal_year_starts` is a month, from 1 to 12",
        ),
        (
            entity("source: x.csv, key: id", "as_of: tomorrow\n"),
            "wrong-value at 4:8 on 'tomorrow': `as_of` takes a day or an instant",
        ),
        (
            entity("source: x.csv, key: id", "as_of: 2026-02-30\n"),
            "impossible-date at 4:8 on '2026-02-30': `2026-02-30` is not a date or time that exists",
        ),
        (
            entity("source: x.csv, key: id", "history: {keep: 5}\n"),
            "wrong-value at 4:17 on '5': `keep` takes a length of time",
        ),
    ],
)
def test_wrong_project_files(project: str, finding: str) -> None:
    assert load_findings(project=project) == [finding]


@pytest.mark.parametrize(
    ("segments", "finding"),
    [
        ("segment: {a: age > 5}", "unknown-key at 1:1 on 'segment': `segment` is not a key that belongs here"),
        (
            "segments:\n  a: {wen: age > 5, label: x}",
            "unknown-key at 2:7 on 'wen': `wen` is not a key that belongs here",
        ),
        ("segments: {a: }", "missing-key at 1:12 on 'a': `a` has no rule"),
        ("segments: {a: {}}", "missing-key at 1:12 on 'a': `a` has no rule"),
        ("segments: {a: [x, y]}", "wrong-value at 1:15 on '[x, y]': `a` takes `key: value` lines, not a list"),
        (
            "segments: {a: {when: age > 5, all: [age > 6]}}",
            "wrong-value at 1:15 on '{when: age > 5, all: [age > 6]}': "
            "`a` has `when` and `all`, and one of them is the rule",
        ),
        ("segments: {a: {any: []}}", "empty-list at 1:16 on 'any': `any` needs at least one rule"),
        ("segments: {a: {any: age > 5}}", "wrong-value at 1:21 on 'age > 5': `any` takes a list, not a single value"),
        ("traits: {a: }", "wrong-value at 1:10 on 'a': `a` has no rule"),
        ("traits: {a: [1]}", "wrong-value at 1:13 on '[1]': `a` takes a rule, which is text"),
        (
            "params: {a: }",
            "wrong-value at 1:10 on 'a': `a` takes a value: a number, text, day, length of time, or a list of them",
        ),
        ("params: {a: []}", "empty-list at 1:13 on '[]': `a` is an empty list, in which nothing ever is"),
        ("params: {a: [1, x]}", "wrong-value at 1:17 on 'x': `a` mixes values of several kinds"),
        ("segmentations: {a: {hit: first}}", "missing-key at 1:17 on 'a': `a` needs `stages`"),
        (
            "segmentations: {a: {hit: frist, stages: {b: age > 5}}}",
            "wrong-value at 1:26 on 'frist': `hit` is one of `first`, `unique`, `any`",
        ),
        ("segments: {a: {when: age > 5, expect: {size: many}}}", "wrong-value at 1:46 on 'many': `size` takes a range"),
        (
            "segments: {a: {when: age > 5, expect: {share: 5%..1%}}}",
            "wrong-value at 1:47 on '5%..1%': `5%..1%` is empty: its end lies before its start",
        ),
        ("segments: {a: {when: age > 5, expect: {share: 10}}}", "wrong-value at 1:47 on '10': a share is at most 100%"),
        (
            "segments: {a: {when: age > 5, expect: {size: 5%}}}",
            "wrong-value at 1:46 on '5%': a size is a number of rows",
        ),
        ("- a", "wrong-value at 1:1 on '- a': `key: value` lines belong here, not a list"),
        ("carry: email", "wrong-value at 1:8 on 'email': `carry` takes a list, not a single value"),
    ],
)
def test_wrong_rule_files(segments: str, finding: str) -> None:
    assert load_findings(segments) == [finding]


def test_all_findings_come_at_once() -> None:
    codes = [line.split(" on ")[0] for line in load_findings("traits: {a: [1]}\nsegments: {b: {wen: x}}\ncary: []\n")]
    assert codes == ["wrong-value at 1:13", "unknown-key at 2:16", "unknown-key at 3:1"]


@pytest.mark.parametrize(
    ("segments", "help"),
    [
        ("segments: {a: {wen: age > 5}}", "did you mean `when`?"),
        ("segments: {a: {when: age > 5, orders: x}}", "the project declares `orders`; check the indentation"),
        ("segments: {a: {when: age > 5, zzz: x}}", "known here: `label`"),
    ],
)
def test_an_unknown_key_comes_with_help(segments: str, help: str) -> None:
    (given,) = helps(segments)
    assert given is not None
    assert given.startswith(help)


@pytest.mark.parametrize(
    ("written", "help"), [("Integer", "integer"), ("varchar(20)", "text"), ("timstamp", "timestamp")]
)
def test_an_unknown_type_comes_with_help(written: str, help: str) -> None:
    assert helps(project=columns(f"a: {written}")) == [f"did you mean `{help}`?"]


# cut rules


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ("segments: {a: if(age > 5, true, false), b: age > 5}", "if(age > 5, true, false)"),
        ("segments: {a: age > 5, country == 'TH', b: age > 6}", "age > 5, country == 'TH'"),
        ("segments: {a: {when: coalesce(age, 5) > 3, label: x}}", "coalesce(age, 5) > 3"),
        ("segments: {a: {all: [age > 3, coalesce(age, 5) > 3]}}", "coalesce(age, 5) > 3"),
        ("segmentations: {a: {stages: {b: if(age > 5, true, false)}}}", "if(age > 5, true, false)"),
        ("segments:\n  a: country == 'nr #1'", "#1'"),
        ("segments:\n  a: coalesce(age, #note\n", "#note"),
    ],
)
def test_a_cut_rule_is_one_finding(segments: str, words: str) -> None:
    (finding,) = all_findings(segments)
    assert finding.startswith("cut-rule at ")
    assert f" on {words!r}: " in finding
    (help,) = helps(segments)
    assert help is not None
    assert ">-" in help


@pytest.mark.parametrize(
    "segments",
    [
        "segments: {a: {when: age > 5, tags: [it's, (b]}}",
        "segments:\n  a: age > 5  # it's a note (really\n",
        "params: {p: [O'Brien, x]}\nsegments: {a: age > 5, b: age > 6}\n",
        "segments: {a: {all: [age > 5, country == 'TH']}}",
    ],
)
def test_what_is_not_cut(segments: str) -> None:
    assert all_findings(segments) == []
