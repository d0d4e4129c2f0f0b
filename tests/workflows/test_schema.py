"""`schema`: printed from the data, and written into segrules.yml without touching anything else."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segrules.language.types import INTEGER, TEXT, decimal, list_of
from segrules.project.loader import folder_reader, load
from segrules.project.model import Column
from segrules.workflows.contract_text import fill
from segrules.workflows.schema import editor_schema, schema

YML = """\
# Who buys what
segrules: 1
entities:
  customer:   # one row each
    source: customers.csv
    key: id   # the shop's own number

    # to-one
    lookups:
      region: {source: regions.csv, on: {place: code}}   # kept
relations:
    orders:
        source: "orders.parquet"
        time: at
        key: id
        lookups:
            product:
                source: products.csv
                on:
                    product_id: id
                # nothing more
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "segrules.yml").write_text(YML, encoding="utf-8")
    (tmp_path / "customers.csv").write_text("id,place,tổng chi,spent\n1,a,5,1.50\n", encoding="utf-8")
    (tmp_path / "regions.csv").write_text("code,name\na,North\n")
    (tmp_path / "products.csv").write_text("id,name\n1,x\n")
    data = {
        "id": pa.array([1], pa.int32()),
        "at": pa.array([0], pa.timestamp("us")),
        "product_id": [1],
        "paid": pa.array([1], pa.decimal128(12, 2)),
    }
    pq.write_table(pa.table(data), tmp_path / "orders.parquet")
    return tmp_path


def test_the_contract_is_printed(shop: Path) -> None:
    found = schema(shop)
    assert (found.exit_code, found.findings) == (0, ())
    assert (
        found.text
        == """\
entities:
  customer:
    columns:
      id: integer
      place: text
      "tổng chi": integer
      spent: decimal
    lookups:
      region:
        columns:
          code: text
          name: text
relations:
  orders:
    columns:
      id: integer
      at: timestamp
      product_id: integer
      paid: decimal(12,2)
    lookups:
      product:
        columns:
          id: integer
          name: text"""
    )
    assert (shop / "segrules.yml").read_text(encoding="utf-8") == YML


def test_the_contract_is_written_between_the_lines(shop: Path) -> None:
    found = schema(shop, write=True)
    assert found.text == "segrules.yml now has the columns of customer, customer.region, orders, orders.product"
    new = (shop / "segrules.yml").read_text(encoding="utf-8")
    assert (
        new
        == """\
# Who buys what
segrules: 1
entities:
  customer:   # one row each
    source: customers.csv
    key: id   # the shop's own number
    columns:
      id: integer
      place: text
      "tổng chi": integer
      spent: decimal

    # to-one
    lookups:
      region: {source: regions.csv, on: {place: code}, columns: {code: text, name: text}}   # kept
relations:
    orders:
        source: "orders.parquet"
        time: at
        key: id
        columns:
          id: integer
          at: timestamp
          product_id: integer
          paid: decimal(12,2)
        lookups:
            product:
                source: products.csv
                on:
                    product_id: id
                columns:
                  id: integer
                  name: text
                # nothing more
"""
    )
    project, findings = load(folder_reader(shop))
    assert project is not None
    assert findings == ()
    assert [column.name for column in project.entities[0].columns] == ["id", "place", "tổng chi", "spent"]
    assert schema(shop, write=True).text == "every source has its columns already"
    assert (shop / "segrules.yml").read_text(encoding="utf-8") == new


def test_a_contract_that_is_given_stays(shop: Path) -> None:
    given = YML.replace("    key: id   #", "    columns: {id: integer, place: text}\n    key: id   #")
    (shop / "segrules.yml").write_text(given, encoding="utf-8")
    schema(shop, write=True)
    new = (shop / "segrules.yml").read_text(encoding="utf-8")
    assert "columns: {id: integer, place: text}\n    key" in new
    assert "tổng chi" not in new


FLOW = '{id: integer, "a b": "decimal(12,2)", "true": list of text}'
LINES = ("id: integer", '"a b": decimal(12,2)', '"true": list of text')
BLOCK = "".join(f"      {line}\n" for line in LINES)
COLUMNS = (Column("id", INTEGER), Column("a b", decimal(12, 2)), Column("true", list_of(TEXT)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "entities: {c: {source: x.csv, key: id}}",
            f"entities: {{c: {{source: x.csv, key: id, columns: {FLOW}}}}}",
        ),
        (
            "entities:\n  c:\n    columns: {}\n    key: id\n",
            'entities:\n  c:\n    columns: {id: integer, "a b": "decimal(12,2)", "true": list of text}\n    key: id\n',
        ),
        (
            "entities:\n  c:\n    columns:   # none yet\n    key: id\n",
            "entities:\n  c:\n    columns:   # none yet\n"
            '      id: integer\n      "a b": decimal(12,2)\n      "true": list of text\n    key: id\n',
        ),
        (
            "entities:\r\n  c:\r\n    key: id\r\n    source: x.csv",
            'entities:\r\n  c:\r\n    key: id\r\n    columns:\r\n      id: integer\r\n      "a b": decimal(12,2)\r\n'
            '      "true": list of text\r\n    source: x.csv',
        ),
        (
            "entities:\n  c:\n    source: x.csv\n    key: id",
            f"entities:\n  c:\n    source: x.csv\n    key: id\n    columns:\n{BLOCK}",
        ),
        ("entities: 5", "entities: 5"),
    ],
)
def test_every_way_of_writing(old: str, new: str) -> None:
    assert fill("segrules.yml", old, {"c": COLUMNS}) == new


def test_no_data_no_contract(shop: Path) -> None:
    (shop / "orders.parquet").unlink()
    found = schema(shop, write=True)
    assert (found.text, found.exit_code, [finding.code for finding in found.findings]) == ("", 2, ["data-missing"])
    assert (shop / "segrules.yml").read_text(encoding="utf-8") == YML


def test_a_project_that_cannot_be_read(tmp_path: Path) -> None:
    assert schema(tmp_path).exit_code == 1


def test_editors_get_every_key_that_files_may_have() -> None:
    found = json.loads(editor_schema())
    definitions = found["$defs"]
    assert [choice["$ref"] for choice in found["anyOf"]] == [
        f"#/$defs/{kind}" for kind in ("Project", "Segments", "Tests", "Environment")
    ]
    assert list(definitions["Format"]["properties"]) == ["delimiter", "encoding", "decimal", "dates", "missing"]
    assert definitions["Entity"]["properties"]["lookups"]["additionalProperties"] == {"$ref": "#/$defs/Lookup"}
    assert definitions["Lookup"]["required"] == ["on"]
    short, long = definitions["Segment"]["anyOf"]
    assert "string" in short["type"]
    assert {"when", "all", "label", "expect", "examples"} <= set(long["properties"])
    assert definitions["Segmentation"]["properties"]["hit"] == {"enum": ["first", "unique", "any"]}
    assert "from" in definitions["Entity"]["properties"]
    assert "from_relation" not in editor_schema()
