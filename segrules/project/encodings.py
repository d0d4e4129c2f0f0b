"""Names of text encodings, as authors write them."""

from __future__ import annotations

import codecs
import re


def codec_of(encoding: str) -> str | None:
    """Python's name of a text encoding, None where there is none. It knows some of Windows' by their number only."""
    for name in (encoding, re.sub(r"(?i)^windows[-_ ]?(\d+)$", r"cp\1", encoding)):
        try:
            found = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if getattr(found, "_is_text_encoding", True):
            return found.name
    return None
