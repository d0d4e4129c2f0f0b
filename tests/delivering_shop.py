"""A small shop whose members are delivered, and a schema of a server that takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from segrules.engines.postgres import Postgres
from segrules.workflows.apply import apply
from segrules.workflows.outcome import Outcome

PROJECT = """\
segrules: 1
name: shop
as_of: 2026-01-31
entities:
  customer:
    source: customers.csv
    key: customer_id
    columns: {customer_id: integer, country: text, spend: integer}
"""
RULES = """\
entity: customer
segments:
  thai: country == 'TH'
  rich: spend >= 20
carry: [country]
"""
CUSTOMERS = "customer_id,country,spend\n1,TH,10\n2,US,20\n3,,30\n4,TH,\n"
MEMBERS = [("rich", 2, "US"), ("rich", 3, None), ("thai", 1, "TH"), ("thai", 4, "TH")]


class Shop:
    """A project that can be changed and applied. `said` are the messages of the last run's findings."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "out"
        self.write(**{"segrules.yml": PROJECT, "customers.csv": CUSTOMERS, "segments/rules.yml": RULES})

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    def apply(self, to: str, mode: str = "replace", **options: Any) -> Outcome:
        return apply(self.root, self.out, to=to, mode=mode, **options)  # type: ignore[arg-type]

    def delivered(self, to: str, mode: str = "replace", **options: Any) -> Outcome:
        """The outcome of a run that must end well."""
        outcome = self.apply(to, mode, **options)
        assert outcome.exit_code == 0, outcome.findings
        return outcome

    def refused(self, to: str, mode: str = "replace", **options: Any) -> str:
        """What the one error of a run says that must be refused, with its help; nothing is recorded of it."""
        before = self.record()
        outcome = self.apply(to, mode, **options)
        assert outcome.exit_code == 2
        assert self.record() == before
        assert not list(self.out.glob(".segrules*"))
        (finding,) = (finding for finding in outcome.findings if finding.severity.value == "error")
        return f"{finding.message} | {finding.help}"

    def record(self) -> dict[str, Any] | None:
        path = self.out / "run.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else None


class Server:
    """A schema of a server, and a session to look into it."""

    def __init__(self, url: str, schema: str, session: Postgres) -> None:
        self._url = url
        self.schema = schema
        self.session = session

    def url(self, table: str, **options: str) -> str:
        """What `--to` takes for a table of the schema."""
        base, _, query = self._url.partition("?")
        more = "".join(f"&{name}={quote(text)}" for name, text in options.items())
        return f"{base}/{self.schema}.{table}?{query}{more}"

    def url_as(self, user: str, password: str, table: str) -> str:
        return self.url(table).replace("//postgres:@", f"//{user}:{quote(password, safe='')}@")

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Columns of a table, in order; the standard ones of a table of members where none are named."""
        shown = columns or ("segment", "customer_id", "country")
        names = ", ".join(shown)
        order = ", ".join(str(place) for place, _ in enumerate(shown, start=1))
        return self.session.run(f"SELECT {names} FROM {self.schema}.{table} ORDER BY {order}")

    def execute(self, statement: str) -> None:
        self.session.execute(statement.replace("$", f"{self.schema}."))
