"""Rules with one thing changed -> which changes no test notices, and rows that would notice them: `test --mutate`.

In: a validated project whose tests pass. Out: what became of each mutant, examples to add. Absent: how rules are
changed, which is `language.mutants`.
"""
