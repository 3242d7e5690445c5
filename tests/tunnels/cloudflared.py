#!/usr/bin/env python3
"""Prints what a tunnel program prints, as FAKE_MODE says: `cloudflared.py tunnel --url http://HOST:PORT`.

Modes: quick (a cloudflared quick tunnel, then waits), refused (its error line names the API's URL, then it ends with
1), silent, once (a URL, then it ends with 3), pinggy (colours, http before https), zrok (a bare host in JSON), spoof
(after its URL it prints one that a request brought), again (its URL changes), stubborn (quick, deaf to SIGTERM).
FAKE_SAYS is said instead of what cloudflared says.
"""

from __future__ import annotations

import os
import signal
import sys

MODE = os.environ.get("FAKE_MODE", "quick")
_CLOUDFLARED = """\
2026-11-23T14:20:00Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is subject \
to the Cloudflare Online Services Terms of Use (https://www.cloudflare.com/website-terms/), and Cloudflare reserves. \
If you intend to use Tunnels in production, follow: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps
2026-11-23T14:20:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-11-23T14:20:02Z INF +--------------------------------------------------------------------------------------------+
2026-11-23T14:20:02Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-11-23T14:20:02Z INF |  https://{name}.trycloudflare.com                                                          |
2026-11-23T14:20:02Z INF +--------------------------------------------------------------------------------------------+
"""


def say(text: str) -> None:
    """Print to standard error at once, as such programs do."""
    sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    """Play the mode."""
    say(f"argv {sys.argv[1:]}")
    if MODE == "refused":
        say('ERR failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: no such host')
        return 1
    if MODE == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if MODE == "pinggy":
        say("Upgrade at https://dashboard.pinggy.io\r\nhttp://\x1b[1mabc-1.a.free.pinggy.link\x1b[0m\r")
        say("\x1b[32mhttps://abc-1.a.free.pinggy.link\x1b[0m\r")
    elif MODE == "zrok":
        say('{"level":"info","msg":"access your share at: k3xq8tjw1pzn.share.zrok.io","time":"2026-11-23T14:20:00Z"}')
    elif MODE != "silent":
        say(os.environ.get("FAKE_SAYS", _CLOUDFLARED.format(name="bright-otter")))
    if MODE == "once":
        say("ERR Connection lost: timeout: no recent network activity")
        return 3
    if MODE == "spoof":
        say('2026-11-23T14:21:00Z INF GET / referer="https://evil.trycloudflare.com" 200')
        say("https://evil.trycloudflare.com")
        say("end of the requests")
    if MODE == "again":
        say(_CLOUDFLARED.format(name="second-name").replace(":20:", ":31:"))
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
