"""Which engine a text names, and that no text is ever shown."""

import pytest
from running import Files

from segrules.cli.terminal import render
from segrules.project.engine_choice import EngineChoice, NotAnEngine, engine_choice
from segrules.project.loader import load


@pytest.mark.parametrize(
    ("text", "kind", "database"),
    [
        ("duckdb", "duckdb", None),
        ("duckdb://", "duckdb", None),
        ("duckdb://data/shop.duckdb", "duckdb", "data/shop.duckdb"),
        ("duckdb:///srv/my%20shop.duckdb", "duckdb", "/srv/my shop.duckdb"),
        ("postgres://", "postgres", None),
        ("postgresql://postgres:@/shop", "postgres", None),
        ("postgresql://bob@db.example:5433/shop?sslmode=require", "postgres", None),
        ("spark://master:7077", "spark", None),
        ("spark://one.example:7077,[::1]:7078", "spark", None),
        ("local[2]", "spark", None),
        ("local[*]", "spark", None),
        ("local", "spark", None),
        ("spark", "spark", None),
    ],
)
def test_engines_by_name(text: str, kind: str, database: str | None) -> None:
    found = engine_choice(text, is_in_a_file=True)
    assert (found.kind, found.database) == (kind, database)


@pytest.mark.parametrize("text", ["mysql://bob:hunter2@x/y", "", "local[x]", "spark://bob:hunter2@m:7077"])
def test_other_texts_are_refused_unseen(text: str) -> None:
    with pytest.raises(NotAnEngine) as caught:
        engine_choice(text)
    assert "hunter2" not in caught.value.message + caught.value.help


@pytest.mark.parametrize(
    "url",
    [
        "postgres://bob:hunter2@x/shop",
        "postgres://bob:@hunter2@x/shop",
        "postgres://bob:#hunter2@x/shop",
        "postgres://bob:hunter2/1@x/shop",
        "postgresql://bob:hunter2?1@x/shop",
        "postgres://bob@y:hunter2@x/shop",
        "postgres://x/shop?password=hunter2",
        "postgres://x/shop?a=b#c&password=hunter2",
        "postgres://x/shop?%70assword=hunter2",
        "postgres://x/shop?sslpassword=hunter2",
        "postgres://[hunter2/shop",
    ],
)
def test_a_password_in_a_file_is_refused(url: str) -> None:
    with pytest.raises(NotAnEngine) as caught:
        engine_choice(url, is_in_a_file=True)
    assert "hunter2" not in caught.value.message + caught.value.help
    assert engine_choice(url).kind == "postgres"


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        ("postgres://bob:hunter2@x/shop", "a password stands in `engine`, which everybody can read here"),
        ("postgresql:/bob:hunter2@x/shop", "this names no engine"),
        ("spark://bob:hunter2@m:7077", "an address of a master of Spark is its host and port"),
        ("spark://hunter2", "an address of a master of Spark is its host and port"),
        ("host=x password=hunter2", "this names no engine"),
    ],
)
def test_a_finding_about_a_url_shows_no_line_of_the_file(engine: str, message: str) -> None:
    files = {"segrules.yml": f"segrules: 1\nname: shop\nengine: {engine}\nentities: {{}}\n"}
    _, findings = load(Files(files))
    (found,) = [finding for finding in findings if finding.code == "invalid-engine"]
    assert (found.span, found.path) == (None, "segrules.yml")
    assert found.message == message


@pytest.mark.parametrize("password", ["hunter2", "1/hunter2", "#hunter2", "@hunter2", "hunter2@", "1/@hunter2"])
def test_a_finding_of_another_kind_shows_the_line_without_the_password(password: str) -> None:
    text = f"segrules: 1\nname: shop\nengine: [postgres://bob:{password}@x/shop]\nentities: {{}}\n"
    _, findings = load(Files({"segrules.yml": text}))
    shown = render(findings)
    assert "engine: [postgres://" in shown
    assert "hunter2" not in shown


def test_a_word_that_is_no_engine_is_shown_where_it_stands() -> None:
    _, findings = load(Files({"segrules.yml": "segrules: 1\nname: shop\nengine: postgress\nentities: {}\n"}))
    (found,) = [finding for finding in findings if finding.code == "invalid-engine"]
    assert found.message == "`postgress` is no engine"
    assert found.span is not None
    assert found.span.text == "postgress"


def test_a_choice_shows_no_url() -> None:
    assert "hunter2" not in repr(EngineChoice("postgres", "postgres://bob:hunter2@x/shop"))
