"""The contract between Python and the page: every trait and message, once.

Rows stand in ``rows.py``, heads of numbers in ``heads.py``; ``python -m tests.widget.contract`` writes ``traits.py``
and the other side. State lives in traits, the same in all views; questions are messages, numbers packed payloads.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypeAlias, TypedDict, TypeVar

# ruff: noqa: TC001 - State's types are read while it runs
from clarifai_eval_widget.widget.wire.answers import Check, MediaRequest, PreviewRequest, Reply
from clarifai_eval_widget.widget.wire.heads import ExactCounts
from clarifai_eval_widget.widget.wire.rows import (
    AppRow,
    Choice,
    ComparedRow,
    ConnectionInfo,
    DatasetRow,
    DatasetVersionRow,
    Drawn,
    Failure,
    ListName,
    Loading,
    MethodRow,
    ModelRow,
    MoreOf,
    ParamRow,
    Preview,
    Problem,
    Remark,
    RunRow,
    Status,
    TrainingData,
    VersionRow,
    Written,
)

__all__ = [
    "PROTOCOL",
    "Action",
    "AppRow",
    "Cancel",
    "Check",
    "Choice",
    "Compare",
    "ComparedRow",
    "Connect",
    "ConnectionInfo",
    "DatasetRow",
    "DatasetVersionRow",
    "Default",
    "Drawn",
    "Failure",
    "FromPage",
    "Late",
    "ListName",
    "Listen",
    "Loading",
    "Match",
    "MediaRequest",
    "MethodRow",
    "ModelRow",
    "More",
    "MoreOf",
    "Narrow",
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
    "Take",
    "TrainingData",
    "VersionRow",
    "WriteLabels",
    "Written",
]

PROTOCOL = 4
"""Grows with every change after which an older page could misread what Python sends."""


# -- traits --------------------------------------------------------------------------------------------------------


class Default(NamedTuple):
    """What stands in for a trait until Python sets it, where that is not the empty value of its type."""

    value: object


_Shown = TypeVar("_Shown")
FromPage = Annotated[_Shown, "from page"]
"""A trait that the page may set, too."""


class State(TypedDict, total=False):
    """Every synced trait: its name, type, default and meaning, once.

    ``python -m tests.widget.contract`` makes the traits of the widget (``traits.py``) and the state of the page of it.
    """

    connection: ConnectionInfo | None
    """Where the widget is connected: kind, label, user, help; None until Python has found out."""
    apps: list[AppRow]
    """The apps to pick from."""
    app: str
    """The app picked: its id, or ``owner/app`` where it is not the user's own."""
    models: list[ModelRow]
    """The models to pick from."""
    model: str
    """Id of the model picked."""
    versions: list[VersionRow]
    """The rows of the versions table, newest first."""
    model_version: str
    """Id of the version that evaluate() evaluates."""
    datasets: list[DatasetRow]
    """The datasets to pick from, of all apps."""
    choices: FromPage[dict[str, Choice]]
    """By version key: the dataset, its version and the kind chosen in its row."""
    run_states: list[RunRow]
    """The runs as the rows show them, newest first; sent anew only where runs go, change places, or many change."""
    run_changes: dict[str, RunRow]
    """By key, changed since ``run_states`` was sent: rows that stand before those, or in place of the same one."""
    other_runs: list[RunRow]
    """The runs that the server has of other models, newest first, for the leaderboard."""
    preview: Preview | None
    """What was looked up last of an evaluation, for the dialog."""
    check: Preview | None
    """What was looked up last against a proposed evaluation, for the comparison; without versions to pick."""
    viewing: str
    """Key of the run on screen, or empty."""
    narrowed: str
    """Which of the inputs are on screen by themselves, in words; empty for all of them."""
    more: list[ListName]
    """The lists of which the server has more than has been read; the action ``more`` reads on."""
    loading: list[Loading]
    """What is being loaded."""
    problem: Problem | None
    """What keeps the widget from working, or None."""
    results: bytes
    """What follows the threshold, packed: the section ``evaluation`` and those of the panels that travel with it."""
    exact_counts: ExactCounts | None
    """Counts at thresholds that are no slider stops."""
    threshold: Annotated[FromPage[float], Default(0.5)]
    """The common threshold, in [0, 1]; two-way."""
    thresholds: FromPage[dict[str, float]]
    """By concept id: its own threshold, where it is not the common one; two-way."""
    concept: FromPage[str | None]
    """The concept shown; None is the macro average; two-way."""
    curves: Annotated[FromPage[str], Default("roc")]
    """Name of the panel whose curves are shown, of those in tabs; two-way."""
    chosen: int
    """Which of the selections set in Python is listed, counted from 1; 0 for none."""
    drawn: FromPage[Drawn]
    """What the plots of curves draw beside the chosen concept's: concepts ticked, folds, bands, zoom; two-way."""
    written: Written | None
    """What came of writing the labels proposed to the server, last; None before that was confirmed."""
    relabels: FromPage[dict[str, list[str]]]
    """By id of an input marked as mislabelled: the concept ids it should have; two-way."""
    comparison: list[ComparedRow]
    """The evaluations compared, the one the others are measured against first; the action ``compare`` changes them."""
    status: Annotated[Literal["idle"] | Status, Default("idle")]
    """Status of the run on screen."""
    progress: float
    """The part done of the run on screen, 0 to 1."""
    workbench_only: bool
    """Whether only results are shown, without a server."""
    panel: str
    """Name of the one panel shown, or empty for the whole page."""


