"""Inputs with their labels, and values that are made when first needed. Knows nobody of the server."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import Future
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

T = TypeVar("T")
Kind = Literal["text", "image"]


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


_until: ContextVar[float | None] = ContextVar("until", default=None)


class StillMakingError(Exception):
    """A value that is needed is being made, and is there later."""


@contextlib.contextmanager
def patient_until(moment: float | None) -> Iterator[None]:
    """Have :meth:`Lazy.get` raise StillMakingError at a moment of ``time.monotonic()``; None: it waits to the end."""
    token = _until.set(moment)
    try:
        yield
    finally:
        _until.reset(token)


class Lazy(Generic[T]):
    """A value made when first needed, once, whichever thread comes first; a failure is tried again."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make: Callable[[], T] | None = make
        self._lock = threading.Lock()
        self._begun = threading.Lock()
        self._making: Future[T] | None = None
        self._value: T

    @classmethod
    def of(cls, value: T) -> Lazy[T]:
        """Wrap a value that is there already."""
        lazy = cls(lambda: value)
        lazy.get()
        return lazy

    @property
    def ready(self) -> bool:
        """Whether the value has been made."""
        return self._make is None

    def get(self) -> T:
        """Return the value, making it first where need be.

        Raises
        ------
        StillMakingError
            When the caller's patience (:func:`patient_until`) ends before that; the value is made all the same.
        """
        until = _until.get()
        if until is not None and not self.ready:
            return self._get_by(until)
        with self._lock:
            if self._make is not None:
                self._value = self._make()
                self._make = None
            return self._value

    def _get_by(self, until: float) -> T:
        with self._begun:
            if self._making is None or self._making.done():
                begun: Future[T] = Future()
                # In a context of its own: what makes it waits to the end.
                run, fulfil = Context().run, self._fulfil
                threading.Thread(target=run, args=(fulfil, begun), name="clarifai-eval-make", daemon=True).start()
                self._making = begun  # only now: where no thread could be started, nobody would ever fulfil it
            making = self._making
        try:
            return making.result(max(until - time.monotonic(), 0.0))
        except TimeoutError:
            if making.done():  # it is what the making ended with, or came just now
                return making.result()
            raise StillMakingError from None

    def _fulfil(self, making: Future[T]) -> None:
        try:
            making.set_result(self.get())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            making.set_exception(error)


@dataclass(frozen=True, eq=False)
class Content:
    """The labelled inputs of a dataset version, N inputs by K concepts."""

    input_ids: tuple[str, ...]
    """Ids of the inputs."""
    labels: NDArray[np.bool_]
    """(N, K), which concepts each input has."""
    concepts: tuple[str, ...]
    """Ids of the concepts."""
    concept_names: tuple[str, ...]
    """Names of the concepts, for people."""
    texts: tuple[str, ...] | None = None
    """The texts, where the inputs are texts."""
    images: tuple[bytes, ...] | None = None
    """PNG or JPEG files, where the inputs are images."""
    groups: NDArray[np.int64] | None = None
    """(N,) numbers from 0 of the groups that the inputs are of, of which no fold splits any; None without groups."""

    def take(self, rows: NDArray[np.intp]) -> Content:
        """Return some of the inputs, with all concepts."""

        def some(values: tuple[T, ...]) -> tuple[T, ...]:
            return tuple(values[row] for row in rows)

        return Content(
            some(self.input_ids),
            self.labels[rows],
            self.concepts,
            self.concept_names,
            None if self.texts is None else some(self.texts),
            None if self.images is None else some(self.images),
            None if self.groups is None else self.groups[rows],
        )


@dataclass(frozen=True, eq=False)
class InputRecord:
    """An input as it was uploaded, and what it has been annotated with."""

    id: str
    """The input's id, unique in its app."""
    text: str | None = None
    """The text, where it is one."""
    image: bytes | None = None
    """The image's file, where it is one."""
    annotations: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By the annotation's id, what it says of concepts: 1 that it has one, 0 that it has not."""
    created_at: datetime = field(default_factory=now)
    """When it was uploaded."""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return "text" if self.text is not None else "image"

    @property
    def labels(self) -> dict[str, bool]:
        """Which concepts it has and has not; a later annotation outweighs an earlier one."""
        said = {concept: value for one in self.annotations.values() for concept, value in one.items()}
        return {concept: value > 0 for concept, value in said.items()}


def read_rows(content: Content, created_at: datetime) -> Iterator[InputRecord]:
    """Yield the inputs of a dataset that was added whole as if they had been uploaded."""
    for n, input_id in enumerate(content.input_ids):
        yield InputRecord(
            id=input_id,
            text=None if content.texts is None else content.texts[n],
            image=None if content.images is None else content.images[n],
            annotations={f"{input_id}-labels": {content.concepts[k]: 1.0 for k in np.flatnonzero(content.labels[n])}},
            created_at=created_at,
        )
