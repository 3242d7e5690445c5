"""What a child inherits: our environment, less every variable that holds a token or a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SECRET_NAMES = ("PIKTID_TOKEN", "WEBHOOK_TUI_TOKEN", "WEBHOOK_TUI_SECRET*", "NGROK_AUTHTOKEN", "NGROK_API_KEY")
"""Names that are never handed on; a star at the end stands for any rest."""


def is_secret(name: str, patterns: Iterable[str]) -> bool:
    """Whether a variable of that name is held back."""
    upper = name.upper()
    return any(
        upper.startswith(pattern[:-1]) if pattern.endswith("*") else upper == pattern
        for pattern in (pattern.upper() for pattern in patterns)
    )


def child_environment(
    environ: Mapping[str, str], *, more: Iterable[str] = (), keep: Iterable[str] = ()
) -> dict[str, str]:
    """`environ` without what SECRET_NAMES and `more` name; `keep` names what the child needs nevertheless."""
    patterns = (*SECRET_NAMES, *more)
    kept = frozenset(keep)
    return {name: value for name, value in environ.items() if name in kept or not is_secret(name, patterns)}


def secret_values(environ: Mapping[str, str], *, more: Iterable[str] = ()) -> tuple[str, ...]:
    """The values that are held back and long enough to be looked for in what children print."""
    patterns = (*SECRET_NAMES, *more)
    return tuple(value for name, value in environ.items() if len(value) >= 8 and is_secret(name, patterns))
