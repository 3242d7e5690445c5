"""The tunnel through ngrok's agent, driven by pyngrok, which neither downloads one nor writes on our screen.

pyngrok blocks where it reads, knows no deadline of its own there, and holds its lock meanwhile. So it gets a thread,
and what ends everything is the lifeline: when it is let go the agent ends, and with it every read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import subprocess
import threading
import traceback
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pyngrok import conf, ngrok, process
from pyngrok.exception import PyngrokError, PyngrokNgrokHTTPError
from pyngrok.log import NgrokLog

from webhook_tui.domain.errors import Problem
from webhook_tui.environment import secret_values
from webhook_tui.tunnels import ngrok_errors as problems
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings, local_target
from webhook_tui.tunnels.log import TunnelLog
from webhook_tui.tunnels.ssh_errors import closed, exit_words
from webhook_tui.tunnels.watchdog_client import WatchdogClient

RECONNECT_SECONDS = 10.0
"""How long the agent may take to find another session before it is started anew."""
_POLL_SECONDS = 0.1
_END_SECONDS = 0.9
_FORGET_SECONDS = 0.2
_REMEMBERED_LINES = 40
_NAME = "webhook-tui"
_T = TypeVar("_T")

logging.getLogger("pyngrok").addHandler(logging.NullHandler())
logging.getLogger("pyngrok").propagate = False


class NgrokTunnel:
    """One agent with one endpoint. The authtoken is in no argv, only in the agent's environment."""

    kind = "ngrok"
    server = "ngrok"

    def __init__(self, settings: TunnelSettings) -> None:
        self.deadline_seconds = settings.deadline_seconds
        self._settings = settings
        authtoken = settings.authtoken.reveal() if settings.authtoken else os.environ.get("NGROK_AUTHTOKEN", "")
        self._environment = {"NGROK_AUTHTOKEN": authtoken} if authtoken else {}
        self._log = TunnelLog(
            settings.state_dir / LOG_NAME,
            hidden=(*secret_values(os.environ, more=settings.secrets_env), authtoken),
        )

    async def run(self, host: str, port: int, opened: Opened) -> Problem:
        """One agent, from start to end."""
        program = find_program(self._settings.ngrok_path)
        if program is None:
            return problems.missing()
        lifeline = WatchdogClient(
            program,
            self._settings.state_dir,
            environment=self._environment,
            more_secrets=self._settings.secrets_env,
        )
        try:
            agent = _Agent(lifeline, self._log, opened)
            try:
                return await agent.run(f"http://{local_target(host, port)}", self.deadline_seconds)
            finally:
                await agent.end()
        finally:
            lifeline.close()


def find_program(path: str | None) -> str | None:
    """The agent: as it was given, as PYNGROK_NGROK_PATH says, on PATH, or where pyngrok put one earlier."""
    given = path or os.environ.get("PYNGROK_NGROK_PATH")
    if given:
        return shutil.which(given)
    return shutil.which("ngrok") or shutil.which(conf.DEFAULT_NGROK_PATH)


