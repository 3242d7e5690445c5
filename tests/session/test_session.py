"""The facade: a command or query that fails reports it to its sender, and nothing waits for ever."""

from __future__ import annotations

import asyncio
import inspect
import types
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

import pytest

from tests.session.running import Running, session_of, settings
from tests.timeouts import TIMEOUT_SECONDS
from webhook_tui.domain.answer_rules.rules import AnswerRule, Default
from webhook_tui.domain.commands import Command, MarkDelivery, OwnershipChoice, StopReplay
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.events import ProblemOccurred, SessionReady
from webhook_tui.domain.queries import AnyQuery, GetStatistics, ListRuns, Query
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.session.session import Session
from webhook_tui.storage.accounts import AccountStore
from webhook_tui.storage.history import DeliveryStore

NO_DISK = ProblemError(Problem("The disk is gone.", "Plug it in."))
EXAMPLES: dict[Any, Any] = {
    bool: False,
    int: 1,
    str: "http://127.0.0.1:9/",
    bytes: b"{}",
    Secret: Secret("another"),
    OwnershipChoice: OwnershipChoice.KEEP,
    AnswerRule: Default(),
}


def example(hint: Any) -> Any:
    """A value of that type; of a class of ours, made from its fields."""
    if hint in EXAMPLES:
        return EXAMPLES[hint]
    if get_origin(hint) in (Union, types.UnionType):
        return example(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return (example(get_args(hint)[0]),)
    return hint(**{name: example(kind) for name, kind in get_type_hints(hint).items()})


class FailingStore:
    """From now on every method of the history fails, and reading the accounts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, task: str, error: Exception) -> None:
        self._task = task
        self._error = error
        self.was_used = False
        """By the task of that name."""
        for name, _ in inspect.getmembers(DeliveryStore, inspect.iscoroutinefunction):
            monkeypatch.setattr(DeliveryStore, name, self._fail_later)
        for name in ("ring", "save_token"):
            monkeypatch.setattr(AccountStore, name, self._fail)

    async def _fail_later(self, *_: object, **__: object) -> NoReturn:
        self._fail()

    def _fail(self, *_: object, **__: object) -> NoReturn:
        current = asyncio.current_task()
        if current is not None and current.get_name() == self._task:
            self.was_used = True
            raise self._error
        raise NO_DISK


@asynccontextmanager
async def watching(home: Path) -> AsyncIterator[Running]:
    """A session that asks PiktID nothing."""
    chosen = settings(home, register=False, sse=False, token=None, secrets=(Secret("given"),))
    async with session_of(chosen) as running:
        await running.event(SessionReady)
        yield running


async def ended(running: Running, task: str) -> None:
    """Wait until no task of that name is under way."""
    loop = running.loop
    assert loop is not None
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while any(one.get_name() == task for one in asyncio.all_tasks(loop)):  # noqa: ASYNC110 -- no event of this loop
            await asyncio.sleep(0.01)


def in_words(kind: type[Any]) -> str:
    """How a command or query is named in a problem."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in kind.__name__)
    return spaced.strip().capitalize()


def said(kind: type[Any], error: Exception) -> str:
    """What the problem says when a command or query of that kind failed."""
    return NO_DISK.problem.message if error is NO_DISK else f"{in_words(kind)} failed: ValueError."


@pytest.mark.parametrize("error", [NO_DISK, ValueError("a bug")], ids=["problem", "bug"])
@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
async def test_a_command_that_fails_ends_in_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Any], error: Exception
) -> None:
    """With the name of the command; a command that needs no store works as ever."""
    async with watching(tmp_path) as running:
        store = FailingStore(monkeypatch, in_words(kind), error)
        running.ask(example(kind))
        await running.answer(GetStatistics())
        await ended(running, in_words(kind))
        problems = [one.problem for one in running.all(ProblemOccurred) if one.command == kind.__name__]

        if store.was_used:
            assert [one.message for one in problems] == [said(kind, error)]
        else:
            assert said(kind, error) not in [one.message for one in problems]


@pytest.mark.parametrize("error", [NO_DISK, ValueError("a bug")], ids=["problem", "bug"])
@pytest.mark.parametrize("kind", get_args(AnyQuery), ids=lambda kind: kind.__name__)
async def test_a_query_that_fails_is_answered_by_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Query[Any]], error: Exception
) -> None:
    """Or by an answer that says what is missing in it."""
    async with watching(tmp_path) as running:
        store = FailingStore(monkeypatch, in_words(kind), error)
        answers: list[object] = await asyncio.gather(running.answer(example(kind)), return_exceptions=True)
        problem = getattr(answers[0], "problem", None)

        assert (problem is not None) == store.was_used
        assert problem is None or problem.message == said(kind, error)


def test_the_store_is_used_by_some_of_them() -> None:
    """The examples are made from the types of the fields: a new command or query is tried by itself."""
    made = [example(kind) for kind in (*get_args(Command), *get_args(AnyQuery))]

    assert MarkDelivery(1, False) in made
    assert ListRuns() in made


async def test_without_a_running_session_a_query_fails_and_a_command_is_ignored(tmp_path: Path) -> None:
    """Before it runs and after it has ended."""
    session = Session.open(settings(tmp_path, register=False, sse=False), asks=False)
    running = Running(session)
    for _ in range(2):
        session.request(StopReplay())
        with pytest.raises(ProblemError, match="not running"):
            await running.answer(ListRuns())
        if not running.events:
            running.start()
            await running.event(SessionReady)
            await running.stop()
    assert not running.all(ProblemOccurred)


async def test_a_query_under_way_fails_when_the_session_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller does not wait for ever."""
    is_asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def waiting(_: DeliveryStore) -> None:
        loop.call_soon_threadsafe(is_asked.set)
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(DeliveryStore, "runs", waiting)
    async with watching(tmp_path) as running:
        future = running.session.query(ListRuns())
        await asyncio.wait_for(is_asked.wait(), TIMEOUT_SECONDS)
    with pytest.raises(ProblemError, match="not running"):
        future.result(timeout=TIMEOUT_SECONDS)


async def test_the_answer_to_a_query_that_its_asker_gave_up_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A front end that cancels the asyncio future of a query disturbs neither the session nor its log."""
    async with watching(tmp_path) as running:
        asked = running.session.query(ListRuns())
        asyncio.wrap_future(asked).cancel()
        assert await asyncio.wait_for(asyncio.to_thread(asked.result), TIMEOUT_SECONDS)
        assert await running.answer(ListRuns())
    assert [record.getMessage() for record in caplog.records if "InvalidState" in str(record.exc_info)] == []
