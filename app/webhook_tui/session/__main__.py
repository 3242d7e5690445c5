"""The session's process, started by webhook_tui.session.process.launcher: `python -P -m webhook_tui.session`."""

from webhook_tui.session.process.host import main

if __name__ == "__main__":
    main()
