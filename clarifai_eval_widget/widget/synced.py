"""The state that Python and the page share: the traits of the contract, set from any thread."""

from __future__ import annotations

import contextlib
import functools
import threading
from typing import TYPE_CHECKING, Any, get_type_hints

import traitlets

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.route import Route
from clarifai_eval_widget.widget.wire.changes import RowChanges
from clarifai_eval_widget.widget.wire.shape import can_be_sent, mismatch
from clarifai_eval_widget.widget.wire.traits import EMPTY_STATE, FROM_PAGE, Traits
from clarifai_eval_widget.widget.workbench.thresholds import (
    check_concept,
    check_curves,
    check_drawn,
    check_threshold,
    check_thresholds,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Unpack

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.contract import Drawn, State

__all__ = ["SyncedState"]


@functools.cache
def _types() -> dict[str, Any]:
    from clarifai_eval_widget.widget.wire.contract import State  # its many types are made when a page first sends one

    return get_type_hints(State)


def _fits(name: str, value: object) -> bool:
    return name in FROM_PAGE and not mismatch(value, _types()[name]) and can_be_sent(value)


class SyncedState(Traits):
    """The traits of the contract, which may be set from any thread, and those that the page does not have."""

    evaluation: Evaluation | None = traitlets.Any(  # type: ignore[assignment]
        None, allow_none=True, help="The Evaluation on screen, or None."
    )
    selection: pd.DataFrame | None = traitlets.Any(
        None,
        allow_none=True,
        help="The inputs listed on screen, a DataFrame, or None; set it to such a table, or to ids, to list those. "
        "It never travels to the page.",
    )

    compared: pd.DataFrame | None = traitlets.Any(
        None,
        allow_none=True,
        help="The evaluations compared, one a row, or None; set it to a list of Runs or Evaluations to compare them.",
    )
    slice: dict[str, Any] | None = traitlets.Any(  # type: ignore[assignment]
        None,
        allow_none=True,
        help='What the inputs on screen have in common, by metadata field, "fold" or "input_id"; None: all are there.',
    )

    def __init__(self, **traits: Any) -> None:
        self._inside = threading.local()
        self._guard = threading.RLock()
        self._route = Route()
        self._run_changes = RowChanges()
        self._times_chosen = 0
        self._named: dict[str, Iterable[str]] = {}  # by trait, the concepts last let in
        super().__init__(**traits)

    def publish(self, **traits: Unpack[State]) -> None:
        """Set traits together, from any thread; names and types are those of the contract."""
        with self.together():
            if "run_states" in traits:
                traits["run_changes"] = self._run_changes.take(traits["run_states"])
            for name, value in traits.items():
                setattr(self, name, value)

    def settle(self, evaluation: Evaluation, **traits: Unpack[State]) -> None:
        """Set traits that name concepts of an evaluation which is about to take the place of the one on screen."""
        self._inside.coming = evaluation
        try:
            self.publish(**traits)
        finally:
            self._inside.coming = None

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Hold the screen, from any thread, so that what is set meanwhile reaches the page as one state."""
        depth = getattr(self._inside, "depth", 0)
        with self._guard, self.hold_sync():
            self._inside.depth = depth + 1
            try:
                yield
            finally:
                self._inside.depth = depth

    def notify_change(self, change: Any) -> None:
        """Tell observers and the page of a change."""
        # Beside a thread that is just sending what was held back, a change could be lost to the page.
        with self._guard:
            super().notify_change(change)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take trait values from the page: of the contract's, only those that are the page's to set, if they fit."""
        kept = {name: value for name, value in sync_data.items() if name not in EMPTY_STATE or _fits(name, value)}
        with self._guard:
            for name, value in kept.items():
                # One at a time: what cannot be, such as a concept that has just gone, takes nothing else with it.
                with contextlib.suppress(traitlets.TraitError):
                    super().set_state({name: value})

    def get_state(self, *names: Any, **options: Any) -> Any:
        """Give the state, to a page made anew, too."""
        if self._route.is_lost:
            self._send({"method": "custom", "content": {}})
        return super().get_state(*names, **options)

    def send_state(self, key: Any = None) -> None:
        """Send traits to the page: of the runs, only those that have changed, where that is enough."""
        if key is not None:
            key = self._run_changes.sending({key} if isinstance(key, str) else set(key))
        super().send_state(key)

    def _handle_msg(self, msg: Any) -> None:
        with self._route.handling(msg):
            super()._handle_msg(msg)

    def _send(self, msg: Any, buffers: Any = None) -> None:
        self._route.send(lambda: super(SyncedState, self)._send(msg, buffers))

    @property
    def is_inside(self) -> bool:
        """Whether this thread sets traits for the package rather than for the user."""
        return getattr(self._inside, "depth", 0) > 0

    @traitlets.validate("threshold")
    def _check_threshold(self, proposal: Any) -> float:
        return check_threshold(proposal["value"])

    @property
    def _known(self) -> Evaluation | None:
        """Whose concepts may be named."""
        coming: Evaluation | None = getattr(self._inside, "coming", None)
        return self.evaluation if coming is None else coming

    def _had(self, trait: str) -> Iterable[str]:
        """Concepts named before, which may yet come; not asked of the trait, which may hold already what is checked."""
        goes_on = self._known is not None and not self._known.complete
        return self._named.get(trait, ()) if goes_on else ()

    @traitlets.validate("thresholds")
    def _check_thresholds(self, proposal: Any) -> dict[str, float]:
        checked = check_thresholds(proposal["value"], self._known, self._had("thresholds"))
        self._named["thresholds"] = checked
        return checked

    @traitlets.validate("selection")
    def _check_selection(self, proposal: Any) -> pd.DataFrame:
        """What is set in Python is listed on the page, which is told that there is something new to ask for."""
        from clarifai_eval_widget.widget.workbench.chosen import choose

        given = proposal["value"]
        if self.is_inside:
            return given
        try:
            frame = choose(self.evaluation, given)
        except EvalError as error:
            raise traitlets.TraitError(str(error)) from None
        self._times_chosen += 1
        self.publish(chosen=self._times_chosen)
        return frame

    @traitlets.observe("selection")
    def _on_selection(self, change: Any) -> None:
        """Where a click lists others, or nothing is selected, what was chosen in Python is over."""
        from clarifai_eval_widget.widget.workbench.chosen import is_chosen

        if self.chosen and not is_chosen(self.evaluation, change["new"]):
            self.publish(chosen=0)

    @traitlets.validate("curves")
    def _check_curves(self, proposal: Any) -> str:
        return check_curves(proposal["value"])

    @traitlets.validate("drawn")
    def _check_drawn(self, proposal: Any) -> Drawn:
        checked = check_drawn(proposal["value"], self._known, self._had("drawn"))
        self._named["drawn"] = checked.get("ticked", ())
        return checked

    @traitlets.validate("concept")
    def _check_concept(self, proposal: Any) -> str | None:
        return check_concept(proposal["value"], self._known)
