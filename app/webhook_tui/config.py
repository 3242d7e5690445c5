"""The settings of one run, decided once (flag, then environment, then config.toml, then default) and never changed."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from webhook_tui import errors
from webhook_tui.domain.alerts import Subject
from webhook_tui.domain.answer_rules.rules import AnswerRule, Default
from webhook_tui.domain.errors import Problem, ProblemError
from webhook_tui.domain.forwarding.forward_rule import ForwardHeader, ForwardRule
from webhook_tui.domain.jobs.job import JobFields
from webhook_tui.domain.signature.secret import Secret
from webhook_tui.domain.signature.secret_ring import Origin
from webhook_tui.places import Places

API_URL = "https://v2.api.piktid.com"
HOST = "127.0.0.1"
PORT = 9876
SSH_SERVER = "nokey@localhost.run"
TUNNELS = ("ssh", "ngrok", "command", "none")
IMAGES = ("auto", "kitty", "blocks")
"""How images are drawn: as the terminal can, with kitty graphics, or with half blocks."""
KEEP_DAYS = 90
KEEP_ROWS = 1_000_000


class Settings(Struct, frozen=True, kw_only=True):
    """One run's settings."""

    token: Secret | None = None
    sandbox: bool = False
    api_url: str = API_URL
    hook_url: str | None = None
    tunnel: str = "ssh"
    ssh_server: str = SSH_SERVER
    tunnel_command: str | None = None
    tunnel_url_pattern: str | None = None
    ngrok_path: str | None = None
    ngrok_authtoken: Secret | None = None
    host: str = HOST
    port: int = PORT
    port_was_given: bool = False
    clean: bool = True
    """Delete the registration when leaving."""
    replace: bool = False
    """Replace a webhook that is not ours without asking."""
    secrets: tuple[Secret, ...] = ()
    """Given by --secret, for this run."""
    file_secrets: tuple[Secret, ...] = ()
    """Given by --secret-file, for this run."""
    register: bool = True
    sse: bool = True
    lost_after_seconds: float | None = None
    """How long an event that came by SSE waits for its webhook before it counts as lost; None: the default."""
    forward_to: str | None = None
    """Where deliveries are forwarded to that pass none of `forward_rules`."""
    forward_rules: tuple[ForwardRule, ...] = ()
    """The first one that a delivery passes says where it is forwarded to."""
    answer: AnswerRule = field(default_factory=Default)
    """How deliveries are answered from the start."""
    forward_anywhere: bool = False
    forward_path: bool = False
    """Pass the path and the query of a delivery on, after those of `forward_to`."""
    forward_retries: int = 0
    forward_header: tuple[ForwardHeader, ...] = ()
    """Added to what is forwarded."""
    db: Path | None = None
    ephemeral: bool = False
    temporary_directory: Path | None = None
    """Where a history lies that is not kept; None: the store makes and removes a directory."""
    keep_days: int = KEEP_DAYS
    """Older deliveries are deleted, unless they are marked; 0: none."""
    keep_rows: int = KEEP_ROWS
    """So many of the newest deliveries are kept, and the marked; 0: all."""
    job_fields: JobFields = field(default_factory=JobFields)
    """Where in an event's `data` the job stands: PiktID does not document it."""
    theme: str | None = None
    ascii: bool = False
    images: str = "auto"
    """Of IMAGES."""
    notify: frozenset[Subject] = frozenset()
    """What the terminal rings and notifies for."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    """The named filters of config.toml."""
    warnings: tuple[Problem, ...] = ()
    """What is wrong with config.toml, for the screen."""
    places: Places = field(default_factory=Places.of_user)

    @property
    def forward_urls(self) -> tuple[str, ...]:
        """Every URL that deliveries may be forwarded to from the start."""
        default = () if self.forward_to is None else (self.forward_to,)
        return (*(rule.url for rule in self.forward_rules), *default)

    @property
    def given_secrets(self) -> tuple[tuple[Secret, Origin], ...]:
        """The signing secrets that the options give, and which option did."""
        return (
            *((secret, Origin.OPTION) for secret in self.secrets),
            *((secret, Origin.FILE) for secret in self.file_secrets),
        )

    @property
    def all_secrets(self) -> tuple[Secret, ...]:
        """Every secret and token that the options give."""
        tokens = (token for token in (self.token, self.ngrok_authtoken) if token is not None)
        return (*self.secrets, *self.file_secrets, *tokens)

    @property
    def deliveries_path(self) -> Path | None:
        """The database to use; None: a temporary one."""
        if self.db is not None:
            return self.db
        if self.is_temporary:
            return None if self.temporary_directory is None else self.temporary_directory / "deliveries.db"
        return self.places.deliveries

    @property
    def is_temporary(self) -> bool:
        """Whether the history is deleted at the end."""
        return self.db is None and (self.ephemeral or self.sandbox)

    @property
    def accounts_path(self) -> Path | None:
        """Where secrets and registrations are kept; None: in memory, for the sandbox."""
        return None if self.sandbox else self.places.accounts


def read_config(path: Path) -> dict[str, Any]:
    """The table in config.toml, {} when there is none; raises ProblemError (usage) when it cannot be read."""
    if not path.exists():
        return {}
    import tomllib  # noqa: PLC0415 -- most users have no such file

    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ProblemError(errors.unreadable(path, error.strerror)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemError(errors.not_toml(path, error)) from error


def named_filters(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts in the table [filters] by name; what is no text is left out."""
    table = config.get("filters", {})
    return {name: text for name, text in table.items() if isinstance(text, str)} if isinstance(table, dict) else {}


def _decoded(content: bytes) -> str:
    """Text as editors save it: UTF-8, or UTF-16 as Windows does, with a byte order mark or (UTF-8) without one."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf16 else "utf-8-sig")


def read_secret_file(path: Path) -> Secret:
    """The secret in a file, one newline at its end taken off, which editors add.

    Raises ProblemError (usage) when it cannot be read, is empty, or can be read by others than its owner.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = _decoded(file.read(65_536))
    except OSError as error:
        raise ProblemError(errors.unreadable(path, error.strerror)) from error
    except UnicodeDecodeError as error:
        raise ProblemError(errors.not_text(path)) from error
    if sys.platform != "win32" and path.is_file() and mode & 0o077:
        raise ProblemError(errors.not_private(path))
    text = re.sub(r"\r?\n\Z", "", text)
    if not text:
        raise ProblemError(errors.empty(path))
    return Secret(text)
