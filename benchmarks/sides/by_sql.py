"""What a person does with DuckDB, one connection: python by_sql.py WAY JOB. JOB is a JSON file.

Ways, of rules over one file of customers:
counts   a count for each rule          loaded   the same over a table that the file was read into
filters  all counts in one statement    copies   a COPY of the keys for each rule
checked  `copies`, after a check that no key is there twice, in a process that imports what segrules rests on
wide     one COPY of a Boolean for each rule
Of a query: `query`, its one row; `members`, a COPY of its keys, over a folder of tables whose customers are checked.
Of two files of members: `changes`, a COPY of who is in one and not in the other.
What is counted is printed as JSON.
"""

import json
import sys
from pathlib import Path

import duckdb

way = sys.argv[1]
job = json.loads(Path(sys.argv[2]).read_text())
rules, source, out = job.get("rules", {}), job.get("source"), job.get("out")
connection = duckdb.connect()
connection.execute("PRAGMA disable_progress_bar")
for name, value in job.get("settings", {}).items():
    connection.execute(f"SET {name} = '{value}'")
answers = {}
if way == "loaded":
    connection.execute(f"CREATE TABLE customers AS FROM '{source}'")
match way:
    case "counts" | "loaded":
        place = "customers" if way == "loaded" else f"'{source}'"
        for name, rule in rules.items():
            answers[name] = connection.execute(f"SELECT count(*) FROM {place} WHERE {rule}").fetchone()[0]
    case "filters":
        counts = ", ".join(f"count(*) FILTER (WHERE {rule})" for rule in rules.values())
        row = connection.execute(f"SELECT {counts} FROM '{source}'").fetchone()
        answers = dict(zip(rules, row, strict=True))
    case "copies" | "checked":
        if way == "checked":
            import lark  # noqa: F401
            import pydantic  # noqa: F401
            import sqlglot  # noqa: F401
            import typer  # noqa: F401
            import yaml  # noqa: F401

            found = f"SELECT count(*) = count(DISTINCT customer_id) FROM '{source}'"
            assert connection.execute(found).fetchone()[0]
        Path(out).mkdir(exist_ok=True)
        for name, rule in rules.items():
            connection.execute(
                f"COPY (SELECT customer_id FROM '{source}' WHERE {rule}) TO '{out}/{name}.parquet' (FORMAT parquet)"
            )
    case "wide":
        columns = ", ".join(f"coalesce({rule}, false) AS {name}" for name, rule in rules.items())
        connection.execute(f"COPY (SELECT customer_id, {columns} FROM '{source}') TO '{out}' (FORMAT parquet)")
    case "changes":
        before, now = (f"'{job[day]}'" for day in ("before", "now"))
        pairs = "ANTI JOIN {} AS other USING (customer_id, segment)"
        came, went = (
            f"SELECT one.*, '{change}' AS change FROM {one} AS one {pairs.format(other)}"
            for change, one, other in (("entered", now, before), ("left", before, now))
        )
        connection.execute(f"COPY ({came} UNION ALL {went}) TO '{out}' (FORMAT parquet)")
    case "query":
        row = connection.execute(job["query"]).fetchone()
        answers = dict(zip([column[0] for column in connection.description], row, strict=True))
    case "members":
        for file in Path(job["tables"]).glob("*.parquet"):
            connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        found = "SELECT count(*) = count(DISTINCT customer_id) FROM customers"
        assert connection.execute(found).fetchone()[0]
        copied = f"SELECT customer_id, 'it' AS segment FROM ({job['query']})"
        connection.execute(f"COPY ({copied}) TO '{out}' (FORMAT parquet)")
print(json.dumps(answers))
