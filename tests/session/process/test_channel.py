"""The channel between two processes: what passes, what is refused, what the end of the other side looks like."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from webhook_tui.config import Settings
from webhook_tui.domain.answer_rules.rules import Default
from webhook_tui.domain.commands import AddSecret, ReplayDeliveries, SetAnswerRule
from webhook_tui.domain.errors import Problem
from webhook_tui.domain.events import ProblemOccurred, SessionUpdated
from webhook_tui.domain.queries import ListRuns
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.status import SessionStatus, TunnelState, TunnelStatus
from webhook_tui.places import Places
from webhook_tui.session.process.channel import (
    Answered,
    Ask,
    ChannelClosedError,
    Launch,
    MessageReader,
    MessageWriter,
    Stop,
)

NOW = datetime(2026, 11, 28, tzinfo=UTC)
MESSAGES: list[object] = [
    Launch(Settings(token=Secret("canary"), places=Places(Path("/config"), Path("/state")))),
    Stop(),
    Ask(1, ListRuns()),
    Answered(1, problem=Problem("It failed.", "")),
    AddSecret(Secret("canary")),
    SetAnswerRule(Default()),
    ReplayDeliveries((1, 2), "http://127.0.0.1/", body=bytes(200_000)),
    ProblemOccurred(Problem("It failed.", "Try again."), again=4.0),
    SessionUpdated(SessionStatus(tunnel=TunnelStatus(TunnelState.LIVE, since=NOW)), 7, (1,), (2,)),
]


@contextmanager
def _pipe() -> Iterator[tuple[MessageReader, MessageWriter]]:
    down, up = os.pipe()
    reader, writer = MessageReader(os.fdopen(down, "rb")), MessageWriter(io.FileIO(up, "wb"))
    try:
        yield reader, writer
    finally:
        writer.close()
        reader.close()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_pass(message: object) -> None:
    """Secrets, too, which refuse to be pickled anywhere else."""
    buffer = io.BytesIO()
    with pytest.raises(TypeError):
        pickle.dumps(Secret("canary"))
    MessageWriter(_Recording(buffer)).send(message)
    buffer.seek(0)
    assert MessageReader(io.BufferedReader(_Recording(buffer))).receive() == message


class _Recording(io.RawIOBase):
    """A pipe that holds everything."""

    def __init__(self, buffer: io.BytesIO) -> None:
        self._buffer = buffer

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # narrower than RawIOBase
        return self._buffer.readinto(target)

    def write(self, data: memoryview) -> int:  # type: ignore[override]  # narrower than RawIOBase
        return self._buffer.write(data[:1000])


def test_messages_keep_their_order() -> None:
    """Each is delimited by itself."""
    with _pipe() as (reader, writer):
        for number in range(100):
            writer.send(Ask(number, ListRuns()))
        assert [reader.receive() for _ in range(100)] == [Ask(number, ListRuns()) for number in range(100)]


class _Malicious:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return subprocess.getoutput, ("echo harm",)


@pytest.mark.parametrize(
    "content",
    [_Malicious(), subprocess.Popen, Path.read_text, os.getcwd],
    ids=["reduced", "class", "method", "function"],
)
def test_foreign_objects_are_refused(content: object) -> None:
    """Only classes of messages are admitted, and no functions."""
    buffer = io.BytesIO(pickle.dumps(content))
    with pytest.raises(ChannelClosedError):
        MessageReader(io.BufferedReader(_Recording(buffer))).receive()


def test_the_end_of_the_other_side() -> None:
    """Closed, or killed in the middle of a message: the reader gets an error, and so does a writer."""
    with _pipe() as (reader, writer):
        writer.send(Stop())
        writer.close()
        assert reader.receive() == Stop()
        with pytest.raises(ChannelClosedError):
            reader.receive()
    torn = io.BytesIO(pickle.dumps(Stop())[:-5])
    with pytest.raises(ChannelClosedError):
        MessageReader(io.BufferedReader(_Recording(torn))).receive()
    with _pipe() as (reader, writer):
        reader.close()
        with pytest.raises(ChannelClosedError):
            writer.send(Stop())
