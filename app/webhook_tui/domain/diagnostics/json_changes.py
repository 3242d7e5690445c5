"""Names the differences of two JSON texts: order, white space, escapes, numbers, fields, values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from webhook_tui.domain.diagnostics.catalogue import JSON_CHANGES
from webhook_tui.domain.diagnostics.causes import Difference, difference
from webhook_tui.domain.diagnostics.serializers import PIKTID
from webhook_tui.domain.payload.json_document import NUMBER, TOKEN, Document, Members, Node, Order

_MARKS, _SPACED, _CLOSING = frozenset("{}[],:"), (",", ":"), frozenset("}],:")
_INDENT = re.compile(r"[\[{]\n([ \t]*)\S")
_NAME_MARKS = re.compile(r"[_-]")
_MOST_CHANGES = 8
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)|.", re.DOTALL)


def json_changes(signed: bytes, received: bytes) -> tuple[Difference, ...]:
    """Return the differences, the most important first; empty when one of the two is not JSON or they are equal."""
    ours, theirs = Document.parse(signed, _never), Document.parse(received, _never)
    if ours is None or theirs is None or signed == received:
        return ()
    advice = _advice(ours, signed, theirs, received)
    found: dict[str, Difference] = {}
    for one in (*_changes(ours, ours.root, theirs, theirs.root, "$"), *_layout(signed, received)):
        found.setdefault(one.code, Difference(one.code, one.values, advice))
        if len(found) >= _MOST_CHANGES:
            break
    return tuple(found.values())


def _never() -> bool:
    return False


def _advice(ours: Document, signed: bytes, theirs: Document, received: bytes) -> str:
    """Return the key of the advice: which of the two is in PiktID's own form."""
    mine, other = _is_piktid(ours, signed), _is_piktid(theirs, received)
    if mine == other:
        return ""
    return "piktid-signed" if mine else "piktid-received"


def _is_piktid(document: Document, body: bytes) -> bool:
    return document.written(PIKTID.order, PIKTID.layout, PIKTID.escape, PIKTID.numbers) == body


def _changes(ours: Document, mine: Node, theirs: Document, other: Node, path: str) -> Iterator[Difference]:
    """Yield the differences of two nodes at the same path."""
    if isinstance(mine, str) and isinstance(other, str):
        yield from _scalars(ours, mine, theirs, other, path)
    elif isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        for at, (one, two) in enumerate(zip(mine, other, strict=True)):
            yield from _changes(ours, one, theirs, two, f"{path}[{at}]")
    elif isinstance(mine, Members) and isinstance(other, Members):
        yield from _members(ours, mine, theirs, other, path)
    elif not _size(mine) and not _size(other):
        yield difference("json-empty-array", path=path, signed=_shown(mine), received=_shown(other))
    else:
        yield difference("json-values", path=path, signed=_shown(mine), received=_shown(other))


def _members(ours: Document, mine: Members, theirs: Document, other: Members, path: str) -> Iterator[Difference]:
    left = [(ours.decoded(key), key, value) for key, value in mine.pairs]
    right = [(theirs.decoded(key), key, value) for key, value in other.pairs]
    our_names, their_names = [name for name, *_ in left], [name for name, *_ in right]
    if len(set(their_names)) < len(their_names) and len(set(our_names)) == len(our_names):
        yield difference("json-duplicate-keys")
    here, there = {name: (key, value) for name, key, value in left}, {name: (key, value) for name, key, value in right}
    renamed = _renamed([name for name in here if name not in there], [name for name in there if name not in here])
    for one, two in renamed.items():
        yield difference("json-key-case", signed=one, received=two)
    known = {*here, *renamed.values()}
    yield from _fields(
        ((name, value) for name, (_, value) in there.items() if name not in known),
        ("json-nulls", "json-field-added"),
        path,
    )
    yield from _fields(
        ((name, value) for name, (_, value) in here.items() if name not in there and name not in renamed),
        ("json-nulls-lost", "json-field-lost"),
        path,
    )
    both = [name for name in here if renamed.get(name, name) in there]
    kept = dict.fromkeys(renamed.get(name, name) for name in both)
    order = [name for name in there if name in kept]
    if [*kept] != order:
        is_sorted, was_sorted = both == sorted(both), order == sorted(order)
        yield difference("json-sorted" if is_sorted else "json-unsorted" if was_sorted else "json-order")
    for name in both:
        (our_key, our_value), (their_key, their_value) = here[name], there[renamed.get(name, name)]
        if name not in renamed:
            yield from _scalars(ours, our_key, theirs, their_key, path)
        yield from _changes(ours, our_value, theirs, their_value, f"{path}.{name}")


