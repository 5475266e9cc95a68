"""Evaluations in the database, their test sets in the parts they came in."""

from __future__ import annotations

import logging
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING
from zlib import crc32

from clarifai_grpc.grpc.api import resources_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.message import DecodeError

from clarifai_eval_widget.local.data.parts import RecentParts, TestSetPart, beyond
from clarifai_eval_widget.local.statuses import ApiError, tell_own
from clarifai_eval_widget.own_metrics import UNSAVED
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from clarifai_eval_widget.local.data.database import Database, Statement

_log = logging.getLogger("clarifai_eval_widget")

_UNFINISHED = (status_code_pb2.MODEL_QUEUED_FOR_EVALUATION, status_code_pb2.MODEL_EVALUATING)
_SAVE = (
    "INSERT INTO evaluations VALUES (?, ?, (SELECT COALESCE(MAX(started), 0) + 1 FROM evaluations), ?) "
    "ON CONFLICT (app_id, id) DO UPDATE SET metrics = excluded.metrics"
)
_APPEND = (
    "INSERT INTO test_sets VALUES (?, ?, "
    "(SELECT COALESCE(MAX(part), 0) + 1 FROM test_sets WHERE app_id = ? AND evaluation_id = ?), ?, ?, ?)"
)


@dataclass(eq=False)
class _Unsaved:
    """What could not be written, for the readers until it can."""

    metrics: resources_pb2.EvalMetrics
    parts: list[TestSetPart] = field(default_factory=list)
    fresh: bool = False
    """Whether parts of an older evaluation of the same id, which are still in the file, are not this one's."""


