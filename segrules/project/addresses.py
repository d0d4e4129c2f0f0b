"""Addresses of files elsewhere, `s3://shop/orders/*.parquet`, told from paths."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")  # two letters at least: `C://` is a disk


def scheme_of(path: str) -> str | None:
    """`s3` of `s3://shop/orders.csv`; None of a path."""
    found = _SCHEME.match(path)
    return found[1].lower() if found else None
