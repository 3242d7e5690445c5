"""What programs print when a body is not text: inspected values, lists of bytes, names of types."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus

import msgspec

from webhook_tui.domain.diagnostics import lexemes
from webhook_tui.domain.diagnostics.catalogue import PRINTED_WORDS
from webhook_tui.domain.diagnostics.causes import Message, difference, variant
from webhook_tui.domain.diagnostics.serializers import COMPACT
from webhook_tui.domain.payload.json_document import NUMBER, Document, Members, Node, Order

_LARGEST_RENDERED = 65_536
_INSPECTED_DEPTH, _INSPECTED_ITEMS, _INSPECTED_WIDTH, _INSPECTED_LEVELS = 2, 100, 80, 3
_LEAST_GROUPED, _LEAST_SPLIT = 6, 16
_JS_ESCAPED = re.compile(r"[\x00-\x1f\\\x7f-\x9f\ud800-\udfff]")
_JS_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\"}
_JS_KEY = re.compile(r"[a-zA-Z_][a-zA-Z_0-9]*")


def printed(body: bytes, document: Document | None) -> Iterator[Message]:
    """Yield each text; the words that are printed for any body come last."""
    if len(body) <= _LARGEST_RENDERED:
        yield from _bytes(body)
        if document is not None:
            yield from _values(document)
            yield from _forms(document)
    for language, words in PRINTED_WORDS.items():
        for word in words:
            yield variant(word.encode(), "word-for-body", word=word, language=language)


def _bytes(body: bytes) -> Iterator[Message]:
    decimals = [str(byte) for byte in body]
    signed = [str(byte - 256 if byte > 127 else byte) for byte in body]
    lists = {
        "JavaScript": (
            ("a list of bytes", ",".join(decimals)),
            ("a Buffer object", f'{{"type":"Buffer","data":[{",".join(decimals)}]}}'),
            ("an array of bytes", f"[{','.join(decimals)}]"),
            (
                "an object of bytes",
                f"{{{','.join(f'{chr(34)}{at}{chr(34)}:{byte}' for at, byte in enumerate(decimals))}}}",
            ),
            (
                "<Buffer ...>",
                f"<Buffer {body[:50].hex(' ')}{f' ... {len(body) - 50} more bytes' if len(body) > 50 else ''}>",
            ),
        ),
        "Go": (("a list of bytes", f"[{' '.join(decimals)}]"),),
        "Python": (("a list of bytes", f"[{', '.join(decimals)}]"),),
        "Java": (("a list of bytes", f"[{', '.join(signed)}]"),),
        ".NET": (("bytes with dashes", body.hex("-").upper()),),
    }
    for language, texts in lists.items():
        for what, text in texts:
            yield variant(text.encode(), "body-printed", what=what, language=language)


def _values(document: Document) -> Iterator[Message]:
    root = document.root
    renderers: tuple[tuple[str, str, Callable[[Document, Node], str]], ...] = (
        ("Python", "str() of a dict", _PYTHON),
        ("Go", "%v of a map", _GO),
        ("JavaScript", "util.inspect() output", lambda doc, node: _Inspection(doc).text(node)),
        ("PHP", "print_r() output", lambda doc, node: _print_r(doc, node, "Array")),
        ("PHP", "print_r() output", lambda doc, node: _print_r(doc, node, "stdClass Object")),
        ("PHP", "serialize() output", _php_serialized),
        ("Ruby", "inspect output", _RUBY),
        ("Ruby", "inspect output", _RUBY_SPACED),
        ("Java", "toString() of a map", _JAVA),
    )
    data = document.member("data")
    for language, what, render in renderers:
        for node in (root, data):
            if node is None or isinstance(node, str):
                continue
            text = render(document, node)
            for content in dict.fromkeys((text, text.rstrip("\n"), f"{text}\n")):
                yield variant(content.encode("utf-8", "replace"), "body-printed", what=what, language=language)


class _Printer(msgspec.Struct, frozen=True):
    """How a language prints nested lists and maps."""

    text: Callable[[str], str]
    number: Callable[[str], str]
    opening: str
    closing: str
    comma: str
    arrow: str
    literals: Mapping[str, str] = {}
    """What it prints for true, false and null, where that differs."""
    is_sorted: bool = False

    def __call__(self, document: Document, node: Node) -> str:
        """Return the text of a node."""
        if isinstance(node, list):
            return f"[{self.comma.join(self(document, value) for value in node)}]"
        if isinstance(node, Members):
            pairs = [(self(document, key), self(document, value)) for key, value in node.pairs]
            members = self.comma.join(
                key + self.arrow + value for key, value in (sorted(pairs) if self.is_sorted else pairs)
            )
            return f"{self.opening}{members}{self.closing}"
        if node.startswith('"'):
            return self.text(document.decoded(node))
        return self.literals.get(node) or (self.number(node) if NUMBER.fullmatch(node) else node)


def _go_number(lexeme: str) -> str:
    """%v of a float64: the shortest digits, with an exponent below 1e-4 and from 1e6 on."""
    value = float(lexeme)
    if not math.isfinite(value):
        return f"{value:+}".replace("inf", "Inf")
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0") or "0"
    at = int(f"{value:.16e}".partition("e")[2])
    if -4 <= at < 6:
        return repr(value).removesuffix(".0")
    return f"{'-' if value < 0 else ''}{digits[0]}{f'.{digits[1:]}' if len(digits) > 1 else ''}e{at:+03d}"


_RUBY_ESCAPED = re.compile("[\u2028\u2029\u200b\ufeff]")


def _ruby_quoted(text: str) -> str:
    written = _RUBY_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04X}", lexemes.escape_utf8(text))
    return written.replace("\\u001b", "\\e").replace("#{", "\\#{")


_PYTHON = _Printer(
    repr, lexemes.number_python, "{", "}", ", ", ": ", {"true": "True", "false": "False", "null": "None"}
)
_GO = _Printer(str, _go_number, "map[", "]", " ", ":", {"null": "<nil>"}, is_sorted=True)
_RUBY = _Printer(_ruby_quoted, lexemes.number_ruby, "{", "}", ", ", "=>", {"null": "nil"})
_RUBY_SPACED = msgspec.structs.replace(_RUBY, arrow=" => ")
_JAVA = _Printer(str, lexemes.number_java, "{", "}", ", ", "=")


def _print_r(document: Document, node: Node, name: str, indent: int = 0) -> str:
    if isinstance(node, str):
        if node.startswith('"'):
            return document.decoded(node)
        return {"true": "1", "false": "", "null": ""}.get(node, _php_text(node))
    pairs = (
        [(str(at), value) for at, value in enumerate(node)]
        if isinstance(node, list)
        else [(document.decoded(key), value) for key, value in node.pairs]
    )
    blank = " " * indent
    title = "Array" if isinstance(node, list) else name
    lines = "".join(f"{blank}    [{key}] => {_print_r(document, value, name, indent + 8)}\n" for key, value in pairs)
    return f"{title}\n{blank}(\n{lines}{blank})\n"


def _php_serialized(document: Document, node: Node) -> str:
    """PHP's `serialize` of arrays."""
    if isinstance(node, str):
        if node.startswith('"'):
            text = document.decoded(node)
            return f's:{len(text.encode("utf-8", "replace"))}:"{text}";'
        if NUMBER.fullmatch(node):
            return f"i:{node};" if node.removeprefix("-").isdigit() else f"d:{_php_cast(node)};"
        return {"true": "b:1;", "false": "b:0;"}.get(node, "N;")
    if isinstance(node, list):
        inner = "".join(f"i:{at};{_php_serialized(document, value)}" for at, value in enumerate(node))
        return f"a:{len(node)}:{{{inner}}}"
    inner = "".join(_php_serialized(document, key) + _php_serialized(document, value) for key, value in node.pairs)
    return f"a:{len(node.pairs)}:{{{inner}}}"


