"""Two versions of a project -> what changed in meaning, clause by clause, and who enters and leaves: `diff`.

In: readers of both versions, data. Out: a `Difference`. Absent: words for people (`report`, `cli`), proofs.
"""
