"""Cases and examples -> which pass, what they have seen of the rules, and what they should expect: `test`.

In: a project's files. Out: test results, a coverage, edits of test files. Absent: data of the project; rows are given.
"""
