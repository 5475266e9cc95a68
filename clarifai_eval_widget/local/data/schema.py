"""The tables of a server's file, and how older files become newer ones."""

from __future__ import annotations

import sqlite3

from clarifai_grpc.grpc.api import resources_pb2

SCHEMA_VERSION = 4
"""Kept in ``PRAGMA user_version``; 0 is a file with nothing in it, or one of the first version, which did not say."""

_TABLES = (
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE apps (id TEXT PRIMARY KEY, about TEXT NOT NULL)",
    "CREATE TABLE datasets (app_id TEXT, id TEXT, about TEXT NOT NULL, PRIMARY KEY (app_id, id))",
    (
        "CREATE TABLE dataset_versions (app_id TEXT, dataset_id TEXT, id TEXT, about TEXT NOT NULL, "
        "content BLOB NOT NULL, embeddings BLOB NOT NULL, PRIMARY KEY (app_id, dataset_id, id))"
    ),
    "CREATE TABLE models (app_id TEXT, id TEXT, about TEXT NOT NULL, classifier BLOB, PRIMARY KEY (app_id, id))",
    (
        "CREATE TABLE model_versions (app_id TEXT, model_id TEXT, id TEXT, about TEXT NOT NULL, head BLOB NOT NULL, "
        "PRIMARY KEY (app_id, model_id, id))"
    ),
    (
        "CREATE TABLE evaluations (app_id TEXT, id TEXT, started INTEGER NOT NULL, metrics BLOB NOT NULL, "
        "PRIMARY KEY (app_id, id))"
    ),
    (
        "CREATE TABLE test_sets (app_id TEXT, evaluation_id TEXT, part INTEGER, entries INTEGER NOT NULL, "
        "body BLOB NOT NULL, PRIMARY KEY (app_id, evaluation_id, part))"
    ),
)
_THIRD = (
    "CREATE TABLE inputs (app_id TEXT, id TEXT, about TEXT NOT NULL, image BLOB, PRIMARY KEY (app_id, id))",
    "CREATE TABLE concepts (app_id TEXT, id TEXT, name TEXT NOT NULL, PRIMARY KEY (app_id, id))",
    (
        "CREATE TABLE dataset_inputs (app_id TEXT, dataset_id TEXT, input_id TEXT, "
        "PRIMARY KEY (app_id, dataset_id, input_id))"
    ),
    "CREATE INDEX inputs_datasets ON dataset_inputs (app_id, input_id)",
)
"""What clients upload; a dataset's ``about`` says since then too whether it takes uploads."""
_FOURTH = ("ALTER TABLE test_sets ADD COLUMN crc INTEGER",)
"""Predictions are sent as they were written, so that nobody but their CRC-32 would tell that they are damaged; NULL
with those written before."""
_STEPS = {3: _THIRD, 4: _FOURTH}


def prepare(db: sqlite3.Connection) -> None:
    """Bring a file to the present schema.

    Raises
    ------
    sqlite3.Error
        When it is no database, somebody else's, or of a later version.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise sqlite3.DatabaseError(
            f"it was made by a later version of clarifai-eval-widget (schema {version}, not {SCHEMA_VERSION}): upgrade "
            "the package"
        )
    if version < SCHEMA_VERSION:
        _migrate(db, version)
    # After the file is known to be a server's. Readers of another process may look on while this one writes.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")


def _migrate(db: sqlite3.Connection, version: int) -> None:
    db.execute("BEGIN EXCLUSIVE")
    if version < 2:
        _make_second(db)
    for step, statements in _STEPS.items():
        for statement in statements if version < step else ():
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _make_second(db: sqlite3.Connection) -> None:
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables - {"evaluations"} or (tables and not _is_first_schema(db)):
        db.execute("ROLLBACK")
        raise sqlite3.DatabaseError(f"it is another program's database, with the tables {', '.join(sorted(tables))}")
    if tables:
        db.execute("ALTER TABLE evaluations RENAME TO first_evaluations")
    for table in _TABLES:
        db.execute(table)
    if tables:
        _take_over(db)


def _is_first_schema(db: sqlite3.Connection) -> bool:
    columns = [row[1] for row in db.execute("PRAGMA table_info(evaluations)")]
    return columns == ["app_id", "id", "started", "metrics", "test_set"]


def _take_over(db: sqlite3.Connection) -> None:
    """Copy the evaluations of the first schema, which kept a test set in one piece."""
    rows = db.execute("SELECT app_id, id, started, metrics, test_set FROM first_evaluations").fetchall()
    for app_id, evaluation_id, started, metrics, test_set in rows:
        db.execute("INSERT INTO evaluations VALUES (?, ?, ?, ?)", (app_id, evaluation_id, started, metrics))
        entries = len(resources_pb2.EvalMetrics.FromString(test_set).test_set)
        db.execute("INSERT INTO test_sets VALUES (?, ?, 1, ?, ?)", (app_id, evaluation_id, entries, test_set))
    db.execute("DROP TABLE first_evaluations")
