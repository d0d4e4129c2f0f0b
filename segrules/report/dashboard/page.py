"""A whole report as one HTML file: every page a section of it, shown one at a time where scripts run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from segrules.report.dashboard import charts
from segrules.report.dashboard.live import live_element, policy, sizes
from segrules.report.dashboard.navigation import navigation
from segrules.report.dashboard.search import script_json, search_index
from segrules.report.dashboard.sections import Section, sections
from segrules.report.html import escape
from segrules.workflows.reporting.data import Report

_FIRST_SCRIPT = """
const root = document.documentElement;
root.classList.add("scripted");
try { root.dataset.theme = localStorage.getItem("segrules-theme") || ""; } catch { /* no storage from disk */ }
"""
"""Before anything is drawn, so that no page and no theme flashes up that is not meant."""


def report_page(report: Report) -> str:
    """The file's text. It loads nothing and sends nothing: a policy in it forbids that, also to what is written in it.

    Equal reports give equal text.
    """
    return _page(report, is_served=False)[0]


def served_page(report: Report) -> tuple[str, str]:
    """The text of a page that asks where it came from for newer ones, and its version, other for every other page."""
    return _page(report, is_served=True)


def _page(report: Report, *, is_served: bool) -> tuple[str, str]:
    pages = list(sections(report))
    body = "\n".join(
        (
            '<a class="skip" href="#main">Skip to the page</a>',
            _header(report),
            '<div class="frame">',
            navigation(report),
            '<main id="main" tabindex="-1">',
            *map(_section, pages),
            _footer(report, is_served=is_served),
            "</main>\n</div>",
        )
    )
    has_charts = 'class="chart"' in body and charts.is_available()
    nonce = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    scripts = list(_scripts(report, nonce, has_charts))
    if is_served:
        scripts.append(live_element(nonce, tuple(sizes(report)), nonce))
    head = _head(report, nonce, policy(nonce, is_served=is_served))
    return "\n".join((*head, "<body>", body, *scripts, "</body>\n</html>\n")), nonce


def _head(report: Report, nonce: str, policy: str) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en" data-theme="">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">'
    yield f"<title>{escape(report.project)}: segments</title>"
    yield '<link rel="icon" href="data:,">'
    yield f"<style>\n{_asset('report.css')}\n{_asset('rules.css')}\n{charts.charts_style()}\n</style>"
    yield f'<script nonce="{nonce}">{_FIRST_SCRIPT}</script>\n</head>'


def _scripts(report: Report, nonce: str, has_charts: bool) -> Iterator[str]:
    yield f'<script type="application/json" id="search-index">{script_json(search_index(report))}</script>'
    yield f'<script nonce="{nonce}">\n{_asset("report.js")}</script>'
    if has_charts:
        yield charts.plotly_element().replace("<script ", f'<script nonce="{nonce}" ', 1)
        yield f'<script nonce="{nonce}">\n{charts.charts_script()}</script>'


def _header(report: Report) -> str:
    return f"""<header class="top">
<button type="button" id="menu" class="scripted-only" aria-expanded="false" aria-controls="pages">Pages</button>
<a class="home" href="#overview"><bdi>{escape(report.project)}</bdi></a>
<div class="search scripted-only" role="search">
<label for="search" class="unseen">Search segments, traits and rules</label>
<input id="search" type="search" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"
 autocomplete="off" spellcheck="false" dir="auto" placeholder="Search ( / )">
<ul id="found" role="listbox" aria-label="Search results" hidden></ul>
<p id="found-count" class="unseen" role="status"></p>
</div>
<div class="switches scripted-only">
{_languages(report.languages)}<label><span class="unseen">Colours</span>
<select id="theme"><option value="">System colours<option value="light">Light<option value="dark">Dark</select></label>
</div>
</header>"""


def _languages(languages: Iterable[str]) -> str:
    options = [f'<option value="{escape(language)}">{escape(language)}' for language in languages]
    if len(options) < 2:
        return ""
    return (
        '<label><span class="unseen">Language of labels</span>\n'
        '<select id="language" title="The language of labels and descriptions; the words around them stay English">'
        f"{''.join(options)}</select></label>\n"
    )


def _section(section: Section) -> str:
    return (
        f'<section class="page" id="{escape(section.id)}" data-title="{escape(section.title)}" '
        f'aria-label="{escape(section.title)}">\n{section.html}\n</section>'
    )


def _footer(report: Report, *, is_served: bool) -> str:
    network = "This file loads nothing from the network and sends nothing."
    if is_served:
        network = "This page asks segrules on this machine for newer ones, and loads nothing else and sends nothing."
    keys = "It holds no customer's key but those that rules themselves name."
    if report.has_keys:
        keys = "Samples of members show their keys."
    return f'<footer class="soft">Made by segrules {escape(report.version)}. {network} {keys}</footer>'


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")