# -- messages ------------------------------------------------------------------------------------------------------


class Refresh(TypedDict):
    """Load all lists anew."""

    action: Literal["refresh"]


class SelectApp(TypedDict):
    """Show an app's models; another owner's is named as ``owner/app`` or by a web address."""

    action: Literal["select_app"]
    app: str


class SelectModel(TypedDict):
    """Show a model's versions."""

    action: Literal["select_model"]
    model: str


class More(TypedDict):
    """Read on in a list that is not whole: its next page, or what the server finds in it for some words."""

    action: Literal["more"]
    list: ListName
    search: str
    """Empty for the next page."""


class Calculate(TypedDict):
    """Start an evaluation."""

    action: Literal["calculate"]
    version_key: str
    dataset_key: str
    dataset_version: str
    use_kfold: bool
    params: NotRequired[dict[str, Any]]
    """Others of the model's parameters, by name; those left out have their defaults."""


class Connect(TypedDict):
    """Ask another server from now on, or the same for another account; the token is kept in no trait."""

    action: Literal["connect"]
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


class Compare(TypedDict):
    """Compare these evaluations, in this order, and no others; those not read yet are read."""

    action: Literal["compare"]
    runs: list[str]


class Match(TypedDict):
    """Evaluate the versions of these runs alike, where that has not been done, and compare those runs instead."""

    action: Literal["match"]
    runs: list[str]
    dataset_key: str
    use_kfold: bool


class PanelRequest(TypedDict):
    """Ask for what a panel in view needs; the reply's one buffer is a payload with a section of the panel's name."""

    action: Literal["panel"]
    panel: str
    run: str
    revision: int
    params: dict[str, Any]
    """As the panel declares them."""


class Take(TypedDict):
    """Give what a panel shows in another form; the reply's one buffer holds it, texts in UTF-8."""

    action: Literal["take"]
    panel: str
    """A panel's name; empty with the forms of the whole page."""
    form: Literal["python", "csv", "png", "svg", "html", "keep"]
    """Of the whole page: a file of it, or to keep it in the notebook, where the buffer is empty."""
    params: dict[str, Any]
    """As the panel asks with."""
    look: NotRequired[dict[str, Any]]
    """How the page looks at what the panel was sent, as the panel declares it; left out: as on a new page."""


class Listen(TypedDict):
    """Nothing but to be answered: where the answer comes from, the kernel will handle what the page asks next."""

    action: Literal["listen"]


class Narrow(TypedDict):
    """Show some of the inputs on screen by themselves, or all of them again."""

    action: Literal["narrow"]
    run: str
    """Key of what is on screen."""
    by: str
    """A field of the panel "slices", or "~listed" for the inputs listed; empty for all inputs."""
    value: str
    """What the inputs have in that field."""


class WriteLabels(TypedDict):
    """Write the labels proposed to the server, once that was confirmed; ``written`` says what came of it."""

    action: Literal["write_labels"]
    run: str
    """Key of what is on screen."""
    relabels: dict[str, list[str]]
    """The marks that were shown when it was confirmed."""


class Late(TypedDict):
    """Give the second file: the views that a page does not start with. The reply's one buffer holds it."""

    action: Literal["late"]


Action: TypeAlias = (
    Refresh
    | SelectApp
    | SelectModel
    | More
    | Calculate
    | PreviewRequest
    | Check
    | Connect
    | View
    | Retry
    | Cancel
    | Compare
    | Match
    | PanelRequest
    | Listen
    | Take
    | Late
    | Narrow
    | WriteLabels
    | MediaRequest
)
