"""From text to syntax trees: every form of the language, where each node stands, and how deep a tree may be."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from syntax_shapes import shape
from syntax_trees import depth, expressions, nodes, read

from segrules.language import syntax
from segrules.language.formatter import format_expression
from segrules.language.parser import MAX_DEPTH, parse
from segrules.language.words import RESERVED
from segrules.source import Fragment, Run, SourceFile, Span, whole_file

# every form, as the shape of its tree


FORMS = {
    # logic
    "a and b or c and not d": "((a and b) or (c and (not d)))",
    "a and b and c": "(a and b and c)",
    "(a or b) and c": "(<(a or b)> and c)",
    "not not a == 1": "(not (not (a == 1)))",
    "not a in [1]": "(not (a in [1]))",
    # comparison
    "recency_days < 30 and orders >= 5": "((recency_days < 30) and (orders >= 5))",
    "a != b + 1": "(a != (b + 1))",
    "x in [1, 2]": "(x in [1 2])",
    "x not in ['a']": "(x not in ['a'])",
    "x in params.codes": "(x in params.codes)",
    "x in []": "(x in [])",
    "x between 1 and 5 and y": "((x between 1 5) and y)",
    "x not between -1 and a + 1": "(x not between (- 1) (a + 1))",
    "x is missing or y is known": "((x missing) or (y known))",
    # text
    "name contains 'x'": "(name contains 'x')",
    "name not contains 'x'": "(name not contains 'x')",
    "name starts with 'x' and name not ends\n with 'y'": "((name starts with 'x') and (name not ends with 'y'))",
    "name matches '^\\d+$'": "(name matches '^\\\\d+$')",
    "lower(trim(name)) == 'it''s'": '(lower(trim(name)) == "it\'s")',
    # numbers
    "a + b * c - d / -e": "((a + (b * c)) - (d / (- e)))",
    "a % b": "(a % b)",
    "a - -1": "(a - (- 1))",
    "x > 10%": "(x > 0.10)",
    "x > 10 % 3": "(x > (10 % 3))",
    "x > 12.5%": "(x > 0.125)",
    "1_000_000 > 1.50": "(1000000 > 1.50)",
    "round(a, 2) == least(a, b, 0)": "(round(a 2) == least(a b 0))",
    # dates
    "d >= 2026-01-31": "(d >= 2026-01-31)",
    "d >= 2026-01-31T09:30:00": "(d >= 2026-01-31 09:30:00)",
    "d < today - 30 days": "(d < (today - 30day))",
    "now - d > 24 hours": "((now - d) > 24hour)",
    "d + 1 month < today": "((d + 1month) < today)",
    "d > 2 weeks ago": "(d > ago(2week))",
    "d > 30 day ago": "(d > ago(30day))",
    "d > params.window ago": "(d > ago(params.window))",
    "d is in last 90 days": "(d last:90day)",
    "d is in next 30 days": "(d next:30day)",
    "d is in last params.window": "(d last:params.window)",
    "d is in this month and d is in last year": "((d this:month) and (d last:year))",
    "d is from 180 days ago to 90 days ago": "(d from:ago(180day)..ago(90day))",
    "d is since 2025-01-01 or d is before today": "((d since:2025-01-01) or (d before:today))",
    "start_of(month, d) == anniversary(d)": "(start_of(month d) == anniversary(d))",
    # conditional
    "if(a > 1, 'x', 'y')": "if((a > 1) 'x' 'y')",
    "case(a -> 1, b > 2 -> 2, else 0)": "case(a->1 (b > 2)->2 else 0)",
    "case(a -> 1)": "case(a->1)",
    "case(a -> 1, else -1)": "case(a->1 else (- 1))",
    "case(a -> 'x', else not b)": "case(a->'x' else (not b))",
    "case(a -> 'x', else [1])": "case(a->'x' else [1])",
    "coalesce(a, b, 0)": "coalesce(a b 0)",
    "at_least(2, a, b, c)": "at_least(2 a b c)",
    # lists
    "tags contains any ['x', 'y']": "(tags any-of ['x' 'y'])",
    "tags not contains all ['x']": "(tags not all-of ['x'])",
    "tags contains any params.tags": "(tags any-of params.tags)",
    "[true, false, 'x']": "[True False 'x']",
    # names
    "segments.vip and not segments.lifecycle.churned": "(segments.vip and (not segments.lifecycle.churned))",
    '"tổng chi" > 5': "('tổng chi' > 5)",
    'events."order" == 1': "(events.'order' == 1)",
    '"say ""hi"""': "'say \"hi\"'",
    "ลูกค้าประจำ or имя or שָׁלוֹם or 国家 or हिन्दी": "(ลูกค้าประจำ or имя or שָׁלוֹם or 国家 or हिन्दी)",
    # aggregates and windows
    "count(orders)": "count(orders)",
    "sum(orders.price * orders.quantity) > 5": "(sum((orders.price * orders.quantity)) > 5)",
    "every(orders where amount > 5)": "every(orders where:(amount > 5))",
    "quantile(0.2, orders.amount)": "quantile(0.2 orders.amount)",
    "count(orders in last 90 days)": "count(orders last:90day)",
    "count(orders where x > 1 in last 90 days)": "count(orders where:(x > 1) last:90day)",
    "count(orders where x in last in last 90 days)": "count(orders where:(x in last) last:90day)",
    "count(orders in last params.window where x)": "count(orders where:x last:params.window)",
    "count(orders from 180 days ago to 90 days ago)": "count(orders from:ago(180day)..ago(90day))",
    "count(orders from 2025-01-01 to 2025-03-31)": "count(orders from:2025-01-01..2025-03-31)",
    "count(orders since 30 days ago)": "count(orders since:ago(30day))",
    "count(orders where not x before params.d + 1 day)": "count(orders where:(not x) before:(params.d + 1day))",
    "count(orders in this\n quarter)": "count(orders this:quarter)",
    "count(orders where d is in last 7 days in last month)": "count(orders where:(d last:7day) last:month)",
    "any(orders where days_between(previous(ordered_at), ordered_at) >= 180)": (
        "any(orders where:(days_between(previous(ordered_at) ordered_at) >= 180))"
    ),
    "max_count(events where a within 24 hours)": "max_count(events where:a within:24hour)",
    "sequence(events where A then B directly then C then not D within 7 days)": (
        "sequence(events where:A then:B directly-then:C then-not:D within:7day)"
    ),
    "funnel(e where a or b then c == 1 in last 30 days within params.w)": (
        "funnel(e where:(a or b) then:(c == 1) last:30day within:params.w)"
    ),
    "any(returns as r where none(purchases where sku == r.sku and bought_at <= r.returned_at))": (
        "any(returns~r where:none(purchases where:((sku == r.sku) and (bought_at <= r.returned_at))))"
    ),
    # over the whole population
    "ntile(5, spend) == 1": "(ntile(5 spend) == 1)",
    "rank(spend desc where x by country) <= 10": "(rank(spend-desc where:x by:country) <= 10)",
    "rank(spend asc)": "rank(spend-asc)",
    "in_top(10%, spend)": "in_top(0.10 spend)",
    "spend > overall(quantile(0.2, spend))": "(spend > overall(quantile(0.2 spend)))",
    "in_sample(10%, seed: 'spring')": "in_sample(0.10 seed='spring')",
}


