"""The text of a file becomes the canonical text that says the same.

In: a file's text and its path in the project, which tells what kind of file it is. Out: `canonical` gives the text as
`segrules fmt` writes it and what is wrong with the file. Values and comments are copied from where they stand: only
blanks, line breaks, quotes around rules and the order of known keys are new. The outcome is read again and compared.

Absent: folders and writing (a workflow's), and all that only a project tells, such as whether a name is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from segrules.diagnostics import Diagnostic, has_errors
from segrules.project.cut_rules import without_cut_rules
from segrules.project.layout.meaning import says_the_same
from segrules.project.layout.reading import UnusualLayout, read_page
from segrules.project.layout.shapes import Shape, shape_of_file
from segrules.project.layout.writing import page_text
from segrules.project.yaml_source import Node, read_yaml

__all__ = ["Canonical", "canonical"]


@dataclass(frozen=True, slots=True)
class Canonical:
    """The text to write, and findings. Without `is_safe` the new text would have said something else: it is the old."""

    text: str
    findings: tuple[Diagnostic, ...] = ()
    is_safe: bool = True


def canonical(path: str, text: str) -> Canonical:
    """The canonical text of a file. One that cannot be read stays as it is; so does a rule that cannot."""
    ends = [text.count("\r\n"), text.count("\n"), text.count("\r")]
    line_end = "\r\n" if 2 * ends[0] > ends[1] else "\n"
    with_lines = text.replace("\r\n", "\n").replace("\r", "\n")
    root, wrong = read_yaml(path, with_lines)
    if has_errors(wrong):
        return Canonical(text, wrong)
    if root is None:
        return Canonical(_ended(with_lines).replace("\n", line_end))
    cut = without_cut_rules(root)[1]
    if cut:
        return Canonical(text, cut)
    shape = shape_of_file(path)
    new, findings = _laid_out(root, shape)
    if new != with_lines and not _is_safe(path, root, new, shape):
        return Canonical(text, findings, is_safe=False)
    return Canonical(new.replace("\n", line_end), findings)


def _laid_out(root: Node, shape: Shape) -> tuple[str, tuple[Diagnostic, ...]]:
    findings: list[Diagnostic] = []
    try:
        return page_text(read_page(root, shape, findings)), tuple(findings)
    except UnusualLayout:
        return root.span.file.text, ()


def _ended(text: str) -> str:
    """A text without blank lines at its end."""
    stripped = text.rstrip(" \n")
    return f"{stripped}\n" if stripped else ""


def _is_safe(path: str, root: Node, new: str, shape: Shape) -> bool:
    again, wrong = read_yaml(path, new)
    return again is not None and not wrong and says_the_same(root, again, shape)
