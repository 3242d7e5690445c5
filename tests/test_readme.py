"""What the README says is true: its pictures exist, its keys are the live ones, its options are the program's."""

from __future__ import annotations

import re
from pathlib import Path

import click

from webhook_tui.cli.main import root
from webhook_tui.ui.actions import PALETTE_ONLY
from webhook_tui.ui.keymap import all_keys, as_markdown, bindings, unknown_ids

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")
KEYS = TOP / ".github" / "KEYS.md"
REFERENCE = (TOP / ".github" / "REFERENCE.md").read_text("utf-8")


def test_the_key_table_is_the_live_one() -> None:
    """Made by `webhook-tui keys --markdown`."""
    written = re.search(r"<!-- keys: .*? -->\n(.*?)\n<!-- /keys -->", KEYS.read_text("utf-8"), re.DOTALL)

    assert written is not None
    assert written.group(1) == as_markdown()


def test_every_binding_has_an_id_and_a_tooltip() -> None:
    """The id is what a keymap names; the tooltip is what help says."""
    assert [binding.key for binding in bindings() if not binding.id or not binding.tooltip] == []
    assert len({key.binding_id for key in all_keys()}) > 20


def test_the_keymap_example_names_keys_that_exist() -> None:
    """Copied, it changes a key and gives no warning."""
    examples = re.findall(r"\[keymap\]\n((?:[^\n\[`]+\n)+)", README)

    named = [name for example in examples for name in re.findall(r'^"?([\w.]+)"? *=', example, re.MULTILINE)]

    assert named
    assert unknown_ids(named) is None


def test_the_troubleshooting_names_keys_of_the_main_screen_and_commands_that_exist() -> None:
    """A reader who is in no dialog can press them."""
    section = README.partition("## Troubleshooting")[2].partition("\n## ")[0]
    everywhere = {sign for key in all_keys() if key.where == "everywhere" for sign in key.keys}

    assert set(re.findall(r"`(.)`", section)) - everywhere == set()
    assert set(re.findall(r"\*(.+?)\*", section)) - {action.label for action in PALETTE_ONLY} == set()


def test_every_picture_exists_and_is_shown_early() -> None:
    """A picture of the real screen stands within the first ten lines."""
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]

    assert pictures
    assert [link for link in links if not (TOP / link).is_file()] == []
    assert "![" in "\n".join(README.splitlines()[:10])


def test_every_option_that_the_readme_names_exists() -> None:
    """No flag is described that does not exist."""
    ours = {
        name
        for command in [root, *(one for ones in root.sections.values() for one in ones)]
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }
    foreign = {
        "--version",
        "--help",
        "--quiet",
        "--editable",
        "--numprocesses",
        "--dist",
        "--url",
        "--headless",
        "--add-mcp",
        "--timeout",
    }

    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README + REFERENCE))

    assert named - ours - foreign == set()


def test_the_readme_is_short() -> None:
    """A newcomer reads it to its end; the rest is in .github/."""
    assert len(README.splitlines()) <= 180


def test_both_set_up_commands_are_one_line_and_start_with_python3() -> None:
    """One runs the main job, one passes the tests."""
    commands = re.findall(r"^python3 .*$", README, re.MULTILINE)

    assert sum("webhook-tui --sandbox" in command for command in commands) == 1
    assert sum("pytest" in command for command in commands) == 1
