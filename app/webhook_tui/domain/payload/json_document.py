"""A lossless JSON document: every number and string keeps its spelling, every duplicate key stays.

It is written again in a style (order of keys, white space, escapes, numbers) by looking up the text of each token in a
table, so that a body can be tried in a hundred styles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import IntEnum, auto
from typing import TypeAlias

import msgspec

from webhook_tui.domain.payload.json_decoder import decode

_DEEPEST = 150
_CHECK_EVERY = 4096
TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
"""A token of JSON text: a string (unterminated only at the end of the text), a mark, or a number or literal."""
_PLAIN = re.compile(r'"[ !#$%()*,\-.0-9:;?@A-Z\[\]^_a-z{|}~]*"')
"""Strings that every program writes the same way."""
NUMBER = re.compile(r"-?[0-9].*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2

_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY, _COMMA, _COLON, _ITEM, _NO_MEMBER, _NO_ITEM = range(9)
_MARKS = ("{", "}", "[", "]", ",", ":", ",", "{}", "[]")

Node: TypeAlias = "str | list[Node] | Members"
Token: TypeAlias = str | int
"""A lexeme, or a mark of structure: 16 * (256 * objects around it + arrays around it) + kind."""
Spelling: TypeAlias = Callable[[str], str]
"""Writes a string (given as decoded text) or a number (given as its lexeme) as a lexeme."""


class LexemeEscape:
    """A style that escapes characters in a string lexeme without decoding it."""

    def __init__(self, characters: str) -> None:
        """`characters`: the inside of a character class of a regular expression."""
        self._pattern = re.compile(f"[{characters}]")

    def __call__(self, lexeme: str) -> str:
        """Return the lexeme with those characters as `\\uXXXX`."""
        return self._pattern.sub(lambda match: f"\\u{ord(match[0]):04x}", lexeme)


class Members(msgspec.Struct):
    """A JSON object: key lexemes and values in order, duplicates kept."""

    pairs: list[tuple[str, Node]]


class Order(IntEnum):
    """How a serializer orders the members of an object."""

    AS_SENT = auto()
    UNIQUE = auto()
    """The last value of duplicate keys, at the place of the first."""
    SORTED = auto()
    INNER_SORTED = auto()
    """A Go struct whose fields are maps."""
    OUTER_SORTED = auto()
    """A Go map of json.RawMessage."""
    INDEX_FIRST = auto()
    """JavaScript: keys that are array indexes come first, in numerical order."""
    ASSOCIATIVE = auto()
    """PHP arrays: an empty object becomes `[]`, keys 0, 1, 2 ... a list."""
    LENGTH = auto()
    """PostgreSQL's jsonb and MySQL: by length in bytes, then by bytes."""
    HASHED = auto()
    """Java's HashMap."""


class Layout(msgspec.Struct, frozen=True):
    """Where a serializer puts white space."""

    comma: str = ","
    colon: str = ":"
    indent: str | None = None
    inline: bool = False
    """Jackson: arrays stay in the line, empty ones hold a space."""
    empty: tuple[str, str] | None = None
    """What stands in an empty object and array in front of the indent of the closing bracket; None: nothing."""

    def text(self, mark: int) -> str:
        """Return what is written for a mark of structure."""
        depths, kind = divmod(mark, 16)
        objects, arrays = divmod(depths, 256)
        if kind == _COLON:
            return self.colon
        if self.inline and kind in _INLINE:
            return _INLINE[kind]
        if self.empty is not None and kind in (_NO_MEMBER, _NO_ITEM):
            marks = _MARKS[kind]
            return f"{marks[0]}{self.empty[kind == _NO_ITEM]}{(self.indent or '') * (objects + arrays)}{marks[1]}"
        if kind in (_NO_MEMBER, _NO_ITEM) or (self.indent is None and kind not in (_COMMA, _ITEM)):
            return _MARKS[kind]
        if self.indent is None:
            return self.comma
        depth = objects if self.inline else objects + arrays
        if kind in (_CLOSE_OBJECT, _CLOSE_ARRAY):
            return "\n" + self.indent * depth + _MARKS[kind]
        return _MARKS[kind] + "\n" + self.indent * (depth + 1)


_INLINE = {_OPEN_ARRAY: "[ ", _CLOSE_ARRAY: " ]", _ITEM: ", ", _NO_MEMBER: "{ }", _NO_ITEM: "[ ]"}


class ExpiredError(Exception):
    """The time limit of the search was reached."""


_UNCHANGED: dict[str, str] = {}


