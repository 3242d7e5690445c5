"""The program, which sends itself a signal while it imports a module: `signalled.py MODULE NUMBER [ARGUMENT ...]`.

The signal arrives where an exception of its handler would be lost: in the callback of a weak reference.
"""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

from webhook_tui.__main__ import main


class _Referent:
    """Gone at once."""


class _Signal(MetaPathFinder):
    def __init__(self, module: str, number: int) -> None:
        self._module = module
        self._number = number

    def find_spec(self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> None:
        """Send the signal for that module, and let the others find it."""
        if fullname == self._module:
            weakref.ref(_Referent(), lambda _: os.kill(os.getpid(), self._number))


if __name__ == "__main__":
    module, number = sys.argv[1:3]
    del sys.argv[1:3]
    sys.meta_path.insert(0, _Signal(module, int(number)))
    main()
