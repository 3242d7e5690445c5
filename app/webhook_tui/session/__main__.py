"""The session's process, started by webhook_tui.session.process.launcher: `python -P -m webhook_tui.session`."""

import gc

if __name__ == "__main__":
    gc.disable()  # until everything is imported, which stays: see `host.import_session`

    from webhook_tui.session.process.host import main

    main()
