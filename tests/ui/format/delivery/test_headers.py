"""The Headers tab: order, marks, and values cut or whole."""

from __future__ import annotations

from tests.ui.memory_rows import stored_delivery
from webhook_tui.ui.format.delivery.headers import header_lines, name_width, summary


def test_headers_in_their_order_with_marks() -> None:
    """The three that matter first, names as sent; what is twice or claimed is marked."""
    stored = stored_delivery(
        1,
        headers=(
            (b"hOST", b"x"),
            (b"X-Webhook-Signature", b"sha256=" + b"0" * 64),
            (b"X-Twice", b"1"),
            (b"content-type", b"application/json"),
            (b"x-twice", b"2"),
            (b"X-Forwarded-For", b"203.0.113.24"),
        ),
    )
    lines = header_lines(stored.delivery.headers)
    width = name_width(lines, 78)
    shown = ["" if one is None else one.content(width, 60, whole=False).plain.rstrip() for one in lines]

    assert shown == [
        "content-type          application/json",
        "X-Webhook-Signature   sha256=000000000000000000000000000000…",
        "",
        "hOST                  x",
        "X-Twice               1                                twice",
        "x-twice               2                                twice",
        "X-Forwarded-For       203.0.113.24                   claimed",
    ]
    assert summary(stored.delivery, 40) == "6 headers, 190 B"
    assert summary(stored.delivery, 70) == "6 headers, 190 B, in order of arrival below the first three"
    whole = lines[1].content(width, 60, whole=True).plain.split("\n") if lines[1] else []
    assert [len(line) for line in whole] == [60, 55]
