"""The same JSON as other programs serialize it after parsing: as styles, and with fields and values changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product

import msgspec

from webhook_tui.domain.diagnostics import lexemes
from webhook_tui.domain.diagnostics.causes import Message
from webhook_tui.domain.payload.json_document import Document, Layout, Members, Node, Order, Spelling

COMPACT, SPACED = Layout(), Layout(", ", ": ")
ONE, TWO, THREE, FOUR, TAB = (Layout(",", ": ", indent) for indent in (" ", "  ", "   ", "    ", "\t"))
JACKSON = Layout(",", " : ", "  ", inline=True)
PERL = Layout(",", " : ", "   ")
RUBY = Layout(",", ": ", "  ", empty=("\n", "\n\n"))
SWIFT = Layout(",", " : ", "  ", empty=("\n\n", "\n\n"))

_LARGEST_SHAPED = 65_536
_MOST_FIELDS = 40
_DOCUMENTED = ("id", "name", "data", "timestamp")


class Style(msgspec.Struct, frozen=True):
    """One way to serialize a document."""

    order: Order
    layout: Layout
    escape: Spelling | None = None
    numbers: Spelling | None = None
    common: bool = False
    newline: bool = False
    """Programs with this style also write a newline after it."""


PIKTID = Style(Order.UNIQUE, SPACED, lexemes.escape_ascii, lexemes.number_python, True, True)

_LAYOUTS = {
    "compact": COMPACT,
    "spaced": SPACED,
    "1": ONE,
    "2": TWO,
    "3": THREE,
    "4": FOUR,
    "tab": TAB,
    "jackson": JACKSON,
    "perl": PERL,
    "ruby": RUBY,
    "swift": SWIFT,
}
_TABLE = (
    # orders, layouts, escapes (`escape_*`), numbers (`number_*`; - as they were), how many are common, and a newline
    ("index_first", "compact", "javascript", "javascript", 1, False),
    ("as_sent", "compact spaced 2 4 tab 1 3 jackson", "-", "-", 3, False),
    # Python
    ("unique sorted", "compact spaced 2 4 1 3 tab", "ascii utf8", "python", 4, False),
    ("sorted", "spaced compact", "ascii utf8", "python", 4, False),
    # JavaScript, jq, Rust, Swift, Perl, PostgreSQL
    ("index_first sorted", "compact 2 4 tab 1 3", "javascript", "javascript", 0, False),
    ("unique sorted", "compact 2 tab 3", "jq ascii", "jq -", 0, True),
    ("unique sorted", "compact 2", "utf8", "rust", 0, False),
    ("unique sorted", "compact swift", "slash", "javascript -", 0, False),
    ("sorted", "perl compact", "utf8", "perl - javascript python", 0, True),
    ("length", "spaced compact", "utf8", "postgresql javascript -", 0, False),
    # PHP
    ("unique", "compact 4", "php", "php", 1, False),
    (
        "unique associative",
        "compact 4",
        "php php_slashes php_unicode separators php_hex",
        "php php_fraction",
        0,
        False,
    ),
    # Go
    ("sorted", "compact", "go", "go -", 2, False),
    ("sorted inner_sorted unique", "compact 2 tab 4", "go go_plain go_long", "go -", 0, True),
    ("as_sent outer_sorted", "compact spaced", "go_raw", "-", 0, False),
    # Java
    ("unique sorted hashed", "compact jackson", "jackson org_json", "java -", 1, False),
    ("unique", "compact 2", "gson separators", "gson - java", 0, False),
    # .NET
    ("unique", "compact 2", "dotnet dotnet_relaxed newtonsoft", "- dotnet dotnet_double", 0, False),
    # Ruby
    ("unique sorted", "compact ruby 2", "utf8 rails", "ruby", 0, False),
    ("outer_sorted", "compact spaced", "utf8", "ruby javascript", 0, False),
)


def _styles(row: tuple[str, str, str, str, int, bool]) -> Iterator[Style]:
    """Yield every combination of a row; the first ones are common, and a newline may follow those, too."""
    orders, layouts, escapes, numbers, common, newline = row
    combined = product(orders.split(), layouts.split(), escapes.split(), numbers.split())
    for at, (order, layout, escape, number) in enumerate(combined):
        yield Style(
            Order[order.upper()],
            _LAYOUTS[layout],
            _spelling(f"escape_{escape}"),
            _spelling(f"number_{number}"),
            at < common,
            newline or at < common,
        )


def _spelling(name: str) -> Spelling | None:
    spelling: Spelling | None = None if name.endswith("_-") else vars(lexemes)[name]
    return spelling


STYLES = (PIKTID, *(style for row in _TABLE for style in _styles(row)))
COMMON = tuple(style for style in STYLES if style.common)


def rewritten(document: Document, base: bytes, styles: Sequence[Style] = STYLES) -> Iterator[Message]:
    """Yield the document in each style, the likeliest first. `base`: the bytes it was parsed from.

    A style is left out when the order of its tokens, its layout and its lexemes are those of one before it. Different
    layouts may write the same text, as they do for a document without members; then it is yielded again.
    """
    for style, content, is_new in _distinct(document, styles):
        if is_new:
            yield Message(content, common=style.common, base=base)
        if style.newline:
            yield Message(content + b"\n", base=base)


def _distinct(document: Document, styles: Sequence[Style]) -> Iterator[tuple[Style, bytes, bool]]:
    """Yield each style that writes other bytes than those before it, or is the first of them to add a newline."""
    seen: dict[tuple[int, int, int, int], list[bytes | bool | None]] = {}
    for style in styles:
        texts, figures = document.strings(style.escape), document.numbers(style.numbers)
        key = (id(document.tokens(style.order)), id(style.layout), id(texts), id(figures))
        known = seen.get(key)
        if known is None:
            content = document.written(style.order, style.layout, style.escape, style.numbers)
            seen[key] = [content, style.newline]
            if content is not None:
                yield style, content, True
        elif style.newline and not known[1]:
            known[1] = True
            if isinstance(known[0], bytes):
                yield style, known[0], False


def reshaped(document: Document, base: bytes) -> Iterator[Message]:
    """Yield the document with fields, keys or values changed, as frameworks do, in the common styles."""
    if len(base) > _LARGEST_SHAPED or not isinstance(document.root, Members):
        return
    for shape in _SHAPES:
        changed = shape(document, document.root)
        if changed != document.root:
            for _, content, _ in _distinct(document.part(changed), _SHAPE_STYLES):
                yield Message(content, base=base)
    yield from _partly_rewritten(document, document.root, base)
    yield from _without_a_field(document, document.root, base)
    yield from _with_a_float(document, document.root, base)


_SHAPE_STYLES = (
    PIKTID,
    Style(Order.AS_SENT, COMPACT),
    Style(Order.AS_SENT, SPACED),
    Style(Order.INDEX_FIRST, COMPACT, lexemes.escape_javascript, lexemes.number_javascript),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_utf8, lexemes.number_python),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_php, lexemes.number_php),
    Style(Order.SORTED, COMPACT, lexemes.escape_go, lexemes.number_go),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_jackson, lexemes.number_java),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_gson, lexemes.number_gson),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_gson),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_separators, lexemes.number_gson),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_newtonsoft, lexemes.number_dotnet),
    Style(Order.UNIQUE, COMPACT, lexemes.escape_utf8, lexemes.number_ruby),
    Style(Order.UNIQUE, TWO, lexemes.escape_gson),
)
_FIELD_STYLES = (PIKTID, *_SHAPE_STYLES[1:4:2])
_PART_STYLES = tuple(style for style in STYLES if style.layout in (COMPACT, SPACED))


def _partly_rewritten(document: Document, root: Members, base: bytes) -> Iterator[Message]:
    """Yield the object with only the value of `data` serialized again, the other members as they arrived."""
    data = document.member("data")
    if data is None or isinstance(data, str):
        return
    for _, piece, _ in _distinct(document.part(data), _PART_STYLES):
        for outer in (SPACED, COMPACT):
            members = [
                key + outer.colon + (piece.decode() if value is data else _as_sent(document, value, outer))
                for key, value in root.pairs
            ]
            try:
                yield Message(f"{{{outer.comma.join(members)}}}".encode(), base=base)
            except UnicodeEncodeError:
                return


def _as_sent(document: Document, node: Node, layout: Layout) -> str:
    if isinstance(node, str):
        return node
    return (document.part(node).written(Order.AS_SENT, layout) or b"").decode()


def _without_a_field(document: Document, root: Members, base: bytes) -> Iterator[Message]:
    """Yield the object without one of its members, or without one of those of its `data`."""
    timed = _with_float_time(root)
    for style, members in product(_FIELD_STYLES, (root,) if timed == root else (root, timed)):
        outer = _pieces(document, members, style)
        yield from _less_one(outer, style.layout, base)
        for place, (key, value) in enumerate(members.pairs):
            if key == '"data"' and isinstance(value, Members):
                for inner in _less_one(_pieces(document, value, style), style.layout, base):
                    whole = f"{key}{style.layout.colon}{inner.content.decode()}"
                    yield Message(_joined([*outer[:place], whole, *outer[place + 1 :]], style.layout), base=base)


def _with_a_float(document: Document, root: Members, base: bytes) -> Iterator[Message]:
    """Yield PiktID's form with `.0` after one of the integers: JavaScript and others write `1.0` as `1`."""
    for members in (root, _with_float_time(root)):
        text = document.part(members).written(PIKTID.order, PIKTID.layout, PIKTID.escape, PIKTID.numbers)
        for match in islice(_INTEGER.finditer(text or b""), _MOST_FIELDS):
            yield Message(b"%b.0%b" % ((text or b"")[: match.end()], (text or b"")[match.end() :]), base=base)


