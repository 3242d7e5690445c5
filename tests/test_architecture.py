"""Laws that no import contract can see: what is loaded when, what is never called, what stands at the top."""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import re
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from textual.message_pump import MessagePump

from tests.sources import PACKAGE, nodes_of_modules

TOP = PACKAGE.parent.parent


def _loaded_by(statement: str) -> set[str]:
    """Names of the modules in sys.modules after `statement` in a fresh interpreter."""
    program = f"import sys\ntry:\n    {statement}\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_front_end(option: str) -> None:
    """They answer at once: neither Textual nor a server nor an HTTP client is imported."""
    loaded = _loaded_by(f"sys.argv = ['webhook-tui', '{option}']; from webhook_tui.cli.main import main; main()")

    assert loaded.isdisjoint({"textual", "rich", "uvicorn", "httpx", "starlette", "pyngrok", "sqlite3", "asyncio"})


def test_listening_without_a_screen_loads_no_textual() -> None:
    """The headless front end is for servers and pipes."""
    assert _loaded_by("import webhook_tui.headless").isdisjoint({"textual", "pyngrok"})


def test_every_module_and_public_name_says_what_it_is_for() -> None:
    """Docstrings on modules, public classes and public functions (overridden framework hooks in the screen aside)."""
    missing = []
    for path, (tree, *_) in nodes_of_modules():
        assert isinstance(tree, ast.Module)
        if ast.get_docstring(tree) is None:
            missing.append(str(path))
        missing += [
            f"{path}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
        ]

    assert missing == []


def test_no_worker_calls_into_the_screen() -> None:
    """Threads post messages; `call_from_thread` blocks and can hang on leaving."""
    calls = [
        f"{path}:{node.lineno}"
        for path, nodes in nodes_of_modules()
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr == "call_from_thread"
    ]

    assert calls == []


def test_no_module_is_a_drawer_for_everything() -> None:
    """Names say what a thing is."""
    names = {name for path in PACKAGE.rglob("*.py") for name in (path.stem, path.parent.name)}

    assert names.isdisjoint({"utils", "util", "helpers", "helper", "manager", "common", "misc"})


def test_the_top_level_holds_what_it_should() -> None:
    """pyproject.toml, README.md, app, tests, screenshots, and dotfiles."""
    there = {path.name for path in TOP.iterdir() if not path.name.startswith(".")}

    assert there - {"dist", "build"} <= {"pyproject.toml", "README.md", "app", "tests", "screenshots"}


def test_values_are_structs() -> None:
    """Not dataclasses: a frozen one with slots takes 1.3 ms to define, a Struct 0.05, and the screen needs 200."""
    users = [str(path) for path, nodes in nodes_of_modules() if any("dataclasses" in _imported(node) for node in nodes)]

    assert users == []


def _imported(node: ast.AST) -> set[str]:
    """Names of the modules that a statement imports, and `module.name` for what it takes from them."""
    match node:
        case ast.Import(names):
            return {name.name for name in names}
        case ast.ImportFrom(module=str(module), names=names):
            return {module, *(f"{module}.{name.name}" for name in names)}
        case _:
            return set()


def test_the_domain_is_the_standard_library_and_struct() -> None:
    """Values and rules need nothing else."""
    foreign = {
        name
        for path, nodes in nodes_of_modules()
        if PACKAGE / "domain" in path.parents
        for node in nodes
        for name in _imported(node)
        if name.partition(".")[0] not in sys.stdlib_module_names and not name.startswith("webhook_tui.domain")
    }

    assert foreign == {"msgspec", "msgspec.Struct", "msgspec.field", "msgspec.structs", "msgspec.structs.replace"}


@cache
def _classes() -> tuple[tuple[Path, ast.ClassDef], ...]:
    return tuple((path, node) for path, nodes in nodes_of_modules() for node in nodes if isinstance(node, ast.ClassDef))


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (method for method in node.body if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef))


def _stored_attributes(node: ast.AST) -> set[str]:
    """Names of the attributes of `self` that are assigned in there."""
    return {
        target.attr
        for target in ast.walk(node)
        if isinstance(target, ast.Attribute)
        and isinstance(target.ctx, ast.Store)
        and isinstance(target.value, ast.Name)
        and target.value.id == "self"
    }


def _attributes_of(cls: type) -> set[str]:
    """What an object has after `__init__`: the attributes of its classes, and what their `__init__` assigns."""
    return set(dir(cls)).union(*map(_assigned_by, cls.__mro__))


@cache
def _assigned_by(cls: type) -> set[str]:
    """What the class itself annotates and its own `__init__` assigns."""
    assigned = set(inspect.get_annotations(cls))
    if inspect.isfunction(init := cls.__dict__.get("__init__")):
        with contextlib.suppress(OSError, SyntaxError):  # made by dataclass: its fields are annotations
            assigned |= _stored_attributes(ast.parse(textwrap.dedent(inspect.getsource(init))))
    return assigned


