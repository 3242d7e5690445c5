"""The history of the command line's tests."""

from __future__ import annotations

from tests.cli.conftest import history

__all__ = ["history"]
