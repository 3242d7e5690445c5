"""A JSON body taken apart into tokens that keep every number and string as it was written.

A document is a list of tokens in some order of keys; a style is a table from token to text. So writing it again in one
of fifty styles is a lookup for each token, and neither big numbers nor duplicate keys are lost on the way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from webhook_tui.domain.diagnostics.strings import Escape
from webhook_tui.domain.payload.json_decoder import decode

_DEEPEST = 150
_CHECK_EVERY = 4096
_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_NUMBER = re.compile(r"-?[0-9].*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2

_OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY, _COMMA, _COLON = range(6)
_MARKS = "{}[],:"

Node: TypeAlias = "str | list[Node] | Members"
Token: TypeAlias = str | int
"""A lexeme, or a mark of structure: eight times its depth plus its kind."""


@dataclass(slots=True)
class Members:
    """A JSON object: key lexemes and values in order, duplicates kept."""

    pairs: list[tuple[str, Node]]


class Order(Enum):
    """How a writer orders the members of an object."""

    AS_SENT = auto()
    UNIQUE = auto()
    """Of duplicate keys the last value stays, at the first one's place."""
    SORTED = auto()
    INNER_SORTED = auto()
    """A Go struct whose fields are maps."""
    INDEX_FIRST = auto()
    """JavaScript: keys that are array indexes come first, in numerical order."""
    ASSOCIATIVE = auto()
    """PHP arrays: an empty object becomes `[]`, keys 0, 1, 2 ... a list."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a writer puts white space."""

    comma: str = ","
    colon: str = ":"
    indent: str | None = None

    def text(self, mark: int) -> str:
        """What is written for a mark of structure."""
        depth, kind = divmod(mark, 8)
        if kind == _COLON:
            return self.colon
        if kind == _COMMA and self.indent is None:
            return self.comma
        if self.indent is None:
            return _MARKS[kind]
        if kind in (_CLOSE_OBJECT, _CLOSE_ARRAY):
            return "\n" + self.indent * depth + _MARKS[kind]
        return _MARKS[kind] + "\n" + self.indent * (depth + 1)


class ExpiredError(Exception):
    """The time for explaining is over."""


