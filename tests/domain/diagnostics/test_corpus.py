"""The causes named for hundreds of bodies that real programs serialized again are true.

`serializers.jsonl` holds four bodies in PiktID's form and what Node.js, PHP, Ruby, Go, Java, .NET, Perl, jq and Python
made of them, with program and call; either of the two was signed. Each case is scored named, vague, honest or false by
an oracle of its own, which reads the two texts with the standard library and not with the diagnostics.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import pytest

from tests.domain.diagnostics.test_engine import SECRET, delivery, explained, signed
from webhook_tui.domain.diagnostics.report import Cause, Examination

FACTS = {
    "order": {"json-sorted", "json-unsorted", "json-order"},
    "numbers": {"json-numbers"},
    "escapes": {"json-ascii", "json-utf8", "json-escapes", "json-unescaped", "json-escape-form"},
    "white space": {
        *("json-compact", "json-spaced", "json-spacing", "json-newline", "json-newline-cut", "json-indent-tab"),
        *("json-indent-1", "json-indent-2", "json-indent-3", "json-indent-4", "missing-newline", "trailing-newline"),
    },
    "fields": {"json-nulls", "json-nulls-lost", "json-field-added", "json-field-lost", "json-key-case"},
    "values": {"json-empty-null", "json-empty-array", "json-trimmed", "json-types", "json-values"},
}
TEXTS = {
    *("body-printed", "word-for-body", "python-bytes-text", "form-of-fields", "form-encoded", "form-decoded"),
    *("form-field", "body-base64", "body-from-base64", "body-hex", "body-from-hex", "body-from-numbers"),
    *(
        "body-from-python",
        "body-from-ruby",
        "json-string-signed",
        "json-string",
        "wrapped",
        "wrapped-base64",
        "wrapped-object",
    ),
    *("html-escaped", "html-unescaped", "wrapper-signed", "only-data", "only-name"),
}
_UNGUESSABLE = re.compile(r"Lambda|SQS|SNS|EventBridge|added key|Promise|http_build|querystring")
_WRAPS = re.compile(
    r"Lambda|SQS|SNS|EventBridge|base64|hex|%x|Marshal\(\[\]byte|Marshal\(string|String\(body|"
    r"SerializeObject\(string|json.dumps\(body"
)


class Written(msgspec.Struct, frozen=True):
    """What a program made of one of the bodies."""

    program: str
    call: str
    body: bytes
    output: bytes


@cache
def corpus() -> tuple[Written, ...]:
    """The frozen outputs."""
    lines = [json.loads(line) for line in Path(__file__).with_name("serializers.jsonl").read_text("utf-8").splitlines()]
    bodies = {line["input"]: line["body"].encode() for line in lines if "body" in line}
    return tuple(
        Written(line["program"], line["call"], bodies[line["input"]], line["output"].encode())
        for line in lines
        if "output" in line
    )


class Pairs(list[tuple[str, object]]):
    """An object as the oracle reads it."""


class Lexeme(str):
    """A number as the oracle reads it."""

    __slots__ = ()


def read(text: bytes) -> object:
    """JSON with order, and numbers as written; raises ValueError."""
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Lexeme, parse_float=Lexeme)


def facts(signed_body: bytes, received: bytes) -> set[str]:
    """In which respects two JSON texts differ; raises ValueError when one of them is none."""
    found: set[str] = set()
    compare(read(signed_body), read(received), found)
    spelled = [spellings(body) for body in (signed_body, received)]
    if any(spelled[0][text] != spelled[1][text] for text in spelled[0].keys() & spelled[1].keys()):
        found.add("escapes")
    blanks = [re.sub(rb'"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+', b"x", body) for body in (signed_body, received)]
    if set(re.findall(rb".?\s+|\Z", blanks[0])) != set(re.findall(rb".?\s+|\Z", blanks[1])):
        found.add("white space")
    return found


def spellings(body: bytes) -> dict[str, set[bytes]]:
    """How each text of a JSON is written in it."""
    found: dict[str, set[bytes]] = {}
    for lexeme in re.findall(rb'"(?:[^"\\]|\\.)*"', body):
        found.setdefault(json.loads(lexeme), set()).add(lexeme)
    return found


def compare(one: object, two: object, found: set[str]) -> None:
    """Add the respects in which two values differ."""
    if isinstance(one, Pairs) and isinstance(two, Pairs):
        names = [[key for key, _ in pairs] for pairs in (one, two)]
        if sorted(names[0]) != sorted(names[1]):
            found.add("fields")
        shared = [[name for name in side if name in names[0] and name in names[1]] for side in names]
        if shared[0] != shared[1]:
            found.add("order")
        for key, value in one:
            if key in names[1]:
                compare(value, dict(two)[key], found)
    elif type(one) is list and type(two) is list and len(one) == len(two):
        for left, right in zip(one, two, strict=True):
            compare(left, right, found)
    elif isinstance(one, Lexeme) and isinstance(two, Lexeme) and float(one) == float(two):
        found |= {"numbers"} if one != two else set()
    elif one != two or type(one) is not type(two):
        found.add("values")


def score(cause: Cause | None, signed_body: bytes, received: bytes) -> str:
    """`named`, `vague`, `honest` or `false`, and why."""
    if cause is None:
        return "honest"
    codes = set(cause.code.split("+"))
    try:
        expected = facts(signed_body, received)
    except ValueError:
        expected = set()
        if codes <= {code for group in FACTS.values() for code in group}:
            return "false"
    if codes & TEXTS:
        return "named"
    said = {fact for fact, group in FACTS.items() if codes & group}
    if said - expected or codes - {code for group in FACTS.values() for code in group}:
        return "false"
    return "named" if said == expected else "vague"


def is_knowable(written: Written, *, received: bool) -> bool:
    """Whether what was signed can be distinguished from what arrived at all."""
    if not received:
        return _UNGUESSABLE.search(written.call) is None
    if _WRAPS.search(written.call):
        return True
    try:
        parsed = [json.loads(text, object_pairs_hook=repr) for text in (written.output, written.body)]
    except ValueError:
        return False
    return repr(parsed[0]) == repr(parsed[1])


CASES = [(written, received) for written in corpus() for received in (False, True)]


def scored(written: Written, *, received: bool) -> tuple[str, Cause | None]:
    """The score of one case: the body was signed and the output received, or the other way round."""
    pair = (written.body, written.output) if received else (written.output, written.body)
    report = explained(delivery(signed(pair[0]), pair[1]), SECRET)
    if report.cause is None:
        assert report.examination is Examination.NO_CAUSE
        assert report.outcome.startswith("No known cause matches (1 secret, ")
        return "honest", None
    for text in (report.cause.why, report.cause.change, report.cause.headline, report.cause.short_reason):
        assert text.endswith(".")
    assert len(report.cause.headline) <= 60
    assert len(report.cause.short_reason) <= 34
    return score(report.cause, *pair), report.cause


def test_nothing_false_is_reported_and_what_can_be_known_is_named() -> None:
    """At least 300 cases, none of them false, at least 85 of 100 of those that can be known are named."""
    assert len(CASES) >= 300
    scores: Counter[str] = Counter()
    knowable: Counter[str] = Counter()
    wrong: list[str] = []
    for written, received in CASES:
        outcome, cause = scored(written, received=received)
        scores[outcome] += 1
        if is_knowable(written, received=received):
            knowable[outcome] += 1
        if outcome == "false":
            wrong.append(f"{written.program} {written.call} {'received' if received else 'signed'}: {cause}")
    assert wrong == []
    assert knowable["named"] >= 0.85 * knowable.total(), (scores, knowable)


def test_a_json_difference_is_never_called_a_text() -> None:
    """The oracle itself sees each respect alone."""
    assert facts(b'{"a": 1}', b'{"a":1}') == {"white space"}
    assert facts(b'{"a":1,"b":2}', b'{"b":2,"a":1}') == {"order"}
    assert facts(b'{"a":1.0}', b'{"a":1}') == {"numbers"}
    assert facts(b'{"a":"<"}', b'{"a":"\\u003c"}') == {"escapes"}
    assert facts(b'{"a":1}', b'{"a":1,"b":null}') == {"fields"}


@pytest.mark.parametrize(
    ("signed_body", "received", "code", "sentence"),
    [
        (
            b'{"a":"<"}',
            b'{"a":"\\u003c"}',
            "json-unescaped",
            r"< was signed and \u003c arrived: an escape was added after",
        ),
        (b'{"a":"\\u003c"}', b'{"a":"<"}', "json-escapes", r"\u003c was signed and < arrived: an escape was removed"),
        (
            b'{"t":1795826357.459}',
            b'{"t":1.795826357459E9}',
            "json-numbers",
            "1795826357.459 was signed and 1.795826357459E9",
        ),
        (b'{"a":1,"b":1}', b'{"b": 1.0, "a": 1.0}', "json-sorted+json-numbers+json-compact", "in alphabetical order"),
        (b'{"a": 1}', b'{"a":1}', "json-spaced", "a space after each comma"),
        (b'{"a": null, "b": 1}', b'{"a": null, "b": 1, "c": null}', "json-nulls", "The null field $.c was not signed."),
    ],
)
def test_words_come_from_the_pair(signed_body: bytes, received: bytes, code: str, sentence: str) -> None:
    """The words describe the difference in the right direction, whichever program may have caused it."""
    cause = explained(delivery(signed(signed_body), received), SECRET).cause

    assert cause is not None
    assert cause.code == code
    assert sentence in cause.why


def test_the_advice_is_to_whom_it_concerns() -> None:
    """Where PiktID's form was signed and another arrived, the advice is to what stands between; else to the signer."""
    ours, theirs = b'{"id": 1, "name": "ping"}', b'{"id":1,"name":"ping"}'
    between = explained(delivery(signed(ours), theirs), SECRET).cause
    signer = explained(delivery(signed(theirs), ours), SECRET).cause

    assert between is not None
    assert "stands between PiktID and this receiver" in between.change
    assert signer is not None
    assert signer.change.startswith("The body arrived in PiktID's own form.")
