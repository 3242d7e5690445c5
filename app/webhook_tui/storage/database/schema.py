"""The tables of deliveries.db and accounts.db: one script for each version. A released script does not change."""

from __future__ import annotations

from webhook_tui.storage.database.connection import Schema

_HISTORY_1 = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at INTEGER NOT NULL,  -- microseconds since 1970, UTC, as all times here
    ended_at INTEGER              -- NULL: it runs, or was killed
);
CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES runs (id),
    account TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    client TEXT NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    event TEXT NOT NULL,
    event_id TEXT,                -- JSON text
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    short TEXT NOT NULL,
    secret_id TEXT,
    attempt INTEGER NOT NULL,
    answered INTEGER,
    size INTEGER NOT NULL,
    about TEXT NOT NULL,
    marked INTEGER NOT NULL DEFAULT 0,
    comment TEXT NOT NULL DEFAULT ''
);
CREATE TABLE bodies (
    seq INTEGER PRIMARY KEY REFERENCES deliveries (seq),
    headers BLOB NOT NULL,        -- MessagePack: [[name, value], ...] as bytes
    body BLOB NOT NULL
);
CREATE INDEX attempts ON deliveries (account, event_id, attempt) WHERE event_id IS NOT NULL;
CREATE INDEX unsettled ON deliveries (account, seq) WHERE verdict IN ('pending', 'invalid');
-- From dense_from on, every seq up to the largest is there; the number of deletions tells a reader to look again.
CREATE TABLE shape (dense_from INTEGER NOT NULL, deletions INTEGER NOT NULL);
INSERT INTO shape VALUES (1, 0);
CREATE TRIGGER delivery_deleted AFTER DELETE ON deliveries BEGIN
    DELETE FROM bodies WHERE seq = old.seq;
    UPDATE shape SET dense_from = max(dense_from, old.seq + 1), deletions = deletions + 1;
END;
"""

_HISTORY_2 = """
CREATE INDEX by_event ON deliveries (event);
CREATE INDEX by_verdict ON deliveries (verdict);
CREATE INDEX by_answered ON deliveries (answered);
CREATE INDEX repeated ON deliveries (seq, attempt) WHERE attempt > 1;
CREATE INDEX marks ON deliveries (seq) WHERE marked;
CREATE INDEX large ON deliveries (seq) WHERE size > 262144;  -- these have no words
CREATE VIRTUAL TABLE words USING fts5 (text, content = '', columnsize = 0, tokenize = 'ascii');
-- Every delivery up to `done` has its words, made in that `way`; the numbers of those that were deleted may linger.
CREATE TABLE indexing (done INTEGER NOT NULL, way TEXT NOT NULL);
INSERT INTO indexing VALUES (0, '');
"""

_HISTORY_3 = """
ALTER TABLE deliveries ADD COLUMN on_stream INTEGER NOT NULL DEFAULT 0;  -- the event stream brought the event, too
CREATE INDEX streamed ON deliveries (seq) WHERE on_stream;
"""

_HISTORY_4 = """
ALTER TABLE deliveries ADD COLUMN http_version TEXT NOT NULL DEFAULT '1.1';
"""

_HISTORY_5 = """
CREATE TABLE forward_results (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,         -- of the delivery that was forwarded or replayed
    why TEXT NOT NULL,
    url TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,               -- NULL: there was no answer
    headers BLOB NOT NULL,
    body BLOB NOT NULL,           -- its first 64 KiB
    body_size INTEGER NOT NULL,
    seconds REAL NOT NULL,
    tries INTEGER NOT NULL,
    failure TEXT NOT NULL,
    cause TEXT,
    signed_anew INTEGER NOT NULL,
    edited INTEGER NOT NULL,
    cut TEXT
);
CREATE INDEX results_of ON forward_results (seq);
CREATE TRIGGER results_deleted AFTER DELETE ON deliveries BEGIN
    DELETE FROM forward_results WHERE seq = old.seq;
