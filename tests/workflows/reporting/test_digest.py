"""The digest of a week: what is urgent, what jumped, what came by rules, and how it reads in every format."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from segrules.cli.digest import as_json
from segrules.planning.renaming import Thing
from segrules.report.digest_html import html
from segrules.report.digest_markdown import markdown
from segrules.report.digest_words import LONGEST_LABEL, MOST_SENTENCES, look_at
from segrules.workflows.apply import apply
from segrules.workflows.reporting.data import Moves, Report
from segrules.workflows.reporting.digest import Digest, Grown, digest
from segrules.workflows.reporting.gather import report
from segrules.workflows.reporting.jumps import Jump
from segrules.workflows.running import Refusal

PROJECT = """\
segrules: 1
name: "shop <b>"
entities:
  customer: {source: customers.csv, key: id, columns: {id: integer, spend: integer}}
"""
OLD = """\
segments:
  steady: {when: spend >= 0, label: {en: "Calm </td><script>alert(1)</script> | *x*", he: לקוחות}}
  jumpy: {when: spend == 7, label: لقاء}
  ruled: spend < 10
  before_name: spend in [8, 9]
  going: spend == 3
segmentations:
  size: {label: Size, stages: {small: spend < 5, big: spend >= 8}}
"""
NEW = (
    OLD.replace("ruled: spend < 10", "ruled: spend < 5")
    .replace("before_name", "after_name")
    .replace("  going: spend == 3\n", "  coming: {when: spend == 4, expect: {share: 50%..90%}}\n")
)
RUNS = 12
FIRST = date(2026, 1, 5)
LAST = FIRST + timedelta(weeks=RUNS - 1)


def spends(run: int) -> list[int]:
    """100 customers; those who spend 7 are 20 or 21 until at the last run they are 60, who spent 9 before."""
    sevens = 60 if run == RUNS - 1 else 20 + run % 2
    return [7] * sevens + [9] * (65 - sevens) + [1] * 20 + [3] * 9 + [4] * 6


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("digest")
    (root / "segments").mkdir()
    (root / "segrules.yml").write_text(PROJECT, "utf-8")
    for run in range(RUNS):
        (root / "segments/rules.yml").write_text(NEW if run == RUNS - 1 else OLD, "utf-8")
        rows = "".join(f"{key},{value}\n" for key, value in enumerate(spends(run)))
        (root / "customers.csv").write_text(f"id,spend\n{rows}", "utf-8")
        day = (FIRST + timedelta(weeks=run)).isoformat()
        assert apply(root, root / "out", as_of=day, record=True, allow_breach=True).exit_code == 0
    return root


@pytest.fixture(scope="module")
def gathered(shop: Path) -> Report:
    found = report(shop, out=shop / "out", with_data=False)
    assert isinstance(found, Report)
    return found


@pytest.fixture(scope="module")
def week(shop: Path, gathered: Report) -> Digest:
    found = digest(gathered, shop / "out", "last-week")
    assert isinstance(found, Digest)
    return found


def of(found: Digest, name: str) -> Grown:
    return next(one for one in found.segments if one.name == name)


def test_the_ends_are_recorded_runs(shop: Path, gathered: Report, week: Digest) -> None:
    assert (week.start, week.end) == (LAST - timedelta(weeks=1), LAST)
    month = digest(gathered, shop / "out", "last-month")
    assert isinstance(month, Digest)
    assert month.start == date(2026, 2, 23)
    day = digest(gathered, shop / "out", "2026-01-18")
    assert isinstance(day, Digest)
    assert day.start == date(2026, 1, 12)
    assert (day.entities[0].before, day.entities[0].rows) == (100, 100)


@pytest.mark.parametrize(
    ("since", "code", "words"),
    [
        ("2025-12-31", "no-history", "no run up to 2025-12-31 is recorded: the first one is of 2026-01-05"),
        (LAST.isoformat(), "no-history", f"nothing is recorded after {LAST}"),
        ("soon", "impossible-date", "`soon` is no time that a digest can begin at"),
    ],
)
def test_what_cannot_be_a_start(shop: Path, gathered: Report, since: str, code: str, words: str) -> None:
    found = digest(gathered, shop / "out", since)
    assert isinstance(found, Refusal)
    (finding,) = found.findings
    assert (finding.code, found.exit_code) == (code, 2)
    assert words in finding.message


def test_nightly_runs_are_told_by_their_days(tmp_path: Path) -> None:
    root = tmp_path / "nightly"
    (root / "segments").mkdir(parents=True)
    (root / "segrules.yml").write_text(PROJECT, "utf-8")
    (root / "segments/rules.yml").write_text("segments: {low: spend < 5}\n", "utf-8")
    (root / "customers.csv").write_text("id,spend\n1,1\n", "utf-8")
    nights = ("2026-03-01T02:00:05", "2026-03-02T02:00:09", "2026-03-03T02:00:01")
    for night in nights:
        assert apply(root, root / "out", as_of=night, record=True).exit_code == 0
    of_now = report(root, out=root / "out", with_data=False)
    assert isinstance(of_now, Report)
    found = digest(of_now, root / "out", "yesterday")
    assert isinstance(found, Digest)
    assert (found.start.isoformat(), found.end.isoformat()) == nights[1:]


def test_without_runs_there_is_none(gathered: Report, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "nowhere"):
        found = digest(gathered, out, "last-week")
        assert isinstance(found, Refusal)
        assert found.findings[0].code == "no-history"


def test_sizes_and_entries(week: Digest) -> None:
    jumpy = of(week, "jumpy")
    assert (jumpy.before, jumpy.members, jumpy.entered, jumpy.left) == (20, 60, 40, 0)
    assert jumpy.sizes == tuple(spends(run).count(7) for run in range(RUNS))
    big = of(week, "size.big")
    assert (big.before, big.members, big.left) == (45, 5, 40)


def test_only_what_is_unusual_jumps(week: Digest) -> None:
    assert of(week, "jumpy").jump == Jump(40, 1.0, 7)
    assert of(week, "steady").jump is None
    assert of(week, "size.big").jump == Jump(-40, 1.0, 7)
    assert of(week, "ruled").jump is None  # of its rule nobody wonders


def test_a_short_past_knows_no_jumps(shop: Path, gathered: Report) -> None:
    found = digest(gathered, shop / "out", "2026-02-09")  # in spans of 42 days there is no past change at all
    assert isinstance(found, Digest)
    assert all(one.jump is None for one in found.segments)


def test_rules_are_told_apart_from_customers(week: Digest) -> None:
    ruled = of(week, "ruled")
    assert ruled.is_changed_by_rule
    assert (ruled.entered_by_rule, ruled.left_by_rule, ruled.left) == (0, 65, 0)


RULED = """\
traits: {much: spend > 10}
segments:
  rich: {all: [much, {any: [segments.low, spend > 20]}], label: Rich}
  low: spend < 5
  apart: spend > 30
