"""The tables of accounts.db: one script per version; a script that was ever released is never changed again."""

from __future__ import annotations

from webhook_tui.storage.database import Schema

_VERSION_1 = """
CREATE TABLE secrets (
    position INTEGER PRIMARY KEY AUTOINCREMENT,  -- oldest first; a secret that is registered again moves to the end
    account TEXT NOT NULL,
    secret BLOB NOT NULL,
    since INTEGER NOT NULL,                      -- microseconds since 1970, UTC, as all times here
    until INTEGER,
    origin TEXT NOT NULL,
    UNIQUE (account, secret)
);
CREATE TABLE registrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    url TEXT NOT NULL,
    webhook_id TEXT,                             -- JSON text
    at INTEGER NOT NULL,
    ended_at INTEGER,
    process TEXT NOT NULL                        -- names the lock of the process that registered it
);
CREATE INDEX unended ON registrations (account) WHERE ended_at IS NULL;
CREATE TABLE guards (account TEXT PRIMARY KEY, asked_at INTEGER NOT NULL);
"""

_VERSION_2 = """
CREATE TABLE tokens (
    api_url TEXT PRIMARY KEY,
    held BLOB NOT NULL                           -- the API token, or what names it in the keyring
);
"""

_VERSION_3 = """
CREATE TABLE used_urls (
    account TEXT NOT NULL,
    url TEXT NOT NULL,                           -- where the user had deliveries sent to
    at INTEGER NOT NULL,                         -- when last
    PRIMARY KEY (account, url)
);
"""

_VERSION_4 = """
-- Secrets that verify nothing any more: removed, or stored by a version that kept what --secret gave for one run.
CREATE TABLE withdrawn_secrets (
    account TEXT NOT NULL,
    secret_id TEXT NOT NULL,                     -- its fingerprint
    since INTEGER NOT NULL,                      -- of the entry that was withdrawn: one added again has another
    PRIMARY KEY (account, secret_id, since)
);
"""

ACCOUNTS = Schema(
    called="file of secrets",
    way_out="Let accounts.db be written (webhook-tui paths), or set XDG_STATE_HOME.",
    application_id=0x77685432,
    migrations=(_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4),
)
