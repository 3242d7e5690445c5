"""config.toml as the default of options, and what `config show` prints."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import OWN, received, record
from tests.fork_server import run
from webhook_tui.cli.config import config_warnings, default_map, nearest, with_profile
from webhook_tui.cli.main import root
from webhook_tui.domain.errors import ProblemError
from webhook_tui.places import Places

FILE = Path("config.toml")


def _write(text: str) -> None:
    path = Places.of_user().config_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"prot": 1}, 'config.toml: unknown key "prot". Did you mean "port"?'),
        ({"forward_too": "x"}, 'config.toml: unknown key "forward_too". Did you mean "forward-to"?'),
        ({"keymaps": {}}, 'config.toml: unknown key "keymaps". Did you mean "keymap"?'),
        ({"zzzzzz": 1}, 'config.toml: unknown key "zzzzzz". Run webhook-tui --help.'),
        ({"profiles": {"a": {"hots": ""}}}, 'config.toml: unknown key "profiles.a.hots". Did you mean "host"?'),
        (
            {"profiles": {"a": {"profiles": {}}}},
            'config.toml: unknown key "profiles.a.profiles". Did you mean "profiles"?',
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(config: dict[str, Any], said: str) -> None:
    """At the top and in a profile."""
    (warning,) = config_warnings(config, root)
    assert warning.sentence() == said


def test_known_keys_are_no_warning() -> None:
    """Options by either spelling, and the tables."""
    config: dict[str, Any] = {
        "port": 1,
        "job_id_field": [],
        "exec": "",
        "keymap": {},
        "filters": {},
        "profiles": {"a": {"keymap": {}}},
    }
    assert list(config_warnings(config, root)) == []


def test_a_profile_lies_over_the_file() -> None:
    """Key by key, whatever the spelling; tables are joined."""
    config: dict[str, Any] = {
        "port": 1,
        "api_url": "a",
        "keymap": {"x": "1", "y": "2"},
        "profiles": {"w": {"api-url": "b", "keymap": {"y": "3"}}},
    }
    merged = with_profile(config, "w", FILE)
    assert merged == {"port": 1, "api-url": "b", "keymap": {"x": "1", "y": "3"}}
    assert default_map(merged)["listen"] == {"port": 1, "api_url": "b"}


@pytest.mark.parametrize("name", ["wrok", "..", "a/b", ""])
def test_an_unknown_profile_is_refused(name: str) -> None:
    """Also a name that would lead to another directory."""
    config: dict[str, Any] = {"profiles": {"work": {}, "..": {}, "a/b": {}, "": {}}}
    with pytest.raises(ProblemError, match="There is no profile"):
        with_profile(config, name, FILE)


def test_the_nearest_name() -> None:
    """None where nothing is like it."""
    assert nearest("wrok", ["home", "work"]) == "work"
    assert nearest("x", ["home", "work"]) is None


def test_a_profile_has_a_history_of_its_own() -> None:
    """Before and after the command's name, and by the environment; a name that is unknown is a usage error."""
    _write("prot = 1\n[profiles.work]\n")
    own = Places.of_user().of_profile("work")
    record(own.deliveries, (OWN, received(b"{}", b"ping")))

    before, after = run("--profile", "work", "list", "--format", "json"), run("list", "--profile", "work")
    by_environment, without = run("show", "1", WEBHOOK_TUI_PROFILE="work"), run("list")
    overruled, wrong = run("--profile", "work", "list", WEBHOOK_TUI_PROFILE="x"), run("list", "--profile", "wrk")

    assert [done.returncode for done in (before, after, by_environment, overruled)] == [0, 0, 0, 0]
    assert b'"seq":1' in before.stdout
    assert before.stderr == b'webhook-tui: config.toml: unknown key "prot". Did you mean "port"?\n'
    assert without.returncode == 1
    assert wrong.returncode == 2
    assert wrong.stderr.decode().splitlines()[-1].endswith('config.toml. Did you mean "work"?')


