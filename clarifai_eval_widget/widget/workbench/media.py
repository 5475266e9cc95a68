"""What inputs are that stand at an address: loaded on threads of their own, kept in memory, and in nothing saved."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError, InvalidRequestError, NotFoundError, WrongReplyError
from clarifai_eval_widget.widget.workbench.thumbnails import is_image, smaller

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.hosted import Hosted
    from clarifai_eval_widget.widget.wire.answers import MediaRequest

__all__ = ["KEPT_BYTES", "Media"]

KEPT_BYTES = 32_000_000
"""Bytes of what was loaded that are kept, for looking at it again."""
_THREADS = 6
_WAITING = 100  # a page has 25; what was asked for before is hardly in view any more
_TEXT = {False: 2000, True: 200_000}  # characters of a text in the list, and of one looked at alone


def _nowhere(_: Sequence[str]) -> bytes:
    raise InvalidRequestError("It is at an address, and this widget has no connection to load it with.")


def _overtaken() -> EvalError:
    return EvalError("Not loaded, for much else was asked for after it. Try again.")


class Media:
    """Loads what inputs are, on at most six threads, which end when there is nothing to load.

    What was loaded is kept, up to 32 MB; what could not be is tried again when it is asked for again. The same question
    asked twice at once is one.

    Parameters
    ----------
    find
        Finds the evaluation of a run.
    """

    def __init__(self, find: Callable[[str], Evaluation]) -> None:
        self._find = find
        self.fetcher: Callable[[], Callable[[Sequence[str]], bytes]] = lambda: _nowhere
        """Gives what loads from the first of some addresses that has it."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, bytes] = OrderedDict()
        self._asked: dict[Any, Future[Sequence[bytes]]] = {}
        self._jobs: deque[tuple[Any, Hosted, bool]] = deque()
        self._threads = 0

    def load(self, asked: MediaRequest) -> Future[Sequence[bytes]]:
        """Give what an input is, now or later.

        Raises
        ------
        NotFoundError
            When there is no such evaluation, another input stands in its row by now, or it has no address.
        """
        evaluation, row, large = self._find(asked["run"]), asked["row"], asked["large"]
        if not 0 <= row < evaluation.num_inputs or evaluation.input_ids[row] != asked["input"]:
            raise NotFoundError(f"The input {asked['input']!r} is not in this place any more: list the inputs again.")
        (hosted,) = evaluation.hosted([row])
        if hosted is None:
            raise NotFoundError(f"The input {asked['input']!r} has no address to load it from.")
        key = (hosted, large)
        with self._lock:
            made: Future[Sequence[bytes]] = Future()
            if key in self._kept:
                self._kept.move_to_end(key)
                made.set_result([self._kept[key]])
                return made
            if key in self._asked:
                return self._asked[key]
            self._asked[key] = made
            self._jobs.append((key, hosted, large))
            if len(self._jobs) > _WAITING:
                self._asked.pop(self._jobs.popleft()[0]).set_exception(_overtaken())
            if self._threads < _THREADS:
                self._start_thread(key)
        return made

    def _start_thread(self, key: Any) -> None:
        """Start one more; where none can be had, those there are do it, or nobody, and it may be asked for again."""
        try:
            threading.Thread(target=self._work, name="eval-widget-media", daemon=True).start()
        except RuntimeError:
            if not self._threads:
                self._jobs.pop()
                del self._asked[key]
                raise
        else:
            self._threads += 1

    def close(self) -> None:
        """Load nothing more, and keep nothing."""
        with self._lock:
            self._jobs.clear()
            self._kept.clear()
            self._asked.clear()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._threads -= 1
                    return
                key, hosted, large = self._jobs.popleft()
                made = self._asked.get(key)
            if made is None:  # closed meanwhile
                continue
            try:
                data = _ready(self.fetcher()(hosted.large if large else hosted.small), hosted, large=large)
            except Exception as error:  # noqa: BLE001 - told where the input should stand
                with self._lock:
                    self._asked.pop(key, None)
                made.set_exception(error)
                continue
            self._keep(key, data)
            made.set_result([data])

    def _keep(self, key: Any, data: bytes) -> None:
        with self._lock:
            if self._asked.pop(key, None) is None:
                return
            self._kept[key] = data
            while sum(map(len, self._kept.values())) > KEPT_BYTES:
                self._kept.popitem(last=False)


def _ready(data: bytes, hosted: Hosted, *, large: bool) -> bytes:
    """Make what was loaded fit to be shown."""
    if hosted.kind == "text":
        return data.decode(errors="replace")[: _TEXT[large]].encode()
    made = smaller(data, large=large) if is_image(data) else b""
    if not made:
        raise WrongReplyError("What is at its address is no image that can be read.")
    return made
