"""Which links of a body may be opened."""

from __future__ import annotations

import pytest

from webhook_tui.domain.payload.links import LONGEST_LINK, links


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "https://x.example/1.png", "b": "HTTP://y.example"}', ["https://x.example/1.png", "HTTP://y.example"]),
        (r'"https:\/\/x.example\/a?b=1\u0026c=2"', ["https://x.example/a?b=1&c=2"]),
        ('"https://x.example/1" "https://x.example/1"', ["https://x.example/1"]),
        ('"https://user@x.example/" "javascript:alert(1)" "file:///etc/passwd"', []),
        ('"https://x.example/\u202egnp.exe" "https://\u0445.example/"', []),
        ('"https://[broken/"', []),
        ("https://x.example/" + "a" * LONGEST_LINK, []),
    ],
)
def test_only_plain_web_links_are_found(text: str, found: list[str]) -> None:
    """Each once, as encoders write them; none that hides where it leads or cannot be shown in full."""
    assert links(text) == found


def test_at_most_nine() -> None:
    """One for each digit."""
    assert len(links(" ".join(f"https://x.example/{number}" for number in range(20)))) == 9