def _less_one(pieces: list[str], layout: Layout, base: bytes) -> Iterator[Message]:
    for at in range(min(len(pieces), _MOST_FIELDS)):
        yield Message(_joined([*pieces[:at], *pieces[at + 1 :]], layout), base=base)


def _joined(pieces: list[str], layout: Layout) -> bytes:
    return f"{{{layout.comma.join(pieces)}}}".encode("utf-8", "replace")


def _pieces(document: Document, node: Members, style: Style) -> list[str]:
    """Return each member of an object as text in that style."""
    texts, figures = document.strings(style.escape), document.numbers(style.numbers)

    def written(value: Node) -> str:
        if isinstance(value, str):
            return texts.get(value) or figures.get(value) or value
        content = document.part(value).written(style.order, style.layout, style.escape, style.numbers)
        return (content or b"").decode()

    return [f"{written(key)}{style.layout.colon}{written(value)}" for key, value in node.pairs]


def _mapped(
    node: Node,
    key: Callable[[str], str] = str,
    text: Callable[[str], str] = str,
    drops: Callable[[Node], bool] = lambda _: False,
) -> Node:
    """Return the tree with each key and scalar lexeme changed, without the members whose value `drops` accepts."""
    if isinstance(node, str):
        return text(node)
    if isinstance(node, list):
        return [_mapped(value, key, text, drops) for value in node]
    return Members([(key(name), _mapped(value, key, text, drops)) for name, value in node.pairs if not drops(value)])


