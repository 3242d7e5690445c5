"""What an export format is: a name and a pure function from deliveries to bytes, which may be written as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct

from webhook_tui.domain.delivery.delivery import StoredDelivery
from webhook_tui.export.destination import Destination

Write: TypeAlias = Callable[[Iterable[StoredDelivery], Destination], Iterator[bytes]]
"""Deliveries that are redacted already, and where snippets send them, to the parts of one file."""


class Format(Struct, frozen=True):
    """One way to write deliveries; the same deliveries always give the same bytes."""

    name: str
    title: str
    """For a menu."""
    ending: str
    """Of a file's name, with its dot."""
    write: Write
    joins: bool = True
    """Whether several deliveries can stand in one file."""
    harmless: bool = True
    """Whether what it writes may reach a terminal: no control characters, whatever was received."""
    prefix: str = ""
    """Before a file's name, where the program that reads it wants one."""
    is_explained: bool = False
    """Whether it shows the explanation of each delivery, where the caller provides it."""
    encoding: str = "utf-8"
    """Of the file, where it is text; `utf-8-sig`: with a byte order mark, which is no part of the text."""

    def one(self, stored: StoredDelivery, destination: Destination) -> bytes:
        """The whole file of one delivery."""
        return b"".join(self.write((stored,), destination))

    def file_name(self, seq: int) -> str:
        """A name for the file of delivery `seq`, made of our own number and of nothing that was received."""
        return self._named(f"delivery-{seq}")

    def joint_file_name(self) -> str:
        """A name for the file of several deliveries."""
        return self._named("deliveries")

    def _named(self, stem: str) -> str:
        return f"{self.prefix}{stem.replace('-', '_') if self.prefix else stem}{self.ending}"
