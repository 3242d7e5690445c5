"""`webhook-tui config show`, run as a shell runs it."""

from __future__ import annotations

import json
from typing import Any

from tests.fork_server import run
from webhook_tui.places import Places

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
    arguments += ["--tunnel-command", "prog --authtoken canary {port}"]

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


def test_a_wrong_value_is_one_usage_error() -> None:
    """As for the command that would use it."""
    done = run("config", "show", "--port", "x")
    assert (done.returncode, done.stdout) == (2, b"")
