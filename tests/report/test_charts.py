"""Pictures: each is a figure that plotly accepts, with the figures it was given, in words and in a table, too."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date
from itertools import pairwise
from typing import Any

import made_charts as made
import plotly.graph_objects as go
import pytest

from segrules.report.dashboard.charts import (
    Chart,
    chart_html,
    charts_script,
    charts_style,
    entries_and_exits,
    heat_map,
    moves_matrix,
    overlap_matrix,
    plotly_element,
    profile,
    retention,
    sankey,
    size_over_time,
    stacked_stages,
    upset,
)
from segrules.workflows.reporting.data import Moves, Point, Together

FORTY = made.overlap(tuple(f"segment {number}" for number in range(40)))

CHARTS = {
    "sizes": size_over_time(made.points()),
    "sizes of two runs": size_over_time(made.points(2)),
    "sizes of millions": size_over_time(made.points(scale=1_000_000)),
    "entries": entries_and_exits(made.points()),
    "stages": stacked_stages(made.segmentation()),
    "profile": profile(made.DIFFERENCES),
    "retention": retention(made.CURVES),
    "sankey": sankey(made.moves()),
    "moves": moves_matrix(made.moves()),
    "heat map": heat_map(made.HEAT_MAP),
    "upset": upset(made.TOGETHER, made.NAMES, made.SIZES, rows=17_000),
    "overlap": overlap_matrix(made.overlap()),
    "alike": overlap_matrix(made.overlap(), jaccard=True),
    "overlap of forty": overlap_matrix(FORTY),
}


def given(name: str) -> Chart:
    chart = CHARTS[name]
    assert chart is not None
    return chart


def cells(chart: Chart, column: str) -> list[str]:
    return [row[chart.table.header.index(column)] for row in chart.table.rows]


def counted(cell: str) -> int:
    return int(cell.split(" ")[0].replace(",", ""))


@pytest.mark.parametrize("name", CHARTS)
def test_plotly_accepts_each_figure_and_it_has_a_height(name: str) -> None:
    figure = go.Figure(given(name).figure)
    assert figure.layout.height >= 200
    assert figure.data


@pytest.mark.parametrize("name", CHARTS)
def test_each_table_is_a_rectangle(name: str) -> None:
    table = given(name).table
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.header)}


@pytest.mark.parametrize("name", CHARTS)
def test_the_html_holds_the_figure_and_nothing_that_closes_or_opens_an_element(name: str) -> None:
    chart = given(name)
    html = chart_html(chart)
    data = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert data
    assert json.loads(data[1]) == chart.figure
    assert not set(data[1]) & set("<>&\u2028\u2029")
    assert html.count("<script") == html.count("</script>") == 1
    assert f'data-chart="{chart.kind}"' in html
    assert 'role="img"' in html


def texts(part: Any) -> list[str]:
    match part:
        case str():
            return [part]
        case dict():
            return [text for each in part.values() for text in texts(each)]
        case list() | tuple():
            return [text for each in part for text in texts(each)]
        case _:
            return []


@pytest.mark.parametrize("name", CHARTS)
def test_no_label_is_markup_to_what_draws(name: str) -> None:
    """plotly takes `<b>`, `<a href=…>` and `<br>` in texts for its own; only those that a picture means are left."""
    for text in texts(given(name).figure):
        assert not re.search(r"<(?!br>|b>|/b>|extra>|/extra>)", text), text


def test_sizes_are_told_with_first_last_and_changes_of_the_rule() -> None:
    points = made.points()
    chart = given("sizes")
    line, changes = chart.figure["data"]
    assert line["y"] == [point.members for point in points]
    assert (line["x0"], line["dx"]) == ("2025-01-05", 7 * 24 * 60 * 60 * 1000)
    assert changes["x"] == ["2025-05-25", "2025-10-19"]
    assert len(chart.figure["layout"]["shapes"]) == 2
    assert chart.alt.startswith(f"480 members on 5 January 2025, {points[-1].members:,} on 28 December 2025;")
    assert "The rule changed 2 times, last on 19 October 2025: 90 entered by that, 4 left." in chart.alt
    assert [counted(cell) for cell in cells(chart, "members")] == line["y"]


def test_a_size_of_millions_has_separators() -> None:
    assert "480,000,000 members on 5 January 2025" in given("sizes of millions").alt


def test_entries_go_up_and_exits_go_down() -> None:
    points = made.points()[1:]
    chart = given("entries")
    bars = {trace["name"]: trace["y"] for trace in chart.figure["data"]}
    assert bars["entered"] == [point.entered for point in points]
    assert bars["left"] == [-(point.left or 0) for point in points]
    assert sum(bars["entered, by a change of the rule"]) == 180
    assert f"{sum(point.entered or 0 for point in points):,} entered, 180 entered, by a change of the rule" in chart.alt
    assert [counted(cell) for cell in cells(chart, "left")] == [point.left for point in points]


def test_days_that_are_not_a_step_apart_are_all_named() -> None:
    points = made.points(5)
    chart = size_over_time([*points[:2], *points[3:]])
    assert chart is not None
    assert chart.figure["data"][0]["x"] == ["2025-01-05", "2025-01-12", "2025-01-26", "2025-02-02"]


def test_bars_are_most_of_a_week_wide_also_where_few_runs_changed_anything() -> None:
    quiet = [replace(point, entered=0, left=0) for point in made.points(19)]
    chart = entries_and_exits([*quiet[:-1], replace(quiet[-1], entered=4)])
    assert chart is not None
    (bars,) = chart.figure["data"]
    assert (bars["x0"], bars["y"]) == ("2025-01-05", [0] * 18 + [4])
    assert bars["width"] == 0.75 * 7 * 24 * 60 * 60 * 1000
    assert chart.figure["layout"]["xaxis"]["range"] == ["2025-01-01T12:00:00", "2025-05-14T12:00:00"]


def test_a_daily_run_after_weekly_ones_makes_no_slivers_and_no_bars_that_overlap() -> None:
    weekly = made.points(19)
    last = replace(weekly[-1], as_of=date(2025, 5, 12))
    chart = entries_and_exits([*weekly, last])
    assert chart is not None
    assert weekly[-1].as_of == date(2025, 5, 11)
    day = 24 * 60 * 60 * 1000
    bars = chart.figure["data"][0]
    widths, offsets = bars["width"], bars["offset"]
    assert (widths[0], offsets[0]) == (0.75 * 7 * day, -0.75 * 3.5 * day)
    assert widths[-2:] == [0.75 * 4 * day] * 2
    assert offsets[-2] + widths[-2] == 0.75 * 0.5 * day == -offsets[-1]


def test_where_no_rule_changed_nothing_is_said_of_it() -> None:
    points = made.points(10)
    assert "rule" not in json.dumps(chart_parts(size_over_time(points)))
    assert "rule" not in json.dumps(chart_parts(entries_and_exits(points)))


def chart_parts(chart: Chart | None) -> Any:
    assert chart is not None
    return [chart.alt, chart.figure, chart.table.header]


def test_nothing_is_drawn_of_one_run_or_of_nobody() -> None:
    never = tuple(replace(point, members=0, entered=0, left=0) for point in made.points(5))
    assert size_over_time(()) is None
    assert size_over_time(made.points(1)) is None
    assert size_over_time(never) is None
    assert entries_and_exits(made.points(1)) is None
    assert entries_and_exits(never) is None
    assert stacked_stages(made.segmentation(runs=1)) is None
    assert stacked_stages(made.segmentation(())) is None
    assert profile(()) is None
    assert profile([replace(made.DIFFERENCES[0], effect=0.0)]) is None
    assert retention(None) is None
    assert retention(replace(made.CURVES, members=0)) is None
    assert retention(replace(made.CURVES, active=(), again=(), stayed=())) is None
    assert sankey(None) is None
    assert moves_matrix(Moves("lifecycle", made.START, made.START, ("a", None), {})) is None
    assert heat_map(None) is None
    assert heat_map(replace(made.HEAT_MAP, rows=((0,) * 5,) * 5)) is None
    assert upset((), (), {}) is None
    assert upset((Together((), 12),), ("vip",), {"vip": 5}) is None
    assert overlap_matrix(None) is None
    assert overlap_matrix(made.overlap(("one",))) is None
    assert overlap_matrix(made.overlap(tuple(f"segment {number}" for number in range(41)))) is None


def test_stages_share_everyone() -> None:
    chart = given("stages")
    for at in (0, 51):
        assert sum(trace["y"][at] for trace in chart.figure["data"]) == pytest.approx(1, abs=1e-4)
    assert len(chart.table.header) == 1 + len(made.STAGES)


def test_stages_that_overlap_are_not_put_on_top_of_each_other() -> None:
    whole = made.segmentation(("new", "loyal"))
    chart = stacked_stages(replace(whole, definition=replace(whole.definition, hit="any")))
    assert chart is not None
    assert [trace.get("stackgroup") for trace in chart.figure["data"]] == [None, None]
    assert "range" not in chart.figure["layout"]["yaxis"]


def test_a_stage_has_the_same_colour_in_each_picture() -> None:
    areas = {trace["meta"]: trace["fillcolor"] for trace in given("stages").figure["data"]}
    nodes = given("sankey").figure["data"][0]["node"]
    flows = {text.rsplit(":", 1)[0]: colour for text, colour in zip(nodes["customdata"], nodes["color"], strict=True)}
    assert flows.pop("no stage") == "var(--chart-none)"
    assert flows == areas
    assert len(set(areas.values())) == len(areas)


def test_stages_of_a_flow_stand_as_in_the_segmentation_and_those_that_are_gone_after_them() -> None:
    moves = Moves("lifecycle", date(2025, 1, 1), date(2025, 2, 1), ("old", "active", None, "new"),
                  {("old", "active"): 3, ("new", "active"): 2, (None, "new"): 1})  # fmt: skip
    chart, matrix = sankey(moves, ("new", "active", "gone")), moves_matrix(moves, ("new", "active", "gone"))
    assert chart is not None
    assert matrix is not None
    node = chart.figure["data"][0]["node"]
    assert node["label"] == ["new  2", "old  3", "no stage  1", "new  1", "active  5"]
    assert [colour[4:-1] for colour in node["color"]] == [
        "--chart-1", "--chart-4", "--chart-none", "--chart-1", "--chart-2",
    ]  # fmt: skip
    assert [row[0] for row in matrix.table.rows] == ["new", "old", "no stage", "all"]


def test_the_flow_has_everyone_and_goes_from_the_first_date_to_the_second() -> None:
    moves = made.moves()
    chart = given("sankey")
    trace = chart.figure["data"][0]
    assert sum(trace["link"]["value"]) == sum(moves.counts.values())
    left = [place for place, x in enumerate(trace["node"]["x"]) if x < 0.5]
    assert set(trace["link"]["source"]) <= set(left)
    assert not set(trace["link"]["target"]) & set(left)
    assert f"5,200 of {sum(moves.counts.values()):,}" in chart.alt
    assert "From 5 January 2025 to 6 July 2025" in chart.alt


def test_names_of_stages_are_a_line_apart_also_where_nearly_nobody_is_in_them() -> None:
    labels = tuple(f"stage {number}" for number in range(12))
    counts = {(label, label): 1_000_000 if label == "stage 3" else 1 for label in labels}
    chart = sankey(Moves("lifecycle", date(2025, 1, 1), date(2025, 2, 1), labels, counts))
    assert chart is not None
    node, layout = chart.figure["data"][0]["node"], chart.figure["layout"]
    inner = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    middles = [y * inner for y in node["y"][:12]]
    assert min(b - a for a, b in pairwise(middles)) >= 15
    assert max(middles) <= inner


def test_the_matrix_of_moves_says_counts_and_shares_of_the_row() -> None:
    moves = Moves("lifecycle", date(2025, 1, 1), date(2025, 2, 1), ("new", "gone", None),
                  {("new", "new"): 30, ("new", "gone"): 10, (None, "new"): 1200})  # fmt: skip
    chart = moves_matrix(moves)
    assert chart is not None
    assert chart.figure["data"][0]["z"] == [[0.75, 0.25], [1.0, 0.0]]
    assert chart.figure["data"][0]["text"] == [["30", "10"], ["1,200", ""]]
    assert chart.table.header == ("from ↓ to →", "new", "gone", "all")
    assert chart.table.rows == (
        ("new", "30 (75%)", "10 (25%)", "40"),
        ("no stage", "1,200 (100%)", "0", "1,200"),
        ("all", "1,230", "10", "1,240"),
    )
    assert chart.alt == (
        "From 1 January 2025 to 1 February 2025 30 of 1,240 (2.4%) stayed where they were. The largest moves: "
        "1,200 from no stage to new; 10 from new to gone."
    )


def test_the_profile_says_ours_against_everyones_largest_first() -> None:
    chart = given("profile")
    assert chart.alt.startswith(
        "Members against everyone: spend: 210 against 92.1; recency days: 12 against 148; "
        "lifetime value: 1,234,568 against 98,765; newsletter: 12% against 55%; "
    )
    assert cells(chart, "standard deviations apart")[:2] == ["+1.31", "-1.02"]
    assert ("country: TH", "61%", "40%", "+0.43") in chart.table.rows


def test_the_curves_are_told_by_their_ends() -> None:
    chart = given("retention")
    assert chart.alt == (
        "Of the 1,480 members of 5 January 2025, after 52 weeks: 35% still in the segment; 9% active in that week; "
        "97% active again so far. Active means: with a row in orders."
    )
    assert len(chart.table.rows) == 52
    assert chart.figure["data"][0]["y"][0] == 0.98


def test_curves_by_other_steps_than_weeks_say_so() -> None:
    monthly = retention(replace(made.CURVES, days=28, active=(0.5,), again=(0.5,), stayed=(0.9,)))
    assert monthly is not None
    assert "after 1 step of 28 days: 90% still in the segment; 50% active in those 28 days;" in monthly.alt
    assert monthly.table.header[0] == "steps of 28 days"


def test_the_heat_map_has_the_best_at_the_top_right() -> None:
    chart = given("heat map")
    total = sum(map(sum, made.HEAT_MAP.rows))
    assert sum(counted(cell) for cell in cells(chart, "rows")) == total
    assert chart.table.rows[0] == ("5", "0–30", "5", "9–1,234", "184", "130")
    assert f"{total:,} by their last and their number of orders: 184 (" in chart.alt
    assert chart.figure["data"][0]["z"][-1][-1] == 184


def test_combinations_stand_by_size_and_those_in_none_are_only_told() -> None:
    chart = given("upset")
    bars = chart.figure["data"][0]["y"]
    assert bars == sorted(bars, reverse=True) == [12_345, 420, 310, 205, 88, 70, 31]
    assert chart.table.rows[0] == ("lapsed", "12,345")
    assert chart.table.rows[-1] == ("none of them", "3,100")
    assert chart.alt == (
        "The most frequent combinations of these 8 segments: 12,345 exactly in lapsed; 420 exactly in vip; 310 exactly "
        "in vip and loyal_thai. 3,100 are in none of the 8."
    )
    assert chart.table.header == ("of these 8 segments, exactly in", "rows")
    assert "They may also be" not in chart.note


def test_combinations_say_of_which_segments_they_are_and_how_many_rows_are_not_drawn() -> None:
    names = made.NAMES[:-1]
    found = [each for each in made.TOGETHER if made.NAMES[-1] not in each.names]
    chart = upset(found, names, made.SIZES, rows=sum(each.rows for each in found) + 1_500)
    assert chart is not None
    assert ("other combinations of them", "1,500") in chart.table.rows
    assert chart.note.startswith(
        "Each bar: how many are, of these 7 segments, in exactly those with a dot below it. They may also be in the "
        "1 smaller one that is not shown."
    )
    assert "Not drawn: 1,500 in other combinations of these 7 and 3,100 in none of them." in chart.note
    assert chart.note in chart_html(chart)


def test_the_dots_of_a_combination_are_its_segments() -> None:
    dots = given("upset").figure["data"][2]
    names = sorted(made.NAMES, key=lambda name: -made.SIZES[name])
    second = {names[y] for x, y in zip(dots["x"], dots["y"], strict=True) if x == 2}
    assert second == {"vip", "loyal_thai"}


def test_overlaps_are_shares_of_the_row_or_of_both() -> None:
    found = made.overlap(("a", "b"))
    share, alike = overlap_matrix(found), overlap_matrix(found, jaccard=True)
    assert share is not None
    assert alike is not None
    assert share.figure["data"][0]["z"] == [[None, round(594 / 1200, 6)], [0.5, None]]
    assert alike.figure["data"][0]["z"][0][1] == round(found.jaccard(0, 1), 6)
    assert "a and b: 594 are in both, 33% of those in either" in share.alt


def test_segments_without_members_are_left_out_of_overlaps() -> None:
    found = replace(made.overlap(("a", "b", "empty")), both=((5, 2, 0), (2, 4, 0), (0, 0, 0)))
    chart = overlap_matrix(found)
    assert chart is not None
    assert chart.table.header == ("", "a", "b")


def test_labels_take_the_place_of_names() -> None:
    labels = {"vip": "Very important", "lapsed": "Gone quiet"}
    pictures = [upset(made.TOGETHER, made.NAMES, made.SIZES, labels), overlap_matrix(made.overlap(), labels=labels)]
    for chart in pictures:
        assert chart is not None
        text = json.dumps(chart_parts(chart)) + str(chart.table.rows)
        assert "Very important" in text
        assert "Gone quiet" in text
        assert '"vip"' not in text


def test_long_labels_are_cut_in_the_picture_and_whole_in_the_table() -> None:
    chart = given("sankey")
    labels = chart.figure["data"][0]["node"]["label"]
    assert made.THAI not in labels
    assert any("…" in label and made.THAI.startswith(label.partition("…")[0]) for label in labels)
    assert made.THAI in chart.table.header


def test_a_label_from_right_to_left_does_not_turn_the_words_around_it() -> None:
    shown = given("stages").alt
    assert f"\u2068{made.HEBREW}\u2069 " in shown
    assert "\u2068lead" not in shown


def test_a_moment_keeps_its_time_of_day() -> None:
    from datetime import datetime

    points = [Point(datetime(2025, 1, day, 9, 30, tzinfo=UTC), day, 0.1) for day in (1, 2)]
    chart = size_over_time(points)
    assert chart is not None
    assert chart.figure["data"][0]["x0"] == "2025-01-01T09:30:00"
    assert "1 member on 1 January 2025, 09:30" in chart.alt


def test_every_colour_is_a_variable_of_the_style_sheet_in_both_themes() -> None:
    used = {text for chart in CHARTS.values() for text in texts(chart and chart.figure) if text.startswith("var(")}
    assert used
    style = charts_style()
    for name in used:
        variable = name[4:-1].removesuffix("-soft") if name != "var(--chart-soft)" else "--chart-soft"
        assert style.count(f"{variable}: #") == 3, name


def test_the_library_is_in_the_page_once_packed_and_the_script_evaluates_nothing() -> None:
    element = plotly_element()
    assert element.count("<") == 2
    assert len(element) < 2_200_000
    assert "eval" not in charts_script()
    assert "http" not in charts_script() + charts_style()


def test_a_segment_of_a_year_of_runs_takes_little_room() -> None:
    """Five hundred of them, and the library, are a file of less than 15 MB."""
    names = ("sizes", "entries", "profile", "retention")
    assert sum(len(chart_html(given(name)).encode()) for name in names) < 17_000


def test_pictures_say_how_to_read_them() -> None:
    assert "in standard deviations" in given("profile").figure["layout"]["xaxis"]["title"]["text"]
    assert given("overlap").note.startswith("Each row: of the members of its segment, how many % are also in")
    assert "594 (50%)" in given("overlap").table.rows[0][2]
    assert "the larger its share of the row" in given("moves").note
    assert given("moves").note.endswith(" No stage: in none of the stages, or not there yet, or no longer.")
    assert given("sankey").note.startswith("No stage:")
    without = Moves("lifecycle", made.START, date(2026, 1, 1), ("a", "b"), {("a", "b"): 3})
    flow, matrix = sankey(without), moves_matrix(without)
    assert flow is not None
    assert matrix is not None
    assert (flow.note, "No stage" in matrix.note) == ("", False)
    axis = given("heat map").figure["layout"]["xaxis"]
    assert axis["title"]["text"] == "score of frequency, and number of orders"
    assert [label[:8] for label in axis["ticktext"]] == [f"<b>{score}</b>" for score in range(1, 6)]
