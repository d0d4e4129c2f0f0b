"""What is said of rules that cannot be read: the words underlined, the message, the help."""

from __future__ import annotations

import pytest

from segrules.diagnostics import Diagnostic
from segrules.language.parser import parse
from segrules.source import whole_file


def finding(text: str) -> Diagnostic:
    tree, findings = parse(whole_file("rule", text))
    assert tree is None, tree
    (only,) = findings
    return only


def underlined(text: str) -> str:
    """The text with brackets around what its finding points at."""
    span = finding(text).span
    assert span is not None
    return f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"


# the slip, underlined; the message; the help
SLIPS = (
    # operators of other languages
    ("x ⟦=⟧ 5", "`=` is not part of the language", "`=` compares with `==`"),
    ("x ⟦<>⟧ 5", "`<>` is not part of the language", "write `!=`"),
    ("x ⟦===⟧ 5", "`===` is not part of the language", "`==` compares"),
    ("x ⟦=>⟧ 5", "`=>` is not part of the language", "write `>=`"),
    ("x ⟦> =⟧ 5", "`> =` is not an operator", "write `>=` as one word"),
    ("a ⟦&&⟧ b", "`&&` is not part of the language", "write `and`"),
    ("a ⟦||⟧ b", "`||` is not part of the language", "write `or`"),
    ("⟦!⟧a", "`!` is not part of the language", "write `not`"),
    ("a ⟦**⟧ 2", "`**` is not part of the language", "multiply: `x * x`"),
    ("a == 1⟦;⟧", "`;` is not part of the language", "one rule is one expression; join conditions with `and` or `or`"),
    ("x ⟦≥⟧ 5", "`≥` is not part of the language", "write `>=`"),
    ("x ⟦like⟧ 'a%'", "`like` is not part of the language", None),
    ("x ⟦LIKE⟧ 'a%'", "`LIKE` is not part of the language", None),
    ("a ⟦AND⟧ b", "`AND` is written in small letters", "write `and`"),
    ("a ⟦Or⟧ b", "`Or` is written in small letters", "write `or`"),
    ("⟦NOT⟧ a", "`NOT` is written in small letters", "write `not`"),
    ("a and ⟦NOT⟧ b", "`NOT` is written in small letters", "write `not`"),
    ("x ⟦IN⟧ [1]", "`IN` is written in small letters", "write `in`"),
    ("x ⟦BETWEEN⟧ 1 and 2", "`BETWEEN` is written in small letters", "write `between`"),
    ("d > 30 ⟦AGO⟧", "`AGO` is written in small letters", "write `ago`"),
    ("⟦if⟧ x then y", "`if` takes its parts in parentheses", "write `if(condition, value, other value)`"),
    ("count(orders ⟦order⟧ by x)", "`order` is not part of the language", "write `asc` or `desc` after the value"),
    # missing values
    ("x ⟦is null⟧", "`is null` is not part of the language", "write `is missing`"),
    ("x ⟦is NULL⟧", "`is NULL` is not part of the language", "write `is missing`"),
    ("x ⟦is not⟧ missing", "`is not` is not part of the language", "write `is known`"),
    ("x ⟦is not⟧ NULL", "`is not` is not part of the language", "write `is known`"),
    ("x ⟦is not⟧ known", "`is not` is not part of the language", "write `is missing`"),
    ("x ⟦is not⟧ 'a'", "`is not` is not part of the language", "write `!=`"),
    ("x ⟦is not⟧ in [1]", "`is not` is not part of the language", "write `not in`"),
    ("d ⟦is not⟧ in last 9 days", "`is not` is not part of the language", "write `not (day is in last 90 days)`"),
    ("x ⟦is⟧ 5", "`is` does not compare with `5`", "`==` compares"),
    ("x ⟦is⟧ in [1]", "`is` is too much before `in`", "write `in` alone"),
    ("x ⟦is⟧", "after `is` comes `missing`, `known` or a window such as `in last 90 days`", None),
    ("x ⟦is true⟧", "`is true` is not part of the language", None),
    ("x ⟦missing⟧", "`is` is missing before `missing`", "write `is missing`"),
    ("x ⟦not⟧ null", "`not` cannot stand here", "write `is known`"),
    # quotes and blanks
    ("name == ⟦‘⟧x’", "`‘` is not a quote that rules know", "use straight quotes: `'x'`"),
    ("⟦“⟧a b” == 1", "`“` is not a quote that rules know", None),
    ("name == ⟦'⟧abc", "the quote that opens this text is never closed", None),
    ('⟦"⟧a b == 1', "the quote that opens this name is never closed", None),
    ("x == 'it'⟦s⟧'", "the text ends before this", "a quote inside text is doubled: `'it''s'`"),
    ("x⟦\u00a0⟧== 5", "an unusual blank stands here (no-break space)", "replace it by an ordinary blank"),
    ("x⟦\u200b⟧ == 5", "an invisible character stands here (zero width space)", "delete it"),
    ("x⟦\x00⟧ == 5", "an invisible character stands here (u+0000)", "delete it"),
    ("x ⟦＞⟧ 5", "`＞` is not the ordinary `>`", "write `>`"),
    ("x > ⟦๕⟧", "`๕` is not a digit that rules know", "write `5`"),
    ("⟦😀⟧ == 1", "`😀` is not part of the language", None),
    # brackets and commas
    ("⟦(⟧a and b", "this `(` is never closed", "`)` closes it"),
    ("f⟦(⟧a, (b + c)", "this `(` is never closed", "`)` closes it"),
    ("count⟦(⟧orders where (x) > 1", "this `(` is never closed", "`)` closes it"),
    ("x in ⟦[⟧1, 2", "this `[` is never closed", "`]` closes it"),
    ("count⟦(⟧", "this `(` is never closed", "`)` closes it"),
    ("a⟦)⟧", "this `)` closes nothing", "delete it, or open it earlier"),
    ("⟦)⟧", "this `)` closes nothing", "delete it, or open it earlier"),
    ("[1⟦)⟧", "`[` is closed by `)`", "write `]`"),
    ("⟦()⟧", "nothing stands between these parentheses", None),
    ("[1, 2⟦,⟧]", "nothing stands between this comma and `]`", "delete the comma"),
    ("f(a⟦,⟧ )", "nothing stands between this comma and `)`", "delete the comma"),
    ("f(⟦,⟧ a)", "a value is missing before this comma", None),
    ("(1⟦,⟧ 2)", "this comma separates nothing", "a list is written in square brackets: `[1, 2]`"),
    ("a⟦,⟧ b", "this comma separates nothing", "join conditions with `and` or `or`"),
    ("x in ⟦(⟧1, 2)", "a list is written in square brackets", "write `in [1, 2]`"),
    ("x not in ⟦'a'⟧", "after `in` comes a list", "write `in ['a']`"),
    ("tags contains any ⟦'a'⟧", "after `contains any` comes a list", "write `contains any ['a']`"),
    ("count(orders⟦,⟧ where x)", "no comma goes before `where`", "delete the comma"),
    ("count(orders where x⟦,⟧ y)", "no comma goes here", None),
    # something missing
    ("x ⟦==⟧", "something is missing after `==`", None),
    ("x == 1 ⟦and⟧ ", "something is missing after `and`", None),
    ("⟦not⟧", "something is missing after `not`", None),
    ("(x ⟦+⟧)", "something is missing after `+`", None),
    ("x > 10 ⟦%⟧", "something is missing after `%`", "a percentage is written without a blank: `10%`"),
    ("⟦==⟧ 5", "a value is missing before `==`", None),
    ("x == ⟦and⟧ y", "a value is missing between `==` and `and`", None),
    ("a and ⟦and⟧ b", "a value is missing between `and` and `and`", None),
    ("orders⟦.⟧", "a name is missing after this dot", None),
    ("x ⟦between⟧ 1", "`between` takes two values joined by `and`", "write `x between 1 and …`"),
    ("x between 1⟦,⟧ 5", "`between` takes two values joined by `and`", "write `x between 1 and 5`"),
    ("count(o ⟦from⟧ 2025-01-01)", "`from` takes a second bound, after `to`", None),
    ("count(o in last ⟦day⟧)", "how many days is missing before `day`", "write `in last 1 day`"),
    ("a ⟦b⟧", "an operator is missing between `a` and `b`", None),
    ("x == 'a' ⟦'b'⟧", "an operator is missing between `'a'` and `'b'`", "such as `and`, `==` or `+`"),
    # numbers and times
    ("x > ⟦1e6⟧", "numbers are written in full", "write `1_000_000`, or `0.001`"),
    ("x > 1⟦,⟧000", "digits are not grouped with commas", "write `1_000`"),
    ("x > 1⟦,⟧000,000", "digits are not grouped with commas", "write `1_000_000`"),
    ("x > 1 ⟦000⟧", "digits are not grouped with blanks", "write `1_000`"),
    ("x > ⟦.⟧5", "a number begins with a digit", "write `0.5`"),
    ("x > ⟦+⟧5", "a number has no plus sign", "leave the `+` out"),
    ("⟦10%⟧3 == 1", "`10%` is a percentage", "modulo has blanks around it: `10 % 3`"),
    ("x == ⟦007⟧", "`007` begins with a zero", None),
    (f"x == ⟦{'9' * 39}⟧", "this number has more than 38 digits", "a code is text: in single quotes"),
    (f"x == ⟦0.{'0' * 39}⟧", "this number has more than 38 digits", "a code is text: in single quotes"),
    (f"x == ⟦{'9' * 5000}%⟧", "this number has more than 38 digits", "a code is text: in single quotes"),
    ("⟦2nd⟧ > 1", "`nd` cannot follow the number `2`", None),
    ("d > 30 ⟦mins⟧ ago", "`mins` is not a unit of time", "write `30 minutes`"),
    ("d > 30 ⟦dayz⟧ ago", "`dayz` cannot follow the number `30`", "did you mean `days`?"),
    ("d > 2026-01-31 ⟦09⟧:30", "a time follows its date after a `T`", "write `2026-01-31T09:30:00`"),
    # words in the wrong place
    ("⟦from⟧ > 5", "`from` is a reserved word", 'a column of this name is written in double quotes: `"from"`'),
    ("a and ⟦to⟧ == 5", "`to` is a reserved word", 'a column of this name is written in double quotes: `"to"`'),
    ("events.⟦from⟧ > 5", "`from` is a reserved word", 'as a name it is in double quotes: `."from"`'),
    ("x == ⟦not⟧ y", "`not` cannot stand after `==`", "it goes before the whole test: `not country == 'TH'`"),
    ("count(⟦*⟧)", "`*` names no rows", "name the relation, as in `count(orders)`"),
    ("orders.⟦count⟧() > 1", "`count` after a dot is not a function", "write `count(orders)`"),
    ("d ⟦in last⟧ 90 days", "`in last` cannot stand here", None),
    ("d ⟦since⟧ 2025-01-01", "`since` cannot stand here", None),
    ("x ⟦where⟧ y", "`where` cannot stand here", "it goes inside a call, as in `count(orders where amount > 10)`"),
    ("x ⟦desc⟧", "`desc` cannot stand here", "it goes inside a call, as in `rank(spend desc)`"),
    (
        "f(o where a within 3 days ⟦then⟧ b)",
        "`then` cannot stand here",
        "`within` and the window stand behind the last step: `where A then B within 3 days`",
    ),
    (
        "f(o where a then (b ⟦then⟧ c))",
        "`then` cannot stand here",
        "steps begin after `where`, and have no brackets around several of them: `where A then B then C`",
    ),
    (
        "f(o ⟦then⟧ b)",
        "`then` cannot stand here",
        "steps begin after `where`, and have no brackets around several of them: `where A then B then C`",
    ),
    ("f(o where a ⟦directly⟧ b)", "`directly` comes before `then`", "write `where A directly then B`"),
    ("f(⟦else 2⟧)", "`else` has no meaning in `f`", None),
    ("if(⟦a -> 1⟧)", "`->` has no meaning in `if`", "it belongs to `case(condition -> value, else value)`"),
    ("case(a -> 1, ⟦2⟧)", "`2` in `case` has no `->`", None),
    ("case(⟦else 1⟧, a -> 1)", "`else` comes last in `case`, and once", None),
    ("⟦case⟧(else 1)", "`case` needs at least one `condition -> value`", None),
    ("case(a -> 1 ⟦where⟧ b)", "`case` looks at no rows of its own", None),
    ("count(o where a ⟦where⟧ b)", "`where` is given twice in `count`", "join the conditions with `and`"),
    ("count(o in last 9 days ⟦since 2025-01-01⟧)", "a window is given twice in `count`", None),
    ("rank(a desc by b ⟦by⟧ c)", "`by` is given twice in `rank`", None),
    ("f(o where a within 1 day ⟦within⟧ 2 days)", "`within` is given twice in `f`", None),
)


