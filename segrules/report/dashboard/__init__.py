"""A `Report` -> one HTML page that people open from disk: overview, segments, stages, pictures.

In: a `Report`. Out: text. Absent: numbers (`workflows.reporting`), files and the terminal (`cli`).
"""
