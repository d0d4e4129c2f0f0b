"""`--set` and `--env`: other params and sources, of the kinds that the project gives them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from memory_reader import SHOP, MemoryReader, shown

from segrules.diagnostics import Diagnostic
from segrules.language.core import Duration
from segrules.project.environments import Settings
from segrules.project.loader import load
from segrules.project.model import Project
from segrules.project.reader import folder_reader
from segrules.workflows.running import hash_of_rules
from segrules.workflows.validate import validate

RULES = """\
params:
  vip_spend: 500
  share: 10%
  window: 90 days
  countries: [TH, US]
  ids: [1, 2]
  zip: '0123'
  opened: 2026-01-01
  closed: 2026-01-01T12:00:00
  active: true
  ราคา: 5
"""
PROD = "params: {vip_spend: 800.5, window: 30 days}\nsources: {customer: prod/c.csv, orders.product: {table: p}}\n"


def opened(
    *sets: str, env: str | None = None, prod: str = PROD, **more: str
) -> tuple[Project | None, tuple[Diagnostic, ...]]:
    files = {"segrules.yml": SHOP, "segments/a.yml": RULES, "environments/prod.yml": prod, **more}
    return load(MemoryReader(files), Settings(env, sets))


def project(*sets: str, env: str | None = None, prod: str = PROD) -> Project:
    found, findings = opened(*sets, env=env, prod=prod)
    assert shown(findings) == []
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("vip_spend=800", "vip_spend", 800),
        ("vip_spend= 800.5 ", "vip_spend", Decimal("800.5")),
        ("vip_spend=-1", "vip_spend", -1),
        (" vip_spend =5%", "vip_spend", Decimal("0.05")),
        ("share=1", "share", 1),
        ("window=2 weeks", "window", Duration(2, "week")),
        ("countries=TH", "countries", ("TH",)),
        ("countries=TH, NO", "countries", ("TH", "NO")),
        ("countries=[TH, 'a, b', 012]", "countries", ("TH", "a, b", "012")),
        ("countries=1,2", "countries", ("1", "2")),
        ("ids=3", "ids", (3,)),
        ("ids=[3, 4.5]", "ids", (3, Decimal("4.5"))),
        ("zip=", "zip", ""),
        ("zip=800", "zip", "800"),
        ("zip= a=b", "zip", " a=b"),
        ("opened=2026-02-01", "opened", date(2026, 2, 1)),
        ("closed=2026-02-01T00:00:00", "closed", datetime(2026, 2, 1)),
        ("active=false", "active", False),
        ("ราคา=6", "ราคา", 6),
    ],
)
def test_a_param_gets_another_value_of_its_kind(text: str, name: str, value: Any) -> None:
    literal = project(text).params[name]
    assert literal.value == value
    assert type(literal.value) is type(value)


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("vip_spnd=1", "there is no param `vip_spnd`", "did you mean `vip_spend`?"),
        ("vip_spend", "does not say which param has what value", "`--set vip_spend=800`"),
        ("=1", "does not say which param has what value", None),
        ("vip_spend=", "`vip_spend` is a number, and there is no value", "`100`"),
        ("vip_spend=many", "`vip_spend` is a number, and `many` is text", "`100`"),
        ("vip_spend='5'", "`vip_spend` is a number, and `'5'` is text", "`100`"),
        ("vip_spend={a: 1}", "takes a value", None),
        ("vip_spend=1,2", "is text", None),
        ("window=30", "`window` is a length of time, and `30` is a number", "`90 days`"),
        ("window=30 dayz", "is text", "`90 days`"),
        ("countries=", "`countries` is a list of texts, and there is no value", "`TH, TH`"),
        ("countries=[]", "is an empty list", None),
        ("countries=[[a]]", "is a list of texts", None),
        ("countries=[a", "cannot be read as a list of texts", None),
        ("ids=a,b", "`ids` is a list of numbers, and `[a,b]` is a list of texts", "`100, 100`"),
        ("ids=1,x", "mixes values of several kinds", None),
        ("opened=2026-02-30", "cannot be read as a date", "`2026-01-31`"),
        ("opened=2026-01-01T00:00:00", "`opened` is a date, and `2026-01-01T00:00:00` is a time", None),
        ("active=no", "`active` is true or false, and `no` is text", "`true`"),
    ],
)
def test_a_set_that_does_not_fit(text: str, message: str, help: str | None) -> None:
    _, (finding,) = opened(text)
    assert finding.code == "invalid-setting"
    assert finding.message.startswith(f"`--set {text}`")
    assert message in finding.message
    assert (help or "") in (finding.help or "")


def test_the_last_of_several_sets_counts() -> None:
    assert project("vip_spend=1", "vip_spend=2").params["vip_spend"].value == 2
    assert Settings(None, ("vip_spend=1", "vip_spend=2")).values == {"vip_spend": "2"}


def test_an_environment_gives_params_and_sources() -> None:
    here, prod = project(), project(env="prod")
    assert here.params["vip_spend"].value == 500
    assert prod.params["vip_spend"].value == Decimal("800.5")
    assert prod.params["window"].value == Duration(30, "day")
    assert prod.params["zip"].value == "0123"
    customer, orders = prod.entity("customer"), prod.relations[0]
    assert customer.source is not None
    assert (customer.source.path, customer.source.table) == ("prod/c.csv", None)
    assert orders.source == here.relations[0].source
    assert orders.lookups[0].source is not None
    assert (orders.lookups[0].source.path, orders.lookups[0].source.table) == (None, "p")


def test_a_set_is_stronger_than_an_environment() -> None:
    found = project("vip_spend=1", env="prod")
    assert found.params["vip_spend"].value == 1
    assert found.params["window"].value == Duration(30, "day")


def test_a_csv_format_stays_unless_it_is_said_anew() -> None:
    text = SHOP.replace("source: data/customers.parquet", "source: {path: c.csv, format: {delimiter: ';'}}")
    prod = "sources: {customer: d.csv, orders: {path: o.csv, format: {delimiter: '|'}}}\n"
    found, findings = opened(env="prod", prod=prod, **{"segrules.yml": text})
    assert findings == ()
    assert found is not None
    sources = [found.entity("customer").source, found.relations[0].source]
    assert [(source.path, source.format.delimiter) for source in sources if source] == [("d.csv", ";"), ("o.csv", "|")]


def test_an_unknown_environment() -> None:
    _, (finding,) = opened(env="prd")
    assert (finding.code, finding.help) == ("invalid-setting", "did you mean `prod`?")
    _, (finding,) = load(MemoryReader({"segrules.yml": SHOP}), Settings("prod"))
    assert finding.help == "environments are `environments/*.yml`"
    _, (finding,) = opened(env="../segrules")
    assert finding.code == "invalid-setting"


@pytest.mark.parametrize(
    ("prod", "line"),
    [
        ("params: {vip_spnd: 1}", "unknown-param at 1:10 on 'vip_spnd': there is no param `vip_spnd`"),
        ("params: {zip: 12}", "wrong-value at 1:15 on '12': `zip` is text, and `12` is a number"),
        ("params: {ids: []}", "empty-list at 1:15 on '[]': `ids` is an empty list, in which nothing ever is"),
        (
            "sources: {ordres: a.csv}",
            "invalid-source at 1:11 on 'ordres': there is no source `ordres` that could be another one",
        ),
        ("parms: {}", "unknown-key at 1:1 on 'parms': `parms` is not a key that belongs here"),
        ("params: [a]", "wrong-value at 1:9 on '[a]': `params` takes `key: value` lines, not a list"),
    ],
)
def test_every_environment_is_checked_whichever_is_chosen(prod: str, line: str) -> None:
    assert shown(opened(prod=prod)[1]) == [line]


def test_two_files_of_one_environment() -> None:
    _, findings = opened(**{"environments/prod.yaml": PROD})
    assert shown(findings) == [
        "duplicate-name in environments/prod.yaml: there is another file of this environment, with another ending"
    ]


def test_a_param_whose_definition_is_broken_is_not_blamed_twice() -> None:
    _, findings = opened("bad=1", prod="params: {bad: 2}", **{"segments/b.yml": "params: {bad: []}\n"})
    assert [finding.code for finding in findings] == ["empty-list"]


def test_settings_are_part_of_the_hash_of_the_rules(tmp_path: Path) -> None:
    for path, text in {"segrules.yml": SHOP, "segments/a.yml": RULES, "environments/prod.yml": PROD}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    read = folder_reader(tmp_path)
    settings = [Settings(), Settings("prod"), Settings(None, ("zip=1",)), Settings("prod", ("zip=1",))]
    assert len({hash_of_rules(read, each) for each in settings}) == len(settings)
    assert hash_of_rules(read) == hash_of_rules(read, Settings())
    assert validate(read, Settings("prod", ("zip=1",))).findings == ()
