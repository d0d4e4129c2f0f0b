"""Text on Spark, letter by letter: its own functions may make several letters of one, and look at the letters around.

https://spark.apache.org/docs/latest/api/sql/#upper and https://www.unicode.org/Public/UCD/latest/ucd/SpecialCasing.txt
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segrules.language.core import Call

Parts = Sequence[exp.Expr]

_BLANKS = r"\t\n\x0b\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SMALL_IOTA, _LARGE_IOTA = (
    "".join(chr(start + place) for start in (0x1F80, 0x1F90, 0x1FA0) for place in range(first, first + 8))
    for first in (0, 8)
)
_SMALL = f"ß{_SMALL_IOTA}ᾳῃῳ"
_LARGE = f"ẞ{_LARGE_IOTA}ᾼῌῼ"
_LETTER = "letter"


def lower(call: Call, parts: Parts) -> exp.Expr:
    """A dotted I becomes one letter, and a sigma at the end of a word no other than elsewhere."""
    letters = [exp.Literal.string(each) for each in ("İΣ", "iσ")]
    return _call("lower", _call("translate", parts[0], *letters))


def upper(call: Call, parts: Parts) -> exp.Expr:
    """What would become several letters becomes the one that Unicode's simple mapping has, or stays."""
    letter = exp.column(_LETTER)
    one = exp.EQ(this=_call("length", _call("upper", letter)), expression=exp.Literal.number(1))
    others = _call("translate", letter.copy(), exp.Literal.string(_SMALL), exp.Literal.string(_LARGE))
    enlarged = exp.Case(ifs=[exp.If(this=one, true=_call("upper", letter.copy()))], default=others)
    each = exp.Lambda(this=enlarged, expressions=[exp.to_identifier(_LETTER)])
    letters = _call("split", parts[0], exp.Literal.string(""))
    by_letter = _call("array_join", _call("transform", letters, each), exp.Literal.string(""))
    whole = _call("upper", parts[0].copy())
    same = exp.EQ(this=_call("length", whole), expression=_call("length", parts[0].copy()))
    return exp.Case(ifs=[exp.If(this=same, true=whole.copy())], default=by_letter)


def trim(call: Call, parts: Parts) -> exp.Expr:
    ends = exp.Literal.string(rf"^[{_BLANKS}]+|[{_BLANKS}]+\z")
    return _call("regexp_replace", parts[0], ends, exp.Literal.string(""))


def _call(sql_name: str, *parts: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=sql_name, expressions=list(parts))
