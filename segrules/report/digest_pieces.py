"""What the sentences of a digest are made of, that every format then writes in its own way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a thing: it is set off from the text around it, whatever its script."""

    label: str


@dataclass(frozen=True, slots=True)
class Written:
    """Words as they stand in files."""

    text: str


Sentence = tuple[str | Named | Written, ...]
