"""Which locales have UTF-8, whatever this machine has installed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from webhook_tui.encoding import is_utf8

ASCII = "ANSI_X3.4-1968"


@pytest.mark.parametrize(
    ("environ", "encoding", "expected"),
    [
        ({"LC_ALL": "C"}, ASCII, False),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, ASCII, False),
        ({"LANG": "de_DE.ISO-8859-1"}, "ISO-8859-1", False),
        ({"LC_CTYPE": "ja_JP.eucJP", "LANG": "en_US.UTF-8"}, "EUC-JP", False),
        ({"LC_ALL": "", "LANG": "en_US.utf8"}, ASCII, True),
        ({"LC_ALL": "xx_YY.UTF-8@euro"}, ASCII, True),
        ({}, "UTF-8", True),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "UTF-8", True),
    ],
)
def test_is_utf8(environ: Mapping[str, str], encoding: str, expected: bool) -> None:
    """The first variable that is set counts; a locale that is not installed counts by its name."""
    assert is_utf8(environ, encoding) is expected
