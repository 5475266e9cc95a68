"""The state that Python and the page share: traits of the names, types and defaults of the contract."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Literal, get_args

import anywidget
import traitlets

from clarifai_eval_widget.widget.route import Route
from clarifai_eval_widget.widget.wire import contract
from clarifai_eval_widget.widget.wire.changes import RowChanges
from clarifai_eval_widget.widget.wire.contract import EMPTY_STATE
from clarifai_eval_widget.widget.wire.shape import can_be_sent, mismatch
from clarifai_eval_widget.widget.workbench.thresholds import check_concept, check_threshold, check_thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.heads import ExactCounts

__all__ = ["SyncedState"]

_FROM_PAGE = {
    "threshold": float,
    "thresholds": dict[str, float],
    "concept": str | None,
    "relabels": dict[str, list[str]],
    "choices": dict[str, contract.Choice],
}
_STATUSES = ["idle", *get_args(contract.Status)]


def _fits(name: str, value: object) -> bool:
    return name in _FROM_PAGE and not mismatch(value, _FROM_PAGE[name]) and can_be_sent(value)


def _synced(trait: Any) -> Any:
    return trait.tag(sync=True)


class SyncedState(anywidget.AnyWidget):
    """The traits of the contract, which may be set from any thread."""

    connection: contract.ConnectionInfo | None = _synced(
        traitlets.Dict(
            default_value=None, allow_none=True, help="Where the widget is connected: kind, label, user, help."
        )
    )
    apps: list[contract.AppRow] = _synced(traitlets.List(help="The apps to pick from."))
    app: str = _synced(traitlets.Unicode(help="Id of the app picked."))
    models: list[contract.ModelRow] = _synced(traitlets.List(help="The models to pick from."))
    model: str = _synced(traitlets.Unicode(help="Id of the model picked."))
    versions: list[contract.VersionRow] = _synced(traitlets.List(help="The rows of the versions table, newest first."))
    model_version: str = _synced(traitlets.Unicode(help="Id of the version that evaluate() evaluates."))
    datasets: list[contract.DatasetRow] = _synced(traitlets.List(help="The datasets to pick from, of all apps."))
    choices: dict[str, contract.Choice] = _synced(
        traitlets.Dict(help="By version key: the dataset, its version and the kind chosen in its row.")
    )
    run_states: list[contract.RunRow] = _synced(traitlets.List(help="The runs as the rows show them, newest first."))
    run_changes: dict[str, contract.RunRow] = _synced(
        traitlets.Dict(help="By key: the rows that have changed since all were sent to the page.")
    )
    other_runs: list[contract.RunRow] = _synced(
        traitlets.List(help="The runs that the server has of other models, newest first.")
    )
    preview: contract.Preview | None = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="What is known of an evaluation in the dialog.")
    )
    viewing: str = _synced(traitlets.Unicode(help="Key of the run on screen, or empty."))
    more: list[contract.ListName] = _synced(traitlets.List(help="The lists of which the server has more."))
    loading: list[contract.Loading] = _synced(traitlets.List(help="What is being loaded."))
    problem: contract.Problem | None = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="What keeps the widget from working, or None.")
    )
    results: bytes = _synced(traitlets.Bytes(help="The numbers on screen; layout in wire/packing.py."))
    exact_counts: ExactCounts | None = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="Counts at thresholds that are no slider stops.")
    )
    threshold: float = _synced(traitlets.CFloat(0.5, help="The threshold of both plots, in [0, 1]; two-way."))
    thresholds: dict[str, float] = _synced(
        traitlets.Dict(help="By concept id: its own threshold, where it is not the common one; two-way.")
    )
    concept: str | None = _synced(
        traitlets.Unicode(None, allow_none=True, help="The concept shown; None: macro average.")
    )
    relabels: dict[str, list[str]] = _synced(
        traitlets.Dict(help="By id of an input marked as mislabelled: the concept ids it should have; two-way.")
    )
    comparison: list[contract.ComparedRow] = _synced(
        traitlets.List(help="The evaluations compared, the one the others are measured against first; see `compared`.")
    )
    status: Literal["idle"] | contract.Status = _synced(
        traitlets.Enum(_STATUSES, "idle", help="Status of the run on screen.")
    )
    progress: float = _synced(traitlets.Float(0.0, help="The part done of the run on screen, 0 to 1."))
    workbench_only: bool = _synced(traitlets.Bool(help="Whether only results are shown, without a server."))
    panel: str = _synced(traitlets.Unicode(help="Name of the one panel shown, or empty for the whole page."))
    evaluation: Evaluation | None = traitlets.Any(  # type: ignore[assignment]
        None, allow_none=True, help="The Evaluation on screen, or None."
    )
    selection: pd.DataFrame | None = traitlets.Any(
        None, allow_none=True, help="The inputs listed on screen, a DataFrame, or None; it never travels to the page."
    )

    compared: pd.DataFrame | None = traitlets.Any(
        None,
        allow_none=True,
        help="The evaluations compared, one a row, or None; set it to a list of Runs or Evaluations to compare them.",
    )

    def __init__(self, **traits: Any) -> None:
        self._inside = threading.local()
        self._guard = threading.RLock()
        self._route = Route()
        self._run_changes = RowChanges()
        super().__init__(**traits)

    def publish(self, **traits: Unpack[contract.State]) -> None:
        """Set traits together, from any thread; names and types are those of the contract."""
        with self.together():
            if "run_states" in traits:
                traits["run_changes"] = self._run_changes.take(traits["run_states"])
            for name, value in traits.items():
                setattr(self, name, value)

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

    @traitlets.validate("thresholds")
    def _check_thresholds(self, proposal: Any) -> dict[str, float]:
        return check_thresholds(proposal["value"], self.evaluation, self.thresholds)

    @traitlets.validate("concept")
    def _check_concept(self, proposal: Any) -> str | None:
        return check_concept(proposal["value"], self.evaluation)