class Evaluations:
    """All evaluations of a server.

    Parameters
    ----------
    database
        Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsaved: dict[tuple[str, str], _Unsaved] = {}
        self._recent = RecentParts()
        database.written = self._unsaved_no_more

    def _unsaved_no_more(self) -> None:
        self._unsaved = {}

    def begin(self, metrics: resources_pb2.EvalMetrics) -> None:
        """Keep a new evaluation, in place of an older one of the same id."""
        key = (metrics.app_id, metrics.id)
        statements: list[Statement] = [
            ("DELETE FROM evaluations WHERE app_id = ? AND id = ?", key),
            ("DELETE FROM test_sets WHERE app_id = ? AND evaluation_id = ?", key),
            (_SAVE, (*key, metrics.SerializeToString())),
        ]
        with self._database.held():
            self._recent.begin(key, metrics)
            if not self._database.write(statements):
                self._unsaved = {**self._unsaved, key: _Unsaved(metrics, fresh=True)}

    def forget_app(self, app_id: str) -> None:
        """Forget the evaluations of an app."""
        statements: list[Statement] = [
            ("DELETE FROM evaluations WHERE app_id = ?", (app_id,)),
            ("DELETE FROM test_sets WHERE app_id = ?", (app_id,)),
        ]
        with self._database.held():
            self._recent.forget(app_id)
            self._database.write(statements)
            self._unsaved = {key: unsaved for key, unsaved in self._unsaved.items() if key[0] != app_id}

    def save(self, metrics: resources_pb2.EvalMetrics, part: TestSetPart | None = None) -> None:
        """Keep the present state of an evaluation, with what has been predicted since the last."""
        key = (metrics.app_id, metrics.id)
        statements: list[Statement] = [(_SAVE, (*key, metrics.SerializeToString()))]
        if part is not None:
            statements.append((_APPEND, (*key, *key, part.entries, part.body, crc32(part.body))))
        with self._database.held():
            self._recent.add(key, metrics, part)
            if self._database.write(statements):
                return
            known = self._unsaved.get(key, _Unsaved(metrics))
            parts = [*known.parts, part] if part is not None else known.parts
            self._unsaved = {**self._unsaved, key: _Unsaved(metrics, parts, known.fresh)}

    def close(self) -> None:
        """Close the database, and tell which evaluations are lost with it."""
        self._database.close()
        if self._unsaved:
            lost = listed(f"{name!r} of the app {app_id!r}" for app_id, name in self._unsaved)
            _log.warning("Lost, for there was no room in the server's file until its end: the evaluations %s.", lost)

    def load(self, app_id: str, evaluation_id: str) -> resources_pb2.EvalMetrics | None:
        """Return an evaluation without its test set; None when there is none."""
        with self._database.held():
            unsaved = self._unsaved.get((app_id, evaluation_id))
            if unsaved is not None:
                return self._said_to_be_unsaved(unsaved.metrics)
            recent = self._recent.metrics((app_id, evaluation_id))
            if recent is not None:
                return recent
            rows = self._database.read(
                "SELECT metrics FROM evaluations WHERE app_id = ? AND id = ?", (app_id, evaluation_id)
            )
        return _parse(evaluation_id, rows[0][0]) if rows else None

    def _said_to_be_unsaved(self, metrics: resources_pb2.EvalMetrics) -> resources_pb2.EvalMetrics:
        """Say, of one that has ended, that it is in memory: here and not in what is written, for then it is no more."""
        if is_unfinished(metrics):
            return metrics
        said = f"Kept in memory alone: {self._database.trouble}. It is written as soon as that can be done."
        told = resources_pb2.EvalMetrics()
        told.CopyFrom(metrics)
        told.status.details = f"{metrics.status.details} {said}".strip()
        tell_own(told, {UNSAVED: said})
        return told

    def test_set(self, app_id: str, evaluation_id: str, have: int = 0) -> tuple[int, list[bytes]]:
        """Return the predictions beyond the first ``have``, serialised, and the number of the first one returned.

        Who claims to have more than there are has those of another evaluation, and gets all.

        Raises
        ------
        ApiError
            When they are damaged.
        """
        key = (app_id, evaluation_id)
        with self._database.held():
            recent = self._recent.after(key, have)
            return self._test_set(key, have) if recent is None else (have, recent)

    def _test_set(self, key: tuple[str, str], have: int) -> tuple[int, list[bytes]]:
        unsaved = self._unsaved.get(key)
        kept = []
        if unsaved is None or not unsaved.fresh:
            kept = self._database.read(
                "SELECT part, entries FROM test_sets WHERE app_id = ? AND evaluation_id = ? ORDER BY part", key
            )
        late = unsaved.parts if unsaved is not None else []
        total = sum(entries for _, entries in kept) + sum(part.entries for part in late)
        first = have if have <= total else 0
        starts = list(accumulate((entries for _, entries in kept), initial=0))
        at = bisect_right(starts, first) - 1
        bodies = self._bodies(key, kept[at:])
        read = [TestSetPart(entries, body) for (_, entries), body in zip(kept[at:], bodies, strict=False)]
        return first, [*beyond(read, starts[at], first), *beyond(late, starts[-1], first)]

    def _bodies(self, key: tuple[str, str], parts: list[tuple[int, int]]) -> list[bytes]:
        """Return the bodies of the last parts, read at once."""
        if not parts:
            return []
        rows = self._database.read(
            "SELECT body, crc FROM test_sets WHERE app_id = ? AND evaluation_id = ? AND part >= ? ORDER BY part",
            (*key, parts[0][0]),
        )
        if any(_is_damaged(*row) for row in rows):
            raise ApiError(
                status_code_pb2.CONN_DOES_NOT_EXIST,
                f"The predictions of the evaluation {key[1]!r} are damaged in the server's file; its summary and "
                "curves are not. Evaluate again to have them.",
            )
        return [body for body, _ in rows]

    def all(self, app_id: str = "") -> list[resources_pb2.EvalMetrics]:
        """Return the evaluations of an app, or of all apps, without test sets, newest first."""
        with self._database.held():
            rows = self._database.read(
                "SELECT app_id, id, metrics FROM evaluations WHERE ? IN ('', app_id) ORDER BY started DESC", (app_id,)
            )
            late = dict(self._unsaved)
        kept = []
        for owner, name, body in rows:
            unsaved = late.pop((owner, name), None)
            metrics = self._said_to_be_unsaved(unsaved.metrics) if unsaved is not None else _parse(name, body)
            if metrics is not None:
                kept.append(metrics)
        new = [self._said_to_be_unsaved(one.metrics) for (owner, _), one in late.items() if app_id in ("", owner)]
        return new[::-1] + kept

    def app_ids(self) -> list[str]:
        """Return the apps that have evaluations."""
        return [row[0] for row in self._database.read("SELECT DISTINCT app_id FROM evaluations")]

    def unfinished(self) -> list[resources_pb2.EvalMetrics]:
        """Return those that were left queued or under way, in the order they were started."""
        return [metrics for metrics in self.all()[::-1] if is_unfinished(metrics)]

    def parts(self, app_id: str, evaluation_id: str) -> list[TestSetPart]:
        """Return what has been predicted of an evaluation that is in the file, fold by fold or batch by batch.

        What is damaged is empty.
        """
        rows = self._database.read(
            "SELECT entries, body, crc FROM test_sets WHERE app_id = ? AND evaluation_id = ? ORDER BY part",
            (app_id, evaluation_id),
        )
        return [TestSetPart(entries, b"" if _is_damaged(body, crc) else body) for entries, body, crc in rows]


def _is_damaged(body: bytes, crc: int | None) -> bool:
    return crc is not None and crc32(body) != crc


def is_unfinished(metrics: resources_pb2.EvalMetrics) -> bool:
    """Tell whether an evaluation is queued or under way."""
    return metrics.status.code in _UNFINISHED


def _parse(name: str, body: bytes) -> resources_pb2.EvalMetrics | None:
    """Read one row; a broken one costs itself and nothing else."""
    try:
        metrics = resources_pb2.EvalMetrics.FromString(body)
    except (DecodeError, TypeError):
        _log.warning("The evaluation %r is damaged in the server's file and is left out.", name)
        return None
    return metrics
