"""What members are worth, how long they stay and what became of those of an earlier day."""

from __future__ import annotations

from collections.abc import Iterator

from segrules.report.dashboard import charts
from segrules.report.dashboard.charts.words import day, number, percent, several
from segrules.report.dashboard.labels import name_html
from segrules.workflows.reporting.data import Curves, EntityReport, Report, SegmentReport, Stays, Worth


def worth_html(item: SegmentReport, entity: EntityReport, report: Report) -> Iterator[str]:
    """Spend, orders and return, beside those of everyone, or how to have them."""
    if not item.members:
        return
    rows = [] if item.worth is None else list(_worth_rows(item.worth, entity.worth))
    yield "<h2>What they are worth</h2>"
    if not rows:
        named = next((trait.name for trait in entity.traits if "spend" in trait.name), None)
        trait = f" The trait {name_html(named)} is for rules alone." if named else ""
        yield (
            '<p class="soft">Not known: no relation in segrules.yml declares <code>value:</code>, which says what its '
            f"rows are worth.{trait}</p>"
        )
        return
    yield (
        f'<p class="soft note">In the last {report.worth_days:,} days, in the currency of the data; '
        "<code>value:</code> of a relation says what is counted.</p>"
    )
    yield '<dl class="cards">'
    for title, value, note in rows:
        yield f'<div><dt>{title}</dt><dd><b class="figure">{value}</b> <span class="soft">{note}</span></dd></div>'
    yield "</dl>"


def _worth_rows(own: Worth, everyones: Worth | None) -> Iterator[tuple[str, str, str]]:
    if own.spend is not None:
        share = own.spend / everyones.spend if everyones and everyones.spend else None
        yield "Spend", number(own.spend), f"{percent(float(share))} of everyone's" if share is not None else "together"
    if own.spend_per_member is not None:
        each = everyones.spend_per_member if everyones else None
        yield "Spend of a member", number(own.spend_per_member), f"everyone: {number(each)}" if each is not None else ""
    if own.orders is not None:
        yield "Orders", number(own.orders), f"{number(own.orders / own.members)} a member"
    if own.average_order is not None:
        average = everyones.average_order if everyones else None
        note = f"everyone: {number(average)}" if average is not None else "on average"
        yield "An order", number(own.average_order), note
    if own.margin is not None:
        yield "Margin", number(own.margin), "together"
    if own.cost is not None:
        back = own.return_on_cost
        note = f"{percent(float(back))} return on it" if back is not None else "as the segment's cost: says"
        yield "Cost", number(own.cost), note


def stays_html(item: SegmentReport) -> Iterator[str]:
    """How long members stay, and what became of those of an earlier run."""
    lines = [] if item.stays is None else list(_stays(item.stays, item.members))
    curves = item.curves
    title = f"What became of the {curves.members:,} who were in on {day(curves.cohort)}" if curves else ""
    chart = charts.retention(curves, title)
    if not lines and chart is None:
        return
    yield "<h2>Do they stay?</h2>"
    yield from lines
    if curves is not None and chart is not None:
        yield _reading(curves)
        yield charts.chart_html(chart)


def _reading(curves: Curves) -> str:
    """What the names of the curves mean."""
    relation = name_html(curves.relation)
    return (
        f'<p class="soft note">The picture follows those who were in on {day(curves.cohort)}; whoever came later is '
        f"not in it. Active: with a row in {relation} in those {curves.days} days. Active again so far: with one at "
        "any time from that day up to then. Still in the segment: at the last recorded run up to then.</p>"
    )


def _stays(stays: Stays, members: int | None) -> Iterator[str]:
    if stays.days == 0 and stays.known:
        yield f"<p>Half or more of the {stays.known:,} whose entry was recorded entered at the last run.</p>"
    elif stays.days is not None and stays.known:
        others = f", of the {stays.known:,} whose entry was recorded" if members != stays.known else ""
        days = number(stays.days)
        days = f"{days} {'day' if days == '1' else 'days'}"
        yield (
            f"<p>Half of the members have been in it for <b>{days}</b> or longer{others}. "
            '<span class="soft">Counted from the day they last entered, also where a new rule let them in.</span></p>'
        )
    if stays.turnover is not None and stays.since is not None:
        yield (
            f"<p>Turnover since {day(stays.since)}: <b>{percent(stays.turnover)}</b>. "
            '<span class="soft">Those who entered and those who left '
            "since then, as a share of the mean size at the runs since.</span></p>"
        )
    if stays.days is None and stays.turnover is None and stays.known:
        yield f"<p>{several(stays.known, 'entry was', 'entries were')} recorded.</p>"
