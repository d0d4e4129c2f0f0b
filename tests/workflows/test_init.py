"""A first project: from files or from nothing, it validates, tests and applies at once, and overwrites nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from segrules.project.loader import folder_reader
from segrules.workflows.apply import apply
from segrules.workflows.format import format_project
from segrules.workflows.init import Written, init
from segrules.workflows.testing.unit_tests import run_tests
from segrules.workflows.validate import validate

TODAY = date(2026, 2, 10)


def works_at_once(root: Path) -> dict[str, int]:
    """Validates without a finding, is in canonical text, passes its tests, and gives the members of each segment."""
    assert [file.path for file in format_project(folder_reader(root))[0] if file.before != file.after] == []
    assert validate(folder_reader(root)).findings == ()
    report = run_tests(folder_reader(root))
    assert report.results
    assert [result.message for result in report.results if not result.passed] == []
    outcome = apply(root, root / "out")
    assert (outcome.findings, outcome.exit_code) == ((), 0)
    return {count.segment: count.members for count in outcome.counts}


def project_from(tmp_path: Path, **files: str) -> tuple[Path, Written]:
    """A project in tmp_path/shop from CSV files of these names and texts in tmp_path/data."""
    data = tmp_path / "data"
    data.mkdir()
    for name, text in files.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    root = tmp_path / "shop"
    written = init(root, [data / f"{name}.csv" for name in files], today=TODAY)
    assert written.findings == ()
    assert set(written.paths) == {"segrules.yml", "segments/first.yml", "tests/first.yml"}
    return root, written


def test_the_example_works_at_once(tmp_path: Path) -> None:
    written = init(tmp_path)
    assert all((tmp_path / path).is_file() for path in written.paths)
    members = works_at_once(tmp_path)
    assert members["vip"] == 3
    assert members["lapsed"] == 1
    assert members["never"] == 2


CUSTOMERS = "customer_id,country,vip\n1,TH,true\n2,TH,false\n3,TW,true\n4,RU,\n"
ORDERS = """order_id,customer_id,ordered_on,amount
1,1,2026-01-30,10.00
2,1,2026-01-31,20.50
3,2,2025-03-01,5
4,2,2025-02-01,5
"""


def test_customers_and_orders(tmp_path: Path) -> None:
    root, _ = project_from(tmp_path, customers=CUSTOMERS, orders=ORDERS)
    text = (root / "segrules.yml").read_text(encoding="utf-8")
    assert "source: ../data/customers.csv" in text or 'source: "../data/customers.csv"' in text
    assert "as_of: 2026-01-31" in text
    assert works_at_once(root)["recent"] == 1
    assert works_at_once(root)["lapsed"] == 1
    assert works_at_once(root)["never"] == 2


def test_orders_alone(tmp_path: Path) -> None:
    root, _ = project_from(tmp_path, orders=ORDERS)
    assert works_at_once(root) == {"recent": 1, "lapsed": 1, "once": 0, "big_spender": 0}


def test_customers_alone(tmp_path: Path) -> None:
    root, _ = project_from(tmp_path, customers=CUSTOMERS)
    assert works_at_once(root) == {"country_th": 2, "vip": 2}


def test_a_key_and_nothing_else(tmp_path: Path) -> None:
    root, _ = project_from(tmp_path, emails="email\na@x.com\nb@x.com\n")
    assert works_at_once(root) == {"everyone": 2}


def test_names_of_any_kind(tmp_path: Path) -> None:
    text = 'รหัสลูกค้า,"order","tổng ""chi""",to,ngày mua\n'
    text += "ก1,1,10.5,x,2026-01-31\nก1,2,3,y,2026-01-01\nก2,3,1,O'x: #1,2025-01-01\n"
    root, _ = project_from(tmp_path, **{"ยอด ขาย 2026": text})
    assert works_at_once(root)["recent"] == 1


def test_a_commonest_value_that_yaml_and_rules_would_misread(tmp_path: Path) -> None:
    text = 'id,"x: y"\n1,"it\'s # 1: ""no"""\n2,"it\'s # 1: ""no"""\n3,a\n4,b\n'
    root, _ = project_from(tmp_path, people=text)
    assert set(works_at_once(root).values()) == {2}


def test_files_of_the_world(tmp_path: Path) -> None:
    (tmp_path / "заказы.csv").write_bytes(
        "клиент_id;дата;сумма\n7;31.01.2026;12,50\n7;15.01.2026;1 000,00\n8;02.03.2025;9,99\n".encode("windows-1251")
    )
    written = init(tmp_path / "shop", [tmp_path / "заказы.csv"], today=TODAY)
    assert "`заказы.csv` is not UTF-8; it looks like windows-1251" in written.notes
    assert works_at_once(tmp_path / "shop")["recent"] == 1