class _Agent:
    """The running agent, as the loop's thread sees it."""

    def __init__(self, lifeline: WatchdogClient, log: TunnelLog, opened: Opened) -> None:
        self._loop = asyncio.get_running_loop()
        self._lifeline = lifeline
        self._log = log
        self._opened = opened
        self._lines: list[str] = []
        self._process: process.NgrokProcess | None = None
        self._connecting: asyncio.Future[str] | None = None
        self._url: str | None = None
        self._lost_at: float | None = None
        self._found_again = False
        self._config = conf.PyngrokConfig(
            ngrok_path=lifeline.path,
            config_path=_config_path(lifeline.directory),
            log_event_callback=self._logged,
            startup_timeout=3600,
            start_new_session=True,
        )
        self._config.auth_token = None
        self._config.api_key = None

    async def run(self, target: str, deadline_seconds: float) -> Problem:
        """Open the endpoint, then watch it until it is lost."""
        self._connecting = in_thread(lambda: self._connect(target))
        done, _ = await asyncio.wait({self._connecting}, timeout=deadline_seconds)
        if not done:
            return self._told() or problems.late(deadline_seconds, silent=not self._lines)
        try:
            url = self._connecting.result()
        except (PyngrokError, OSError, ValueError) as error:
            return self._why_not(error)
        self._tell(url)
        return await self._watch()

    async def end(self) -> None:
        """End the agent within 1 s, and make pyngrok forget it."""
        self._lifeline.let_go()
        if self._connecting is not None:
            await asyncio.wait({self._connecting}, timeout=_END_SECONDS)
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    while self._process.proc.poll() is None:  # noqa: ASYNC110 -- a process sets no event
                        await asyncio.sleep(0.02)
            agent = self._process.proc
            await asyncio.wait({in_thread(lambda: _forget(agent, self._config))}, timeout=_FORGET_SECONDS)

    def _connect(self, target: str) -> str:
        """On a thread of its own. Raises PyngrokError, OSError or ValueError."""
        _without_proxies()
        try:
            try:
                tunnel = ngrok.connect(target, name=_NAME, pyngrok_config=self._config)
            except PyngrokNgrokHTTPError as error:
                if error.status_code != 404:
                    raise
                self._config.config_version = "2"
                tunnel = ngrok.connect(target, name=_NAME, pyngrok_config=self._config)
        except PyngrokError as error:
            if process.is_process_running(self._config.ngrok_path):
                self._process = process.get_process(self._config)
            else:
                self._process = _started(error)
                self._read_rest()
            raise
        self._process = process.get_process(self._config)
        return tunnel.public_url or ""

    def _read_rest(self) -> None:
        """pyngrok stops reading when it sees that the agent has ended; the reason often comes after that."""
        if self._process is not None and self._process.proc.stdout is not None:
            with contextlib.suppress(OSError, ValueError):
                for line in self._process.proc.stdout:
                    self._logged(NgrokLog(line))

    def _logged(self, log: NgrokLog) -> None:
        """On pyngrok's threads: each line of the agent."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._heard, log)

    def _heard(self, log: NgrokLog) -> None:
        if not log.line:
            return
        self._log.write("ngrok", log.line)
        self._lines.append(self._log.clean(log.line))
        del self._lines[:-_REMEMBERED_LINES]
        if self._url is None:
            return
        message = log.msg or ""
        if "session closed" in message:
            self._lost_at = self._lost_at or self._loop.time()
            self._found_again = False
            self._opened(problems.reconnecting(self._log.clean(log.err or "").rpartition(": ")[2]))
        elif "client session established" in message:
            self._found_again = True

    async def _watch(self) -> Problem:
        assert self._process is not None
        while True:
            code = self._process.proc.poll()
            if code is not None:
                return self._told() or closed("ngrok", exit_words(code))
            if self._found_again:
                self._found_again = False
                await self._list_again()
            if self._lost_at is not None and self._loop.time() - self._lost_at > RECONNECT_SECONDS:
                return self._told() or closed("ngrok", "it found no other session")
            await asyncio.sleep(_POLL_SECONDS)

    async def _list_again(self) -> None:
        """A new session may have another URL; one that has none yet is asked again until the time is over."""
        listing = in_thread(self._listed)
        done, _ = await asyncio.wait({listing}, timeout=self._config.request_timeout + 1)
        urls = listing.result() if done and listing.exception() is None else []
        if not urls:
            self._lost_at = self._lost_at or self._loop.time()
            self._found_again = True
            return
        if self._lost_at is not None or self._url not in urls:
            self._lost_at = None
            self._tell(self._url if self._url in urls else urls[0])

    def _listed(self) -> list[str]:
        """The public URLs, asked of the agent that runs; pyngrok's own listing would start one where there is none."""
        assert self._process is not None
        kind = "endpoints" if self._config.config_version == "3" else "tunnels"
        answer = ngrok.api_request(f"{self._process.api_url}/api/{kind}", timeout=self._config.request_timeout)
        found = [entry.get("url") or entry.get("public_url") for entry in answer.get(kind, [])]
        return [url for url in found if isinstance(url, str)]

    def _tell(self, url: str | None) -> None:
        self._url = url
        if url:
            self._opened(url)

    def _told(self) -> Problem | None:
        return problems.of_words(reversed(self._lines))

    def _why_not(self, error: Exception) -> Problem:
        bodies = [error.body] if isinstance(error, PyngrokNgrokHTTPError) else []
        known = problems.of_words([*bodies, str(error)]) or self._told()
        return known or problems.not_started(self._lines[-1] if self._lines else "")


def in_thread(work: Callable[[], _T]) -> asyncio.Future[_T]:
    """Run `work` on a daemon thread, which the loop need not wait for when it closes."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # without an error there is a result
        else:
            future.set_exception(error)
            future.exception()

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 -- handed to the loop's thread, which knows what to do with it
            error = raised
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="ngrok", daemon=True).start()
    return future


def _config_path(directory: Path) -> str | None:
    """None for the user's own ngrok.yml; where there is none, one of ours, so that nothing is written into the home."""
    return None if Path(conf.DEFAULT_NGROK_CONFIG_PATH).exists() else str(directory / "ngrok.yml")


def _started(error: PyngrokError) -> process.NgrokProcess | None:
    """The process that pyngrok started in vain: it lets go of it with its pipe open, and names it only in its frame."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        found = frame.f_locals.get("ngrok_process")
        if isinstance(found, process.NgrokProcess):
            return found
    return None


def _forget(agent: subprocess.Popen[str], config: conf.PyngrokConfig) -> None:
    """Kill the agent if it still runs, make pyngrok forget it, close our end of what it printed."""
    ngrok.kill(config)
    if agent.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            agent.stdout.close()


def _without_proxies() -> None:
    """pyngrok asks the agent on 127.0.0.1 through urllib, which would send that to a proxy of the environment."""
    if urllib.request.getproxies():
        urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
