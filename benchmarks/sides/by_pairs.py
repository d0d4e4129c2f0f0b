"""How many rows each two of some segments share: python by_pairs.py WAY JOB SAMPLE. JOB is a JSON file.

Ways, over a table of one Boolean for each rule, which is made first and not part of the seconds:
bits   all pairs as a report counts them
naive  a `count_if` of both for each of SAMPLE pairs, 500 in a statement
Printed as JSON: the seconds, and the answers of the SAMPLE pairs.
"""

import json
import sys
import time
from itertools import combinations
from pathlib import Path
from random import Random

from sqlglot import exp

from segrules.engines.duckdb import connect
from segrules.sql import membership
from segrules.workflows.reporting.facts.pairs import shared_rows

way, many = sys.argv[1], int(sys.argv[3])
job = json.loads(Path(sys.argv[2]).read_text())
rules, source = list(job["rules"].values()), Path(job["source"])
pairs = sorted(Random(1).sample(list(combinations(range(len(rules)), 2)), many))
engine = connect(readable=[source])
flags = ", ".join(f"coalesce({rule}, false) AS f{place}" for place, rule in enumerate(rules))
flagged = f"SELECT {flags} FROM '{source}'"
answers = {}
if way == "bits":
    words = membership.words([exp.column(f"f{place}") for place in range(len(rules))])
    columns = ", ".join(word.sql("duckdb") for word in words)
    engine.execute(f"CREATE TEMPORARY TABLE facts AS SELECT {columns} FROM ({flagged})")
    start = time.perf_counter()
    found = shared_rows(engine, "facts", len(rules), range(len(rules)))
    answers = {pair: found.get(pair, 0) for pair in pairs}
else:
    engine.execute(f"CREATE TEMPORARY TABLE flags AS {flagged}")
    start = time.perf_counter()
    for first in range(0, many, 500):
        part = pairs[first : first + 500]
        counts = ", ".join(f"count_if(f{one} AND f{other})" for one, other in part)
        answers |= dict(zip(part, engine.run(f"SELECT {counts} FROM flags")[0], strict=True))
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "answers": {f"{one} {other}": many for (one, other), many in answers.items()}}))
