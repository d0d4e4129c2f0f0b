"""What tests/test_spark_cluster.py runs in a process of its own, which has no other Spark session: cases and a run.

`python tests/on_cluster.py spark://HOST:PORT FOLDER` prints as JSON how many executors there were, what was wrong with
the cases, and how many members a run over Parquet files in the folder wrote.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import test_cases
from conftest import SMALL_DATA
from parquet_shop import write_shop

from segrules.engines.spark import connect
from segrules.workflows.apply import apply

FOLDERS = ("statistics", "order", "values")
SETTINGS = {
    **{setting: value for setting, value in SMALL_DATA.items() if "codegen" not in setting},
    "spark.sql.shuffle.partitions": "4",
    "spark.default.parallelism": "2",
    "spark.executor.memory": "512m",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
"""Several partitions, so that rows of one key come from several machines, and expressions compiled as Spark does where
nobody says otherwise.
"""


def main(address: str, folder: Path) -> None:
    engine = connect(address, SETTINGS)
    wrong = [f"{name}: {line}" for name in FOLDERS for line in test_cases.wrong_in_worlds(name, engine)]
    outcome = apply(write_shop(folder / "shop"), folder / "out", engine="spark")
    executors = engine._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1  # the driver is one, too
    engine.close()
    members = {item.segment: item.members for item in outcome.counts}
    print(json.dumps({"wrong": wrong, "executors": executors, "members": members, "written": outcome.written}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
