"""How CSV files of the world are written, guessed from their beginning."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from segrules.project.model import Format
from segrules.workflows.csv_guess import guess_format

RUSSIAN = "город;сумма;дата\nМосква;12,50;31.01.2026\nКазань;3,10;01.02.2026\nсанкт-петербург;8,00;05.02.2026\n"
HEBREW = "עיר,סכום\nתל אביב,12.50\nירושלים,3\n"
THAI = "จังหวัด,ยอด\nกรุงเทพมหานคร,12.50\nเชียงใหม่,3\n"
CHINESE = "城市,金額\n台北市,12.50\n高雄市,3\n"
FRENCH = "ville,montant\nOrléans,12.50\nAngoulême,3\nNîmes,4\n"


def written(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "windows-1251"),
        (HEBREW, "windows-1255"),
        (THAI, "cp874"),
        (CHINESE, "big5"),
        (FRENCH, "windows-1252"),
    ],
)
def test_the_encoding_is_found_and_said(tmp_path: Path, text: str, encoding: str) -> None:
    format, notes = guess_format(written(tmp_path, text, encoding))
    assert format.encoding == encoding
    assert notes == (f"`data.csv` is not UTF-8; it looks like {encoding}",)


@pytest.mark.parametrize("text", [RUSSIAN, HEBREW, THAI, CHINESE, FRENCH, "a,b\n1,2\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_taken_without_a_word(tmp_path: Path, text: str, encoding: str) -> None:
    format, notes = guess_format(written(tmp_path, text, encoding))
    assert (format.encoding, notes) == ("utf-8", ())


def test_a_character_cut_at_the_end_of_the_beginning_is_no_other_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + ("ก,1\n" * 250_000))
    assert path.stat().st_size > 1 << 20
    assert guess_format(path)[0].encoding == "utf-8"


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_sign_that_every_line_has(tmp_path: Path, sign: str) -> None:
    lines = [sign.join(["id", "note", "x"]), sign.join(["1", "a; b, c", "2"]), sign.join(["2", "d", "3"])]
    assert guess_format(written(tmp_path, "\n".join(lines)))[0].delimiter == sign


def test_one_column_has_a_comma(tmp_path: Path) -> None:
    assert guess_format(written(tmp_path, "id\n1\n2\n"))[0] == Format()


def test_decimal_commas_and_dates_with_the_day_first(tmp_path: Path) -> None:
    format, _ = guess_format(written(tmp_path, RUSSIAN))
    assert format == Format(delimiter=";", decimal=",", dates="%d.%m.%Y")


@pytest.mark.parametrize(
    ("dates", "pattern", "doubt"),
    [
        (["31/01/2026", "01/02/2026"], "%d/%m/%Y", False),
        (["01/31/2026", "02/01/2026"], "%m/%d/%Y", False),
        (["01/02/2026", "03/04/2026"], "%d/%m/%Y", True),
        (["01.02.2026", "03.04.2026"], "%d.%m.%Y", False),
        (["31-01-2026 09:30", "01-02-2026 10:00"], "%d-%m-%Y %H:%M", False),
        (["31/01/2026 09:30:15"], "%d/%m/%Y %H:%M:%S", False),
        (["31/01/2026", "01/31/2026"], None, False),
        (["2026-01-31"], None, False),
    ],
)
def test_dates(tmp_path: Path, dates: list[str], pattern: str | None, doubt: bool) -> None:
    format, notes = guess_format(written(tmp_path, "\n".join(["day,x", *(f"{day},1" for day in dates)])))
    assert format.dates == pattern
    assert bool(notes) == doubt


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["1,x", "NULL,y"], ("NULL",)),
        (["1,x", "2,NULL", r"3,\N"], ("NULL", r"\N")),
        (["1,x", "-,y", "2026-01-31,z"], ("-",)),
        (["1,x", "NA,y", "2,NA"], ()),
        (["TH,x", "NA,y"], ()),
        (["-,x", "-,y"], ()),
        (["1,nullify", "2,Null"], ()),
    ],
)
def test_texts_that_stand_for_nothing(tmp_path: Path, cells: list[str], marks: tuple[str, ...]) -> None:
    format, notes = guess_format(written(tmp_path, "\n".join(["a,b", *cells])))
    assert format.missing == ("", *marks)
    said = ", ".join(f"`{mark}`" for mark in marks)
    assert notes == ((f"{said} in `data.csv` is read as a missing value",) if marks else ())


def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(RUSSIAN.encode("windows-1251")))
    assert guess_format(path)[0] == Format(";", "windows-1251", ",", "%d.%m.%Y")
