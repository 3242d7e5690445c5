"""Filters with a name are kept in config.toml, whose other lines stay as they are."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_tui.config import named_filters, read_config
from webhook_tui.domain.errors import ProblemError
from webhook_tui.named_filters import NamedFilters, changed

FILE = """# mine
theme = "webhook-light"

[filters]  # of every account
# what failed
broken = "status:failed"  # daily
"old" = 'age:>1d # no comment'

# keys
[keymap]
"table.filter" = "f"
"""


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("broken", 'a "b"', 'broken = "status:failed"  # daily\n', 'broken = "a \\"b\\""  # daily\n'),
        ("old", "x", "\"old\" = 'age:>1d # no comment'\n", 'old = "x"\n'),
        ("new", "夏", "# no comment'\n", '# no comment\'\nnew = "夏"\n'),
        ("broken", None, 'broken = "status:failed"  # daily\n', ""),
    ],
)
def test_one_line_is_changed(name: str, text: str | None, old: str, new: str) -> None:
    """Also in a file with the line ends of Windows, and without one at its end."""
    assert changed(FILE, name, text) == FILE.replace(old, new)
    assert changed(FILE.replace("\n", "\r\n"), name, text) == FILE.replace(old, new).replace("\n", "\r\n")
    assert changed(FILE.rstrip(), name, text) == FILE.replace(old, new)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", '[filters]\na = "x"\n'),
        ("theme = 'a'", "theme = 'a'\n\n[filters]\na = \"x\"\n"),
        ("\ufeff[filters]\n", '\ufeff[filters]\na = "x"\n'),
        ("[filters]\n\n[keymap]\n", '[filters]\na = "x"\n\n[keymap]\n'),
        ('[filters]\nb = """\nlong"""\n', '[filters]\nb = """\nlong"""\na = "x"\n'),
        ("[filters.b]\nc = 1\n", '[filters.b]\nc = 1\n\n[filters]\na = "x"\n'),
        ('filters = {b = "y"}\n', None),
        ('filters.b = "y"\n', None),
        ('[filters]\na = """\nlong"""\n', None),
        ("theme = \n", None),
    ],
)
def test_a_filter_is_added(content: str, expected: str | None) -> None:
    """The table is made where there is none; a file that cannot be changed safely stays as it is."""
    assert changed(content, "a", "x") == expected


def test_what_is_not_there_cannot_be_removed() -> None:
    """It may stand in a profile."""
    assert changed(FILE, "nowhere", None) is None
    assert changed("", "nowhere", None) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), min_size=1))
def test_any_text_is_read_back_as_it_is(text: str) -> None:
    """Whatever signs are in a filter."""
    after = changed(FILE, "broken", text)

    assert after is not None
    assert after.startswith("# mine\n")


def test_the_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """It keeps its mode and, where it is a link, the link; a new one is for its owner alone."""
    path, link = tmp_path / "dot" / "config.toml", tmp_path / "config.toml"
    link.symlink_to(path)
    filters = NamedFilters(link, {"from-profile": "a"})

    filters.save("broken", "status:failed")
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(0o644)
    filters.save("new", "age:<1h")
    filters.remove("broken")

    assert link.is_symlink()
    assert named_filters(read_config(link)) == {"new": "age:<1h"}
    assert filters.texts == {"from-profile": "a", "new": "age:<1h"}
    assert [one.name for one in path.parent.iterdir()] == ["config.toml"]
    if sys.platform != "win32":
        assert (mode, stat.S_IMODE(path.stat().st_mode)) == (0o600, 0o644)


def test_what_cannot_be_saved_is_said(tmp_path: Path) -> None:
    """And the filters stay."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff")
    filters = NamedFilters(path, {"a": "x"})

    for name, reason in (("a b", "letters, digits"), ("b", "not UTF-8")):
        with pytest.raises(ProblemError, match=reason):
            filters.save(name, "y")
    path.write_text("filters = {}")
    with pytest.raises(ProblemError, match="in its own way"):
        filters.save("b", "y")
    with pytest.raises(ProblemError, match=r"no config\.toml"):
        NamedFilters().save("b", "y")

    assert filters.texts == {"a": "x"}
    assert path.read_text() == "filters = {}"