class Document:
    """One parsed body; the tokens of each order and the table of each style are cached."""

    def __init__(
        self,
        root: Node,
        expired: Callable[[], bool],
        decoded: dict[str, str] | None = None,
        lexemes: dict[Spelling, dict[str, str]] | None = None,
    ) -> None:
        """`expired`: asked in every loop; ExpiredError follows once it is true. `decoded`, `lexemes`: shared caches."""
        self.root = root
        self._expired = expired
        self._decoded: dict[str, str] = {} if decoded is None else decoded
        self._lexemes: dict[Spelling, dict[str, str]] = {} if lexemes is None else lexemes
        self._scalars: dict[tuple[int, int], dict[Token, str]] = {}
        self._marks: dict[tuple[int, int], dict[Token, str]] = {}
        self._used_marks: dict[int, list[int]] = {}
        self._orders: dict[Order, list[Token]] = {}
        self._changed: dict[Spelling, dict[str, str]] = {}
        self._used = list(dict.fromkeys(token for token in self.tokens(Order.AS_SENT) if isinstance(token, str)))
        self._texts = [text for text in self._used if text.startswith('"') and not _PLAIN.fullmatch(text)]
        self._figures = [text for text in self._used if NUMBER.fullmatch(text)]
        self._tables: dict[tuple[tuple[str, str], ...], dict[str, str]] = {(): _UNCHANGED}

    @classmethod
    def parse(cls, body: bytes, expired: Callable[[], bool]) -> Document | None:
        """Return the document in a body of UTF-8, -16 or -32; None: not JSON, or too deep. Raises ExpiredError."""
        try:
            text = body.decode(json.detect_encoding(body), "surrogatepass")
            decode(text, parse_int=str, parse_float=str, strict=False)
        except (ValueError, MemoryError):
            return None
        root = _tree(text, expired)
        return None if root is None else cls(root, expired)

    def decoded(self, lexeme: str) -> str:
        """Return the text of a string lexeme."""
        if "\\" not in lexeme:
            return lexeme[1:-1]
        if (text := self._decoded.get(lexeme)) is None:
            text = self._decoded[lexeme] = json.loads(lexeme, strict=False)
        return text

    def scalar(self, lexeme: str) -> str:
        """Return the text of a lexeme: strings decoded, numbers and literals as written."""
        return self.decoded(lexeme) if lexeme.startswith('"') else lexeme

    def part(self, node: Node) -> Document:
        """Return a part of this document as a document."""
        return Document(node, self._expired, self._decoded, self._lexemes)

    def member(self, name: str) -> Node | None:
        """Return the last member of the outermost object with that name, or None."""
        if not isinstance(self.root, Members):
            return None
        return next((value for key, value in reversed(self.root.pairs) if self.decoded(key) == name), None)

    def tokens(self, order: Order) -> list[Token]:
        """Return all tokens in that order; equal orders return the same list object. Raises ExpiredError."""
        if order not in self._orders:
            tokens: list[Token] = []
            self._flatten(self.root, order, 0, 0, tokens)
            self._orders[order] = next((other for other in self._orders.values() if other == tokens), tokens)
        return self._orders[order]

    def strings(self, escape: Spelling | None) -> Mapping[str, str]:
        """Return the strings that this style changes, with their new lexemes. Raises ExpiredError."""
        if escape is None:
            return _UNCHANGED
        return self._rewritten(escape, self._texts, str if isinstance(escape, LexemeEscape) else self.decoded)

    def numbers(self, style: Spelling | None) -> Mapping[str, str]:
        """Return the numbers that this style changes, with their new lexemes. Raises ExpiredError."""
        return _UNCHANGED if style is None else self._rewritten(style, self._figures, str)

    def _rewritten(self, style: Spelling, lexemes: list[str], read: Callable[[str], str]) -> Mapping[str, str]:
        if style not in self._changed:
            known = self._lexemes.setdefault(style, {})
            for at, lexeme in enumerate(lexemes):
                if not at % _CHECK_EVERY and self._expired():
                    raise ExpiredError
                if lexeme not in known:
                    known[lexeme] = style(read(lexeme))
            self._changed[style] = self._canonical({text: known[text] for text in lexemes if known[text] != text})
        return self._changed[style]

    def written(
        self, order: Order, layout: Layout, escape: Spelling | None = None, number: Spelling | None = None
    ) -> bytes | None:
        """Return the document in that style as UTF-8; None when it has a lone surrogate. Raises ExpiredError."""
        tokens = self.tokens(order)
        if self._expired():
            raise ExpiredError
        table = self._scalar_table(self.strings(escape), self.numbers(number))
        # It has every mark of the tokens, so none of another layout stays in the table, which need not be copied.
        table.update(self._mark_table(tokens, layout))
        try:
            return "".join(map(table.__getitem__, tokens)).encode()
        except UnicodeEncodeError:
            return None

    def _scalar_table(self, strings: Mapping[str, str], numbers: Mapping[str, str]) -> dict[Token, str]:
        key = (id(strings), id(numbers))
        if key not in self._scalars:
            table: dict[Token, str] = {text: text for text in self._used}
            table.update(strings)
            table.update(numbers)
            self._scalars[key] = table
        return self._scalars[key]

    def _mark_table(self, tokens: list[Token], layout: Layout) -> dict[Token, str]:
        key = (id(tokens), id(layout))
        if key not in self._marks:
            if id(tokens) not in self._used_marks:
                self._used_marks[id(tokens)] = [token for token in {*tokens} if isinstance(token, int)]
            self._marks[key] = {mark: layout.text(mark) for mark in self._used_marks[id(tokens)]}
        return self._marks[key]

    def _canonical(self, table: dict[str, str]) -> dict[str, str]:
        """Return one object for all equal tables, so that equal styles have the same identity."""
        return self._tables.setdefault(tuple(table.items()), table)

    def _flatten(self, node: Node, order: Order, objects: int, arrays: int, tokens: list[Token]) -> None:
        if isinstance(node, str):
            tokens.append(node)
            return
        if isinstance(node, Members):
            node = self.ordered(node, order, objects + arrays)
        if self._expired():
            raise ExpiredError
        mark = 16 * (256 * objects + arrays)
        if isinstance(node, list):
            for at, value in enumerate(node):
                tokens.append(mark + (_ITEM if at else _OPEN_ARRAY))
                self._flatten(value, order, objects, arrays + 1, tokens)
            tokens.append(mark + (_CLOSE_ARRAY if node else _NO_ITEM))
            return
        for at, (key, value) in enumerate(node.pairs):
            tokens += (mark + (_COMMA if at else _OPEN_OBJECT), key, mark + _COLON)
            self._flatten(value, order, objects + 1, arrays, tokens)
        tokens.append(mark + (_CLOSE_OBJECT if node.pairs else _NO_MEMBER))

    def ordered(self, node: Members, order: Order, depth: int = 0) -> Members | list[Node]:
        """Return an object at that depth with its members in that order; a list for a list of PHP."""
        if order is Order.AS_SENT:
            return node
        unique: dict[str, tuple[str, Node]] = {}
        for key, value in node.pairs:
            unique[self.decoded(key)] = (key, value)
        names = list(unique)
        if order is Order.SORTED or (order is (Order.INNER_SORTED if depth else Order.OUTER_SORTED)):
            names.sort()
        elif order is Order.LENGTH:
            names.sort(key=lambda name: (len(encoded := name.encode("utf-8", "surrogatepass")), encoded))
        elif order is Order.HASHED:
            names = _as_hash_map(names)
        elif order is Order.INDEX_FIRST:
            indexes = sorted((name for name in names if _is_index(name)), key=int)
            names = [*indexes, *(name for name in names if not _is_index(name))]
        elif order is Order.ASSOCIATIVE and names == [str(at) for at in range(len(names))]:
            return [value for _, value in unique.values()]
        return Members([unique[name] for name in names])


