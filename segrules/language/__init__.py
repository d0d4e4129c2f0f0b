"""The text of one expression becomes a typed core tree.

In: a `Fragment`, the value of a YAML scalar with its places in the file, and a `Scope`, what its words may name.
Out: `parse` gives the syntax tree, as written; `check` the core tree, as meant; both give findings.
`format_expression` writes a syntax tree in canonical form.

Absent: YAML and projects (the caller says what names there are), the order among traits and segments (the caller
checks them in the order that `names_used` asks for), data, clocks and SQL: time stays open in the core tree.
"""

from segrules.language.checker import check
from segrules.language.formatter import format_expression
from segrules.language.parser import parse

__all__ = ["check", "format_expression", "parse"]
