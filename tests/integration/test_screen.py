"""The screen as a person has it: keys go in, and what stands on it is the proof."""

from __future__ import annotations

import base64
import json
import re

from tests.integration.deliveries import post
from tests.integration.terminal import NORMAL_SCREEN, Terminal, terminal
from tests.session.running import TOKEN, sandbox_of, url_at
from tests.timeouts import own_time
from tests.tunnels.localhost_run import LocalhostRun

COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)")
NOTIFIED = re.compile(rb"\x07(?:\x1bPtmux;\x1b)?\x1b\]9;webhook-tui: #\d+ ")
"""A bell and a notification; within tmux it is handed on."""
ROW = re.compile(r"^(▌?) +(\d+)  \d\d:\d\d:\d\d   [✓✗∅!◷…] ", re.MULTILINE)


def _cursor(screen: str) -> int | None:
    """The number of the delivery under the cursor, if that is to be seen."""
    return next((int(number) for bar, number in ROW.findall(screen) if bar), None)


def _count(screen: str) -> int:
    """How many deliveries the table shows."""
    return len(ROW.findall(screen))


async def _headline(screen: Terminal, number: int) -> None:
    await screen.until(lambda text: _cursor(text) == number and re.search(rf"  #{number}\b", text))


async def test_the_sandbox_has_rows_within_five_seconds() -> None:
    """Without token, tunnel, internet or account; then every verdict, and one delivery that was retried."""
    began = own_time()
    async with terminal("--sandbox", "--port", "0", "--notify", "invalid") as screen:
        await screen.until(_count)
        assert own_time() - began < 5
        for words in ("✓ valid", "✗ invalid", "∅ missing", "◷ older", "! malformed"):
            await screen.until(words)
        await screen.until(re.compile(r"image_result +×2 ").search)
        assert "● sandbox" in screen.screen
        assert "Sandbox: an embedded PiktID plays sample jobs" in screen.screen
        await screen.until(lambda _: NOTIFIED.search(screen.output))
        assert b"\x1b[22;2t\x1b]2;(1) webhook-tui\x1b\\" in screen.output
        await screen.pressing("esc", lambda text: "Sandbox: an embedded PiktID" not in text)
        screen.press("q")
        assert await screen.ended() == 0
        assert screen.output.index(b"\x1b]2;\x1b\\\x1b[23;2t") < screen.output.rindex(NORMAL_SCREEN)


async def test_moving_about() -> None:
    """j k g G f in the table; enter, [ ], esc, tab, w and z about the detail."""
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until(lambda text: _count(text) >= 5)
        screen.press("g")
        await _headline(screen, 1)
        assert '"name": "ping"' in await screen.until('"name": "ping"')
        screen.press("j", "j")
        await _headline(screen, 3)
        screen.press("k")
        await _headline(screen, 2)
        await screen.until("follow the newest")
        await screen.pressing("f", "following the newest")
        screen.press("up")
        screen.press("g", "j", "j", "j")
        await _headline(screen, 4)
        await screen.pressing("enter", "esc Back")
        await screen.pressing("]", "Content-Type")
        await screen.pressing("]", re.compile("received +sha256=").search)
        await screen.pressing("]", '{"id": ')
        await screen.pressing("[", re.compile("received +sha256=").search)
        await screen.pressing("esc", "enter Detail")
        await screen.pressing("[", "Content-Type")
        await screen.pressing("[", '"name": "batch_edit"')
        await screen.pressing("w", "Not the signature of this body with any")
        await screen.until("p Add secret")
        await screen.pressing("esc", "enter Detail")
        await screen.pressing("z", lambda text: not _count(text))
        await screen.pressing("z", _count)
        await screen.pressing("tab", "esc Back")
        await screen.pressing("shift+tab", "enter Detail")


async def test_help_and_commands() -> None:
    """? and F1 show the keys that work; ctrl+p and : show all commands by name; esc closes each."""
    async with terminal("--sandbox", "--port", "0") as screen:
        await screen.until("✓ valid")
        for key in "?", "f1":
            screen.press(key)
            await screen.dialog("why this verdict")
            await screen.pressing("esc", lambda text: "why this verdict" not in text)
        for key in "ctrl+p", ":":
            await screen.pressing(key, "Addresses in full")
            await screen.pressing("esc", lambda text: "Addresses in full" not in text)


