"""What can be proven of a project's rules, asked for people: questions, examples that are tried, what they mean.

In: a project, its resolved rules, the as-of. Out: findings and facts as frozen data. Absent: how something is proven
(`analysis`), what is shown of it (`cli`, `report`).
"""
