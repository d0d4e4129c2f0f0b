"""The library that draws, plotly, and what a page needs for it: the only file that imports it.

It goes into the page packed, a third of its size, and is unpacked when the first picture is seen.
"""

from __future__ import annotations

import base64
import gzip
from functools import cache
from importlib.resources import files
from importlib.util import find_spec


def is_available() -> bool:
    return find_spec("plotly") is not None


@cache
def plotly_element() -> str:
    """The element that holds the library, once in each page that has pictures, before `charts_script`."""
    from plotly.offline import get_plotlyjs

    packed = base64.b64encode(gzip.compress(get_plotlyjs().encode(), 9, mtime=0)).decode()
    return f'<script type="text/plain" id="plotly-source">{packed}</script>\n'


def charts_script() -> str:
    """The script that draws pictures where they are seen, once in each page. It needs no `eval` and no network."""
    return _asset("charts.js")


def charts_style() -> str:
    """The colours of pictures in both themes, and what stands around them."""
    return _asset("charts.css")


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")
