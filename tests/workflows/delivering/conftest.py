"""What the tests of deliveries share: a shop, and a schema of the server for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from delivering_shop import Server, Shop

from segrules.engines.postgres import connect
from segrules.workflows import apply as applying


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def server(postgres_url: str) -> Iterator[Server]:
    session = connect(postgres_url)
    schema = f"shop_{uuid4().hex[:12]}"
    session.execute(f"CREATE SCHEMA {schema}")
    yield Server(postgres_url, schema, session)
    session.execute("SET client_min_messages = warning")
    session.execute(f"DROP SCHEMA {schema} CASCADE")
    session.close()


@pytest.fixture
def nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def counting(*_: Any, **__: Any) -> None:
        raise AssertionError("members were counted before the target was looked at")

    monkeypatch.setattr(applying, "count_members", counting)