def test_the_example_of_the_readme_is_understood() -> None:
    """No key in it is a warning, and its profile can be used."""
    found = re.search(r"```toml\n(.*?)```", (Path(__file__).parents[2] / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    config = tomllib.loads(found[1])

    assert list(config_warnings(config, root)) == []
    assert with_profile(config, "staging", FILE)["api-url"] == "https://staging.example"


CONFIG = """
port = 9900
forward_to = "http://me:canary@127.0.0.1:3000/hook?token=canary"
answer = "503 x3, 200"
[keymap]
"piktid.ping" = "f5"
[profiles.work]
api-url = "http://127.0.0.1:8080"
host = "0.0.0.0"
[profiles.work.keymap]
"piktid.register" = "f6"
"""


def test_each_value_and_where_it_comes_from() -> None:
    """Default, file, profile, environment and option, in the order of precedence; no secret is shown."""
    path = Places.of_user().config_file
    path.parent.mkdir(parents=True)
    path.write_text(CONFIG)
    environment: dict[str, str] = {"PIKTID_TOKEN": "canary", "WEBHOOK_TUI_KEEP_DAYS": "7", "NGROK_AUTHTOKEN": "canary"}
    arguments = ["--profile", "work", "config", "show", "--secret", "canary", "--host", "127.0.0.1"]
    arguments += ["--tunnel-command", "prog --authtoken canary {port}", "--forward-header", "X-A: canary"]

    text = run(*arguments, given=b"", **environment)
    done = run(*arguments, "--format", "json", given=b"", **environment)

    assert (text.returncode, done.returncode) == (0, 0), done.stderr
    assert b"canary" not in text.stdout + done.stdout
    record = json.loads(done.stdout)
    options: dict[str, dict[str, Any]] = {one.pop("name"): one for one in record["options"]}
    expected = {
        "token": ("********", "environment", "PIKTID_TOKEN"),
        "keep-days": (7, "environment", "WEBHOOK_TUI_KEEP_DAYS"),
        "keep-rows": (1_000_000, "default", None),
        "port": (9900, "config.toml", None),
        "answer": ("503 x3, 200", "config.toml", None),
        "forward-to": (["http://REDACTED@127.0.0.1:3000/hook?token=********"], "config.toml", None),
        "api-url": ("http://127.0.0.1:8080", "profile", "work"),
        "host": ("127.0.0.1", "option", None),
        "secret": (["********"], "option", None),
        "forward-header": (["X-A: ********"], "option", None),
        "tunnel-command": ("prog --authtoken ******** {port}", "option", None),
        "keymap.piktid.ping": ("f5", "config.toml", None),
        "keymap.piktid.register": ("f6", "profile", "work"),
        "NGROK_AUTHTOKEN": ("********", "environment", "NGROK_AUTHTOKEN"),
    }
    assert {name: tuple(options[name].values()) for name in expected} == expected
    assert (record["type"], record["file"], record["profile"]) == ("config", str(path), "work")
    lines = text.stdout.decode().splitlines()
    assert lines[0] == str(path)
    assert [line.split()[1:] for line in lines if line.startswith("port ")] == [["9900", "config.toml"]]


def test_a_wrong_value_that_was_typed_is_a_usage_error() -> None:
    """As for the command that would use it."""
    done = run("config", "show", "--port", "x")
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_wrong_value_of_the_file_or_a_variable_is_shown_with_its_reason() -> None:
    """In the line of its option; no secret in it is shown."""
    _write('port = 99999\nforward-to = "ftp://me:canary@a/"\n[profiles.work]\nanswer = "x"\n')

    text = run("--profile", "work", "config", "show", WEBHOOK_TUI_KEEP_DAYS="y")
    record = run("--profile", "work", "config", "show", "--format", "json", "--port", "1", WEBHOOK_TUI_KEEP_DAYS="y")
    lines = [" ".join(line.split()) for line in text.stdout.decode().splitlines()]
    options = {one.pop("name"): one for one in json.loads(record.stdout)["options"]}

    assert (text.returncode, text.stderr, record.returncode) == (0, b"", 0)
    assert "port invalid config.toml: 99999 is not in the range 0<=x<=65535." in lines
    assert any(line.startswith("answer invalid profile work: Write a rule as: 503, ") for line in lines)
    assert any(line.startswith("forward-to invalid config.toml: '********' is not an http") for line in lines)
    assert options["keep-days"] == {
        "value": None,
        "source": "environment",
        "place": "WEBHOOK_TUI_KEEP_DAYS",
        "problem": "'y' is not a valid integer range.",
    }
    assert options["port"] == {"value": 1, "source": "option", "place": None}
    assert b"canary" not in text.stdout + record.stdout
