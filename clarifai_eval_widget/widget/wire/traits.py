"""The widget's traits. Generated from ``State`` by ``python -m tests.widget.contract``: change the types there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

import anywidget
import traitlets

if TYPE_CHECKING:
    from clarifai_eval_widget.widget.wire.contract import (
        AppRow,
        Choice,
        ComparedRow,
        ConnectionInfo,
        DatasetRow,
        Drawn,
        ListName,
        Loading,
        ModelRow,
        Preview,
        Problem,
        RunRow,
        State,
        Status,
        VersionRow,
        Written,
    )
    from clarifai_eval_widget.widget.wire.heads import ExactCounts

__all__ = ["EMPTY_STATE", "FROM_PAGE", "Shared", "Traits"]

EMPTY_STATE: State = {
    "connection": None,
    "apps": [],
    "app": "",
    "models": [],
    "model": "",
    "versions": [],
    "model_version": "",
    "datasets": [],
    "choices": {},
    "run_states": [],
    "run_changes": {},
    "other_runs": [],
    "preview": None,
    "check": None,
    "viewing": "",
    "narrowed": "",
    "more": [],
    "loading": [],
    "problem": None,
    "results": b"",
    "exact_counts": None,
    "threshold": 0.5,
    "thresholds": {},
    "concept": None,
    "curves": "roc",
    "chosen": 0,
    "drawn": {},
    "written": None,
    "relabels": {},
    "comparison": [],
    "status": "idle",
    "progress": 0.0,
    "workbench_only": False,
    "panel": "",
}
"""What stands in for each trait until Python sets it."""

FROM_PAGE = frozenset(["choices", "concept", "curves", "drawn", "relabels", "threshold", "thresholds"])
"""Those that the page may set, too."""


def _synced(trait: Any) -> Any:
    return trait.tag(sync=True)


class Shared(Protocol):
    """What the page shares, by name and type: of a class of ipywidgets, which is untyped, mypy would believe any."""

    connection: ConnectionInfo | None
    apps: list[AppRow]
    app: str
    models: list[ModelRow]
    model: str
    versions: list[VersionRow]
    model_version: str
    datasets: list[DatasetRow]
    choices: dict[str, Choice]
    run_states: list[RunRow]
    run_changes: dict[str, RunRow]
    other_runs: list[RunRow]
    preview: Preview | None
    check: Preview | None
    viewing: str
    narrowed: str
    more: list[ListName]
    loading: list[Loading]
    problem: Problem | None
    results: bytes
    exact_counts: ExactCounts | None
    threshold: float
    thresholds: dict[str, float]
    concept: str | None
    curves: str
    chosen: int
    drawn: Drawn
    written: Written | None
    relabels: dict[str, list[str]]
    comparison: list[ComparedRow]
    status: Literal["idle"] | Status
    progress: float
    workbench_only: bool
    panel: str


class Traits(anywidget.AnyWidget):
    """Every trait of the contract, by its name."""

    connection: ConnectionInfo | None = _synced(
        traitlets.Dict(
            default_value=None,
            allow_none=True,
            help="Where the widget is connected: kind, label, user, help; None until Python has found out.",
        )
    )
    apps: list[AppRow] = _synced(traitlets.List(help="The apps to pick from."))
    app: str = _synced(traitlets.Unicode(help="The app picked: its id, or `owner/app` where it is not the user's own."))
    models: list[ModelRow] = _synced(traitlets.List(help="The models to pick from."))
    model: str = _synced(traitlets.Unicode(help="Id of the model picked."))
    versions: list[VersionRow] = _synced(traitlets.List(help="The rows of the versions table, newest first."))
    model_version: str = _synced(traitlets.Unicode(help="Id of the version that evaluate() evaluates."))
    datasets: list[DatasetRow] = _synced(traitlets.List(help="The datasets to pick from, of all apps."))
    choices: dict[str, Choice] = _synced(
        traitlets.Dict(help="By version key: the dataset, its version and the kind chosen in its row.")
    )
    run_states: list[RunRow] = _synced(
        traitlets.List(
            help="The runs as the rows show them, newest first; sent anew only where runs go, change places, or many change."
        )
    )
    run_changes: dict[str, RunRow] = _synced(
        traitlets.Dict(
            help="By key, changed since `run_states` was sent: rows that stand before those, or in place of the same one."
        )
    )
    other_runs: list[RunRow] = _synced(
        traitlets.List(help="The runs that the server has of other models, newest first, for the leaderboard.")
    )
    preview: Preview | None = _synced(
        traitlets.Dict(
            default_value=None, allow_none=True, help="What was looked up last of an evaluation, for the dialog."
        )
    )
    check: Preview | None = _synced(
        traitlets.Dict(
            default_value=None,
            allow_none=True,
            help="What was looked up last against a proposed evaluation, for the comparison; without versions to pick.",
        )
    )
    viewing: str = _synced(traitlets.Unicode(help="Key of the run on screen, or empty."))
    narrowed: str = _synced(
        traitlets.Unicode(help="Which of the inputs are on screen by themselves, in words; empty for all of them.")
    )
    more: list[ListName] = _synced(
        traitlets.List(help="The lists of which the server has more than has been read; the action `more` reads on.")
    )
    loading: list[Loading] = _synced(traitlets.List(help="What is being loaded."))
    problem: Problem | None = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="What keeps the widget from working, or None.")
    )
    results: bytes = _synced(
        traitlets.Bytes(
            help="What follows the threshold, packed: the section `evaluation` and those of the panels that travel with it."
        )
    )
    exact_counts: ExactCounts | None = _synced(
        traitlets.Dict(default_value=None, allow_none=True, help="Counts at thresholds that are no slider stops.")
    )
    threshold: float = _synced(traitlets.CFloat(0.5, help="The common threshold, in [0, 1]; two-way."))
    thresholds: dict[str, float] = _synced(
        traitlets.Dict(help="By concept id: its own threshold, where it is not the common one; two-way.")
    )
    concept: str | None = _synced(
        traitlets.Unicode(
            default_value=None, allow_none=True, help="The concept shown; None is the macro average; two-way."
        )
    )
    curves: str = _synced(
        traitlets.Unicode("roc", help="Name of the panel whose curves are shown, of those in tabs; two-way.")
    )
    chosen: int = _synced(
        traitlets.CInt(help="Which of the selections set in Python is listed, counted from 1; 0 for none.")
    )
    drawn: Drawn = _synced(
        traitlets.Dict(
            help="What the plots of curves draw beside the chosen concept's: concepts ticked, folds, bands, zoom; two-way."
        )
    )
    written: Written | None = _synced(
        traitlets.Dict(
            default_value=None,
            allow_none=True,
            help="What came of writing the labels proposed to the server, last; None before that was confirmed.",
        )
    )
    relabels: dict[str, list[str]] = _synced(
        traitlets.Dict(help="By id of an input marked as mislabelled: the concept ids it should have; two-way.")
    )
    comparison: list[ComparedRow] = _synced(
        traitlets.List(
            help="The evaluations compared, the one the others are measured against first; the action `compare` changes them."
        )
    )
    status: Literal["idle"] | Status = _synced(
        traitlets.Enum(
            ["idle", "queued", "evaluating", "evaluated", "failed", "reconnecting"],
            "idle",
            help="Status of the run on screen.",
        )
    )
    progress: float = _synced(traitlets.CFloat(help="The part done of the run on screen, 0 to 1."))
    workbench_only: bool = _synced(traitlets.Bool(help="Whether only results are shown, without a server."))
    panel: str = _synced(traitlets.Unicode(help="Name of the one panel shown, or empty for the whole page."))