class Document:
    """One parsed body; tokens of each order and the tables of each style are made once."""

    def __init__(self, root: Node, expired: Callable[[], bool]) -> None:
        self.root = root
        self._expired = expired
        self._decoded: dict[str, str] = {}
        self._orders: dict[Order, list[Token]] = {}
        self._strings: dict[Escape | None, dict[str, str]] = {}
        self._numbers: dict[Callable[[str], str] | None, dict[str, str]] = {}
        self._scalars = frozenset(token for token in self.tokens(Order.AS_SENT) if isinstance(token, str))

    @classmethod
    def parse(cls, body: bytes, expired: Callable[[], bool]) -> Document | None:
        """The document in a body of UTF-8, -16 or -32; None when it is not JSON or nested too deeply."""
        try:
            text = body.decode(json.detect_encoding(body), "surrogatepass")
            decode(text, parse_int=str, parse_float=str, strict=False)
        except (ValueError, MemoryError):
            return None
        root = _tree(text, expired)
        return None if root is None else cls(root, expired)

    def decoded(self, lexeme: str) -> str:
        """The text of a string lexeme."""
        if "\\" not in lexeme:
            return lexeme[1:-1]
        if (text := self._decoded.get(lexeme)) is None:
            text = self._decoded[lexeme] = json.loads(lexeme, strict=False)
        return text

    def scalar(self, lexeme: str) -> str:
        """The text of a lexeme: strings decoded, numbers and literals as they are."""
        return self.decoded(lexeme) if lexeme.startswith('"') else lexeme

    def part(self, node: Node) -> Document:
        """A part of this document as one of its own."""
        return Document(node, self._expired)

    def member(self, name: str) -> Node | None:
        """The last member of that name of the outermost object, or None."""
        if not isinstance(self.root, Members):
            return None
        return next((value for key, value in reversed(self.root.pairs) if self.decoded(key) == name), None)

    def tokens(self, order: Order) -> list[Token]:
        """All tokens in that order; an order that changes nothing gives the very list of `AS_SENT`."""
        if order not in self._orders:
            tokens: list[Token] = []
            self._flatten(self.root, order, 0, tokens)
            as_sent = self._orders.get(Order.AS_SENT)
            self._orders[order] = as_sent if as_sent is not None and as_sent == tokens else tokens
        return self._orders[order]

    def strings(self, escape: Escape | None) -> Mapping[str, str]:
        """The strings that this style writes otherwise than they were sent."""
        if escape is None:
            return {}
        if escape not in self._strings:
            written = {text: escape(self.decoded(text)) for text in self._scalars if text.startswith('"')}
            self._strings[escape] = {text: again for text, again in written.items() if text != again}
        return self._strings[escape]

    def numbers(self, style: Callable[[str], str] | None) -> Mapping[str, str]:
        """The numbers that this style writes otherwise than they were sent."""
        if style is None:
            return {}
        if style not in self._numbers:
            written = {text: style(text) for text in self._scalars if _NUMBER.fullmatch(text)}
            self._numbers[style] = {text: again for text, again in written.items() if text != again}
        return self._numbers[style]

    def written(
        self, order: Order, layout: Layout, escape: Escape | None, style: Callable[[str], str] | None
    ) -> bytes | None:
        """The document in that style as UTF-8; None when it cannot be encoded (lone surrogates)."""
        tokens = self.tokens(order)
        table: dict[Token, str] = {
            token: token if isinstance(token, str) else layout.text(token) for token in {*tokens}
        }
        table.update(self.strings(escape))
        table.update(self.numbers(style))
        try:
            return "".join(map(table.__getitem__, tokens)).encode()
        except UnicodeEncodeError:
            return None

    def _flatten(self, node: Node, order: Order, depth: int, tokens: list[Token]) -> None:
        if isinstance(node, str):
            tokens.append(node)
            return
        if isinstance(node, Members):
            node = self._ordered(node, order, depth)
        if self._expired():
            raise ExpiredError
        mark = 8 * depth
        if isinstance(node, list):
            for at, value in enumerate(node):
                tokens.append(mark + (_COMMA if at else _OPEN_ARRAY))
                self._flatten(value, order, depth + 1, tokens)
            tokens.append(mark + _CLOSE_ARRAY if node else "[]")
            return
        for at, (key, value) in enumerate(node.pairs):
            tokens += (mark + (_COMMA if at else _OPEN_OBJECT), key, mark + _COLON)
            self._flatten(value, order, depth + 1, tokens)
        tokens.append(mark + _CLOSE_OBJECT if node.pairs else "{}")

    def _ordered(self, node: Members, order: Order, depth: int) -> Members | list[Node]:
        if order is Order.AS_SENT:
            return node
        unique: dict[str, tuple[str, Node]] = {}
        for key, value in node.pairs:
            unique[self.decoded(key)] = (key, value)
        names = list(unique)
        if order is Order.SORTED or (order is Order.INNER_SORTED and depth):
            names.sort()
        elif order is Order.INDEX_FIRST:
            indexes = sorted((name for name in names if _is_index(name)), key=int)
            names = [*indexes, *(name for name in names if not _is_index(name))]
        elif order is Order.ASSOCIATIVE and names == [str(at) for at in range(len(names))]:
            return [value for _, value in unique.values()]
        return Members([unique[name] for name in names])


def _is_index(name: str) -> bool:
    return _INDEX.fullmatch(name) is not None and int(name) <= _LARGEST_INDEX


def _tree(text: str, expired: Callable[[], bool]) -> Node | None:
    """The nodes of valid JSON; None when it is nested too deeply to be written again."""
    top: list[Node] = []
    stack: list[list[Node] | Members] = [top]
    key: str | None = None
    previous = ""
    for at, match in enumerate(_LEXEME.finditer(text)):
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
