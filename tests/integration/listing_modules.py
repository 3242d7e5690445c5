"""The program, which at its end lists the modules it imported: `listing_modules.py FILE [ARGUMENT ...]`."""

from __future__ import annotations

import atexit
import json
import sys
from pathlib import Path

from webhook_tui.cli.main import main


def _write(path: Path) -> None:
    path.write_text(json.dumps(sorted(sys.modules)))


if __name__ == "__main__":
    atexit.register(_write, Path(sys.argv.pop(1)))
    main()