@pytest.mark.parametrize(("text", "expected"), FORMS.items())
def test_every_form_of_the_language_parses(text: str, expected: str) -> None:
    tree = read(text)
    assert shape(tree) == expected
    assert read(format_expression(tree)) == tree


@pytest.mark.parametrize(
    "word",
    [
        "last",
        "next",
        "this",
        "day",
        "months",
        "ago",
        "missing",
        "known",
        "any",
        "all",
        "else",
        "case",
        "order",
        "with",
        "contains",
        "matches",
        "starts",
        "date",
        "text",
        "count",
        "row",
        "period",
        "null",
        "AND",
        "isnt",
        "android",
    ],
)
def test_words_that_are_not_reserved_are_names(word: str) -> None:
    places = (
        f"{word}",
        f"{word} > 1",
        f"not {word}",
        f"a == {word} and b",
        f"f({word})",
        f"f(a, {word} + 1)",
        f"r.{word}",
    )
    for text in (*places, f"x in {word}", f"({word})", f"{word} is missing", f"f(a as {word})", f"f(a by {word})"):
        names = [node for node in nodes(read(text)) if isinstance(node, syntax.Name)]
        identifiers = [part.text for name in names for part in name.parts]
        aliases = [node.alias.text for node in nodes(read(text)) if isinstance(node, syntax.Argument) and node.alias]
        assert word in identifiers + aliases, text


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_are_names_only_in_quotes(word: str) -> None:
    tree, _ = parse(whole_file("rule", word))
    assert not isinstance(tree, syntax.Name)
    assert isinstance(read(f'"{word}"'), syntax.Name)
    assert read(f'events."{word}"').parts[1].text == word
    _, findings = parse(whole_file("rule", f"events.{word} == 1"))
    assert [(finding.code, finding.span and finding.span.text) for finding in findings] == [("syntax", word)]
    assert f'`."{word}"`' in (findings[0].help or "")