_INTEGER = re.compile(rb"(?<=[ \[])-?\d+(?=[,}\]])")
_SNAKE = re.compile(r"_([a-z0-9])")
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_BLANKS = re.compile(r"((?:\\[tnr]|\s)++)|\\.")
"""A run of blanks in a string lexeme, or another escape."""
_DATE = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]00:00)"')


def _trimmed(lexeme: str) -> str:
    if not lexeme.startswith('"'):
        return lexeme
    inner = lexeme[1:-1]
    start, end = 0, len(inner)
    for run in _BLANKS.finditer(inner):  # a pattern for the end of the text alone takes the square of a run's length
        if run[1] and not run.start():
            start = run.end()
        if run[1] and run.end() == len(inner):
            end = max(start, run.start())
    return f'"{inner[start:end]}"'


def _newtonsoft_date(lexeme: str) -> str:
    """Return a date in UTC as Newtonsoft.Json writes it after recognising it in a text."""
    match = _DATE.fullmatch(lexeme)
    if match is None:
        return lexeme
    fraction = (match[2] or "").rstrip("0")[:7]
    return f'"{match[1]}{f".{fraction}" if fraction else ""}Z"'


def _python_date(lexeme: str) -> str:
    return f'{lexeme[:-2]}+00:00"' if _DATE.fullmatch(lexeme) and lexeme.endswith('Z"') else lexeme


