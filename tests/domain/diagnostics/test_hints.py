"""Evidence without proof: what the body, the headers and an earlier attempt show."""

from __future__ import annotations

import pytest

from tests.domain.diagnostics.test_engine import BODY, SECRET, delivery, explained, signed
from tests.factories import row
from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.domain.delivery.headers import Headers
from webhook_tui.domain.diagnostics.hints import hints


@pytest.mark.parametrize(
    ("body", "extra", "expected"),
    [
        (b"", (), "The body is empty."),
        (b"hello", (), "The body is not JSON."),
        (BODY[:-28], (), "The body ends in the middle of its JSON. It has text outside ASCII: "),
        (b"[object Object]", (), "The body is [object Object], which JavaScript prints for a value that is not text."),
        (b"{}", (), "The body is {}, which JavaScript prints for a value that is not text."),
        (b"Array\n(\n    [id] => 1\n)\n", (), "The body is not JSON: it looks like the output of print_r() of PHP."),
        (b"map[id:1 name:ping]", (), "The body is not JSON: it looks like the output of %v of Go."),
        (b"{ id: 1, data: [Object] }", (), "The body is not JSON: it looks like the output of util.inspect() of "),
        (b"{id=1, name=ping}", (), "The body is not JSON: it looks like the output of toString() of Java."),
        ('{"a": "caf\ufffd"}'.encode(), (), "The body has U+FFFD in it: a program decoded its text in the wrong "),
        (BODY, ((b"Via", b"1.1 varnish"),), "The request passed a proxy (Via: 1.1 varnish), which may have changed "),
        (BODY, ((b"Content-Length", b"9"),), f"Content-Length is 9, and {len(BODY)} bytes arrived."),
        (
            BODY,
            ((b"Content-Length", str(len(BODY.decode())).encode()),),
            f"Content-Length is {len(BODY.decode())}, and {len(BODY)} bytes arrived. That is the number of characters.",
        ),
        (
            b"\x0b\x02\x80hi\x03",
            ((b"Content-Encoding", b"br"),),
            "Content-Encoding is br: the body may have been signed before it was compressed.",
        ),
    ],
)
def test_each_hint(body: bytes, extra: Headers, expected: str) -> None:
    """One sentence for each kind of evidence, and no other one."""
    found = hints(delivery(b"sha256=" + b"5f" * 32, body, extra), None, ())

    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    ("valid", "expected"),
    [
        (BODY.replace(b"90412", b"90413"), "Different: $.id was 90413 and is 90412."),
        (BODY.replace(b", ", b","), "The valid one is the same JSON, with other white space."),
        (b"hello", f"The first difference is at byte 0 (5 bytes then, {len(BODY)} now)."),
    ],
)
def test_the_same_event_that_came_valid_with_other_bytes(valid: bytes, expected: str) -> None:
    """The difference is shown, computed from the two bodies."""
    other = StoredDelivery(row(7, event_id="1"), delivery(signed(valid, "unknown"), valid))

    found = hints(delivery(b"sha256=" + b"5f" * 32), "1", (other,))

    assert found == (f"The same event arrived valid as #7 with other bytes. {expected}",)
    assert hints(delivery(b"sha256=" + b"5f" * 32), "2", (other,)) == ()


def test_a_named_cause_needs_no_hint() -> None:
    """Hints are for what has no cause."""
    assert explained(delivery(signed(b"hello"), b"hello\n", ((b"Via", b"1.1 varnish"),)), "other").hints
    assert explained(delivery(signed(b"hello"), b"hello\n", ((b"Via", b"1.1 varnish"),)), SECRET).hints == ()
