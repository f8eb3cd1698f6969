"""The project database's tables, and how older versions become this one."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x53414D44  # "SAMD"

# AUTOINCREMENT: an id that was given once is never given again, not even after deletion, because
# files that were exported earlier refer to it.
_VERSION_1 = """
CREATE TABLE image (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    width INTEGER,
    height INTEGER,
    orientation INTEGER NOT NULL DEFAULT 1,
    sha256 TEXT,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'skipped'))
);
CREATE TABLE category (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    colour TEXT NOT NULL
);
CREATE TABLE annotation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL REFERENCES image DEFERRABLE INITIALLY DEFERRED,
    category_id INTEGER NOT NULL REFERENCES category DEFERRABLE INITIALLY DEFERRED,
    parent_id INTEGER REFERENCES annotation DEFERRABLE INITIALLY DEFERRED,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    w INTEGER NOT NULL CHECK (w > 0),
    h INTEGER NOT NULL CHECK (h > 0),
    counts BLOB NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('interactive', 'auto', 'manual', 'imported')),
    engine TEXT NOT NULL,
    checkpoint TEXT,
    checkpoint_sha256 TEXT,
    precision TEXT,
    prompt TEXT NOT NULL,
    predicted_iou REAL,
    stability_score REAL,
    clicks INTEGER NOT NULL,
    seconds REAL NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX annotation_image ON annotation (image_id);
CREATE INDEX annotation_category ON annotation (category_id);
CREATE INDEX annotation_parent ON annotation (parent_id);
"""

# What imported files say beyond what the tables hold, and boxes whose objects have no mask yet.
# A box has an annotation's id, because the annotation made of it takes it over.
_VERSION_2 = """
ALTER TABLE image ADD COLUMN extras TEXT NOT NULL DEFAULT '';
ALTER TABLE category ADD COLUMN extras TEXT NOT NULL DEFAULT '';
ALTER TABLE annotation ADD COLUMN extras TEXT NOT NULL DEFAULT '';
CREATE TABLE dataset_info (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    info TEXT NOT NULL,
    licenses TEXT NOT NULL,
    extras TEXT NOT NULL
);
CREATE TABLE unsegmented_box (
    id INTEGER PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES image DEFERRABLE INITIALLY DEFERRED,
    category_id INTEGER NOT NULL REFERENCES category DEFERRABLE INITIALLY DEFERRED,
    x0 REAL NOT NULL,
    y0 REAL NOT NULL,
    x1 REAL NOT NULL,
    y1 REAL NOT NULL,
    extras TEXT NOT NULL
);
CREATE INDEX unsegmented_box_image ON unsegmented_box (image_id);
CREATE TRIGGER unsegmented_box_id AFTER INSERT ON unsegmented_box BEGIN
    INSERT INTO sqlite_sequence (name, seq) SELECT 'annotation', 0
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'annotation');
    UPDATE sqlite_sequence SET seq = max(seq, NEW.id) WHERE name = 'annotation';
END;
"""

# Proposals are kept apart, so that nothing takes them for what a person has accepted. They have
# annotations' ids, because the annotation accepted of one takes its id over.
_VERSION_3 = """
CREATE TABLE proposal (
    id INTEGER PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES image DEFERRABLE INITIALLY DEFERRED,
    category_id INTEGER NOT NULL REFERENCES category DEFERRABLE INITIALLY DEFERRED,
    parent_id INTEGER,
    extras TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    x INTEGER NOT NULL,
    y INTEGER NOT NULL,
    w INTEGER NOT NULL CHECK (w > 0),
    h INTEGER NOT NULL CHECK (h > 0),
    counts BLOB NOT NULL,
    source TEXT NOT NULL CHECK (source = 'auto'),
    engine TEXT NOT NULL,
    checkpoint TEXT,
    checkpoint_sha256 TEXT,
    precision TEXT,
    prompt TEXT NOT NULL,
    predicted_iou REAL,
    stability_score REAL,
    clicks INTEGER NOT NULL,
    seconds REAL NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX proposal_image ON proposal (image_id);
CREATE INDEX proposal_category ON proposal (category_id);
CREATE TRIGGER proposal_id AFTER INSERT ON proposal BEGIN
    INSERT INTO sqlite_sequence (name, seq) SELECT 'annotation', 0
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'annotation');
    UPDATE sqlite_sequence SET seq = max(seq, NEW.id) WHERE name = 'annotation';
END;
CREATE TABLE automatic_run (
    id INTEGER PRIMARY KEY REFERENCES image,
    settings TEXT NOT NULL
);
"""

# The order of categories, where it is another than that of their ids.
_VERSION_4 = """
ALTER TABLE category ADD COLUMN place INTEGER;
"""

# What turns version N into N + 1, N being the place in this tuple.
MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)
VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of a database; 0 when it is new."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Whether the database belongs to another program."""
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if application == APPLICATION_ID:
        return False
    tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return application != 0 or tables > 0


def migrate(connection: sqlite3.Connection) -> None:
    """Brings a database to VERSION in one transaction; on failure nothing has changed."""
    steps = MIGRATIONS[version_of(connection) :]
    connection.executescript(
        "BEGIN IMMEDIATE;"
        + "".join(steps)
        + f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    )
