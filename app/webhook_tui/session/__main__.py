"""The session's process, started by webhook_tui.session.process: `python -P -m webhook_tui.session`."""

from webhook_tui.session.host import main

if __name__ == "__main__":
    main()
