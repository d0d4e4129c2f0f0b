"""A report beside an editor: the page with what keeps it up to date while it is served, and a page to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from segrules.report.dashboard.labels import label_text
from segrules.report.dashboard.links import page_of
from segrules.report.dashboard.search import script_json
from segrules.report.html import escape
from segrules.workflows.reporting.data import Report

Size = tuple[str, str, int | None]
"""The id of a page, what is counted there, by the words for it, and how many that are."""


def live_element(version: str, sizes: tuple[Size, ...], nonce: str) -> str:
    """The elements at the end of a served page: its version and sizes, and the script that listens for others."""
    told = script_json({"version": version, "sizes": sizes})
    return (
        f"<style>\n{_asset('live.css')}</style>\n"
        f'<script type="application/json" id="live">{told}</script>\n'
        f'<script nonce="{nonce}">\n{_asset("live.js")}</script>'
    )


def sizes(report: Report) -> Iterator[Size]:
    """How many members each segment and stage has, under the page that tells of it."""
    for entity in report.entities:
        for segment in entity.segments:
            yield (
                page_of(segment),
                label_text(segment.definition.about, report.languages, segment.name),
                segment.members,
            )
        for item in entity.segmentations:
            for stage in item.stages:
                yield page_of(item), stage.label, stage.members


def waiting_page(name: str) -> str:
    """What is served until there is a report: it says so, and waits for one."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy("waiting", is_served=True)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(name)}: segments</title>\n"
        '<link rel="icon" href="data:,">\n</head>\n'
        '<body style="font:16px/1.5 system-ui,sans-serif;padding:1rem">\n<main>\n'
        f"<h1>{escape(name)}</h1>\n<p>The report appears here as soon as the rules can be read.</p>\n</main>\n"
        f"{live_element('', (), 'waiting')}\n</body>\n</html>\n"
    )


def policy(nonce: str, *, is_served: bool) -> str:
    """What a page may load and where it may send something: nothing, or, of a served one, to where it came from."""
    own = "connect-src 'self'; " if is_served else ""
    return (
        f"default-src 'none'; {own}script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")
