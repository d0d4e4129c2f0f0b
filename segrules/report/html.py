"""The frame of every HTML page: one file, no script or style from elsewhere, light and dark, fit to print."""

from __future__ import annotations

from html import escape as _escape

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --line: #dde2e8; --tint: #f4f6f8;
  --good: #1a7f37; --bad: #b3261e; --warn: #8a5a00; --link: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaef; --soft: #9aa5b1; --paper: #14181d; --line: #2f3740;
  --tint: #1c2229; --good: #56d364; --bad: #ff7b72; --warn: #e3b341; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 64rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.25rem; } h3 { font-size: 1rem; }
a { color: var(--link); } .soft { color: var(--soft); } .good { color: var(--good); } .bad { color: var(--bad); }
.warn { color: var(--warn); }
code, pre { font: 0.875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", monospace; }
pre { overflow-x: auto; padding: 0.75rem 1rem; background: var(--tint); border: 1px solid var(--line);
  border-radius: 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.75rem 0; } caption { text-align: left; color: var(--soft); }
th, td { padding: 0.35rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; color: var(--soft); } td.number, th.number { text-align: right;
  font-variant-numeric: tabular-nums; }
@media print { body { max-width: none; padding: 0; } pre, table { break-inside: avoid; } }
"""


def escape(text: str) -> str:
    """Text as HTML shows it, also inside an attribute."""
    return _escape(text, quote=True)


def page(title: str, body: str, *, language: str = "en") -> str:
    """A whole document. `body` is HTML; the title is text."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
