"""A signal that arrives during imports ends the program after them, whatever Python was doing."""

from __future__ import annotations

import os
import signal
import sys
import weakref
from collections.abc import Callable, Iterator

import pytest

from webhook_tui.signals import exit_on_signals, held_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _handlers_are_put_back() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def _code_of(body: Callable[[], object]) -> object:
    """What the program would exit with after the block; None when it goes on."""
    try:
        with held_signals():
            body()
    except SystemExit as ended:
        return ended.code
    return None


@pytest.mark.parametrize("number", SIGNALS)
def test_the_exit_code_is_128_and_the_number(number: signal.Signals) -> None:
    """At once outside a block, at its end within one."""
    exit_on_signals()
    with pytest.raises(SystemExit) as at_once:
        _send(number)
    assert at_once.value.code == 128 + number
    steps: list[str] = []

    def body() -> None:
        _send(number)
        steps.append("the rest")

    assert _code_of(body) == 128 + number
    assert steps == ["the rest"]


def test_a_held_signal_is_neither_lost_nor_another_exception() -> None:
    """In the callback of a weak reference an exception would be lost, in `__set_name__` it would be RuntimeError."""

    class Part:
        def __set_name__(self, owner: type, name: str) -> None:
            _send(signal.SIGTERM)

    assert _code_of(lambda: type("Whole", (), {"part": Part()})) == 128 + signal.SIGTERM
    assert _code_of(lambda: weakref.ref(Part(), lambda _: _send(signal.SIGTERM))) == 128 + signal.SIGTERM


def test_the_first_signal_counts_and_every_one_is_told() -> None:
    """Also where the block ends by an exception, such as that of a session that could not start."""
    told: list[None] = []

    def start() -> None:
        with held_signals(lambda: told.append(None)):
            _send(signal.SIGTERM)
            _send(signal.SIGINT)
            raise OSError

    with pytest.raises(SystemExit) as ended:
        start()
    assert ended.value.code == 128 + signal.SIGTERM
    assert len(told) == 2


def test_without_a_signal_the_handlers_are_as_before() -> None:
    """And nothing is raised."""
    before = [signal.getsignal(number) for number in SIGNALS]
    assert _code_of(lambda: None) is None
    assert [signal.getsignal(number) for number in SIGNALS] == before
