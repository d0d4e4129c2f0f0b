"""A project in a program: what its calls give, what they refuse, and that they are the command line's."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from api_shop import ORDERS, PROJECT, RULES, SIZES, TABLES, codes, rows, sizes, write_shop
from shell import segrules as command

import segrules


@pytest.fixture
def shop(tmp_path: Path) -> segrules.Project:
    return write_shop(tmp_path / "shop")


def test_counts_are_those_of_the_command_line(shop: segrules.Project) -> None:
    counted = shop.count()
    assert sizes(counted.counts) == SIZES
    assert counted.as_of == date(2026, 1, 31)
    assert repr(counted) + "\n" == command(["count", "."], shop.path)[0]
    assert counted.counts["thai"].members == 2
    assert counted.counts[0].segment == "thai"
    assert not counted.findings
    with pytest.raises(KeyError, match="thay"):
        counted.counts["thay"]


def test_counts_as_frames(shop: segrules.Project) -> None:
    counts = shop.count().counts
    expected = [(name, members, members / 4) for name, members in SIZES.items()]
    assert pl.DataFrame(counts.to_dicts()).select("segment", "members", "share").rows() == expected
    assert pd.DataFrame(counts.to_dicts())["members"].tolist() == list(SIZES.values())


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_members_are_those_of_the_files(shop: segrules.Project, tmp_path: Path, layout: segrules.api.Layout) -> None:
    applied = shop.apply(layout=layout)
    written = shop.apply(out=tmp_path / "out", layout=layout)
    (path,) = written.written
    file = pq.read_table(path)
    assert applied.members.schema.names == file.schema.names
    assert applied.members.schema.types == file.schema.types
    assert rows(applied.members) == rows(file)
    assert sizes(applied.counts) == sizes(written.counts) == SIZES


def test_members_in_order(shop: segrules.Project) -> None:
    members = shop.apply(sort=True).members
    assert members.to_pylist() == sorted(members.to_pylist(), key=lambda row: (row["segment"], row["customer_id"]))


def test_what_is_written_is_what_the_command_line_writes(shop: segrules.Project, tmp_path: Path) -> None:
    written = shop.apply(out=tmp_path / "one", layout="files", format="csv").written
    assert command(["apply", ".", "--out", "../two", "--layout", "files", "--format", "csv"], shop.path)[1] == 0
    names = [path.relative_to(tmp_path / "one").as_posix() for path in written]
    assert "customer/thai.csv" in names
    one, two = (json.loads((tmp_path / folder / "run.json").read_text()) for folder in ("one", "two"))
    one["files"] = dict.fromkeys(one["files"])  # rows stand in no particular order
    two["files"] = dict.fromkeys(two["files"])
    assert one == two
    with pytest.raises(ValueError, match="written elsewhere"):
        _ = shop.apply(out=tmp_path / "one", layout="files", format="csv").members


def test_a_run_on_frames_is_recorded(shop: segrules.Project, tmp_path: Path) -> None:
    def recorded(table: object) -> dict[str, object]:
        shop.apply({"orders": table}, out=tmp_path / "out")
        return json.loads((tmp_path / "out/run.json").read_text())["sources"]  # type: ignore[no-any-return]

    once = recorded(ORDERS)
    assert once["orders"]["rows"] == 4  # type: ignore[index]
    assert "sha256" in once["customer"]  # type: ignore[operator]
    assert set(once) == {"customer", "orders", "orders.product"}
    assert recorded(ORDERS.take([3, 2, 1, 0])) == once
    assert recorded(ORDERS.slice(1)) != once


def test_options_are_those_of_the_command_line(tmp_path: Path) -> None:
    rules = RULES.replace("segments:", "params: {least: 4}\nsegments:").replace(">= 4", ">= params.least")
    texts = {"segments/rules.yml": rules, "environments/strict.yml": "params: {least: 5}\n"}
    shop = write_shop(tmp_path, **texts)
    assert shop.count(select="good").counts[0].members == 1
    assert sizes(shop.count(select=["band", "thai"]).counts) == {"thai": 2, "band.none": 1, "band.some": 3}
    assert segrules.load(tmp_path, env="strict").count(select="good").counts[0].members == 0
    assert segrules.load(tmp_path, set={"least": 3}).count(select="good").counts[0].members == 2
    for as_of in ("2025-06-30", date(2025, 6, 30), datetime(2025, 6, 30, 12)):
        assert sizes(shop.count(as_of=as_of, select="band").counts) == {"band.none": 3, "band.some": 1}
    assert shop.count(as_of=date(2025, 6, 30)).as_of == date(2025, 6, 30)
    assert shop.count(memory_limit="1GB").counts


def test_changes_are_since_the_last_run(shop: segrules.Project, tmp_path: Path) -> None:
    shop.apply(out=tmp_path / "out")
    fewer = {"orders": ORDERS.slice(1)}
    assert shop.count(fewer, out=tmp_path / "out").counts["recent"].change == -1
    assert shop.count(fewer).counts["recent"].change is None


def test_rules_are_read_anew(shop: segrules.Project) -> None:
    assert shop.count(select="thai").counts[0].members == 2
    rules = shop.path / "segments/rules.yml"
    rules.write_text(RULES.replace("'TH'", "'US'"), encoding="utf-8")
    assert shop.count(select="thai").counts[0].members == 1


def test_two_projects_at_once_and_one_twice(tmp_path: Path) -> None:
    one = write_shop(tmp_path / "one")
    two = write_shop(tmp_path / "two", **{"segments/rules.yml": "segments: {thai: country == 'US'}\n"})
    for _ in range(2):
        assert one.apply(TABLES, select="thai").members.num_rows == 2
        assert two.apply(TABLES).members.num_rows == 1


# what is refused


def test_a_slip_in_a_rule(tmp_path: Path) -> None:
    shop = write_shop(tmp_path, **{"segments/rules.yml": "segments:\n  thai: cuntry == 'TH'\n"})
    findings = shop.validate()
    assert [finding.code for finding in findings] == ["unknown-name"]
    assert findings[0] is findings[:1][0]
    for call in (shop.count, shop.apply):
        with pytest.raises(segrules.Refused) as refused:
            call()
        assert codes(refused.value) == ["unknown-name"]
        assert str(refused.value) == repr(findings)
        assert "did you mean `country`?" in str(refused.value)
        assert str(tmp_path / "segments/rules.yml") + ":2:9 error" in str(refused.value)
    assert f"{segrules.Refused.__module__}.{segrules.Refused.__qualname__}" == "segrules.Refused"


def test_findings_read_well(shop: segrules.Project) -> None:
    assert repr(shop.validate()) == "no findings"
    assert len(shop.validate()) == 0


def test_a_run_is_recorded_below_a_folder(shop: segrules.Project, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="runs are recorded below a folder"):
        shop.apply(record=True)
    applied = shop.apply(out=tmp_path / "out", record=True)
    assert (tmp_path / "out" / "history" / applied.as_of.isoformat() / "run.json").is_file()


def test_a_folder_without_a_project(tmp_path: Path) -> None:
    with pytest.raises(segrules.Refused, match=r"there is no `segrules\.yml` in"):
        segrules.load(tmp_path)
    with pytest.raises(segrules.Refused, match=r"there is no `segrules\.yml` in"):
        segrules.load(tmp_path / "nowhere")


def test_settings_that_the_project_does_not_have(shop: segrules.Project) -> None:
    with pytest.raises(segrules.Refused, match="no environment `prod`"):
        segrules.load(shop.path, env="prod")
    with pytest.raises(segrules.Refused, match="no param `least`"):
        segrules.load(shop.path, set={"least": 3})


def test_a_segment_and_a_day_that_are_none(shop: segrules.Project) -> None:
    with pytest.raises(segrules.Refused, match="did you mean `thai`"):
        shop.count(select="thay")
    with pytest.raises(segrules.Refused, match="no day or instant"):
        shop.apply(as_of="yesterday")


def test_a_broken_expectation_stops_apply_and_not_count(tmp_path: Path) -> None:
    rules = "segments:\n  thai: {when: country == 'TH', expect: {share: 0%..10%}}\n"
    shop = write_shop(tmp_path / "shop", **{"segments/rules.yml": rules})
    counted = shop.count()
    assert counted.counts["thai"].members == 2
    assert [finding.code for finding in counted.findings] == ["expectation-broken"]
    assert repr(counted).endswith("1 error: .findings")
    for out in (None, tmp_path / "out"):
        with pytest.raises(segrules.Refused) as refused:
            shop.apply(out=out)
        assert codes(refused.value) == ["expectation-broken"]
    assert not (tmp_path / "out/run.json").exists()
    applied = shop.apply(allow_breach=True)
    assert applied.members.num_rows == 2
    assert [finding.code for finding in applied.findings] == ["expectation-broken"]


def test_warnings_refuse_nothing(tmp_path: Path) -> None:
    shop = write_shop(tmp_path, **{"segments/rules.yml": "segments: {other: country != 'XX'}\n"})
    applied = shop.apply()
    assert applied.members.num_rows == 4
    assert {finding.code for finding in applied.findings} == {"negative-on-missing", "constant-never-occurs"}


def test_options_that_no_run_takes(shop: segrules.Project) -> None:
    with pytest.raises(ValueError, match="`files` are written into a folder"):
        shop.apply(layout="files")
    with pytest.raises(ValueError, match="format is one of"):
        shop.apply(format="xlsx")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="memory_limit is a size"):
        shop.count(memory_limit="lots")


def test_several_entities(tmp_path: Path) -> None:
    project = PROJECT.replace("relations:", "  product: {source: data/products.parquet, key: product_id}\nrelations:")
    project = project.replace("  orders:\n", "  orders:\n    of: customer\n")
    rules = {
        "segments/rules.yml": f"entity: customer\n{RULES}",
        "segments/products.yml": "entity: product\nsegments: {thai: kind == 'tea'}\n",
    }
    applied = write_shop(tmp_path, **{"segrules.yml": project, **rules}).apply()
    assert rows(applied.by_entity["product"]) == [(7, "thai")]
    with pytest.raises(ValueError, match="by_entity"):
        _ = applied.members
    with pytest.raises(KeyError, match="customer and of product"):
        applied.counts["thai"]


# what it takes


def test_the_import_is_light() -> None:
    heavy = "{'duckdb', 'sqlglot', 'pydantic', 'lark', 'pyarrow', 'yaml', 'segrules.api'}"
    code = f"import sys, segrules; print(sorted({heavy} & set(sys.modules)), segrules.load.__name__, dir(segrules)[:1])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("[] load ['Applied'")
    with pytest.raises(AttributeError, match="lode"):
        segrules.lode  # noqa: B018


def test_without_pyarrow_files_are_still_read_and_written(
    shop: segrules.Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.DataFrame({"customer_id": [1]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert sizes(shop.apply(out=tmp_path / "out").counts) == SIZES
    assert sizes(shop.count().counts) == SIZES
    with pytest.raises(segrules.Refused, match=r"pyarrow is not installed(.|\n)*segrules\[arrow\]"):
        shop.apply()
    with pytest.raises(segrules.Refused, match=r"`customer` cannot be read: pyarrow is not installed"):
        shop.count({"customer": frame})