def test_current_data_is_read_as_of_today(tmp_path: Path) -> None:
    data = tmp_path / "orders.csv"
    data.write_text("customer_id,day\n1,2026-02-09\n1,2026-02-01\n")
    init(tmp_path / "shop", [data], today=TODAY)
    assert "as_of" not in (tmp_path / "shop" / "segrules.yml").read_text()
    assert (tmp_path / "shop" / "tests" / "first.yml").read_text().startswith("as_of: 2026-02-09\n")


def test_days_to_come_are_not_taken_for_today(tmp_path: Path) -> None:
    data = tmp_path / "bookings.csv"
    data.write_text("customer_id,day\n1,2027-01-01\n1,2026-01-01\n")
    init(tmp_path / "shop", [data], today=TODAY)
    assert "as_of" not in (tmp_path / "shop" / "segrules.yml").read_text()
    assert (tmp_path / "shop" / "tests" / "first.yml").read_text().startswith("as_of: 2026-02-10\n")


@pytest.mark.parametrize("path", ["segrules.yml", "segments/shop.yml", "data/orders.csv"])
def test_nothing_is_overwritten(tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("mine")
    written = init(tmp_path)
    assert (written.paths, [finding.code for finding in written.findings]) == ((), ["output-refused"])
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [tmp_path / path]
    assert (tmp_path / path).read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "data-missing"),
        ("a.csv", b"id,name\n", "data-missing"),
        ("a.parquet", b"not parquet at all", "data-unreadable"),
        ("a.csv.gz", b"not gzip", "data-unreadable"),
        ("a.xlsx", b"PK", "invalid-source"),
        ("a.json", b"{", "data-unreadable"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    written = init(tmp_path / "shop", [tmp_path / name], today=TODAY)
    assert (written.paths, [finding.code for finding in written.findings]) == ((), [code])
    assert not (tmp_path / "shop" / "segrules.yml").exists()


def test_parts_of_one_export_are_one_relation(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer_id,city\n1,A\n2,B\n3,C\n")
    for part in ("2025", "2026"):
        rows = "".join(f"{number},{number % 2 + 1},{part}-01-0{number + 1},5\n" for number in range(5))
        (tmp_path / f"orders_{part}.csv").write_text("order_id,customer_id,ordered_on,amount\n" + rows)
    files = [tmp_path / name for name in ("customers.csv", "orders_2025.csv", "orders_2026.csv")]
    written = init(tmp_path / "shop", files)
    assert written.findings == ()
    assert any("read as one, `orders_*.csv`" in note for note in written.notes)
    text = (tmp_path / "shop" / "segrules.yml").read_text()
    assert '"../orders_*.csv"' in text
    assert {item.segment: item.members for item in apply(tmp_path / "shop", tmp_path / "out").counts}["never"] == 1


def test_what_stands_for_nothing_is_read_as_missing(tmp_path: Path) -> None:
    customers = "customer_id,age,joined_on\n1,30,NULL\n2,NULL,2026-01-31\n3,NULL,2026-01-30\n"
    root, written = project_from(tmp_path, customers=customers, orders=ORDERS)
    text = (root / "segrules.yml").read_text(encoding="utf-8")
    assert 'format: {missing: ["", "NULL"]}' in text
    assert "age: integer" in text
    assert "joined_on: date" in text
    assert "`NULL` in `customers.csv` is read as a missing value" in written.notes
    works_at_once(root)


def test_a_row_that_does_not_parse_is_named_as_the_file_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text('id,name\n1,"x\ny"\n2\n')
    (finding,) = init(tmp_path / "shop", [Path("a.csv")]).findings
    assert (finding.code, finding.message) == (
        "data-unreadable",
        "`a.csv`: line 4 has 1 field where the header has 2",
    )


def test_what_stands_for_nothing_in_a_later_part_counts_for_all(tmp_path: Path) -> None:
    (tmp_path / "orders_1.csv").write_text("order_id,customer_id,amount\n1,1,5\n2,1,6\n3,2,7\n")
    (tmp_path / "orders_2.csv").write_text("order_id,customer_id,amount\n4,1,NULL\n5,1,6\n6,2,7\n")
    written = init(tmp_path / "shop", [tmp_path / "orders_1.csv", tmp_path / "orders_2.csv"])
    assert "`NULL` in `orders_2.csv` is read as a missing value" in written.notes
    text = (tmp_path / "shop/segrules.yml").read_text()
    assert "orders_*.csv" in text
    assert 'missing: ["", "NULL"]' in text
