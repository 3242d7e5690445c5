"""Texts that programs print of a body when it is not text: inspections of values, lists of bytes, names of types."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring
from urllib.parse import quote, quote_plus

from webhook_tui.domain.diagnostics import numbers, strings
from webhook_tui.domain.diagnostics.catalogue import PRINTED_WORDS
from webhook_tui.domain.diagnostics.causes import difference
from webhook_tui.domain.diagnostics.document import NUMBER, Document, Members, Node, Order
from webhook_tui.domain.diagnostics.message import Message
from webhook_tui.domain.diagnostics.serializers import COMPACT

_LARGEST_RENDERED = 65_536
_JS_KEY = re.compile(r"[a-zA-Z_][a-zA-Z_0-9]*")


def printed(body: bytes, document: Document | None) -> Iterator[Message]:
    """Each text; the words that stand for any body come last."""
    if len(body) <= _LARGEST_RENDERED:
        yield from _bytes(body)
        if document is not None:
            yield from _values(document)
            yield from _forms(document)
    for language, words in PRINTED_WORDS.items():
        for word in words:
            yield Message(word.encode(), (difference("word-for-body", word=word, language=language),))


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
            yield Message(text.encode(), (difference("body-printed", what=what, language=language),))


def _values(document: Document) -> Iterator[Message]:
    root = document.root
    renderers: tuple[tuple[str, str, Callable[[Document, Node], str]], ...] = (
        ("Python", "str() of a dict", _python),
        ("Go", "%v of a map", _go),
        ("JavaScript", "util.inspect", lambda doc, node: _Inspection(doc).text(node, 0, 0)[0]),
        ("PHP", "print_r", lambda doc, node: _print_r(doc, node, "Array")),
        ("PHP", "print_r", lambda doc, node: _print_r(doc, node, "stdClass Object")),
        ("PHP", "serialize", _php_serialized),
        ("Ruby", "inspect", lambda doc, node: _ruby(doc, node, "=>")),
        ("Ruby", "inspect", lambda doc, node: _ruby(doc, node, " => ")),
        ("Java", "toString() of a map", _java),
    )
    data = document.member("data")
    for language, what, render in renderers:
        for node in (root, data):
            if node is None or isinstance(node, str):
                continue
            text = render(document, node)
            for content in dict.fromkeys((text, text.rstrip("\n"), f"{text}\n")):
                yield Message(
                    content.encode("utf-8", "replace"), (difference("body-printed", what=what, language=language),)
                )


def _python(document: Document, node: Node) -> str:
    if isinstance(node, str):
        if node.startswith('"'):
            return repr(document.decoded(node))
        return {"true": "True", "false": "False", "null": "None"}.get(node) or numbers.as_python(node)
    if isinstance(node, list):
        return f"[{', '.join(_python(document, value) for value in node)}]"
    return f"{{{', '.join(f'{_python(document, key)}: {_python(document, value)}' for key, value in node.pairs)}}}"


def _go(document: Document, node: Node) -> str:
    if isinstance(node, str):
        if node.startswith('"'):
            return document.decoded(node)
        return "<nil>" if node == "null" else _go_number(node) if NUMBER.fullmatch(node) else node
    if isinstance(node, list):
        return f"[{' '.join(_go(document, value) for value in node)}]"
    pairs = sorted((document.decoded(key), _go(document, value)) for key, value in node.pairs)
    return f"map[{' '.join(f'{key}:{value}' for key, value in pairs)}]"


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


_RUBY = strings.escaping("\u2028\u2029\u200b\ufeff")


def _ruby(document: Document, node: Node, arrow: str) -> str:
    if isinstance(node, str):
        if node.startswith('"'):
            return _RUBY(document.decoded(node)).replace("\\u001b", "\\e").replace("#{", "\\#{")
        return "nil" if node == "null" else numbers.as_ruby(node) if NUMBER.fullmatch(node) else node
    if isinstance(node, list):
        return f"[{', '.join(_ruby(document, value, arrow) for value in node)}]"
    pairs = (_ruby(document, key, arrow) + arrow + _ruby(document, value, arrow) for key, value in node.pairs)
    return f"{{{', '.join(pairs)}}}"


def _java(document: Document, node: Node) -> str:
    if isinstance(node, str):
        if node.startswith('"'):
            return document.decoded(node)
        return numbers.as_java(node) if NUMBER.fullmatch(node) else node
    if isinstance(node, list):
        return f"[{', '.join(_java(document, value) for value in node)}]"
    return f"{{{', '.join(f'{document.decoded(key)}={_java(document, value)}' for key, value in node.pairs)}}}"


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
    return numbers.as_php(lexeme).replace("e", "E")


def _php_text(lexeme: str) -> str:
    """A number in a text: 14 significant digits."""
    if not NUMBER.fullmatch(lexeme) or lexeme.removeprefix("-").isdigit():
        return lexeme
    mantissa, _, exponent = f"{float(lexeme):.14g}".replace("inf", "INF").replace("nan", "NAN").partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}E{int(exponent):+d}"


class _Inspection:
    """`util.inspect` of Node.js, up to its default depth; long arrays of numbers, which it groups, are not exact."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._depth = 0

    def text(self, node: Node, depth: int, indent: int) -> tuple[str, bool]:
        """The text, and whether it is an object or array."""
        if isinstance(node, str):
            if node.startswith('"'):
                return _js_quoted(self._document.decoded(node)), False
            return numbers.as_javascript(node) if NUMBER.fullmatch(node) else node, False
        is_list = isinstance(node, list)
        if not (node if isinstance(node, list) else node.pairs):
            return ("[]" if is_list else "{}"), True
        if depth > 2:
            return ("[Array]" if is_list else "[Object]"), True
        self._depth = depth
        output = []
        for key, value in [("", value) for value in node] if isinstance(node, list) else node.pairs:
            name = self._document.decoded(key) if key else ""
            shown = "" if is_list else f"{name if _JS_KEY.fullmatch(name) else _js_quoted(name)}: "
            output.append(shown + self.text(value, depth + 1, indent + 2)[0])
        braces = "[]" if is_list else "{}"
        if self._depth - depth < 3:
            total = sum(map(len, output)) + len(output) + len(output) + indent + 1 + 10
            joined = ", ".join(output)
            if total <= 80 and "\n" not in joined:
                return f"{braces[0]} {joined} {braces[1]}", True
        line = f"\n{' ' * indent}"
        return f"{braces[0]}{line}  {f',{line}  '.join(output)}{line}{braces[1]}", True


def _js_quoted(text: str) -> str:
    mark = "'" if "'" not in text else '"' if '"' not in text else "`" if "`" not in text else "'"
    inner = encode_basestring(text)[1:-1].replace('\\"', '"')
    return f"{mark}{inner.replace(mark, chr(92) + mark)}{mark}"


def _forms(document: Document) -> Iterator[Message]:
    """The members of the outermost object as name=value pairs."""
    if not isinstance(document.root, Members):
        return
    pairs: list[tuple[str, str]] = []
    for key, value in document.root.pairs:
        written = (
            document.scalar(value)
            if isinstance(value, str)
            else (document.part(value).written(Order.AS_SENT, COMPACT, None, None) or b"").decode("utf-8", "replace")
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
            document.decoded(value) if isinstance(value, str) and value.startswith('"') else _python(document, value),
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
        return numbers.as_javascript(node) if NUMBER.fullmatch(node) else document.scalar(node)
    written = document.part(node).written(Order.INDEX_FIRST, COMPACT, strings.javascript, numbers.as_javascript)
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
