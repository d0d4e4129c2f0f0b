"""`apply` with `to`: what a program is told of what was written elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from delivering_shop import Shop

import segrules


def test_members_go_where_a_program_says(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    exports = tmp_path / "exports"
    project = segrules.load(tmp_path)
    applied = project.apply(out=tmp_path / "out", to=f"{exports}/", mode="delta")
    (item,) = applied.delivered
    assert (item.entity, item.rows, item.entered, item.left) == ("customer", 4, 4, 0)
    assert (exports / "customer/as_of=2026-01-31/members.parquet").is_file()
    assert applied.written == ()
    assert shop.record() is not None
    with pytest.raises(ValueError, match=r"see `\.delivered`"):
        applied.members  # noqa: B018


def test_a_delivery_is_recorded_somewhere_and_refused_by_findings(tmp_path: Path) -> None:
    Shop(tmp_path)
    project = segrules.load(tmp_path)
    with pytest.raises(ValueError, match="name it with `out`"):
        project.apply(to="exports/")
    with pytest.raises(ValueError, match="mode is one of"):
        project.apply(out=tmp_path / "out", to="exports/", mode="all")  # type: ignore[arg-type]
    with pytest.raises(segrules.Refused, match=r"ends in `\.xlsx`"):
        project.apply(out=tmp_path / "out", to="exports/members.xlsx")