@pytest.mark.parametrize(("marked", "message", "help"), SLIPS, ids=lambda value: value and value[:40])
def test_a_slip_is_named_at_its_word(marked: str, message: str, help: str | None) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    found = finding(text)
    assert found.code == "syntax"
    assert (underlined(text), found.message) == (marked, message)
    if help is not None:
        assert found.help == help


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_rule_is_named(text: str) -> None:
    found = finding(text)
    assert (found.code, found.message) == ("syntax", "the rule is empty")


CHAINS = (
    ("1 < x ⟦<⟧ 5", "write `1 < x and x < 5`; `x between 1 and 5` takes both ends in"),
    ("1 <= x ⟦<=⟧ 5", "write `x between 1 and 5`"),
    ("a and not 1 <= x ⟦<=⟧ 5", "write `x between 1 and 5`"),
    ("f(b, 9 > x + 1 ⟦>⟧ 5)", "write `9 > x + 1 and x + 1 > 5`"),
    ("a == b ⟦==⟧ c(1)", "write `a == b and b == …`"),
    ("x is missing ⟦==⟧ true", "join two tests with `and`, or put one into parentheses"),
    ("x in [1] ⟦is⟧ known", "join two tests with `and`, or put one into parentheses"),
    ("x == 1 ⟦not⟧ in [1]", "join two tests with `and`, or put one into parentheses"),
)


