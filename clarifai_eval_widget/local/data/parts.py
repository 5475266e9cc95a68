"""Parts of test sets, as they are predicted; the newest of them in memory, for who follows an evaluation."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import resources_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable

    Key = tuple[str, str]

__all__ = ["RecentParts", "TestSetPart", "beyond"]

_MOST_BYTES = 8_000_000  # of one evaluation, whose last folds or batches these are
_MOST = 4  # evaluations


@dataclass(frozen=True, eq=False)
class TestSetPart:
    """A fold or batch of predictions."""

    entries: int
    """How many inputs it holds."""
    body: bytes
    """An ``EvalMetrics`` with nothing but their part of the test set, as protobuf."""

    def after(self, skipped: int) -> bytes:
        """Return the part without its first entries."""
        if skipped <= 0:
            return self.body
        message = resources_pb2.EvalMetrics.FromString(self.body)
        del message.test_set[:skipped]
        rest: bytes = message.SerializeToString()
        return rest


def beyond(parts: Iterable[TestSetPart], start: int, have: int) -> list[bytes]:
    """Return what parts hold beyond the first ``have`` entries of a test set; ``start`` is their first one's number."""
    wanted = []
    for part in parts:
        if start + part.entries > have:
            wanted.append(part.after(have - start))
        start += part.entries
    return wanted


@dataclass(eq=False)
class _Kept:
    metrics: resources_pb2.EvalMetrics
    start: int = 0
    """The number of the first entry that is here, from 0."""
    parts: deque[TestSetPart] = field(default_factory=deque)
    size: int = 0

    def add(self, part: TestSetPart) -> None:
        self.parts.append(part)
        self.size += len(part.body)
        while self.size > _MOST_BYTES:
            old = self.parts.popleft()
            self.size -= len(old.body)
            self.start += old.entries


class RecentParts:
    """Holds what was written last of the evaluations written last. For one thread at a time.

    Reading it from the database takes a dozen calls that let go of the interpreter, and each may have to wait for a
    busy loop to get it back.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def begin(self, key: Key, metrics: resources_pb2.EvalMetrics) -> None:
        """Hold a new evaluation from its first part on."""
        self._kept.pop(key, None)
        self._kept[key] = _Kept(metrics)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def add(self, key: Key, metrics: resources_pb2.EvalMetrics, part: TestSetPart | None) -> None:
        """Hold what is written of an evaluation, where it is held from its first part on."""
        kept = self._kept.get(key)
        if kept is not None:
            kept.metrics = metrics
            if part is not None:
                kept.add(part)

    def forget(self, app_id: str) -> None:
        """Let go of an app's."""
        for key in [key for key in self._kept if key[0] == app_id]:
            del self._kept[key]

    def metrics(self, key: Key) -> resources_pb2.EvalMetrics | None:
        """Return an evaluation without its test set; None where it is not held."""
        kept = self._kept.get(key)
        return None if kept is None else kept.metrics

    def after(self, key: Key, have: int) -> list[bytes] | None:
        """Return the predictions beyond the first ``have``; None where not all of them are held, or there are fewer."""
        kept = self._kept.get(key)
        if kept is None or not kept.start <= have <= kept.start + sum(part.entries for part in kept.parts):
            return None
        return beyond(kept.parts, kept.start, have)
