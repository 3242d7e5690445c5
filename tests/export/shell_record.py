"""What shells made of our words: `python -m tests.export.shell_record` asks those on this machine and writes it down.

Only a change of the quoting needs it: then run it where bash, dash, zsh and fish are, and look at what it says.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from webhook_tui.export.shell import from_base64, note, text_body, word

FILE = Path(__file__).with_name("shell_record.json")
_VERSION = {
    "bash": ["bash", "--version"],
    "dash": ["dpkg-query", "-W", "dash"],
    "zsh": ["zsh", "--version"],
    "fish": ["fish", "--version"],
}
CONTENTS = (
    b"",
    b"plain",
    b"two words",
    b"it's",
    b"'",
    b"''",
    b"\\",
    b"\\\\",
    b"\\\\\\",
    b"a\\'b",
    b"a\\\\'b\\",
    b"'\\",
    rb'{"a":"C:\\tmp\\","b":"\"\n\u00e9"}',
    b"$HOME $(id) `id` ${x} (id) <(id)",
    b"! !! !x",
    b"~ ~root",
    b"=ls",
    b"%self %1",
    b"{a,b} [a-c] * ?",
    b"# no comment",
    b"-n",
    b"a=b;c&d|e>f<g^h",
    "Zoë — 日本".encode(),
    b"tab\there",
    b"\xff\x80\x1b[31m\x9b",
    b"-n \x01 %s \\n 'x' !",
    "\u202ehides".encode(),
)
"""Each is written as a word, and what the shell gives the program is compared."""
BODIES = (b"", b'{\n  "a": "\\\\"\n}\n', b"'\n\\\n", b"\r\n\t", bytes(range(256)))
"""Each is written as a body: as a word where it is text, else by standard input."""


def written_word(content: bytes) -> str:
    """A command that prints the word and a newline."""
    return note("it's \\ a | note") + f"printf '%s\\n' {word(content)}"


def written_body(body: bytes) -> str:
    """A command that prints the body."""
    text = text_body(body)
    return from_base64(body, "cat") if text is None else f"printf %s {text}"


def _printed(shell: str, command: str) -> bytes:
    return subprocess.run([shell], input=command.encode(), capture_output=True, check=True, timeout=60).stdout


def _record() -> dict[str, Any]:
    wanted = [(written_word(content), content + b"\n") for content in CONTENTS]
    wanted += [(written_body(body), body) for body in BODIES]
    return {
        "shells": {
            shell: subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[0]
            for shell, command in _VERSION.items()
        },
        "read": [
            {
                "command": command,
                "by": {shell: _printed(shell, command) == content for shell in _VERSION},
            }
            for command, content in wanted
        ],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(_record(), ensure_ascii=True, indent=1) + "\n")