CONSTANTS = {
    "5": 5,
    "0": 0,
    "1_000": 1000,
    "0.50": Decimal("0.50"),
    "9" * 38: int("9" * 38),
    "'a''b'": "a'b",
    "''": "",
    "'a\\n'": "a\\n",
    "true": True,
    "false": False,
    "2024-02-29": date(2024, 2, 29),
    "2026-01-31T09:30": datetime(2026, 1, 31, 9, 30),
    "2026-01-31T09:30:15.25": datetime(2026, 1, 31, 9, 30, 15, 250000),
}


@pytest.mark.parametrize(("text", "value"), CONSTANTS.items())
def test_constants_have_their_values(text: str, value: Any) -> None:
    constant = read(text)
    assert constant == syntax.Constant(value, span=constant.span)
    assert type(constant.value) is type(value)


def test_names_are_compared_in_nfc() -> None:
    assert read("e\u0301te\u0301") == read("\u00e9t\u00e9")
    assert read('"e\u0301"').parts[0].text == "\u00e9"


# spans


SPANS = (
    ("⟦recency_days < 30⟧ and orders >= 5", syntax.Comparison),
    ("recency_days < 30 and ⟦orders >= 5⟧ ", syntax.Comparison),
    ("  ⟦a and  b and c⟧\n", syntax.Logic),
    ("x or ⟦not  y⟧", syntax.Unary),
    ("1 + ⟦-x⟧", syntax.Unary),
    ("a > ⟦(b + 1)⟧", syntax.Parentheses),
    ("a > (⟦b + 1⟧)", syntax.Arithmetic),
    ("⟦x not in [1, 2]⟧ and y", syntax.In),
    ("x not in ⟦[1, 2]⟧ and y", syntax.ListOf),
    ("⟦x between 1 and 5⟧ and y", syntax.Between),
    ("not ⟦x is missing⟧", syntax.Is),
    ("⟦'a' not starts with 'b'⟧", syntax.TextTest),
    ("⟦tags contains any ['x']⟧ or y", syntax.ListTest),
    ("⟦d is in last 90 days⟧ or y", syntax.InWindow),
    ("d is ⟦in last 90 days⟧ or y", syntax.Trailing),
    ("d is in last ⟦90 days⟧ or y", syntax.Length),
    ("d > ⟦90 days ago⟧ or y", syntax.Ago),
    ("d > ⟦today⟧", syntax.Moment),
    ("d > ⟦2026-01-31⟧", syntax.Constant),
    ("d > ⟦10%⟧ or y", syntax.Percent),
    ("count(orders ⟦in this  month⟧ )", syntax.Calendar),
    ("count(orders ⟦from 2025-01-01 to 90 days ago⟧)", syntax.FromTo),
    ("count(orders ⟦since params.start⟧)", syntax.Since),
    ("count(orders ⟦before 2025-01-01⟧ where x)", syntax.Before),
    ("1 + ⟦count(orders where x )⟧ + 1", syntax.Call),
    ("f(a, ⟦b  desc⟧ by c)", syntax.Argument),
    ("any(⟦returns as r⟧ where x)", syntax.Argument),
    ("f(⟦seed: 'x'⟧)", syntax.Argument),
    ("sequence(e where a ⟦directly then b + 1⟧ then c)", syntax.Step),
    ("1 + ⟦case(a -> 1, else 2)⟧", syntax.Case),
    ("⟦orders . amount⟧ > 1", syntax.Name),
    ('orders.⟦"tổng ""chi"⟧ > 1', syntax.Identifier),
    ("⟦ลูกค้า⟧ > 1", syntax.Name),
)


