"""Evaluations in SQLite: in memory, or in a file that a later server finds them in again."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local.statuses import make_status

if TYPE_CHECKING:
    import os

_SCHEMA = """
CREATE TABLE IF NOT EXISTS evaluations (
  app_id TEXT NOT NULL,
  id TEXT NOT NULL,
  started INTEGER NOT NULL,
  metrics BLOB NOT NULL,
  test_set BLOB NOT NULL,
  PRIMARY KEY (app_id, id)
)
"""
_UNFINISHED = (status_code_pb2.MODEL_QUEUED_FOR_EVALUATION, status_code_pb2.MODEL_EVALUATING)


class Store:
    """All evaluations of a server.

    Parameters
    ----------
    path
        A file, made where there is none; None keeps everything in memory.

    Raises
    ------
    EvalError
        When the file cannot be opened, or is something else.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self._lock = threading.Lock()
        self._closed = False
        try:
            self._db = _open(":memory:" if path is None else Path(path))
        except sqlite3.Error as error:
            raise EvalError(
                f"Cannot keep evaluations in {str(path)!r}: {error}. Give the path of a new file, or of one that a "
                "LocalServer made and that no other one has open."
            ) from error
        self._end_orphans()

    def save(self, metrics: resources_pb2.EvalMetrics, test_set: bytes = b"") -> None:
        """Keep an evaluation, in place of an older one of the same id; one saved again keeps its place in time."""
        row = (metrics.app_id, metrics.id, metrics.SerializeToString(), test_set)
        with self._lock:
            if self._closed:  # an evaluation that outlived its server has nobody left to read it
                return
            self._db.execute(
                "INSERT INTO evaluations (app_id, id, metrics, test_set, started) VALUES (?, ?, ?, ?, "
                "(SELECT COALESCE(MAX(started), 0) + 1 FROM evaluations)) "
                "ON CONFLICT (app_id, id) DO UPDATE SET metrics = excluded.metrics, test_set = excluded.test_set",
                row,
            )

    def delete(self, app_id: str, evaluation_id: str) -> None:
        """Forget an evaluation, if there is one."""
        with self._lock:
            self._db.execute("DELETE FROM evaluations WHERE app_id = ? AND id = ?", (app_id, evaluation_id))

    def load(self, app_id: str, evaluation_id: str, *, test_set: bool = False) -> resources_pb2.EvalMetrics | None:
        """Return an evaluation, with its test set where that is wanted; None when there is none."""
        columns = "metrics, test_set" if test_set else "metrics, x''"
        with self._lock:
            row = self._db.execute(
                f"SELECT {columns} FROM evaluations WHERE app_id = ? AND id = ?", (app_id, evaluation_id)
            ).fetchone()
        if row is None:
            return None
        metrics = resources_pb2.EvalMetrics.FromString(row[0])
        metrics.MergeFromString(row[1])
        return metrics

    def all(self, app_id: str = "") -> list[resources_pb2.EvalMetrics]:
        """Return the evaluations of an app, or of all apps, without test sets, newest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT metrics FROM evaluations WHERE ? IN ('', app_id) ORDER BY started DESC", (app_id,)
            ).fetchall()
        return [resources_pb2.EvalMetrics.FromString(row[0]) for row in rows]

    def ids(self, app_id: str) -> list[str]:
        """Return the ids of an app's evaluations."""
        with self._lock:
            rows = self._db.execute("SELECT id FROM evaluations WHERE app_id = ?", (app_id,)).fetchall()
        return [row[0] for row in rows]

    def app_ids(self) -> list[str]:
        """Return the apps that have evaluations."""
        with self._lock:
            return [row[0] for row in self._db.execute("SELECT DISTINCT app_id FROM evaluations")]

    def close(self) -> None:
        """Close the file."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._closed = True
            self._db.close()

    def _end_orphans(self) -> None:
        """What an earlier server left running will not go on: say so instead of waiting for ever."""
        for metrics in self.all():
            if metrics.status.code in _UNFINISHED:
                details = "The server ended before the evaluation did. Start it again."
                metrics.status.CopyFrom(make_status(status_code_pb2.MODEL_NOT_EVALUATED, details))
                self.save(metrics)


def _open(path: str | Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
    try:
        # One server a file: a second one would take the first one's running evaluations for orphans.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute(_SCHEMA)
        db.execute("COMMIT")
    except sqlite3.Error:
        db.close()
        raise
    return db