def _php_cast(lexeme: str) -> str:
    """A number as a text with all its digits, as in PHP 8."""
    return lexemes.number_php(lexeme).replace("e", "E")


def _php_text(lexeme: str) -> str:
    """A number in a text: 14 significant digits."""
    if not NUMBER.fullmatch(lexeme) or lexeme.removeprefix("-").isdigit():
        return lexeme
    mantissa, _, exponent = f"{float(lexeme):.14g}".replace("inf", "INF").replace("nan", "NAN").partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}E{int(exponent):+d}"


class _Inspection:
    """`util.inspect` of Node.js with its default options (lib/internal/util/inspect.js of Node.js 20)."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._depth = 0

    def text(self, node: Node, depth: int = 0, indent: int = 0) -> str:
        """Return the text of a node at that depth, indented by so many spaces."""
        if isinstance(node, str):
            return self._scalar(node, depth, indent)
        if isinstance(node, Members):
            node = self._document.ordered(node, Order.INDEX_FIRST)
        values = node if isinstance(node, list) else node.pairs
        opening, closing = "[]" if isinstance(node, list) else "{}"
        if not values or depth > _INSPECTED_DEPTH:
            return f"{opening}{closing}" if not values else "[Array]" if isinstance(node, list) else "[Object]"
        self._depth = depth
        if isinstance(node, list):
            output = [self.text(value, depth + 1, indent + 2) for value in node[:_INSPECTED_ITEMS]]
            count = len(output)
            if len(node) > _INSPECTED_ITEMS:
                more = len(node) - _INSPECTED_ITEMS
                output.append(f"... {more} more item{'s' * (more > 1)}")
                count += 1
            if count > _LEAST_GROUPED:
                output = _grouped(output, indent, node)
        else:
            output = [f"{self._key(key)}: {self.text(value, depth + 1, indent + 2)}" for key, value in node.pairs]
            count = len(output)
        if self._depth - depth < _INSPECTED_LEVELS and count == len(output):
            joined = ", ".join(output)
            width = sum(map(len, output)) + 2 * len(output) + indent + len(opening) + 10
            if width <= _INSPECTED_WIDTH and "\n" not in joined:
                return f"{opening} {joined} {closing}"
        line = f"\n{' ' * indent}"
        return f"{opening}{line}  {f',{line}  '.join(output)}{line}{closing}"

    def _key(self, lexeme: str) -> str:
        name = self._document.decoded(lexeme)
        return name if _JS_KEY.fullmatch(name) else _js_quoted(name)

    def _scalar(self, lexeme: str, depth: int, indent: int) -> str:
        if not lexeme.startswith('"'):
            return lexemes.number_go(lexeme) if NUMBER.fullmatch(lexeme) else lexeme  # minus zero keeps its sign
        text = self._document.decoded(lexeme)
        if depth and len(text) > _LEAST_SPLIT and len(text) > _INSPECTED_WIDTH - indent - 4:
            return f" +\n{' ' * (indent + 2)}".join(map(_js_quoted, re.split(r"(?<=\n)(?!\Z)", text)))
        return _js_quoted(text)


def _grouped(output: list[str], indent: int, node: list[Node]) -> list[str]:
    """Arrange the items of an array in columns: `groupArrayElements`."""
    items = output[:_INSPECTED_ITEMS]
    widths = [len(item) for item in items]
    total, longest = sum(widths) + 2 * len(widths), max(widths) + 2
    if longest * 3 + indent >= _INSPECTED_WIDTH or not (total / longest > 5 or longest <= 8):
        return output
    biased = max(longest - 3 - math.sqrt(longest - total / len(output)), 1)
    columns = min(
        math.floor(math.sqrt(2.5 * biased * len(items)) / biased + 0.5),
        (_INSPECTED_WIDTH - indent) // longest,
        _INSPECTED_LEVELS * 4,
        15,
    )
    if columns <= 1:
        return output
    column_widths = [max(widths[at::columns]) + 2 for at in range(columns)]
    is_numeric = all(isinstance(value, str) and NUMBER.fullmatch(value) for value in node)
    lines = []
    for start in range(0, len(items), columns):
        row = items[start : start + columns]
        cells = [f"{item}, " for item in row[:-1]] + row[-1:]
        padded = [
            cell.rjust(column_widths[at] - (2 if at == len(row) - 1 else 0))
            if is_numeric
            else cell.ljust(column_widths[at] if at < len(row) - 1 else 0)
            for at, cell in enumerate(cells)
        ]
        lines.append("".join(padded))
    return lines + output[_INSPECTED_ITEMS:]


def _js_quoted(text: str) -> str:
    mark = "'" if "'" not in text else '"' if '"' not in text else "`" if "`" not in text and "${" not in text else "'"
    inner = _JS_ESCAPED.sub(_js_escape, text)
    return f"{mark}{inner.replace(mark, chr(92) + mark)}{mark}"


def _js_escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _JS_SHORT.get(character) or (f"\\u{code:04X}" if code > 0xFF else f"\\x{code:02X}")


def _forms(document: Document) -> Iterator[Message]:
    """The members of the outermost object as name=value pairs."""
    if not isinstance(document.root, Members):
        return
    pairs: list[tuple[str, str]] = []
    for key, value in document.root.pairs:
        written = (
            document.scalar(value)
            if isinstance(value, str)
            else (document.part(value).written(Order.AS_SENT, COMPACT) or b"").decode("utf-8", "replace")
        )
        pairs.append((document.decoded(key), written))
    javascript = [(document.decoded(key), _javascript(document, value)) for key, value in document.root.pairs]
    flat = [
        (document.decoded(key), _javascript(document, value) if isinstance(value, str) else "")
        for key, value in document.root.pairs
    ]
    python = [
        (
            document.decoded(key),
            document.decoded(value) if isinstance(value, str) and value.startswith('"') else _PYTHON(document, value),
        )
        for key, value in document.root.pairs
    ]
    found = (difference("form-of-fields"),)
    for fields in (pairs, sorted(pairs), javascript, flat, python, list(_bracketed(document, document.root, ""))):
        for coded in (_form_coded, _url_coded, str):
            yield Message(
                "&".join(f"{coded(key)}={coded(value)}" for key, value in fields).encode("utf-8", "replace"), found
            )
    yield Message("".join(key + value for key, value in sorted(pairs)).encode("utf-8", "replace"), found)
    yield Message("".join(value for _, value in pairs).encode("utf-8", "replace"), found)


def _form_coded(text: str) -> str:
    return quote_plus(text.encode("utf-8", "replace"))


def _url_coded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")


def _javascript(document: Document, node: Node) -> str:
    """`String()` of a scalar, `JSON.stringify` of the others."""
    if isinstance(node, str):
        return lexemes.number_javascript(node) if NUMBER.fullmatch(node) else document.scalar(node)
    written = document.part(node).written(
        Order.INDEX_FIRST, COMPACT, lexemes.escape_javascript, lexemes.number_javascript
    )
    return (written or b"").decode("utf-8", "replace")


def _bracketed(document: Document, node: Node, path: str) -> Iterator[tuple[str, str]]:
    """PHP's `http_build_query`."""
    if isinstance(node, str):
        if node != "null":
            text = document.scalar(node)
            yield path, {"true": "1", "false": "0"}.get(node, _php_cast(text) if NUMBER.fullmatch(node) else text)
        return
    members = (
        [(str(at), value) for at, value in enumerate(node)]
        if isinstance(node, list)
        else [(document.decoded(key), value) for key, value in node.pairs]
    )
    for name, value in members:
        yield from _bracketed(document, value, f"{path}[{name}]" if path else name)