segmentations:
  size: {stages: {small: segments.low, big: spend < 25, huge: spend >= 25}}
"""


def test_of_a_changed_rule_it_is_told_what_changed_and_whom_it_moved(tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segrules.yml").write_text(PROJECT, "utf-8")
    (tmp_path / "customers.csv").write_text("id,spend\n" + "".join(f"{n},{n}\n" for n in range(40)), "utf-8")
    edited = RULED.replace("spend > 10", "spend > 12").replace("spend < 25", "spend < 27").replace("spend > 20", "much")
    for text, day in ((RULED, "2026-01-01"), (edited, "2026-01-08")):
        (tmp_path / "segments/rules.yml").write_text(text, "utf-8")
        assert apply(tmp_path, tmp_path / "out", as_of=day, record=True).exit_code == 0
    now = report(tmp_path, out=tmp_path / "out", with_data=False)
    assert isinstance(now, Report)
    found = digest(now, tmp_path / "out", "last-week")
    assert isinstance(found, Digest)
    told = markdown(found).split("## Changes of rules")[1].split("##")[0]
    assert told.strip().splitlines() == [
        "- **Rich**: its rule changed from `all: [much, any: [segments.low, spend > 20]]` "
        "to `all: [much, any: [segments.low, much]]`; 8 came and 0 left by that.",
        "- The trait `much` changed from `spend > 10` to `spend > 12`; members of 1 segment or stage changed by that.",
        "- **size: big**: its rule changed from `spend < 25` to `spend < 27`; 2 came and 0 left by that.",
        "- **size: huge**: 0 came and 2 left, because the stage **size: big** changed.",
    ]
    assert plain(found)[1] == "2 more rules changed."
    assert {"trait": "much", "entity": "customer", "before": "spend > 10", "now": "spend > 12"} in as_json(found)[
        "rules"
    ]
    assert now.rules_before[Thing("customer", "stage", "size.big")] == "spend < 25"
    assert len(now.rules_before) == 3
    for kept in (tmp_path / "out/history/rules").glob("*.json"):
        kept.unlink()
    unknown = digest(now, tmp_path / "out", "last-week")
    assert isinstance(unknown, Digest)
    assert unknown.edits == ()
    assert [line.partition(":")[0] for line in plain(unknown)] == ["Rich", "1 more rule changed."]


def test_new_gone_renamed_and_unmet(week: Digest) -> None:
    assert of(week, "after_name").called == "before_name"
    assert of(week, "after_name").before == 45
    assert of(week, "going").members is None
    assert of(week, "coming").before is None
    assert [expected.text for expected in of(week, "coming").unmet] == ["50%..90%"]


def test_moves(week: Digest) -> None:
    ((entity, about, moves),) = week.moves
    assert (entity, about["label"]) == ("customer", "Size")
    assert isinstance(moves, Moves)
    assert moves.counts[("big", None)] == 40


def plain(found: Digest) -> list[str]:
    pieces = [[piece if isinstance(piece, str) else vars_of(piece) for piece in line] for line in look_at(found)]
    return ["".join(line) for line in pieces]


def vars_of(piece: object) -> str:
    return str(getattr(piece, "label", None) or getattr(piece, "text", None))


def test_what_to_look_at(week: Digest) -> None:
    said = plain(week)
    assert len(said) == MOST_SENTENCES
    assert said[0] == "coming has 6 members (6% of customers); expected is a share of 50%..90%."
    assert said[1] == "لقاء grew by 40 (200%); its usual change in 7 days is 1 member."
    assert said[2] == "after_name shrank by 40 (89%); its usual change in 7 days is 1 member."
    assert said[3] == "1 more segment jumped."
    assert said[4] == "ruled: its rule changed from spend < 10 to spend < 5; 0 came and 65 left by that."


def test_a_quiet_week_says_so(shop: Path) -> None:
    before = report(shop, out=shop / "out", as_of=(LAST - timedelta(weeks=1)).isoformat(), with_data=False)
    assert isinstance(before, Report)
    found = digest(before, shop / "out", "last-week")
    assert isinstance(found, Digest)
    assert found.end == LAST - timedelta(weeks=1)
    assert plain(found)[0].startswith("Nothing out of the ordinary")


def test_markdown_takes_no_words_of_files_for_its_own(week: Digest) -> None:
    text = markdown(week)
    assert "<script" not in re.sub(r"\\<", "", text)
    assert "\u2068لقاء\u2069" in text
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows if row.count("▁") or "█" in row}) == 1
    titles = re.findall("^## (.+)$", text, re.MULTILINE)
    assert titles == [
        "What to look at",
        "Not as expected",
        "Sudden jumps",
        "Changes of rules",
        "Largest growth",
        "Largest losses",
        "Moves between stages",
        "New, gone and renamed",
        "All segments",
    ]


class Tags(HTMLParser):
    """The elements of a page and their attributes; that all of them are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_mail_needs_nothing_from_elsewhere(week: Digest) -> None:
    page = Tags(html(week))
    assert page.open == []
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "link", "img", "style", "iframe", "a", "form"}
    names = {name for _, attributes in page.seen for name in attributes}
    assert not [name for name in names if name in ("src", "href", "class", "id") or name.startswith("on")]
    styles = " ".join(attributes.get("style") or "" for _, attributes in page.seen)
    assert "color:" not in styles.replace("color-scheme", "")
    assert "url(" not in styles


