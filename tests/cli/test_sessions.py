"""`webhook-tui listen` and `run`: options that do not fit each other are refused before anything starts."""

from __future__ import annotations

import pytest

from tests.fork_server import run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("listen", "--format", "junit"), b"--format junit needs --until FILTER or --none FILTER."),
        (("listen", "--until", "event:"), b"event needs a name"),
        (("listen", "--filter", "age:x"), b"age needs a number"),
        (("listen", "--exec", "'open", "--no-register"), b"--exec"),
        (("run",), b"CMD"),
        (("listen",), b"No token was given"),
        (("run", "--", "true"), b"No token was given"),
    ],
)
def test_a_usage_error(arguments: tuple[str, ...], said: bytes) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert b"Traceback" not in done.stderr
