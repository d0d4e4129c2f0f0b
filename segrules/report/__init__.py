"""What workflows return -> pages for people: HTML that needs no network, and Markdown for pull requests.

In: the frozen data of a workflow. Out: text. Absent: decisions, files, the engine; a terminal is the business of `cli`.
"""

from segrules.report.html import escape, page

__all__ = ["escape", "page"]
