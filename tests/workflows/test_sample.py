"""`sample`: a small copy with all that belongs together, nobody recognisable, and rules that still run on it."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segrules.workflows.sample import Sample, sample
from segrules.workflows.sources import concretize, inspect, open_sources

YML = """\
segrules: 1
timezone: Asia/Bangkok
entities:
  customer:
    source: data/customers.csv
    format: {delimiter: ';', encoding: windows-1251, decimal: ',', dates: '%d.%m.%Y', missing: ['-']}
    key: id
    columns:
      id: integer
      name: text
      country: {type: text, values: [TH, US]}
      city: text
      born: date
      spent: decimal
    lookups:
      region: {source: data/regions.json, on: {city: name}, columns: {name: text, zone: text, tags: list of text}}
relations:
  orders:
    source: data/orders/*.parquet
    key: customer
    time: at
    columns: {customer: integer, at: timestamp, product: text, paid: 'decimal(12,2)'}
    lookups:
      product: {source: data/products.csv.gz, on: {product: code}, columns: {code: text, category: text}}
"""
RULES = """\
segments:
  muscovites: city == 'Москва' and spent > 1
  readers: any(orders where product.category in ['books', 'Maps'])
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    import gzip

    root = tmp_path / "shop"
    (root / "data/orders").mkdir(parents=True)
    (root / "segments").mkdir()
    (root / "segrules.yml").write_text(YML, encoding="utf-8")
    (root / "segments/a.yml").write_text(RULES, encoding="utf-8")
    cities = ["Москва", "Тверь", "Псков", "-"]
    lines = "".join(
        f"{n};Анна {n};{'TH' if n % 2 else 'US'};{cities[n % 4]};0{n % 9 + 1}.01.1990;{n},5\n" for n in range(100)
    )
    (root / "data/customers.csv").write_bytes(f"id;name;country;city;born;spent\n{lines}".encode("cp1251"))
    regions = "".join(
        f'{{"name": "{city}", "zone": "Z{city}", "tags": ["a", "{city}"], "secret": 1}}\n' for city in cities
    )
    (root / "data/regions.json").write_text(regions, encoding="utf-8")
    for part in range(2):
        count = 150
        data = {
            "customer": pa.array([(n * 7 + part) % 110 for n in range(count)], pa.int32()),
            "at": pa.array([n * 10**12 for n in range(count)], pa.timestamp("us", "UTC")),
            "product": [f"P{n % 30}" for n in range(count)],
            "paid": pa.array(list(range(count)), pa.decimal128(12, 2)),
            "card_number": ["4111"] * count,
        }
        pq.write_table(pa.table(data), root / f"data/orders/{part}.parquet")
    products = "code,category\n" + "".join(f"P{n},{['books', 'maps', 'toys'][n % 3]}\n" for n in range(40))
    (root / "data/products.csv.gz").write_bytes(gzip.compress(products.encode()))
    return root


def read(root: Path, tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    """The typed rows of every table of a project folder."""
    from segrules.engines.duckdb import connect
    from segrules.project.loader import folder_reader, load
    from segrules.sql.scans import scan
    from segrules.workflows.sources import owners

    project, findings = load(folder_reader(root))
    assert project is not None
    assert findings == ()
    sources, problems = open_sources(project, root, tmp_path / "work")
    engine = connect(readable=sources.readable)
    tables, more = inspect(engine, sources)
    typed, wrong = concretize(engine, project, tables)
    assert (problems, more, wrong) == ((), (), ())
    return {
        table: [
            dict(zip([item.name for item in owner.columns], row, strict=True))
            for row in engine.run(scan(tables[table], owner.columns, project.timezone).sql("duckdb"))
        ]
        for table, owner in owners(typed)
    }


def small(shop: Path, out: Path, keys: int) -> Sample:
    found = sample(shop, out, keys=keys)
    assert (found.findings, found.exit_code) == ((), 0)
    for path in ("segrules.yml", "segments/a.yml"):
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_bytes((shop / path).read_bytes())
    return found


def test_all_that_belongs_to_the_keys_and_nothing_else(shop: Path, tmp_path: Path) -> None:
    found = small(shop, tmp_path / "small", 10)
    assert sorted(found.written) == [
        "data/customers.csv",
        "data/orders/0.parquet",
        "data/products.csv.gz",
        "data/regions.json",
    ]
    whole, part = read(shop, tmp_path), read(tmp_path / "small", tmp_path)
    assert len(part["customer"]) == 10
    keys = {row["id"] for row in part["customer"]}
    assert {row["customer"] for row in part["orders"]} <= keys
    assert {row["product"] for row in part["orders"]} == {row["code"] for row in part["orders.product"]}
    known = {row["city"] for row in part["customer"] if row["city"]}
    assert known == {row["name"] for row in part["customer.region"]}

    def profile(tables: dict[str, list[dict[str, Any]]]) -> set[tuple[Any, ...]]:
        """Customers by what is not disguised, with their orders' times and amounts."""
        return {
            (
                row["country"],
                row["born"],
                row["spent"],
                tuple(sorted((o["at"], o["paid"]) for o in tables["orders"] if o["customer"] == row["id"])),
            )
            for row in tables["customer"]
        }

    assert profile(part) <= profile(whole)
    assert sum(len(orders) for *_, orders in profile(part)) == len(part["orders"])


def test_nobody_is_recognisable(shop: Path, tmp_path: Path) -> None:
    small(shop, tmp_path / "small", 30)
    part = read(tmp_path / "small", tmp_path)
    assert {row["id"] for row in part["customer"]}.isdisjoint(range(110))
    assert not any("Анна" in row["name"] for row in part["customer"])
    assert {row["country"] for row in part["customer"]} == {"TH", "US"}
    cities = {row["city"] for row in part["customer"]}
    assert {"Москва", None} < cities
    assert cities.isdisjoint({"Тверь", "Псков"})
    categories = {row["category"] for row in part["orders.product"]}
    assert {"books", "maps"} < categories
    assert "toys" not in categories
    assert not any(tag in ("a", "Псков") for row in part["customer.region"] for tag in row["tags"])
    stored = duckdb.sql(f"SELECT * FROM '{tmp_path}/small/data/orders/0.parquet'").columns
    assert stored == ["customer", "at", "product", "paid"]
    assert "secret" not in (tmp_path / "small/data/regions.json").read_text(encoding="utf-8")


def test_the_same_data_gives_the_same_sample(shop: Path, tmp_path: Path) -> None:
    small(shop, tmp_path / "a", 10)
    small(shop, tmp_path / "b", 10)
    small(shop, tmp_path / "c", 1000)
    one, two, all_of_them = (read(tmp_path / name, tmp_path) for name in "abc")

    def keys(tables: dict[str, list[dict[str, Any]]]) -> set[int]:
        return {row["id"] for row in tables["customer"]}

    assert keys(one) == keys(two) < keys(all_of_them)
    assert len(keys(all_of_them)) == 100


def test_rules_count_on_it_as_on_the_data(shop: Path, tmp_path: Path) -> None:
    from segrules.workflows.apply import count

    small(shop, tmp_path / "small", 1000)
    whole = count(shop, as_of="2026-01-31")
    part = count(tmp_path / "small", as_of="2026-01-31")
    assert whole.exit_code == 0, whole.findings
    assert part.exit_code == 0, part.findings
    assert [(item.segment, item.members) for item in part.counts] == [
        (item.segment, item.members) for item in whole.counts
    ]
    assert all(item.members for item in part.counts)


def test_the_data_itself_is_never_overwritten(shop: Path) -> None:
    before = (shop / "data/customers.csv").read_bytes()
    found = sample(shop, shop, keys=1)
    assert (found.exit_code, [finding.code for finding in found.findings]) == (2, ["output-refused"])
    assert (shop / "data/customers.csv").read_bytes() == before


def refusal(found: Sample) -> str:
    (finding,) = found.findings
    assert (found.exit_code, finding.code, found.written) == (2, "output-refused", ())
    return finding.message


def test_a_sample_is_replaced_by_the_next_and_a_file_of_somebody_else_is_not(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "small"
    assert sample(shop, out, keys=1).exit_code == 0
    assert sample(shop, out, keys=2).exit_code == 0
    (out / ".segrules-sample").unlink()
    before = (out / "data/customers.csv").read_bytes()
    assert refusal(sample(shop, out, keys=1)) == f"`{out}/data/customers.csv` is already there, and no sample wrote it"
    assert (out / "data/customers.csv").read_bytes() == before


def test_two_sources_are_never_written_to_one_file(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "segrules.yml").write_text(
        "segrules: 1\nentities: {customer: {source: ../a/x.csv, key: id, columns: {id: integer}}}\n"
        "relations: {orders: {source: ../b/x.csv, key: id, columns: {id: integer}}}\n"
    )
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text("id\n1\n")
    found = sample(shop, tmp_path / "small")
    assert refusal(found) == "the samples of `../a/x.csv` and `../b/x.csv` would both be written to `x.csv`"
    assert not (tmp_path / "small").exists()


def test_a_folder_that_cannot_be_written(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = sample(shop, tmp_path / "file", keys=1)
    assert (found.exit_code, [finding.code for finding in found.findings]) == (2, ["output-refused"])


def test_an_entity_made_of_a_relation(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    (shop / "segments").mkdir(parents=True)
    (shop / "segrules.yml").write_text(
        "segrules: 1\nentities:\n  person:\n    from: visits\n    key: person\n"
        "    lookups:\n      card: {source: cards.csv, on: person, columns: {person: text, kind: text}}\n"
        "relations:\n  visits:\n    source: visits.csv\n    key: person\n    columns: {person: text, page: text}\n"
    )
    (shop / "segments/a.yml").write_text("segments:\n  home: any(visits where page == 'home')\n")
    people = [f"u{n}" for n in range(20)]
    (shop / "visits.csv").write_text("person,page\n" + "".join(f"{one},home\n{one},x{one}\n" for one in people))
    (shop / "cards.csv").write_text("person,kind\n" + "".join(f"{one},gold\n" for one in people))
    found = sample(shop, tmp_path / "small", keys=5)
    assert (found.findings, sorted(found.written)) == ((), ["cards.csv", "visits.csv"])
    visits = (tmp_path / "small/visits.csv").read_text().splitlines()[1:]
    cards = (tmp_path / "small/cards.csv").read_text().splitlines()[1:]
    assert len(visits) == 10
    assert {line.split(",")[0] for line in visits} == {line.split(",")[0] for line in cards}
    assert [line.split(",")[1] for line in visits].count("home") == 5
    assert not any(one in line.split(",") for one in people for line in [*visits, *cards])


def test_a_sample_is_made_of_files(tmp_path: Path) -> None:
    (tmp_path / "segrules.yml").write_text(
        "segrules: 1\nentities:\n  customer: {source: {table: crm.customers}, key: id, columns: {id: integer}}\n"
    )
    (finding,) = sample(tmp_path, tmp_path / "small").findings
    assert (finding.code, finding.message) == (
        "not-supported-yet",
        "`crm.customers` is a table, and a sample is made of files",
    )
