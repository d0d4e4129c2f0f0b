"""Counts by polars, one lazy query with an expression for each rule: python by_polars.py JOB. Printed as JSON."""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

job = json.loads(Path(sys.argv[1]).read_text())
names = {"pl": pl, "date": date, "Decimal": Decimal}
counts = [eval(rule, names).sum().alias(name) for name, rule in job["rules"].items()]
print(json.dumps(pl.scan_parquet(job["source"]).select(counts).collect().row(0, named=True)))