@pytest.mark.parametrize(("marked", "kind"), SPANS)
def test_a_node_stands_exactly_on_its_text(marked: str, kind: Any) -> None:
    start = marked.index("⟦")
    end = marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "")
    spans = {(node.span.start, node.span.end) for node in nodes(read(text)) if isinstance(node, kind)}
    assert (start, end) in spans


def test_operators_have_spans_of_their_own() -> None:
    logic = read("a and b and c")
    assert [(span.start, span.text) for span in logic.operators] == [(2, "and"), (8, "and")]
    assert read("a >= b").operator_span.text == ">="
    assert read("a % b").operator_span.text == "%"
    assert read("a not starts  with b").operator_span.text == "not starts  with"
    assert read("a contains any  [1]").operator_span.text == "contains any"


@given(expressions())
def test_the_text_of_each_node_reads_as_that_node(tree: syntax.Expression) -> None:
    text = format_expression(tree)
    for node in nodes(read(text)):
        assert text[node.span.start : node.span.end] == node.span.text == node.span.text.strip(" ")
        match node:
            case syntax.Identifier() | syntax.Trailing() | syntax.Calendar() | syntax.FromTo():
                pass
            case syntax.Since() | syntax.Before() | syntax.Step() | syntax.Argument():
                pass
            case _:
                assert read(node.span.text) == node


def test_spans_lead_back_into_the_file() -> None:
    file = SourceFile("rules.yml", "vip: 'name == ''x'' and b'")
    runs = (Run(0, 8, 6, 14), Run(8, 1, 14, 16), Run(9, 1, 16, 17), Run(10, 1, 17, 19), Run(11, 6, 19, 25))
    tree, findings = parse(Fragment("name == 'x' and b", Span(file, 5, 26), runs))
    assert findings == ()
    assert isinstance(tree, syntax.Logic)
    assert [operand.span.text for operand in tree.operands] == ["name == ''x''", "b"]


# depth


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000 + "a" + ")" * 20_000,
        "[" * 20_000 + "]" * 20_000,
        "not " * 20_000 + "a",
        "-" * 20_000 + "a",
        "a" + " + a" * 20_000,
        "a" + " * a" * 20_000,
        "f(" * 20_000 + "a" + ")" * 20_000,
        "count(a where " * 20_000 + "b" + ")" * 20_000,
        "case(a -> " * 20_000 + "b" + ")" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_nested_too_deeply_is_a_finding(text: str) -> None:
    tree, (finding,) = parse(whole_file("rule", text))
    assert tree is None
    assert finding.code == "too-deep"
    assert finding.span is not None
    assert finding.span.end > finding.span.start


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "f(" * 20_000 + "a", "not " * 20_000, "a + " * 20_000, ")" * 20_000, "[" * 9]
)
def test_what_is_long_and_unfinished_is_a_finding(text: str) -> None:
    tree, findings = parse(whole_file("rule", text))
    assert tree is None
    assert len(findings) == 1


def test_many_equals_are_not_deep() -> None:
    for word in ("and", "or"):
        tree = read(f" {word} ".join(["a == 1"] * 5_000))
        assert len(tree.operands) == 5_000
    assert len(read("x in [" + ", ".join(map(str, range(5_000))) + "]").values.items) == 5_000
    assert len(read("f(" + ", ".join(["a"] * 5_000) + ")").arguments) == 5_000


def test_the_deepest_tree_is_exactly_as_deep_as_promised() -> None:
    deepest = "-" * (MAX_DEPTH - 1) + "1"
    assert depth(read(deepest)) == MAX_DEPTH
    assert parse(whole_file("rule", "-" + deepest))[1][0].code == "too-deep"


@pytest.mark.parametrize(
    "opening", ["(", "[", "-", "not ", "f(", "f(a where ", "f(a, ", "case(a -> ", "a + b * (", "f(x: "]
)
def test_no_tree_is_deeper_than_promised(opening: str) -> None:
    closing = {"(": ")", "[": "]"}
    levels = 0
    while True:
        text = opening * (levels + 1) + "x"
        text += "".join(closing[character] for character in reversed(text) if character in closing)
        tree, findings = parse(whole_file("rule", text))
        if tree is None:
            break
        levels += 1
        assert depth(tree) <= MAX_DEPTH
    assert [finding.code for finding in findings] == ["too-deep"]
    assert levels >= MAX_DEPTH // 4
