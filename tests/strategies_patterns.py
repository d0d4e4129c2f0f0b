"""Random patterns that the checker mostly lets pass, texts to look in, and what an engine finds."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from sqlglot import exp

from segrules.engines import Engine
from segrules.language.core import Call, Literal
from segrules.language.types import BOOLEAN, TEXT
from segrules.sql import DIALECTS
from segrules.sql.dialect import Scalar
from segrules.sql.scalars import SCALARS

TEXTS = (
    "", "a", "A", "k", "K", "\u212a", "s", "ſ", "é", "É", "ค", "ж", "Ж", "σ", "ς", "Σ", "ß", "ẞ", "i", "İ", "ı", "😀",
    "_", "7", "٣", " ", "\t", "\n", "\v", "\r", "\f", "\u00a0", "\u2028", "a\n", "\na", "a\nb", "a b", "a vip b",
    "évip", "vipé", "vips", "ab", "aab", "aaab", "a7_", "a.b", "axb", "a-b", "[", "]", "^", "\\", "{", "}", "a{b}",
    "|", "(a)", "Straße", "STRASSE", "привет мир", "ПРИВЕТ", "ไทย", "a@b.co", "x" * 300, "x" * 299 + "\n", "#", "a😀b",
)  # fmt: skip


def found(engine: Engine, pattern: str, texts: Sequence[str] = TEXTS) -> list[str]:
    """The texts that the engine finds the pattern in."""
    build: Scalar = {**SCALARS, **DIALECTS[engine.dialect].scalars}["matches"]
    written = Literal(pattern, TEXT)
    test = build(Call("matches", (written, written), BOOLEAN), (exp.column("text"), exp.Literal.string(pattern)))
    rows = [
        exp.Tuple(expressions=[exp.Literal.number(place), exp.Literal.string(text)]) for place, text in enumerate(texts)
    ]
    names = exp.TableAlias(this=exp.to_identifier("given"), columns=[exp.to_identifier(it) for it in ("place", "text")])
    query = exp.select("place").from_(exp.Values(expressions=rows, alias=names)).where(test).order_by("place")
    return [texts[place] for (place,) in engine.run(query.sql(engine.dialect))]


_ATOMS = st.sampled_from(
    (*r"aAkKsbx_7.^$-{}]é☃ßςжคı#, ", *"\n\t😀", *(rf"\{one}" for one in r"wWdDsSbAtnrfv.\^$|[]{}()*+?-_/"))
)
_MEMBERS = st.sampled_from(
    (*"ak_.éßς😀\n-^$(|\u2028", "b-y", "A-Z", "а-я", "0-9", *(rf"\{one}" for one in r"wWdDsStnrfv]\^-[."))
)
_SETS = st.tuples(st.sampled_from(("[", "[^", "[]", "[^]")), st.lists(_MEMBERS, min_size=1, max_size=3)).map(
    lambda made: f"{made[0]}{''.join(made[1])}]"
)
_REPEATS = st.sampled_from(
    ("", "", "", "*", "+", "?", "*?", "+?", "??", "{0}", "{2}", "{1,2}", "{2,}", "{0,2}?", "{3", "{300}", "{1,256}")
)


def _longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=3).map("".join)
    grouped = st.tuples(
        st.sampled_from(("(", "(?:", "(?i:", "(?s:", "(?is:")), st.lists(several, min_size=1, max_size=2)
    )
    whole = grouped.map(lambda made: f"{made[0]}{'|'.join(made[1])})")
    return st.tuples(st.one_of(several, whole), _REPEATS).map("".join)


PATTERNS = st.tuples(
    st.sampled_from(("", "", "(?i)", "(?s)", "(?is)")),
    st.lists(st.recursive(st.one_of(_ATOMS, _SETS), _longer, max_leaves=6), max_size=3),
).map(lambda made: made[0] + "".join(made[1]))
LETTERS = st.text("aAkKſ\u212asbBxyz_79.-,{}]é☃ßẞςσжЖคıİ# \n\t\v\r\u00a0\u2028😀\\^$|/", max_size=5)