async def test_ping_register_delete() -> None:
    """t brings a ping; u and X ask first: esc keeps it, n replaces the secret, d deletes it, and u registers again."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url, PIKTID_TOKEN=TOKEN.reveal()) as screen,
    ):
        await screen.until(lambda text: _count(text) == 1)
        await screen.pressing("t", lambda text: _count(text) == 2)
        assert sandbox.registry.current is not None
        secret = sandbox.registry.current.secret
        screen.press("u")
        await screen.dialog("Create a new signing secret?")
        await screen.pressing("esc", lambda text: "Create a new signing secret?" not in text)
        assert sandbox.registry.current.secret == secret
        screen.press("u")
        await screen.dialog("Create a new signing secret?")
        await screen.pressing("n", lambda text: _count(text) == 3)
        assert sandbox.registry.current.secret != secret
        screen.press("X")
        await screen.dialog("Delete the webhook?")
        await screen.pressing("esc", lambda text: "Delete the webhook?" not in text)
        assert url_at(sandbox) is not None
        screen.press("X")
        await screen.dialog("Delete the webhook?")
        await screen.pressing("d", "○ deleted")
        assert url_at(sandbox) is None
        await screen.pressing("u", lambda text: _count(text) == 4)
        assert url_at(sandbox) is not None
        await screen.until(lambda text: text.count("✓ valid") + text.count("◷ older") >= 4)


async def test_the_secret_is_masked_until_it_is_asked_for() -> None:
    """S shows dots; r reveals; c copies it by the terminal's clipboard; esc closes."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url, PIKTID_TOKEN=TOKEN.reveal()) as screen,
    ):
        await screen.until("✓ valid")
        assert sandbox.registry.current is not None
        secret = sandbox.registry.current.secret.reveal()
        screen.press("S")
        await screen.dialog("Signing secrets")
        await screen.until("••••")
        assert secret.encode() not in screen.output
        await screen.pressing("r", secret)
        await screen.pressing("esc", lambda text: "Signing secrets" not in text)
        await screen.pressing("c", "Sent to the terminal: ")
        assert b"\x1b]52;c;" in screen.output


async def test_a_history_is_there_again() -> None:
    """After a restart the table shows what arrived before; counts are this run's."""
    async with sandbox_of() as (_, api_url):
        options = "--port", "0", "--tunnel", "none", "--api-url", api_url
        for rows in 1, 2:
            async with terminal(*options, PIKTID_TOKEN=TOKEN.reveal()) as screen:
                await screen.until(lambda text, rows=rows: _count(text) == rows)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
                await screen.until("1 received")
                screen.press("q")
                assert await screen.ended() == 0


