"""The contract between Python and the page: every trait and message, once; ``heads.py`` has the heads of numbers.

``js/src/wire/contract.ts`` is generated from both by ``python js/contract.py``, and a test compares it with them.
State lives in traits, so that every view of a widget is the same; what a view asks for travels in messages and their
replies by id; numbers travel in packed payloads (:mod:`clarifai_eval_widget.widget.wire.packing`).
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from clarifai_eval_widget.widget.wire.heads import ExactCounts  # noqa: TC001 - State's types are read while it runs

__all__ = [
    "EMPTY_STATE",
    "PROTOCOL",
    "Action",
    "AppRow",
    "Cancel",
    "Choice",
    "Connect",
    "Connection",
    "DatasetRow",
    "DatasetVersionRow",
    "Failure",
    "ListName",
    "Loading",
    "ModelRow",
    "PanelRequest",
    "ParamRow",
    "Preview",
    "PreviewRequest",
    "Problem",
    "Remark",
    "Reply",
    "RunRow",
    "State",
    "Status",
    "VersionRow",
]

PROTOCOL = 2
"""Grows with every change after which an older page could misread what Python sends."""

Status: TypeAlias = Literal["queued", "evaluating", "evaluated", "failed", "reconnecting"]
Loading: TypeAlias = Literal["apps", "models", "versions", "datasets", "results"]
ListName: TypeAlias = Literal["apps", "models", "versions", "datasets", "evaluations"]


# -- what the pickers, rows and runs show --------------------------------------------------------------------------


class Connection(TypedDict):
    """Where the widget is connected."""

    kind: Literal["local", "platform", "none"]
    label: str
    user: str
    help: str
    """How to connect to something else."""


class AppRow(TypedDict):
    """An app to pick."""

    id: str
    name: str


class ParamRow(TypedDict):
    """A parameter that evaluations of a model take, beside dataset and method."""

    name: str
    kind: Literal["number", "text", "yes or no"]
    default: float | str | bool | None
    description: str


class ModelRow(TypedDict):
    """A model to pick."""

    id: str
    name: str
    type: str
    type_title: str
    cross_validation: bool
    cross_validation_reason: str
    evaluable: bool
    """Whether models of its type can be evaluated here."""
    reason: str
    """Why not, empty when they can."""
    params: list[ParamRow]


class VersionRow(TypedDict):
    """A row of the versions table."""

    id: str
    """The version's key: owner, app, model and version."""
    version_id: str
    """The version's id, as the trait ``model_version`` names it."""
    label: str
    description: str
    created_at: str
    """ISO 8601, empty when unknown."""
    status: str
    trained: bool
    reason: str
    """Why it cannot be evaluated: not trained, or too few concepts; empty when it can."""
    concepts: int | None
    inputs: int | None
    training_dataset: str
    """Key of the dataset it was trained on, empty when unknown."""
    training_dataset_version: str
    """Id of the version of that dataset, empty when unknown."""


class DatasetRow(TypedDict):
    """A dataset to evaluate on."""

    key: str
    """Owner, app and dataset."""
    id: str
    app_id: str
    name: str
    inputs: int | None
    own_app: bool
    latest_version: str
    """Id of its latest version, empty when unknown."""


class DatasetVersionRow(TypedDict):
    """A version of a dataset."""

    id: str
    created_at: str
    """ISO 8601, empty when unknown."""
    inputs: int | None
    made_for: Literal["", "training", "evaluation"]
    """What had it made, empty for a person."""
    ready: bool


class Remark(TypedDict):
    """Something to know before an evaluation is asked for."""

    kind: Literal["refusal", "caution", "fact"]
    """It will be refused; it may fail or mislead; it is good to know."""
    text: str


class Preview(TypedDict):
    """What is known of an evaluation before it is asked for."""

    version: str
    """The model version's key."""
    dataset: str
    dataset_version: str
    """As asked for, empty for the latest."""
    versions: list[DatasetVersionRow]
    """Newest first."""
    remarks: list[Remark]
    own_data: bool
    """Whether it is the very data that the version was trained on."""


class Choice(TypedDict):
    """What is chosen in a version's row."""

    dataset: str
    """A dataset's key, empty for none."""
    dataset_version: str
    """A dataset version's id, empty for the latest."""
    use_kfold: bool


class Failure(TypedDict):
    """Something that went wrong, in words for a person."""

    code: int
    """Clarifai's status code, or 0."""
    title: str
    message: str
    details: str
    req_id: str
    retry: bool
    """Whether trying the same again may help."""


class Problem(Failure):
    """What keeps the widget from working."""

    action: Literal["refresh", ""]
    """What may help."""
    lists: list[ListName]
    """The lists that the key may not have, while all else works; empty when it is not that."""


