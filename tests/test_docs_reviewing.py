"""The page on reviewing shows the comment that a made-up pull request on the grocer really gets."""

from __future__ import annotations

import shutil
from pathlib import Path

import markdown
import shell
from pages import DOCS, ROOT, compare_between

PAGE = DOCS / "reviewing.md"
COMMIT = "git -c user.name=grocer -c user.email=grocer@example.com commit -q -m rules"


def test_the_comment_on_the_page_is_what_the_change_gives(tmp_path: Path, update: bool) -> None:
    shop = tmp_path / "grocer"
    shutil.copytree(ROOT / "examples" / "grocer", shop)
    (patch,) = (block for block in markdown.blocks(PAGE) if block.language == "diff")
    (tmp_path / "change.patch").write_text(patch.text, "utf-8")
    said, code = shell.run(f"git init -q -b main . && git add . && {COMMIT} && git apply ../change.patch", shop)
    assert (said, code) == ("", 0)
    tested, code = shell.segrules(["test"], shop)
    assert code == 0, tested
    printed, code = shell.segrules(["diff", "main", "--format", "markdown"], shop)
    assert code == 0
    assert "negative-on-missing" not in printed
    compare_between(PAGE, "comment", printed, update)
    again, code = shell.segrules(["diff", "main", "--exit-code"], shop)
    assert code == 3, again