def _fields(fields: Iterator[tuple[str, Node]], codes: tuple[str, str], path: str) -> Iterator[Difference]:
    for name, value in fields:
        yield difference(codes[value != "null"], name=name, path=f"{path}.{name}")


def _renamed(ours: list[str], theirs: list[str]) -> dict[str, str]:
    """Return keys that are equal but for case, underscores and hyphens, by our name."""
    plain = {_NAME_MARKS.sub("", name).lower(): name for name in theirs}
    found = {name: plain.get(_NAME_MARKS.sub("", name).lower(), "") for name in ours}
    return {name: other for name, other in found.items() if other}


def _scalars(ours: Document, mine: str, theirs: Document, other: str, path: str) -> Iterator[Difference]:
    if mine == other:
        return
    one, two = ours.scalar(mine), theirs.scalar(other)
    texts = mine.startswith('"'), other.startswith('"')
    if all(texts) and one == two:
        yield _escapes(mine, other)
    elif NUMBER.fullmatch(mine) and NUMBER.fullmatch(other) and float(mine) == float(other):
        yield difference("json-numbers", signed=mine, received=other)
    elif {mine, other} == {"null", '""'}:
        yield difference("json-empty-null", path=path, signed=mine, received=other)
    elif all(texts) and one.strip() == two.strip():
        yield difference("json-trimmed", path=path)
    elif texts[0] != texts[1] and one == two:
        yield difference("json-types", path=path, signed=mine, received=other)
    else:
        yield difference("json-values", path=path, signed=mine, received=other)


def _escapes(mine: str, other: str) -> Difference:
    """Return the first place in which two spellings of one text differ."""
    at_mine, at_other = iter(_ESCAPE.findall(mine)), iter(_ESCAPE.findall(other))
    one = two = ""
    for one, two in zip(at_mine, at_other, strict=False):
        if one != two:
            break
    if one.startswith("\\") and two.startswith("\\"):
        return difference("json-escape-form", signed=one, received=two)
    if one.startswith("\\"):
        return difference("json-escapes", signed=one, received=two) if two.isascii() else difference("json-ascii")
    return difference("json-unescaped", signed=one, received=two) if one.isascii() else difference("json-utf8")


def _layout(signed: bytes, received: bytes) -> Iterator[Difference]:
    mine, other = _decoded(signed), _decoded(received)
    ends = mine[len(mine.rstrip()) :], other[len(other.rstrip()) :]
    gaps, their_gaps = _gaps(mine.strip()), _gaps(other.strip())
    if any(gaps[place] != their_gaps[place] for place in gaps.keys() & their_gaps.keys()):
        yield _named(mine.strip(), gaps)
    if ends[0] == "\n" and not ends[1]:
        yield difference("json-newline")
    elif ends[1] == "\n" and not ends[0]:
        yield difference("json-newline-cut")
    elif mine.strip() != mine or other.strip() != other:
        yield difference("json-spacing")


def _named(text: str, gaps: Mapping[tuple[str, str], set[str]]) -> Difference:
    if all(found == {""} for found in gaps.values()):
        return difference("json-compact")
    if all(found == ({" "} if before in _SPACED else {""}) for (before, _), found in gaps.items()):
        return difference("json-spaced")
    indent = _INDENT.match(text)
    if indent is not None and indent[1]:
        code = f"json-indent-{'tab' if indent[1] == chr(9) else len(indent[1])}"
        return difference(code if code in JSON_CHANGES else "json-indent")
    return difference("json-spacing")


def _gaps(text: str) -> Mapping[tuple[str, str], set[str]]:
    """Return the white space, also none, between each pair of marks (a comma or colon, a bracket, "" for a value)."""
    unit = _INDENT.match(text)
    found: dict[tuple[str, str], set[str]] = {}
    before, end = "", 0
    for match in TOKEN.finditer(text):
        mark = match[0] if match[0] in _MARKS else ""
        gap = text[end : match.start()]
        gap = "\n" + (unit[1] if unit else "") if "\n" in gap else gap
        found.setdefault((before, mark if mark in _CLOSING else ""), set()).add(gap)
        before, end = mark, match.end()
    return found


def _decoded(body: bytes) -> str:
    return body.decode(json.detect_encoding(body), "surrogatepass")


def _size(node: Node) -> int:
    return 1 if isinstance(node, str) else len(node) if isinstance(node, list) else len(node.pairs)


def _shown(node: Node) -> str:
    if isinstance(node, str):
        return node
    return (Document(node, _never).written(Order.AS_SENT, PIKTID.layout) or b"").decode()
