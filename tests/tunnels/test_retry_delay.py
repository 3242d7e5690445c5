"""The delays between tries: how they grow, and what resets them."""

from __future__ import annotations

from collections.abc import Callable

from webhook_tui.tunnels.supervisor import TunnelRetryDelay


def _delays(random: Callable[[], float], *lived: float | None) -> list[float]:
    backoff = TunnelRetryDelay(0.5, 30.0, random)
    return [backoff.after(seconds) for seconds in lived]


def test_the_waits_grow_to_the_longest() -> None:
    """Each between half of its ceiling and all of it: the first is quick, none is nothing."""
    assert _delays(lambda: 0.0, *[None] * 9) == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    assert _delays(lambda: 1.0, *[None] * 9) == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_drop_is_followed_by_the_first_wait() -> None:
    """And a healthy minute wipes out what was before; less than that forgets half of it."""
    top = lambda: 1.0  # noqa: E731 -- a constant for a random number
    assert _delays(top, None, None, None, None, 59.0, None) == [0.5, 1.0, 2.0, 4.0, 0.5, 2.0]
    assert _delays(top, None, None, None, None, 60.0, None) == [0.5, 1.0, 2.0, 4.0, 0.5, 0.5]


def test_one_that_dies_at_birth_is_not_hammered() -> None:
    """A second for each of the first 150, then the waits grow; one that stands ends the row."""
    waits = _delays(lambda: 1.0, *[0.1] * 153, 5.0, 0.1)
    assert waits == [1.0] * 150 + [2.0, 4.0, 8.0] + [0.5, 1.0]
