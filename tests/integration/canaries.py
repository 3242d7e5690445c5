"""Where nothing secret may be: everything that the program said, and every file of its own but the one for secrets."""

from __future__ import annotations

from collections.abc import Iterator

from webhook_tui.places import Places


def kept_files(places: Places) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file that the program keeps."""
    for path in (*places.state.rglob("*"), *places.config.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def assert_nowhere(canary: str, *said: bytes) -> None:
    """It is in nothing that was said, and in no file but accounts.db."""
    word = canary.encode()
    for words in said:
        assert word not in words
    for name, content in kept_files(Places.of_user()):
        assert word not in content or name.startswith("accounts.db"), name