class RunRow(TypedDict):
    """A run as the rows show it."""

    key: str
    app: str
    """Id of the model's app."""
    model: str
    """Id of the model."""
    version: str
    """The model version's key."""
    version_label: str
    """What to call the version."""
    dataset: str
    """The dataset's key, empty where the server does not say; it may be listed no longer."""
    dataset_name: str
    """What to call the dataset, with its app where that is another than the model's; empty where there is none."""
    dataset_version: str
    """Id of the dataset version evaluated; empty while only "the latest" is known."""
    use_kfold: bool
    """The kind of evaluation; where the server does not say it, the one that is the default."""
    method: Literal["cross-validation", "score", ""]
    """The kind as far as it is known, empty where the server does not say it."""
    status: Status
    fraction: float
    remaining_seconds: int | None
    folds_done: int
    folds: int
    inputs_done: int
    inputs: int
    roc_auc: float | None
    """The macro area, of all folds so far where there are folds; None where the server gives none."""
    f1: float | None
    """The server's macro figure at threshold 0.5, like precision and recall."""
    precision: float | None
    recall: float | None
    error: Failure | None
    warning: str
    cancelled: Literal["ended", "stopped watching", ""]
    """What cancelling it came to: the server ended it and what was counted stays, or it goes on there and nobody asks
    about it, until Retry does again; empty when it was not cancelled."""
    live: bool
    """Whether curves arrive before the run ends."""
    created_at: str
    """ISO 8601, empty when unknown."""


# -- traits --------------------------------------------------------------------------------------------------------


class State(TypedDict, total=False):
    """Every synced trait by name."""

    connection: Connection | None
    """None until Python has found out."""
    apps: list[AppRow]
    app: str
    models: list[ModelRow]
    model: str
    versions: list[VersionRow]
    """Newest first."""
    model_version: str
    datasets: list[DatasetRow]
    choices: dict[str, Choice]
    """By version key."""
    run_states: list[RunRow]
    """Newest first."""
    other_runs: list[RunRow]
    """Those that the server has of other models, newest first, for the leaderboard."""
    preview: Preview | None
    """What was looked up last for the dialog."""
    viewing: str
    """Key of the run on screen, or empty."""
    loading: list[Loading]
    problem: Problem | None
    results: bytes
    """What follows the threshold, packed: the section ``evaluation`` and those of the panels that travel with it."""
    exact_counts: ExactCounts | None
    threshold: float
    thresholds: dict[str, float]
    """Thresholds of single concepts, by concept id, where they are not the common one."""
    concept: str | None
    """The concept shown; None is the macro average."""
    status: Literal["idle"] | Status
    progress: float
    workbench_only: bool
    """Whether only results are shown, without a server."""


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
    "other_runs": [],
    "preview": None,
    "viewing": "",
    "loading": [],
    "problem": None,
    "results": b"",
    "exact_counts": None,
    "threshold": 0.5,
    "thresholds": {},
    "concept": None,
    "status": "idle",
    "progress": 0.0,
    "workbench_only": False,
}
"""What stands in for each trait until Python sets it."""


# -- messages ------------------------------------------------------------------------------------------------------


class Refresh(TypedDict):
    """Load all lists anew."""

    action: Literal["refresh"]


class SelectApp(TypedDict):
    """Show an app's models."""

    action: Literal["select_app"]
    app: str


class SelectModel(TypedDict):
    """Show a model's versions."""

    action: Literal["select_model"]
    model: str


class Calculate(TypedDict):
    """Start an evaluation."""

    action: Literal["calculate"]
    version: str
    dataset: str
    dataset_version: str
    use_kfold: bool
    params: NotRequired[dict[str, Any]]
    """Others of the model's parameters, by name; those left out have their defaults."""


class PreviewRequest(TypedDict):
    """Look up what is known of an evaluation, without starting it."""

    action: Literal["preview"]
    version: str
    dataset: str
    dataset_version: str


class Connect(TypedDict):
    """Ask another server from now on, or the same for another account; the token is kept in no trait."""

    action: Literal["connect"]
    to: Literal["account", "samples"]
    """``samples``: the local server with its sample apps, for which nothing else is needed."""
    user_id: str
    pat: str
    base_url: str
    """Empty: the public one."""


class View(TypedDict):
    """Put a run on screen."""

    action: Literal["view"]
    run: str


class Retry(TypedDict):
    """Go on with a run whose server was away, or start a failed one again."""

    action: Literal["retry"]
    run: str


class Cancel(TypedDict):
    """End a run where the server can, else stop watching it; the row then says in ``cancelled`` which it was."""

    action: Literal["cancel"]
    run: str


class PanelRequest(TypedDict):
    """Ask for what a panel in view needs; the reply's one buffer is a payload with a section of the panel's name."""

    action: Literal["panel"]
    panel: str
    run: str
    revision: int
    params: dict[str, Any]
    """As the panel declares them."""


Action: TypeAlias = Refresh | SelectApp | SelectModel | Calculate | PreviewRequest | Connect | View | Retry | Cancel | PanelRequest


class Reply(TypedDict):
    """The answer to the message of this id: ``ok``, or what went wrong. Binary data come as the message's buffers."""

    id: str
    ok: NotRequired[Literal[True]]
    error: NotRequired[Failure]
