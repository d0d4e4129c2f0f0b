"""One key, or everybody, and rules -> trees of clauses with values, what would flip them, and how many are left: `why`.

In: a project's folder, a key. Out: an `Explanation`, or funnels of the population. Absent: layout of the trees (`cli`).
"""
