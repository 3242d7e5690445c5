"""Where exports are written: new and existing files, links, pipes, devices, descriptors."""

from __future__ import annotations

import os
import pty
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from webhook_tui.domain.errors import ProblemError
from webhook_tui.export.files import write_file

PARTS = [b"one\n", b"two\n"]
WHOLE = b"".join(PARTS)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty directory."""
    path = tmp_path / "place"
    path.mkdir()
    return path


def failing() -> Iterator[bytes]:
    """Parts of which the second cannot be made."""
    yield b"one"
    raise RuntimeError


def mode(path: Path) -> int:
    """The permission bits of what the path names itself."""
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_new_file_is_whole_and_private(place: Path) -> None:
    """Also one with the longest name; nothing is left beside it, and without parts nothing is made."""
    path = place / ("n" * 255)

    write_file(path, iter(PARTS), to_terminal=False)
    write_file(place / "none", iter(()), to_terminal=False)

    assert path.read_bytes() == WHOLE
    assert mode(path) == 0o600
    assert list(place.iterdir()) == [path]


def test_an_existing_file_keeps_what_it_is(place: Path) -> None:
    """Mode, owner and every name, also where the new content is shorter."""
    path, other = place / "file", place / "other"
    path.write_bytes(b"before " * 100)
    path.chmod(0o640)
    other.hardlink_to(path)

    write_file(path, iter(PARTS), to_terminal=False)

    assert (path.read_bytes(), other.read_bytes()) == (WHOLE, WHOLE)
    assert mode(path) == 0o640
    assert path.samefile(other)


def test_a_failure_while_it_is_made_changes_nothing(place: Path) -> None:
    """Neither an existing file nor a new one."""
    path = place / "file"
    path.write_bytes(b"before")
    for name in ("file", "new"):
        with pytest.raises(RuntimeError):
            write_file(place / name, failing(), to_terminal=False)

    assert path.read_bytes() == b"before"
    assert list(place.iterdir()) == [path]


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_followed(place: Path, exists: bool) -> None:
    """To a file in another directory, which may not be there yet; the link stays a link."""
    target = place / "elsewhere" / "target"
    target.parent.mkdir()
    if exists:
        target.write_bytes(b"before")
    link = place / "link"
    link.symlink_to("elsewhere/target")

    write_file(link, iter(PARTS), to_terminal=False)

    assert link.is_symlink()
    assert target.read_bytes() == WHOLE
    assert [path.name for path in target.parent.iterdir()] == ["target"]


def test_a_link_to_itself_is_a_problem(place: Path) -> None:
    """And stays."""
    link = place / "link"
    link.symlink_to("link")

    with pytest.raises(ProblemError, match="cannot be written"):
        write_file(link, iter(PARTS), to_terminal=False)

    assert link.is_symlink()


def test_a_pipe_gets_the_parts(place: Path) -> None:
    """A named pipe with a reader."""
    path = place / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()

    write_file(path, iter(PARTS), to_terminal=False)

    reader.join()
    assert read == [WHOLE]
    assert stat.S_ISFIFO(path.lstat().st_mode)


def test_a_pipe_without_a_reader(place: Path) -> None:
    """A caller that must not wait gets an error; a reader that left is its own error."""
    path = place / "pipe"
    os.mkfifo(path)
    with pytest.raises(ProblemError, match="no program reads it"):
        write_file(path, iter(PARTS), to_terminal=False, waits=False)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing), pytest.raises(BrokenPipeError):
        write_file(Path(f"/dev/fd/{writing}"), iter(PARTS), to_terminal=False)


def test_a_descriptor_is_written_where_it_stands(place: Path) -> None:
    """Behind what was written through it already, as `/dev/stdout` demands."""
    path = place / "file"
    with path.open("wb", buffering=0) as file:
        file.write(b"before\n")
        write_file(Path(f"/dev/fd/{file.fileno()}"), iter(PARTS), to_terminal=False)
        file.write(b"after\n")

    assert path.read_bytes() == b"before\n" + WHOLE + b"after\n"


@pytest.mark.parametrize("allowed", [True, False])
def test_a_terminal_gets_only_what_is_harmless(allowed: bool) -> None:
    """By its name, too; a device stays what it is."""
    main, terminal = pty.openpty()
    with os.fdopen(main, "rb") as screen, os.fdopen(terminal, "wb", buffering=0):
        for path in (Path(os.ttyname(terminal)), Path(f"/dev/fd/{terminal}")):
            if allowed:
                write_file(path, iter([b"text\n"]), to_terminal=True)
                assert screen.read(6) == b"text\r\n"
            else:
                with pytest.raises(ProblemError, match="terminal"):
                    write_file(path, iter(PARTS), to_terminal=False)
        assert stat.S_ISCHR(Path(os.ttyname(terminal)).stat().st_mode)


@pytest.mark.parametrize("path", ["nowhere/file", "file/file", "directory"])
def test_what_cannot_be_written_is_one_sentence(place: Path, path: str) -> None:
    """With the reason, and nothing made."""
    (place / "file").touch()
    (place / "directory").mkdir()

    with pytest.raises(ProblemError, match=r"cannot be written: [A-Z].*\. Name another file\.$"):
        write_file(place / path, iter(PARTS), to_terminal=False)

    assert sorted(found.name for found in place.rglob("*")) == ["directory", "file"]
