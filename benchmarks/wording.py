"""A rule in the words of each side: segrules, SQL, polars, pandas, and the engines that take a row at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules import COLUMNS, All, Any, Constant, Not, Rule, Test


@dataclass(frozen=True)
class Words:
    """How one side says things. test: a predicate, which is false where its column is missing."""

    test: Callable[[Test], str]
    all: str
    any: str
    negated: str


def write(rule: Rule, words: Words) -> str:
    """The text of the rule. Every part that is itself a list of parts is in brackets."""
    match rule:
        case Test():
            return words.test(rule)
        case Not(part):
            return words.negated.format(write(part, words))
        case All(parts):
            return words.all.join(_bracketed(part, words) for part in parts)
        case Any(parts):
            return words.any.join(_bracketed(part, words) for part in parts)


def _bracketed(part: Rule, words: Words) -> str:
    text = write(part, words)
    return f"({text})" if isinstance(part, All | Any) else text


def _quoted(text: str) -> str:
    return "'" + text + "'"


# segrules


def _in_segrules(test: Test) -> str:
    name = test.column
    match test.operator:
        case "missing" | "known":
            return f"{name} is {test.operator}"
        case "true":
            return name
        case "in":
            return f"{name} in [{', '.join(map(_plain, test.constants))}]"
        case operator:
            return f"{name} {operator} {_plain(test.constants[0])}"


def _plain(constant: Constant) -> str:
    """Numbers and days as they stand, text in single quotes."""
    return _quoted(constant) if isinstance(constant, str) else str(constant)


# SQL


def _in_sql(test: Test) -> str:
    name = test.column
    match test.operator:
        case "missing":
            return f"{name} IS NULL"
        case "known":
            return f"{name} IS NOT NULL"
        case "true":
            return name
        case "in":
            return f"{name} IN ({', '.join(map(_sql, test.constants))})"
        case operator:
            return f"{name} {'=' if operator == '==' else operator} {_sql(test.constants[0])}"


def _sql(constant: Constant) -> str:
    return f"DATE '{constant}'" if isinstance(constant, date) else _plain(constant)


# polars and pandas


def _in_polars(test: Test) -> str:
    name = f'pl.col("{test.column}")'
    match test.operator:
        case "missing":
            return f"{name}.is_null()"
        case "known":
            return f"{name}.is_not_null()"
        case "true":
            return name
        case "in":
            return f"{name}.is_in([{', '.join(map(_polars, test.constants))}])"
        case operator:
            return f"({name} {operator} {_polars(test.constants[0])})"


def _polars(constant: Constant) -> str:
    match constant:
        case date():
            return f"date({constant.year}, {constant.month}, {constant.day})"
        case Decimal():
            return f'Decimal("{constant}")'
        case _:
            return repr(constant)


def _in_pandas(test: Test) -> str:
    name = f'df["{test.column}"]'
    match test.operator:
        case "missing":
            return f"{name}.isna()"
        case "known":
            return f"{name}.notna()"
        case "true":
            return name
        case "in":
            return f"{name}.isin([{', '.join(map(_pandas, test.constants))}])"
        case operator:
            return f"({name} {operator} {_pandas(test.constants[0])})"


def _pandas(constant: Constant) -> str:
    return f'pd.Timestamp("{constant}")' if isinstance(constant, date) else _of_rows(constant)


# a row at a time: days are numbers there, money is a number


def _row_words(null: str, negated: str, all: str, any: str) -> Words:
    def test(test: Test) -> str:
        name = test.column
        match test.operator:
            case "missing":
                return f"({name} == {null})"
            case "known":
                return f"({name} != {null})"
            case "true":
                return f"({name} == true)"
            case "in":
                found = f"{name} in [{', '.join(map(_of_rows, test.constants))}]"
            case operator:
                found = f"{name} {operator} {_of_rows(test.constants[0])}"
        return f"({name} != {null}{all}{found})" if COLUMNS[name].may_be_missing else f"({found})"

    return Words(test, all, any, negated)


def _of_rows(constant: Constant) -> str:
    match constant:
        case date():
            return str((constant - date(1970, 1, 1)).days)
        case Decimal():
            return repr(float(constant))
        case str():
            return f'"{constant}"'
        case _:
            return repr(constant)


SEGRULES = Words(_in_segrules, " and ", " or ", "not ({})")
SQL = Words(_in_sql, " AND ", " OR ", "NOT ({})")
POLARS = Words(_in_polars, " & ", " | ", "~({})")
PANDAS = Words(_in_pandas, " & ", " | ", "~({})")
ROW_ENGINES: Mapping[str, Words] = {
    "rule-engine": _row_words("null", "not ({})", " and ", " or "),
    "zen-engine": _row_words("null", "not ({})", " and ", " or "),
    "common-expression-language": _row_words("null", "!({})", " && ", " || "),
}


def written(rules: Mapping[str, Rule], words: Words) -> dict[str, str]:
    """Each rule in these words, by its name."""
    return {name: write(rule, words) for name, rule in rules.items()}
