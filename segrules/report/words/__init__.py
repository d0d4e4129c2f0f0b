"""A rule -> plain English for people who do not know the language: `recency days is under 30`.

In: core trees. Out: sentences without a subject, or lists of them. Absent: HTML, numbers from data.
"""

from segrules.report.words.plain import Words, plain_words, value_words

__all__ = ["Words", "plain_words", "value_words"]
