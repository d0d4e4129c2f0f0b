"""What is known of segments -> pictures: figures of plotly as plain data, with words and a table of the same numbers.

In: parts of a `Report`. Out: a `Chart`, or None where there is nothing to show; `chart_html` puts one into a page,
`plotly_element`, `charts_script` and `charts_style` make the page draw them. Absent: which page shows what.
"""

from segrules.report.dashboard.charts.chart import Chart, Table, chart_html, table_html
from segrules.report.dashboard.charts.comparing import profile, retention
from segrules.report.dashboard.charts.flows import moves_matrix, sankey
from segrules.report.dashboard.charts.library import charts_script, charts_style, is_available, plotly_element
from segrules.report.dashboard.charts.over_time import entries_and_exits, size_over_time
from segrules.report.dashboard.charts.squares import heat_map, overlap_matrix
from segrules.report.dashboard.charts.stages import stacked_stages
from segrules.report.dashboard.charts.upset import upset

__all__ = [
    "Chart",
    "Table",
    "chart_html",
    "charts_script",
    "charts_style",
    "entries_and_exits",
    "heat_map",
    "is_available",
    "moves_matrix",
    "overlap_matrix",
    "plotly_element",
    "profile",
    "retention",
    "sankey",
    "size_over_time",
    "stacked_stages",
    "table_html",
    "upset",
]