def test_the_mail_fits_a_telephone(week: Digest) -> None:
    """What a segment did over time stands below its name, and a word that is too long is broken."""
    about = {"label": {"en": "Customers whowouldnotwanttowait"}}
    one = Grown("customer", "one", about, None, 10, 13, 100, sizes=(1, 2, 3))
    mail = html(Digest("shop", week.start, week.end, ("en",), week.entities, (one,)))
    assert '<th align="left" scope=col>segment, over time</th>' in mail
    row = mail.rpartition("<tr")[2]
    assert row.count("<td") == 6
    assert "over time" not in row
    assert re.search(r'whowouldnotwanttowait</bdi></b></span><div style="font-size:9px;word-break:break-all">▁', row)
    assert "overflow-wrap:anywhere" in row
    assert "+3 (30%)" in row


def test_a_mail_of_many_segments_is_not_cut_off(week: Digest) -> None:
    about = {"label": {"en": "ก" * 300}}
    many = tuple(
        Grown("customer", f"segment_{number}", about, None, number, number + 1, 1000, sizes=(1, 2, 3))
        for number in range(500)
    )
    large = Digest("shop", week.start, week.end, ("en",), week.entities, many)
    mail = html(large)
    assert len(mail.encode()) < 100_000
    assert re.search(r"and [\d,]+ more, in the report", mail)
    assert "ก" * (LONGEST_LABEL + 1) not in mail
    assert markdown(large).count("\n| **") == 500 + 5
