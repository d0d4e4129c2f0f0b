"""Members counted on an engine: python by_engine.py ROUNDS JOB…. A JOB is a JSON file, and all are of one engine.

Of a job's ways, one after the other in each round:
one   all segments of a project by one plan, as `segrules count` does
kept  the same, with the rows kept from which `apply` writes members
each  a query written by hand for each segment
Printed as JSON, by way and number of the job: the counts, how many statements they took, and the seconds of the best
round, without the start of the engine.
"""

import json
import sys
from pathlib import Path
from time import perf_counter

from segrules.engines import Engine
from segrules.planning import plan, references
from segrules.planning.time import as_of
from segrules.project.loader import folder_reader
from segrules.sql import DIALECTS
from segrules.sql.scans import Table, everything, typed_scans
from segrules.workflows.counting import sizes_of
from segrules.workflows.validate import validate


class Counting:
    """An engine, and how many statements it was given."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.statements = engine, 0
        self.dialect = engine.dialect

    def run(self, statement: str) -> list[tuple[object, ...]]:
        self.statements += 1
        return self._engine.run(statement)

    def execute(self, statement: str) -> None:
        self.statements += 1
        self._engine.execute(statement)


def opened(url: str, files: dict[str, str]) -> Engine:
    if url.startswith("local"):
        from segrules.engines.spark import connect

        engine = connect(url, {"spark.driver.memory": "3g", "spark.ui.enabled": "false"})
        for name, path in files.items():
            engine.execute(f"CREATE TEMPORARY VIEW {name} USING parquet OPTIONS (path '{path}')")
        return engine
    from segrules.engines.postgres import connect

    return connect(url)


def by_one_plan(engine: Counting, source: Engine, job: dict[str, dict[str, str]], keep: bool) -> dict[str, object]:
    checked = validate(folder_reader(Path(str(job["project"]))))
    rules, project = checked.rules["customer"], checked.project
    tables = {}
    for table, name in job["tables"].items():
        place = Table("table", name=name)
        described = source.describe(everything(place).sql(engine.dialect))
        tables[table] = Table("table", name=name, physical=tuple(described))
    scan = typed_scans(tables, project.timezone, DIALECTS[engine.dialect])
    made = plan(rules, references(rules, rules.segments), as_of(project.as_of, project.timezone))
    _, _, sizes = sizes_of(engine, made, scan, made.outputs, "customer", keep=keep)
    return {output.wanted.name: size for output, size in zip(made.outputs, sizes, strict=True)}


def answered(way: str, job: dict[str, dict[str, str]], source: Engine) -> dict[str, object]:
    engine = Counting(source)
    start = perf_counter()
    if way == "each":
        answers = {name: engine.run(query)[0][0] for name, query in job["queries"].items()}
    else:
        answers = by_one_plan(engine, source, job, way == "kept")
    return {"seconds": perf_counter() - start, "answers": answers, "statements": engine.statements}


jobs = [json.loads(Path(name).read_text()) for name in sys.argv[2:]]
source = opened(jobs[0]["url"], jobs[0]["files"])
found = {}
for _ in range(int(sys.argv[1])):
    for number, job in enumerate(jobs):
        for way in job["ways"]:
            done = answered(way, job, source)
            best = found.setdefault(f"{way} {number}", done)
            best["seconds"] = min(best["seconds"], done["seconds"])
print(json.dumps(found))
source.close()