@pytest.mark.parametrize(("marked", "help"), CHAINS)
def test_chained_comparisons_are_written_out(marked: str, help: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    assert (finding(text).code, underlined(text), finding(text).help) == ("chained-comparison", marked, help)


IMPOSSIBLE = (
    ("d > ⟦2026-02-30⟧", "`2026-02-30` is a date that does not exist"),
    ("d > ⟦0000-01-01⟧", "`0000-01-01` is a date that does not exist"),
    ("d > ⟦2026-13-01⟧ - 1", "`2026-13-01` is a date that does not exist"),
    ("d > ⟦2025-02-29T10:00:00⟧", "`2025-02-29T10:00:00` is a time that does not exist"),
    ("d > ⟦2026-01-31T24:00:00⟧", "`2026-01-31T24:00:00` is a time that does not exist"),
    ("d > ⟦2026-1-5⟧", "`2026-1-5` is no date or time"),
    ("d > ⟦2026-01-31T9:30⟧", "`2026-01-31T9:30` is no date or time"),
    ("d > ⟦2026-01-31T09:30:00.1234567⟧", "`2026-01-31T09:30:00.1234567` is no date or time"),
    ("d > ⟦2026-01-31T09:30:00Z⟧", "`2026-01-31T09:30:00Z` is no date or time"),
    ("d > ⟦2026-01-31T09:30:00+07:00⟧", "`2026-01-31T09:30:00+07:00` is no date or time"),
)


@pytest.mark.parametrize(("marked", "message"), IMPOSSIBLE)
def test_a_date_that_does_not_exist_is_a_finding(marked: str, message: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    found = finding(text)
    assert (found.code, underlined(text), found.message) == ("impossible-date", marked, message)


@pytest.mark.parametrize("marked", ['⟦"a\u202eb"⟧ == 1', 'orders.⟦"\u2066x"⟧', "⟦\u202e⟧a == 1", '⟦""⟧ == 1', '⟦" "⟧'])
def test_a_name_that_cannot_be_is_a_finding(marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    assert (finding(text).code, underlined(text)) == ("invalid-name", marked)


def test_a_window_on_rows_to_come_is_refused() -> None:
    text = "count(orders in next 90 days) > 1"
    assert finding(text).code == "impossible-duration"
    assert underlined(text) == "count(orders ⟦in next 90 days⟧) > 1"
