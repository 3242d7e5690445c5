"""No received text reaches a widget raw: what the screen's code may and may not do with fields that strangers fill."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.sources import PACKAGE, nodes_of_modules

SCREEN = PACKAGE / "ui"
FOREIGN = frozenset(
    {
        "summary", "body", "client", "comment", "event", "event_id", "headers", "last_response_status", "explanation",
        "public_url", "reason", "request", "short_reason", "target", "message", "hint", "screen_hint", "url",
        "api_url", "note", "detail",
    }
)  # fmt: skip
"""Attributes of the domain's records that hold what a stranger, PiktID or a tunnel sent."""
SINKS = frozenset(
    {"Static", "Label", "Content", "Text", "Tooltip", "update", "notify", "assemble", "append", "paragraph"}
)
"""What puts text before the user."""
HARMLESS = frozenset({"visible", "visible_lines", "host_of", "short_url", "listener", "document_for", "len", "bool"})
"""Calls whose result may be shown, whatever went into them."""
INTERPRETERS = frozenset({"from_markup", "from_ansi", "render_markup", "Markdown", "RichLog", "Syntax"})
"""What makes more of a text than its letters."""


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _raw(node: ast.AST) -> Iterator[ast.Attribute]:
    """Foreign fields within an expression whose text gets through: not what is only tested, called or sanitised."""
    if isinstance(node, ast.Call) and _name(node) in HARMLESS:
        return
    if isinstance(node, ast.IfExp):
        yield from _raw(node.body)
        yield from _raw(node.orelse)
        return
    if isinstance(node, ast.Compare | ast.Lambda):
        return
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in FOREIGN:
        yield node
        return
    if isinstance(node, ast.Call):  # any other function answers for what it makes: it is looked at where it stands
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if _name(node) in SINKS | {"str", "join", "f", "format", "truncate", "ljust", "rjust"}:
                yield from _raw(argument)
        return
    for child in ast.iter_child_nodes(node):
        yield from _raw(child)


def _is_no_markup(node: ast.expr) -> bool:
    """A literal of ours, or a Content, which is never read as markup."""
    made = (call for call in ast.walk(node) if isinstance(call, ast.Call))
    return isinstance(node, ast.Constant) or any(_name(call) == "Content" for call in made)


def offences(nodes: Iterable[ast.AST]) -> list[str]:
    """What among the nodes of a module shows text raw, or takes it for more than text, as `line: why`."""
    found = []
    for node in nodes:
        if isinstance(node, ast.Call):
            name = _name(node)
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            markup = keywords.get("markup")
            if name in INTERPRETERS and not all(isinstance(argument, ast.Constant) for argument in node.args):
                found.append(f"{node.lineno}: {name} of what is no literal")
            if markup is not None and not (isinstance(markup, ast.Constant) and markup.value is False):
                found.append(f"{node.lineno}: markup is not switched off")
            if name in ("notify", "Static", "Label") and markup is None and not all(map(_is_no_markup, node.args)):
                found.append(f"{node.lineno}: {name} without markup=False")
            if name in SINKS:
                arguments = (*node.args, *keywords.values())
                found += [f"{raw.lineno}: {raw.attr} is shown raw" for each in arguments for raw in _raw(each)]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            shown = ("tooltip", "border_title", "border_subtitle", "title", "sub_title")
            if any(isinstance(target, ast.Attribute) and target.attr in shown for target in targets):
                found += [f"{raw.lineno}: {raw.attr} is shown raw" for raw in _raw(node.value)]
    return sorted(set(found))


def test_the_screen_shows_nothing_raw() -> None:
    """Every foreign field goes through the sanitiser on its way into a widget, and no text is markup."""
    found = {path.relative_to(SCREEN): offences(nodes) for path, nodes in nodes_of_modules(SCREEN)}

    assert len(found) > 100
    assert not {path: faults for path, faults in found.items() if faults}


@pytest.mark.parametrize(
    "code",
    [
        "Content(row.event)",
        "Content.assemble((row.reason, 'bold'))",
        "self.update(f'{delivery.target} came')",
        "self.notify(str(problem.message), markup=False)",
        "Content.from_markup(text)",
        "Text.from_markup(f'[b]{text}')",
        "Static(text)",
        "Static(text, markup=True)",
        "self.notify(text)",
        "self.tooltip = row.event",
        "self.border_title = f'{row.summary}'",
        "Content(row.event if row.event else '-')",
        "Content('\\n'.join([report.note]))",
    ],
)
def test_it_would_be_found(code: str) -> None:
    """Each of these is an offence."""
    assert offences(ast.walk(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "Content(visible(row.event))",
        "Content.assemble((visible(row.event) or 'none', 'bold' if row.event else ''))",
        "self.notify(visible(problem.message), markup=False)",
        "Static(id='x', markup=False)",
        "Content.from_markup('[b]ours[/b]')",
        "self.paragraph(f'to {short_url(self.url)}')",
    ],
)
def test_what_is_harmless_is_let_be(code: str) -> None:
    """None of these is one."""
    assert offences(ast.walk(ast.parse(code))) == []
