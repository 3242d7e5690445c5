"""The tunnel of ngrok's agent, driven by pyngrok; no agent is downloaded.

pyngrok reads without a deadline and holds its lock meanwhile, so it runs in a thread. Closing the watchdog's pipe ends
the agent, and with it every read.
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
from webhook_tui.domain.url import connect_address
from webhook_tui.environment import secret_values
from webhook_tui.tunnels import errors
from webhook_tui.tunnels.base import LOG_NAME, Opened, TunnelSettings
from webhook_tui.tunnels.process.output import TunnelLog
from webhook_tui.tunnels.process.watchdog_client import WatchdogClient

RECONNECT_SECONDS = 10.0
"""How long the agent may take to find another session before it is restarted."""
_POLL_SECONDS = 0.1
_END_SECONDS = 0.9
_REMOVE_SECONDS = 0.2
_MOST_LINES = 40
_NAME = "webhook-tui"
_T = TypeVar("_T")

logging.getLogger("pyngrok").addHandler(logging.NullHandler())
logging.getLogger("pyngrok").propagate = False


class NgrokTunnel:
    """Runs an agent with one endpoint. The authtoken is passed in its environment, never as an argument."""

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
        """Run the agent once."""
        program = find_program(self._settings.ngrok_path)
        if program is None:
            return errors.ngrok_missing()
        watchdog = WatchdogClient(
            program,
            self._settings.state_dir,
            environment=self._environment,
            more_secrets=self._settings.secrets_env,
        )
        try:
            agent = _Agent(watchdog, self._log, opened)
            try:
                return await agent.run(f"http://{connect_address(host, port)}", self.deadline_seconds)
            finally:
                await agent.end()
        finally:
            watchdog.close()


def find_program(path: str | None) -> str | None:
    """Return the agent: `path`, PYNGROK_NGROK_PATH, on PATH, or where pyngrok installed one earlier."""
    given = path or os.environ.get("PYNGROK_NGROK_PATH")
    if given:
        return shutil.which(given)
    return shutil.which("ngrok") or shutil.which(conf.DEFAULT_NGROK_PATH)


class _Agent:
    """The running agent. Belongs to the event loop, except where a method says otherwise."""

    def __init__(self, watchdog: WatchdogClient, log: TunnelLog, opened: Opened) -> None:
        self._loop = asyncio.get_running_loop()
        self._watchdog = watchdog
        self._log = log
        self._opened = opened
        self._lines: list[str] = []
        self._process: process.NgrokProcess | None = None
        self._connecting: asyncio.Future[str] | None = None
        self._url: str | None = None
        self._lost_at: float | None = None
        self._has_new_session = False
        self._config = conf.PyngrokConfig(
            ngrok_path=watchdog.path,
            config_path=_config_path(watchdog.directory),
            log_event_callback=self._on_log,
            startup_timeout=3600,
            start_new_session=True,
        )
        self._config.auth_token = None
        self._config.api_key = None

    async def run(self, target: str, deadline_seconds: float) -> Problem:
        """Open the endpoint and return why it was lost."""
        self._connecting = in_thread(lambda: self._connect(target))
        done, _ = await asyncio.wait({self._connecting}, timeout=deadline_seconds)
        if not done:
            return self._error() or errors.ngrok_timed_out(deadline_seconds, is_silent=not self._lines)
        try:
            url = self._connecting.result()
        except (PyngrokError, OSError, ValueError) as error:
            return self._not_connected(error)
        self._publish(url)
        return await self._watch()

    async def end(self) -> None:
        """End the agent within 1 s, and remove it from pyngrok's list."""
        self._watchdog.end()
        if self._connecting is not None:
            await asyncio.wait({self._connecting}, timeout=_END_SECONDS)
        if self._process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_END_SECONDS):
                    while self._process.proc.poll() is None:  # noqa: ASYNC110 -- a process sets no event
                        await asyncio.sleep(0.02)
            agent = self._process.proc
            await asyncio.wait({in_thread(lambda: _remove(agent, self._config))}, timeout=_REMOVE_SECONDS)

    def _connect(self, target: str) -> str:
        """Runs in a thread. Raises PyngrokError, OSError or ValueError."""
        _without_proxies()
        try:
            self._process = ngrok.get_ngrok_process(self._config)
        except (PyngrokError, ValueError) as error:
            self._process = _started(error)
            if self._process is not None and self._process.proc.poll() is not None:
                self._read_rest(self._process.proc)
            raise
        try:
            tunnel = ngrok.connect(target, name=_NAME, pyngrok_config=self._config)
        except PyngrokNgrokHTTPError as error:
            if error.status_code != 404:
                raise
            self._config.config_version = "2"
            tunnel = ngrok.connect(target, name=_NAME, pyngrok_config=self._config)
        return tunnel.public_url or ""

    def _read_rest(self, agent: subprocess.Popen[str]) -> None:
        """Read the rest of the output, and close its pipe: pyngrok does neither, and the reason often comes late."""
        if agent.stdout is not None:
            with contextlib.suppress(OSError, ValueError), agent.stdout:
                for line in agent.stdout:
                    self._on_log(NgrokLog(line))

    def _on_log(self, log: NgrokLog) -> None:
        """Called with each line, in pyngrok's threads."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._handle, log)

    def _handle(self, log: NgrokLog) -> None:
        if not log.line:
            return
        self._log.write("ngrok", log.line)
        self._lines.append(self._log.clean(log.line))
        del self._lines[:-_MOST_LINES]
        if self._url is None:
            return
        message = log.msg or ""
        if "session closed" in message:
            self._lost_at = self._lost_at or self._loop.time()
            self._has_new_session = False
            self._opened(errors.ngrok_reconnecting(self._log.clean(log.err or "").rpartition(": ")[2]))
        elif "client session established" in message:
            self._has_new_session = True

    async def _watch(self) -> Problem:
        assert self._process is not None
        while True:
            code = self._process.proc.poll()
            if code is not None:
                return self._error() or errors.closed("ngrok", errors.exit_reason(code))
            if self._has_new_session:
                self._has_new_session = False
                await self._update_url()
            if self._lost_at is not None and self._loop.time() - self._lost_at > RECONNECT_SECONDS:
                return self._error() or errors.closed("ngrok", "it found no other session")
            await asyncio.sleep(_POLL_SECONDS)

    async def _update_url(self) -> None:
        """Ask for the URL of a new session; one without a URL is asked again until RECONNECT_SECONDS have passed."""
        listing = in_thread(self._list_urls)
        done, _ = await asyncio.wait({listing}, timeout=self._config.request_timeout + 1)
        urls = listing.result() if done and listing.exception() is None else []
        if not urls:
            self._lost_at = self._lost_at or self._loop.time()
            self._has_new_session = True
            return
        if self._lost_at is not None or self._url not in urls:
            self._lost_at = None
            self._publish(self._url if self._url in urls else urls[0])

    def _list_urls(self) -> list[str]:
        """Return the agent's public URLs. pyngrok's own listing would start an agent where none runs."""
        assert self._process is not None
        kind = "endpoints" if self._config.config_version == "3" else "tunnels"
        answer = ngrok.api_request(f"{self._process.api_url}/api/{kind}", timeout=self._config.request_timeout)
        found = [entry.get("url") or entry.get("public_url") for entry in answer.get(kind, [])]
        return [url for url in found if isinstance(url, str)]

    def _publish(self, url: str | None) -> None:
        self._url = url
        if url:
            self._opened(url)

    def _error(self) -> Problem | None:
        return errors.ngrok_error(reversed(self._lines))

    def _not_connected(self, error: Exception) -> Problem:
        bodies = [error.body] if isinstance(error, PyngrokNgrokHTTPError) else []
        known = errors.ngrok_error([*bodies, str(error)]) or self._error()
        return known or errors.ngrok_not_started(self._lines[-1] if self._lines else "")


def in_thread(work: Callable[[], _T]) -> asyncio.Future[_T]:
    """Run `work` in a daemon thread: the event loop does not wait for it when it closes."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # None only with an error
        else:
            future.set_exception(error)
            future.exception()

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 -- raised in the loop's thread, where the result is awaited
            error = raised
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="ngrok", daemon=True).start()
    return future


def _config_path(directory: Path) -> str | None:
    """Return None for the user's ngrok.yml; without one, a path of ours, so that pyngrok writes none into HOME."""
    return None if Path(conf.DEFAULT_NGROK_CONFIG_PATH).exists() else str(directory / "ngrok.yml")


def _started(error: Exception) -> process.NgrokProcess | None:
    """Return the process that pyngrok could not use: it leaves its pipe open, and only its stack frame refers to it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        found = frame.f_locals.get("ngrok_process")
        if isinstance(found, process.NgrokProcess):
            return found
    return None


def _remove(agent: subprocess.Popen[str], config: conf.PyngrokConfig) -> None:
    """Kill the agent if it runs, remove it from pyngrok's list, and close the pipe of its output."""
    ngrok.kill(config)
    if agent.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            agent.stdout.close()


def _without_proxies() -> None:
    """Disable proxies for urllib, with which pyngrok sends requests to the agent on 127.0.0.1."""
    if urllib.request.getproxies():
        urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
