"""Which program gets a port, and the error of the others."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from webhook_tui.domain.errors import ExitCode, ProblemError
from webhook_tui.http.sockets import bind


def test_several_programs_that_start_at_once_get_a_port_each() -> None:
    """Also when none of them serves yet."""
    with ExitStack() as stack:
        first = stack.enter_context(bind("127.0.0.1", 0, exact=True))
        port = first.getsockname()[1]
        others = [stack.enter_context(bind("127.0.0.1", port, exact=False)) for _ in range(3)]

        assert len({port, *(other.getsockname()[1] for other in others)}) == 4


def test_a_port_that_was_asked_for_and_is_taken_is_a_problem() -> None:
    """With what to do."""
    with bind("127.0.0.1", 0, exact=True) as first:
        port = first.getsockname()[1]
        with pytest.raises(ProblemError) as caught:
            bind("127.0.0.1", port, exact=True)

    assert caught.value.problem.exit_code is ExitCode.PORT
    assert caught.value.problem.message == f"Port {port} is in use by another program."


def test_an_address_that_is_not_this_machines_is_a_problem() -> None:
    """192.0.2.1 is no machine's (RFC 5737); nothing is sent there."""
    with pytest.raises(ProblemError, match=r"cannot listen on 192\.0\.2\.1"):
        bind("192.0.2.1", 0, exact=True)
