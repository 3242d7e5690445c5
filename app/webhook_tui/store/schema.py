"""The tables of the history: one script per version; a script that was ever released is never changed again."""

from __future__ import annotations

from webhook_tui.store.database import Schema

_VERSION_1 = """
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

_VERSION_2 = """
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

_VERSION_3 = """
ALTER TABLE deliveries ADD COLUMN on_stream INTEGER NOT NULL DEFAULT 0;  -- the event stream brought the event, too
CREATE INDEX streamed ON deliveries (seq) WHERE on_stream;
"""

_VERSION_4 = """
ALTER TABLE deliveries ADD COLUMN http_version TEXT NOT NULL DEFAULT '1.1';
"""

HISTORY = Schema(
    called="history",
    way_out="Name another file with --db, or keep no history with --ephemeral.",
    application_id=0x77685431,
    migrations=(_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4),
)
