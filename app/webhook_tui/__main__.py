"""`python -m webhook_tui` is the same program as the `webhook-tui` command."""

from __future__ import annotations

from webhook_tui.cli.main import main

if __name__ == "__main__":
    main()