def _capital_first(key: str) -> str:
    return key[:1] + key[1:2].upper() + key[2:]


def _in_order(root: Members) -> Members:
    """Return the members in PiktID's documented order."""
    place = {f'"{name}"': at for at, name in enumerate(_DOCUMENTED)}
    return Members(sorted(root.pairs, key=lambda pair: place.get(pair[0], len(place))))


def _with_float_time(root: Members) -> Members:
    """Return the members with the timestamp as a float."""
    return Members(
        [(key, f"{value}.0" if key == '"timestamp"' and str(value).isdigit() else value) for key, value in root.pairs]
    )


def _with_objects(node: Node) -> Node:
    """Return the tree with its empty arrays as empty objects: PHP turns one into the other."""
    if isinstance(node, list):
        return [_with_objects(value) for value in node] if node else Members([])
    return Members([(key, _with_objects(value)) for key, value in node.pairs]) if isinstance(node, Members) else node


def _as_integer(node: Node) -> Node:
    return node.removesuffix(".0") if isinstance(node, str) and not node.startswith('"') else node


def _mapped_members(root: Members, text: Callable[[str], Node]) -> Members:
    return Members([(key, _mapped(value, text=lambda lexeme: str(text(lexeme)))) for key, value in root.pairs])


_SHAPES: tuple[Callable[[Document, Members], Node], ...] = (
    lambda _, root: _mapped(root, drops=lambda value: value == "null"),
    lambda _, root: _with_float_time(root),
    lambda _, root: _in_order(root),
    lambda _, root: _in_order(_with_float_time(root)),
    lambda _, root: Members([(key, _as_integer(value) if key == '"id"' else value) for key, value in root.pairs]),
    lambda _, root: _with_float_time(_mapped_members(root, _as_integer)),
    lambda _, root: _with_objects(_with_float_time(root)),
    lambda _, root: _mapped(root, text=lambda text: "null" if text == '""' else text),
    lambda _, root: _mapped(root, text=lambda text: '""' if text == "null" else text),
    lambda _, root: _mapped(root, text=_trimmed),
    lambda _, root: _mapped(root, text=lambda text: "null" if _trimmed(text) == '""' else _trimmed(text)),
    lambda _, root: _mapped(root, key=lambda key: _SNAKE.sub(lambda match: match[1].upper(), key)),
    lambda _, root: _mapped(root, key=lambda key: _CAMEL.sub(lambda match: f"_{match[1].lower()}", key)),
    lambda _, root: _mapped(root, key=_capital_first),
    lambda _, root: _mapped(root, drops=lambda value: value in ("null", '""') or value in ([], Members([]))),
    lambda _, root: _mapped(root, text=_newtonsoft_date),
    lambda _, root: _mapped(root, text=_python_date),
    lambda _, root: _mapped(root, text=lambda text: f'"{text}"' if text[:1] in "-0123456789" else text),
    lambda _, root: _mapped(
        root, text=lambda text: text[1:-1] if re.fullmatch(r'"-?(0|[1-9]\d{0,14})(\.\d+)?"', text) else text
    ),
)
