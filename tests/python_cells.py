"""Python as a notebook runs it: a cell's output is what it prints, and the value of its last line."""

from __future__ import annotations

import ast
import io
from contextlib import redirect_stdout
from typing import Any


def run(code: str, names: dict[str, Any]) -> tuple[str, Any]:
    """What the code prints, and the value of its last expression, None where it ends in none. `names` are kept."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last is not None else None
    return printed.getvalue(), value