def test_no_attribute_is_born_outside_init() -> None:
    """`__init__` declares all attributes."""
    born = []
    for path, node in _classes():
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        later = {name for method in _methods(node) if method.name != "__init__" for name in _stored_attributes(method)}
        if later and isinstance(cls := getattr(importlib.import_module(module), node.name, None), type):
            born += [f"{path}:{node.lineno} {node.name}.{name}" for name in sorted(later - _attributes_of(cls))]

    assert born == []


def test_parts_of_the_session_take_values_and_parts() -> None:
    """Not callbacks: a part that others listen to publishes events."""
    callbacks = [
        f"{path}:{argument.lineno} {node.name}({argument.arg})"
        for path, node in _classes()
        if PACKAGE / "session" in path.parents
        for method in _methods(node)
        if method.name == "__init__"
        for argument in (*method.args.args, *method.args.kwonlyargs)
        if argument.annotation is not None
        and not {"Callable", "Awaitable", "Coroutine"}.isdisjoint(re.findall(r"\w+", ast.unparse(argument.annotation)))
    ]

    assert callbacks == []


def test_only_the_runtime_subscribes_parts() -> None:
    """All subscriptions are in one place; the facade passes events to the front end."""
    subscribers = {
        path.stem
        for path, nodes in nodes_of_modules()
        if PACKAGE / "session" in path.parents
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr == "subscribe"
    }

    assert subscribers == {"runtime", "session"}


# What does not keep these laws yet; nothing may be added to these sets.
_TWO_ANCESTORS: set[str] = set()
_LARGE_CLASSES = {"MainScreen"}
_LARGE_FOLDERS: set[str] = set()
_SMALL_MODULES = {
    *("domain/account", "domain/payload/query", "payload_query/wire"),
}

_MOST_MODULES = 15
_LEAST_LINES = 40
_MOST_LINES = 300
_ENTRY_POINTS = {"__init__", "__main__"}


def _screen_classes() -> Iterator[type]:
    for path, node in _classes():
        if PACKAGE / "ui" in path.parents and isinstance(node, ast.ClassDef):
            module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
            if isinstance(cls := getattr(importlib.import_module(module), node.name, None), type):
                yield cls


def test_at_most_one_class_of_ours_stands_between_a_class_and_textual() -> None:
    """Parts are members, not ancestors: what a screen can do is read in one file."""
    deep = {
        cls.__name__
        for cls in _screen_classes()
        if issubclass(cls, MessagePump)
        and sum(base.__module__.startswith("webhook_tui") for base in cls.__mro__[1:]) > 1
    }

    assert deep - _TWO_ANCESTORS == set()


def test_no_handler_replaces_another_of_ours() -> None:
    """Textual calls the handlers of every ancestor, too: what looks like an override would do a thing twice."""
    twice = {
        f"{cls.__name__}.{name}"
        for cls in _screen_classes()
        if issubclass(cls, MessagePump)
        for name in vars(cls)
        if name.startswith("on_") and name not in {"on_mount", "on_unmount", "on_key"}
        if any(base.__module__.startswith("webhook_tui") and name in vars(base) for base in cls.__mro__[1:])
    }

    assert twice == set()


def test_no_class_is_large() -> None:
    """A large class has more than one subject."""
    large = {node.name for _, node in _classes() if (node.end_lineno or 0) - node.lineno >= _MOST_LINES}

    assert large - _LARGE_CLASSES == set()


def test_no_folder_is_large() -> None:
    """A folder can be read at a glance."""
    modules = Counter(path.parent for path in PACKAGE.rglob("*.py") if path.stem not in _ENTRY_POINTS)
    large = {folder.relative_to(PACKAGE).as_posix() for folder, count in modules.items() if count > _MOST_MODULES}

    assert large - _LARGE_FOLDERS == set()


def test_no_module_is_small() -> None:
    """A module holds a subject."""
    small = {
        path.relative_to(PACKAGE).with_suffix("").as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.stem not in _ENTRY_POINTS and len(path.read_text("utf-8").splitlines()) < _LEAST_LINES
    }

    assert small - _SMALL_MODULES == set()


_BRANCHES = (
    *(ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.Match, ast.Try, ast.TryStar, ast.comprehension),
    ast.BoolOp,
)
_WITHOUT_TEST_FILE = """
    ui: launch
    ui/controllers: context
    ui/dialogs: live_query
    ui/widgets/detail: image_view
"""
"""Modules that have no test file of their own yet, a folder a line; nothing may be added."""


def _has_logic(nodes: Iterable[ast.AST]) -> bool:
    """Whether a function among the nodes branches or loops."""
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(isinstance(node, _BRANCHES) for function in functions for node in ast.walk(function))


