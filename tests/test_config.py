"""Files that the user writes, as editors on every system save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_tui.config import read_config, read_secret_file
from webhook_tui.domain.problem import ProblemError

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]


def private(path: Path, content: bytes) -> Path:
    """A file that only its owner can read."""
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_file_may_have_a_byte_order_mark(tmp_path: Path, encoding: str, ending: str) -> None:
    """It is no part of the secret; blanks are."""
    assert read_secret_file(private(tmp_path / "f", f" sé{ending}".encode(encoding))).reveal() == " sé"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\n\x00"])
def test_a_secret_file_without_a_secret_is_empty(tmp_path: Path, content: bytes) -> None:
    """A byte order mark alone is nothing."""
    with pytest.raises(ProblemError, match="is empty"):
        read_secret_file(private(tmp_path / "f", content))


@pytest.mark.parametrize("content", [b"\xff", b"\xff\xfea", b"\xef\xbb\xbf\xff"])
def test_a_secret_file_is_text(tmp_path: Path, content: bytes) -> None:
    """What cannot be read as text is one sentence."""
    with pytest.raises(ProblemError, match="is not text"):
        read_secret_file(private(tmp_path / "f", content))


def test_the_settings_may_have_a_byte_order_mark(tmp_path: Path) -> None:
    """TOML does not mention it, and Windows writes it."""
    assert read_config(private(tmp_path / "config.toml", 'host = "é"\n'.encode("utf-8-sig"))) == {"host": "é"}