def _as_hash_map(names: list[str]) -> list[str]:
    """Return the names in the iteration order of a `java.util.HashMap`."""
    size = 16
    while len(names) > size * 3 // 4:
        size *= 2
    return sorted(names, key=lambda name: _bucket(name, size))


def _bucket(name: str, size: int) -> int:
    code = 0
    units = name.encode("utf-16-be", "surrogatepass")
    for at in range(0, len(units), 2):
        code = (31 * code + (units[at] << 8 | units[at + 1])) & 0xFFFFFFFF
    return (code ^ code >> 16) & (size - 1)


def _is_index(name: str) -> bool:
    return _INDEX.fullmatch(name) is not None and int(name) <= _LARGEST_INDEX


def _tree(text: str, expired: Callable[[], bool]) -> Node | None:
    """Return the nodes of valid JSON; None when it is nested too deeply to be written again."""
    top: list[Node] = []
    stack: list[list[Node] | Members] = [top]
    key: str | None = None
    previous = ""
    for at, match in enumerate(TOKEN.finditer(text)):
        if not at % _CHECK_EVERY and expired():
            raise ExpiredError
        lexeme = match[0]
        if lexeme in "}]":
            stack.pop()
        elif lexeme == ":":
            key = previous
        elif lexeme != ",":
            holder = stack[-1]
            node: Node = [] if lexeme == "[" else Members([]) if lexeme == "{" else lexeme
            if isinstance(holder, list):
                holder.append(node)
            elif key is not None:
                holder.pairs.append((key, node))
                key = None
            if not isinstance(node, str):
                if len(stack) > _DEEPEST:
                    return None
                stack.append(node)
        previous = lexeme
    return top[0]