async def test_the_first_run_asks_for_a_token() -> None:
    """Masked, and it names the sandbox; with the token it goes on."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url) as screen,
    ):
        await screen.until("API token")
        await screen.until("The sandbox needs no token, no tunnel and no internet.")
        screen.paste(TOKEN.reveal())
        await screen.until("•" * len(TOKEN.reveal()))
        await screen.dialog("API token")
        await screen.pressing("enter", "✓ valid")
        assert url_at(sandbox) is not None
        assert TOKEN.reveal() not in screen.output.decode()
        screen.press("q")
        assert await screen.ended() == 0
        assert url_at(sandbox) is None


async def test_the_first_run_can_try_the_sandbox() -> None:
    """By mouse; q then leaves with 0."""
    async with terminal("--port", "0", "--tunnel", "none") as screen:
        await screen.until("Try the sandbox")
        screen.click("Try the sandbox")
        await screen.until("● sandbox")
        await screen.until("✓ valid")
        screen.press("q")
        assert await screen.ended() == 0


async def test_leaving_the_first_prompt() -> None:
    """ctrl+c leaves with 0 and the terminal as it was."""
    async with terminal("--port", "0", "--tunnel", "none") as screen:
        await screen.until("API token")
        screen.press("ctrl+c")
        assert await screen.ended(3) == 0
        assert screen.unrestored == set()


async def test_a_wrong_token_is_replaced_without_a_restart() -> None:
    """The sentence says what to do; u opens the prompt; the right token registers."""
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url, PIKTID_TOKEN="wrong") as screen,
    ):
        await screen.until("PiktID refused the token (401): it is wrong or has expired.")
        await screen.until("Create one at app.on-model.com/profile?tab=tokens, then u to enter it.")
        await screen.until("● 127.0.0.1:")
        screen.press("u")
        await screen.dialog("API token")
        screen.type(TOKEN.reveal() + "\r")
        await screen.until("✓ valid")
        assert url_at(sandbox) is not None
        await screen.gone("refused the token")


async def test_q_leaves_after_a_wrong_token() -> None:
    """The problem is shown; q then leaves with 0."""
    async with (
        sandbox_of() as (_, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url, PIKTID_TOKEN="wrong") as screen,
    ):
        await screen.until("PiktID refused the token (401)")
        screen.press("q")
        assert await screen.ended() == 0


async def test_a_webhook_that_is_not_ours_is_kept_or_replaced() -> None:
    """The safe answer leaves it alone; u asks again; r replaces it, and leaving puts it back, with its new secret."""
    theirs = "http://127.0.0.1:9/hooks/piktid"
    async with (
        sandbox_of() as (sandbox, api_url),
        terminal("--port", "0", "--tunnel", "none", "--api-url", api_url, PIKTID_TOKEN=TOKEN.reveal()) as screen,
    ):
        sandbox.registry.put(theirs)
        await screen.dialog("A webhook that is not ours is registered")
        await screen.until(theirs)
        await screen.pressing("esc", lambda text: "that is not ours" not in text)
        assert url_at(sandbox) == theirs
        screen.press("u")
        await screen.dialog("A webhook that is not ours is registered")
        await screen.pressing("r", "[x] Restore the previous webhook on exit")
        await screen.pressing("r", "✓ valid")
        assert url_at(sandbox) != theirs
        screen.press("q")
        assert await screen.ended() == 0
        assert sandbox.registry.current is not None
        assert sandbox.registry.current.url == theirs
        assert f"{theirs} is registered again." in screen.after_the_screen
        assert sandbox.registry.current.secret.reveal() in screen.after_the_screen


async def test_a_tunnel_that_cannot_open_is_tried_again_by_u() -> None:
    """The program is not restarted; q leaves an error with 0."""
    async with (
        sandbox_of() as (sandbox, api_url),
        LocalhostRun(loopback=True) as server,
        terminal(
            *("--port", "0", "--ssh-server", server.ssh_server, "--api-url", api_url), PIKTID_TOKEN=TOKEN.reveal()
        ) as screen,
    ):
        server.wants_key = True
        await screen.until("127.0.0.1 requires a key (permission denied).")
        server.wants_key = False
        await screen.pressing("u", "✓ valid")
        assert url_at(sandbox) is not None
        await server.drop()
        await screen.until(lambda text: len(server.announced) == 2 and _count(text) == 2)
        assert str(url_at(sandbox)).startswith(server.announced[1])


async def test_a_refused_request_is_shown() -> None:
    """The answer at the bare URL has the reason why nothing arrived."""
    async with terminal("--no-register", "--tunnel", "none", "--port", "0", "--ephemeral") as screen:
        text = await screen.until(re.compile(r"● 127\.0\.0\.1:(\d+)").search)
        port = re.findall(r"127\.0\.0\.1:(\d+)", text)[0]
        assert await post(f"http://127.0.0.1:{port}/nothing-here", b"{}") == 404
        await screen.until("1 refused")
        await screen.until("POST /nothing-here")


async def test_hostile_words_do_not_reach_the_terminal() -> None:
    """Neither escape sequences nor markup nor direction marks, from body, header or path, in any tab."""
    name = "\x1b]0;owned\x07\x1b[31mred\u202e[bold]"
    body = json.dumps({"id": 1, "name": name, "data": {name: "\x9b2J\u202e"}}, ensure_ascii=False).encode()
    async with terminal("--no-register", "--tunnel", "none", "--ephemeral", "--port", "0") as screen:
        await screen.until("● 127.0.0.1:")
        await screen.pressing("c", "Sent to the terminal: ")
        url = base64.b64decode(COPIED.findall(screen.output)[-1]).decode()
        before = len(screen.output)
        assert await post(url, body, [(b"X-Webhook-Event", name.encode()), (b"X-\x9b", b"\x9b31m")]) == 400
        assert await post(url + "?%1b[31m", body, [(b"X-Odd", b"\x9b31m\xe2\x80\xae")]) == 200
        await screen.until("∅ missing")
        await screen.pressing("enter", "esc Back")
        for words in "X-Odd", "received", '{"id": 1':
            await screen.pressing("]", words)
        said = bytes(screen.output[before:])
    assert b"owned\x07" not in said
    assert b"\x1b[31m" not in said
    assert not {"\u202e", "\x9b"} & set(said.decode())


async def test_sizes() -> None:
    """Narrow and tiny terminals have their form, and growing brings the rest back."""
    async with terminal("--sandbox", "--port", "0", columns=80, lines=24) as screen:
        await screen.until("✓ valid")
        screen.resize(30, 8)
        await screen.until("needs 40×10, is 30×8")
        screen.resize(39, 10)
        await screen.until("webhook-tui needs 40×10, this is 39×10")
        screen.resize(140, 42)
        await screen.until("answers 200")
        await screen.until('"name"')


async def test_ascii() -> None:
    """Nothing but ASCII is drawn where the locale has nothing else, or with --ascii."""
    async with terminal("--sandbox", "--port", "0", "--ascii") as screen:
        await screen.until("+ valid")
        await screen.until("x invalid")
        await screen.pressing("?", "why this verdict")
        assert screen.screen.isascii()
