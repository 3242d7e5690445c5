"""The same JSON written again: by Python, JavaScript, PHP, Go and .NET, and by tools that change white space only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from webhook_tui.domain.diagnostics import numbers, strings
from webhook_tui.domain.diagnostics.causes import Difference, fitting
from webhook_tui.domain.diagnostics.document import Document, Layout, Order
from webhook_tui.domain.diagnostics.message import Message

SIGN_BYTES = "Sign the bytes, not the parsed JSON written again."
SIGN_ORDER = "Sign the bytes as they are sent, in their order."
SIGN_ENCODED = "Sign after encoding, not before."

COMPACT, SPACED = Layout(), Layout(", ", ": ")
TWO, FOUR, TAB = (Layout(",", ": ", indent) for indent in ("  ", "    ", "\t"))

_LAYOUTS = {
    COMPACT: fitting(
        "json-compact",
        "the same JSON written compactly",
        "the same JSON, compact",
        why="The same values were signed without a blank between them: they were parsed and written again.",
        change=SIGN_BYTES,
    ),
    SPACED: fitting(
        "json-spaced",
        "the same JSON with a blank after , and :",
        "the same JSON, spaced",
        why="The same values were signed with a blank after each comma and colon, as Python's json.dumps writes them.",
        change=SIGN_BYTES,
    ),
    TWO: fitting(
        "json-indent-2",
        "the same JSON indented by 2 blanks",
        "the same JSON, indented by 2",
        why="The same values were signed in lines, indented by two blanks: they were parsed and written again.",
        change=SIGN_BYTES,
    ),
    FOUR: fitting(
        "json-indent-4",
        "the same JSON indented by 4 blanks",
        "the same JSON, indented by 4",
        why="The same values were signed in lines, indented by four blanks: they were parsed and written again.",
        change=SIGN_BYTES,
    ),
    TAB: fitting(
        "json-indent-tab",
        "the same JSON indented by tabs",
        "the same JSON, tab-indented",
        why="The same values were signed in lines, indented by tabs: they were parsed and written again.",
        change=SIGN_BYTES,
    ),
}
_SORTED = fitting(
    "json-sorted",
    "the same JSON with its keys sorted",
    "with sorted keys",
    why="The same values were signed with the keys of each object in alphabetical order.",
    change=SIGN_ORDER,
)
_UNIQUE = fitting(
    "json-duplicate-keys",
    "the same JSON without its duplicate keys",
    "without duplicate keys",
    why="The body has a key twice in one object; what was signed has only the last of them.",
    change=SIGN_BYTES,
)
_ESCAPED = fitting(
    "json-ascii",
    "the same JSON with \\u escapes",
    "with \\u escapes",
    why="Characters outside ASCII were signed as \\u escapes and arrived as UTF-8.",
    change=SIGN_ENCODED,
)
_UNESCAPED = fitting(
    "json-utf8",
    "the same JSON without \\u escapes",
    "without \\u escapes",
    why="Escaped characters arrived where the characters themselves, as UTF-8, were signed.",
    change=SIGN_ENCODED,
)
_NUMBERS = fitting(
    "json-numbers",
    "the same JSON with its numbers rewritten",
    "with rewritten numbers",
    why="The numbers were parsed and written again before signing, as in 1000.0 for 1e3.",
    change=SIGN_BYTES,
)
_NEWLINE = fitting(
    "json-newline",
    "with a newline after it",
    "with a newline after it",
    why="A newline was signed after the JSON, as Go's Encoder, jq and echo write one.",
    change="Send exactly the bytes that were signed.",
)


def _family(name: str, word: str, writes: str) -> Difference:
    return fitting(
        f"json-{word}",
        f"the same JSON as {name} writes it",
        f"the JSON of {name}",
        why=f"The same values were signed as {name} writes them: {writes}",
        change=SIGN_BYTES,
    )


_JAVASCRIPT = _family("JavaScript", "javascript", "1.0 becomes 1, keys that are numbers come first.")
_PHP = _family("PHP", "php", "a slash becomes \\/, a letter with an accent a \\u escape, 1.0 becomes 1.")
_PHP_ARRAYS = _family("PHP", "php", "read into arrays, an empty {} becomes [].")
_GO = _family("Go", "go", "keys are sorted, <, > and & become \\u escapes, 1.0 becomes 1.")
_DOTNET = _family(".NET", "dotnet", "quotes, +, <, > and & become \\u escapes in upper case.")


@dataclass(frozen=True, slots=True)
class Style:
    """One way to write a document again."""

    order: Order
    layout: Layout
    escape: strings.Escape | None = None
    numbers: Callable[[str], str] | None = None
    family: Difference | None = None
    common: bool = False


def _python_styles() -> Iterator[Style]:
    for layout in (COMPACT, SPACED, TWO, FOUR, TAB):
        yield Style(Order.AS_SENT, layout, common=layout in (COMPACT, SPACED, TWO))
    escapes = (strings.ascii_escaped, strings.utf8)
    for order, layout, escape in product((Order.UNIQUE, Order.SORTED), (COMPACT, SPACED, TWO, FOUR), escapes):
        yield Style(order, layout, escape, numbers.as_python, common=layout in (COMPACT, SPACED))


def _javascript_styles() -> Iterator[Style]:
    for order, layout in product((Order.INDEX_FIRST, Order.SORTED), (COMPACT, TWO, FOUR, TAB)):
        common = layout is COMPACT and order is Order.INDEX_FIRST
        yield Style(order, layout, strings.javascript, numbers.as_javascript, _JAVASCRIPT, common)


def _php_styles() -> Iterator[Style]:
    families = ((Order.UNIQUE, _PHP), (Order.ASSOCIATIVE, _PHP_ARRAYS))
    escapes = (strings.php, strings.php_unescaped_slashes, strings.php_unescaped_unicode, strings.php_unescaped_both)
    for (order, family), layout, escape in product(families, (COMPACT, FOUR), escapes):
        yield Style(order, layout, escape, numbers.as_php, family, layout is COMPACT and escape is strings.php)


def _go_styles() -> Iterator[Style]:
    orders = (Order.SORTED, Order.INNER_SORTED, Order.UNIQUE)
    for order, layout, escape in product(orders, (COMPACT, TWO, TAB), (strings.go, strings.utf8)):
        common = layout is COMPACT and escape is strings.go
        yield Style(order, layout, escape, numbers.as_go, _GO, common)


def _dotnet_styles() -> Iterator[Style]:
    for layout in (COMPACT, TWO):
        yield Style(Order.UNIQUE, layout, strings.dotnet, None, _DOTNET)


STYLES = (*_python_styles(), *_javascript_styles(), *_php_styles(), *_go_styles(), *_dotnet_styles())


def rewritten(document: Document) -> Iterator[Message]:
    """The document in every style, each distinct one once, the likeliest first."""
    seen: set[tuple[int, Layout, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = set()
    for style in STYLES:
        texts, figures = document.strings(style.escape), document.numbers(style.numbers)
        tokens = document.tokens(style.order)
        key = (id(tokens), style.layout, tuple(texts.items()), tuple(figures.items()))
        if key in seen:
            continue
        seen.add(key)
        content = document.written(style.order, style.layout, style.escape, style.numbers)
        if content is None:
            continue
        differences = _differences(document, style)
        yield Message(content, differences, style.common)
        if style.common:
            yield Message(content + b"\n", (*differences, _NEWLINE))


def _differences(document: Document, style: Style) -> tuple[Difference, ...]:
    if style.family is not None:
        return (style.family,)
    found: list[Difference] = []
    if document.tokens(style.order) is not document.tokens(Order.AS_SENT):
        found.append(_SORTED if style.order is Order.SORTED else _UNIQUE)
    if document.strings(style.escape):
        found.append(_ESCAPED if style.escape is strings.ascii_escaped else _UNESCAPED)
    if document.numbers(style.numbers):
        found.append(_NUMBERS)
    return tuple(found) or (_LAYOUTS[style.layout],)
