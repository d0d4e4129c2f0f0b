"""YAML 1.2 text -> plain values that remember their spans, in every scalar style.

Values come out as YAML 1.2 means them: `NO`, `on`, `012` and `12:30` are text, `2026-01-31` is a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from segrules.diagnostics import Diagnostic
from segrules.project.yaml_composer import Composer
from segrules.project.yaml_nodes import Mapping, Node, Scalar, Sequence, Value
from segrules.project.yaml_problems import syntax_finding, tab
from segrules.source import SourceFile, Span

__all__ = ["Mapping", "Node", "Scalar", "Sequence", "Value", "read_yaml"]

MAX_BYTES = 4 * 1024 * 1024
_MAX_FORBIDDEN = 20
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BYTE_ORDER_MARK = "\ufeff"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_OLD_BREAKS = "\x85\u2028\u2029"
_COMMENT_OR_TAB = re.compile(r"(?<!\S)#[^\r\n]*|\t+")


def read_yaml(path: str, text: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """What a file says, and all that is wrong with it.

    None for an empty file, and for one that cannot be read to its end or holds characters that YAML forbids.
    """
    if len(text) * 4 > MAX_BYTES and len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MB, the most that a rule file may have"
        return None, (Diagnostic("file-too-large", message, help="split it into several files", path=path),)
    file = SourceFile(path, text)
    composer = Composer(file)
    forbidden = list(_forbidden_characters(file))
    _compose(composer)
    tabs = _tabs(file, composer.scalars, composer.is_stopped) if "\t" in text else ()
    findings = sorted([*forbidden, *composer.findings, *tabs], key=_place)
    return None if forbidden or composer.is_stopped else composer.root, tuple(findings)


def _place(finding: Diagnostic) -> int:
    return finding.span.start if finding.span else 0


def _forbidden_characters(file: SourceFile) -> Iterator[Diagnostic]:
    """A finding for each of the first characters that no YAML file may hold."""
    matches = _FORBIDDEN.finditer(file.text, int(file.text.startswith(_BYTE_ORDER_MARK)))
    for _, match in zip(range(_MAX_FORBIDDEN), matches, strict=False):
        message = f"an invisible character that YAML does not allow stands here (U+{ord(match.group()):04X})"
        span = Span(file, match.start(), match.end())
        yield Diagnostic("yaml-syntax", message, span, "delete it; such characters come along with pasted text")


def _compose(composer: Composer) -> None:
    """Read the composer's file into it."""
    file = composer.file
    shift = int(file.text.startswith(_BYTE_ORDER_MARK))
    text, originals = _readable(file.text[shift:])
    documents = 0
    try:
        events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        for event in events:
            span = Span(file, event.start_mark.index + shift, event.end_mark.index + shift)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                _check_document(composer, event, span, documents)
            else:
                _take(composer, event, span, originals)
            if composer.is_stopped or documents > 1:
                return
    except yaml.MarkedYAMLError as error:
        at, context = (mark.index + shift if mark else None for mark in (error.problem_mark, error.context_mark))
        composer.stop(syntax_finding(file, error.problem or "", at or context or 0, context))
    except (yaml.YAMLError, ValueError, OverflowError):
        composer.stop(syntax_finding(file, "", 0, None))


def _readable(text: str) -> tuple[str, dict[int, int]]:
    """The text as the reader gets it, of equal length, and how to translate its values back.

    YAML 1.1 breaks lines at NEL, LS and PS, and 1.2 does not: they go in as characters that the file does not use.
    """
    text = _FORBIDDEN.sub("\ufffd", text)
    old = [ord(character) for character in _OLD_BREAKS if character in text]
    if not old:
        return text, {}
    used = set(text)
    private = (code for code in (*range(0xE000, 0xF900), *range(0xF0000, 0x10FFFE)) if chr(code) not in used)
    stand_ins = dict(zip(old, private, strict=False))
    return text.translate(stand_ins), {new: code for code, new in stand_ins.items()}


def _take(composer: Composer, event: yaml.Event, span: Span, originals: dict[int, int]) -> None:
    match event:
        case yaml.ScalarEvent():
            value = event.value.translate(originals) if originals else event.value
            composer.scalar(span, event.style or "", value, event.anchor, event.tag)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            composer.start(isinstance(event, yaml.MappingStartEvent), span, event.anchor, event.tag)
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            composer.end(span)
        case yaml.AliasEvent():
            composer.alias(span, event.anchor or "")


def _check_document(composer: Composer, event: Any, span: Span, number: int) -> None:
    if number > 1:
        message = "`---` starts a second document, and a rule file holds one"
        composer.findings.append(Diagnostic("yaml-unsupported", message, span, "put it into a file of its own"))
    elif event.tags or event.version not in (None, (1, 2)):
        span = Span(span.file, span.start, span.start + len(span.text.splitlines()[0]))
        message = "lines that start with `%` instruct a YAML reader, and rule files do not use them"
        composer.findings.append(Diagnostic("yaml-unsupported", message, span, "remove the line"))


def _tabs(file: SourceFile, scalars: list[Span], is_stopped: bool) -> Iterator[Diagnostic]:
    """A finding for each tab outside texts and comments, as far as the file was read."""
    start = 0
    gaps = [(span.start, span.end) for span in scalars]
    for end, following in gaps if is_stopped else [*gaps, (len(file.text), 0)]:
        for match in _COMMENT_OR_TAB.finditer(file.text, start, end):
            if match.group().startswith("\t"):
                yield tab(file, match.start())
        start = following
