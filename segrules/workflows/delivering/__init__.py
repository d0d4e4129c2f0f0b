"""Members written where campaigns read: a table of PostgreSQL or Spark, or files, whole or not at all.

In: what `--to` names, a run whose members are counted and kept. Out: what was written where. Three modes: `replace`
(the members of now), `append` (those of each as-of), `delta` (who entered and left since the last as-of). Absent:
run.json and all else of the output folder, which `workflows.output` puts in place afterwards.
"""
