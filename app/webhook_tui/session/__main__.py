"""The session's process, started by webhook_tui.session.process.launcher: `python -P -m webhook_tui.session`."""

import gc

gc.disable()  # until everything is imported, which stays: see `host.import_session`

from webhook_tui.session.process.host import main  # noqa: E402 -- a third of the imports

if __name__ == "__main__":
    main()