END;
"""

_HISTORY_6 = """
-- `about` is the summary as one text in deliveries of earlier versions, whose job is NULL; '' in the others.
ALTER TABLE deliveries ADD COLUMN job TEXT;
ALTER TABLE deliveries ADD COLUMN status TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN progress TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN file TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN quality TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN is_json INTEGER NOT NULL DEFAULT 1;
ALTER TABLE deliveries ADD COLUMN differs INTEGER NOT NULL DEFAULT 0;   -- the event stream brought other values
ALTER TABLE deliveries ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET imported = 1 WHERE comment LIKE 'imported from %';
UPDATE deliveries SET replayed = 1 WHERE seq IN (SELECT seq FROM forward_results WHERE why = 'replayed');
CREATE INDEX comments ON deliveries (seq) WHERE comment != '';
CREATE INDEX differing ON deliveries (seq) WHERE differs;
CREATE INDEX replays ON deliveries (seq) WHERE replayed;
CREATE INDEX imports ON deliveries (seq) WHERE imported;
"""

_HISTORY_7 = """
CREATE INDEX sizes ON deliveries (seq, size) WHERE size > 10000;  -- usual bodies are smaller and not in it
-- Each word now begins with the number of its block, so all are indexed again, in the background. The index is emptied
-- here, where no delivery waits for it: that takes two seconds for a million. A damaged one cannot be dropped.
CREATE VIRTUAL TABLE fresh USING fts5 (text, content = '', columnsize = 0, tokenize = 'ascii');
DELETE FROM words_idx;
DELETE FROM words_data;
INSERT INTO words_data SELECT id, block FROM fresh_data;
DROP TABLE fresh;
UPDATE indexing SET done = 0, way = '';
"""

_HISTORY_8 = """
-- No answer waits for these indexes: a delivery enters them later, in the background.
ALTER TABLE deliveries ADD COLUMN indexed INTEGER NOT NULL DEFAULT 1;
DROP INDEX by_event;
DROP INDEX by_verdict;
DROP INDEX by_answered;
DROP INDEX repeated;
CREATE INDEX by_event ON deliveries (event) WHERE indexed;
CREATE INDEX by_verdict ON deliveries (verdict) WHERE indexed;
CREATE INDEX by_answered ON deliveries (answered) WHERE indexed;
CREATE INDEX repeated ON deliveries (seq, attempt) WHERE indexed AND attempt > 1;
ALTER TABLE indexing ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;  -- every delivery up to it is in them
UPDATE indexing SET indexed = (SELECT coalesce(max(seq), 0) FROM deliveries);
"""

HISTORY = Schema(
    called="history",
    way_out="Use another file with --db F, or none with --ephemeral.",
    application_id=0x77685431,
    migrations=(_HISTORY_1, _HISTORY_2, _HISTORY_3, _HISTORY_4, _HISTORY_5, _HISTORY_6, _HISTORY_7, _HISTORY_8),
)


_ACCOUNTS_1 = """
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

_ACCOUNTS_2 = """
CREATE TABLE tokens (
    api_url TEXT PRIMARY KEY,
    held BLOB NOT NULL                           -- the API token, or what names it in the keyring
);
"""

_ACCOUNTS_3 = """
CREATE TABLE used_urls (
    account TEXT NOT NULL,
    url TEXT NOT NULL,                           -- where the user had deliveries sent to
    at INTEGER NOT NULL,                         -- when last
    PRIMARY KEY (account, url)
);
"""

_ACCOUNTS_4 = """
-- Secrets that verify nothing any more: removed, or stored by a version that kept what --secret gave for one run.
CREATE TABLE withdrawn_secrets (
    account TEXT NOT NULL,
    secret_id TEXT NOT NULL,                     -- its fingerprint
    since INTEGER NOT NULL,                      -- of the entry that was withdrawn: one added again has another
    PRIMARY KEY (account, secret_id, since)
);
"""

ACCOUNTS = Schema(
    called="secrets file",
    way_out="Make accounts.db writable (webhook-tui paths), or set XDG_STATE_HOME.",
    application_id=0x77685432,
    migrations=(_ACCOUNTS_1, _ACCOUNTS_2, _ACCOUNTS_3, _ACCOUNTS_4),
)