def test_every_module_with_logic_has_its_test_file() -> None:
    """`app/webhook_tui/a/b.py` is tested in `tests/a/test_b.py`."""
    missing = {
        module.with_suffix("").as_posix()
        for path, nodes in nodes_of_modules()
        if path.stem not in _ENTRY_POINTS and _has_logic(nodes)
        for module in [path.relative_to(PACKAGE)]
        if not (TOP / "tests" / module.parent / f"test_{module.name}").exists()
    }
    excepted = {
        f"{folder.strip()}/{name}".removeprefix("./")
        for folder, names in (line.split(":") for line in _WITHOUT_TEST_FILE.split("\n") if line)
        for name in names.split()
    }

    assert missing == excepted


_FOREIGN_TO_THE_SCREEN = {"httpcore", "httptools", "httpx", "pyngrok", "stamina", "starlette", "uvloop"}
"""What only the session's process may import."""


def test_the_first_frame_waits_for_no_module_that_it_does_not_show() -> None:
    """Dialogs, detail, stream pane, filter language, exports and the history are imported when they are used."""
    loaded = _loaded_by(
        "import webhook_tui.__main__, webhook_tui.cli.main, webhook_tui.headless.signing.stored_accounts,"
        " webhook_tui.ui.launch, webhook_tui.ui.app"
    )

    def of(package: str) -> set[str]:
        return {name.rpartition(".")[2] for name in loaded if name.startswith(f"webhook_tui.{package}.")}

    assert loaded.isdisjoint(
        _FOREIGN_TO_THE_SCREEN | {"http.client", "email", "hashlib", "segno", "sqlite3", "tomllib"}
    )
    assert not [name for name in loaded if name.startswith("pygments.styles.")]
    assert of("ui.dialogs") == {"dialog", "key_queue"}
    assert of("ui.views") | of("domain.filtering") | of("domain.contract") | of("domain.diagnostics") == set()
    assert of("cli.history") | of("cli.session") | of("cli.signing") == set()
    assert of("export") | of("http") | of("piktid") | of("sandbox") | of("tunnels") == set()
    assert of("headless") == {"messages", "signing", "stored_accounts"}
    assert of("storage") <= {"database", "files", "locks", "temporary_directory"}


def test_the_screen_never_imports_what_the_session_needs() -> None:
    """All of the screen; each process is as small as it can be."""
    loaded = _loaded_by(
        "import importlib, pkgutil, webhook_tui.ui, webhook_tui.storage.search.search;"
        "[importlib.import_module(found.name) for found in pkgutil.walk_packages(webhook_tui.ui.__path__,"
        " 'webhook_tui.ui.')]"
    )

    assert loaded.isdisjoint(_FOREIGN_TO_THE_SCREEN)


def test_the_session_takes_its_port_before_the_slow_imports() -> None:
    """A busy port is reported before the screen opens."""
    loaded = _loaded_by("import webhook_tui.session.process.host")

    assert loaded.isdisjoint(_FOREIGN_TO_THE_SCREEN | {"asyncio", "sqlite3", "webhook_tui.session.session"})


def test_what_the_session_imported_stays_and_the_rest_is_collected() -> None:
    """No collection searches the modules; Starlette is for the sandbox alone."""
    program = (
        "import gc, sys; gc.disable(); from webhook_tui.session.process import host;"
        " host.import_session();"
        " print(gc.get_freeze_count() > 10_000, gc.isenabled(), 'starlette' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True", "False"]


_PRIVATE_WORDS = re.compile(
    r"\b(?:judg(?:es?|ed|ing)|unproven|strays?|tid(?:y|ied|ying)|wish(?:es)?|keeper|sightings?|nobody|whoever|somebody|anew|"
    r"misbehaviour|overtures?)\b",
    re.IGNORECASE,
)
"""Words of our own, or of a person, for what the field has a name for."""
_QUOTES_PRIVATE_WORDS = ("test_architecture.py", "test_causes.py", "test_messages.py")


def test_the_code_speaks_the_words_of_the_field() -> None:
    """In names, docstrings, comments and texts: it describes behaviour, and nothing in it is a person."""
    found = [
        f"{path.relative_to(TOP)}:{number}: {line.strip()}"
        for directory in ("app", "tests")
        for path in sorted((TOP / directory).rglob("*.py"))
        if path.name not in _QUOTES_PRIVATE_WORDS
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if _PRIVATE_WORDS.search(line.replace("signed_anew", "").replace("_", " "))  # a column of the database
    ]

    assert found == []


def test_every_exception_to_a_check_says_why() -> None:
    """`# noqa` and `# type: ignore` name the check and, in the same line, the reason."""
    exception = re.compile(r"# (?:noqa\b(?!: [A-Z0-9, ]+ --? \S)|type: ignore\b(?!\[[\w, -]+\]\s+# \S))")
    without = [
        f"{path.relative_to(TOP)}:{number}"
        for directory in ("app", "tests", "screenshots")
        for path in sorted((TOP / directory).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if exception.search(line) and path.name != "test_architecture.py"
    ]

    assert without == []
