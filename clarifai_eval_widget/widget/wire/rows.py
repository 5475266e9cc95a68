"""The contract's rows: what the pickers, the table, runs and comparisons show; :mod:`.contract` hands them on.

A field that ends in ``key`` holds a key: owner, app and id, unique among all there are. Whatever else names a resource
holds its id.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from clarifai_eval_widget import terms

__all__ = [
    "AppRow",
    "Choice",
    "ComparedRow",
    "ConnectionInfo",
    "DatasetRow",
    "DatasetVersionRow",
    "Drawn",
    "Failure",
    "ListName",
    "Loading",
    "MethodRow",
    "ModelRow",
    "MoreOf",
    "ParamRow",
    "Preview",
    "Problem",
    "Remark",
    "RunRow",
    "Status",
    "TrainingData",
    "VersionRow",
    "Written",
]

Status: TypeAlias = terms.Status
Loading: TypeAlias = Literal["apps", "models", "versions", "datasets", "evaluations", "results"]
MoreOf: TypeAlias = Literal["apps", "models", "versions", "datasets"]
ListName: TypeAlias = Literal["apps", "models", "versions", "datasets", "dataset versions", "evaluations"]


class ConnectionInfo(TypedDict):
    """Where the widget is connected."""

    kind: Literal["local", "platform", "none"]
    label: str
    user: str
    help: str
    """How to connect to something else."""


class Drawn(TypedDict):
    """What the plots of curves draw beside the chosen concept's; what is left out is as on a new page."""

    ticked: NotRequired[list[str]]
    """Ids of further concepts drawn strong, each in the way of its place; empty for a way that is free."""
    folds: NotRequired[bool]
    """Each fold's curve; at first drawn."""
    band: NotRequired[bool]
    """The 95 % confidence band; at first not drawn."""
    intervals: NotRequired[bool]
    """Of the calibration each bin's 95 % interval; at first drawn."""
    averages: NotRequired[bool]
    """The macro and micro averages; at first drawn."""
    others: NotRequired[bool]
    """All other concepts' curves, faint; at first drawn."""
    zoomed: NotRequired[bool]
    """Whether of the ROC only the corner of low false positive rates is shown; at first all is."""


class AppRow(TypedDict):
    """An app to pick."""

    id: str
    """As the trait ``app`` names it: its id, with the owner before it where that is not the user."""
    name: str
    owner: str
    """Whose it is, empty where it is the user's own."""


class ParamRow(TypedDict):
    """A parameter that evaluations of a model take, beside dataset and method."""

    name: str
    kind: Literal["number", "text", "yes or no"]
    default: float | str | bool | None
    description: str
    least: float | None
    """The smallest number it may be; None where there is none, or it is no number."""
    most: float | None
    """The largest."""
    step: float | None
    """1 where only whole numbers will do."""


class MethodRow(TypedDict):
    """A kind of evaluation to pick."""

    use_kfold: bool
    name: str
    judges: str
    """What it judges, in a line."""


class ModelRow(TypedDict):
    """A model to pick."""

    id: str
    name: str
    type: str
    type_title: str
    evaluable: bool
    """Whether models of its type can be evaluated here."""
    reason: str
    """Why not, empty when they can."""
    methods: list[MethodRow]
    """How its versions can be evaluated."""
    params: list[ParamRow]


class TrainingData(TypedDict):
    """What a version was trained on, and what holds where it is evaluated on these very data."""

    dataset_key: str
    dataset_version: str
    """Empty when unknown."""
    chosen_as: list[str] | None
    """As which versions of the dataset these data are chosen, the empty one being the latest; null for any of them,
    where it is not known which it was. A dataset grows: its other versions are other data."""
    use_kfold: bool
    """Whether cross-validation is the default on them; on any other data it is not."""
    warning: str
    """What to say while the version is to be scored on them."""


class VersionRow(TypedDict):
    """A row of the versions table."""

    key: str
    """Owner, app, model and version."""
    id: str
    """As the trait ``model_version`` names it."""
    label: str
    description: str
    created_at: str
    """ISO 8601, empty when unknown."""
    status: str
    trained: bool
    reason: str
    """Why it cannot be evaluated: not trained, or too few concepts; empty when it can."""
    advice: str
    """What may let its evaluations fail, empty when nothing is known to."""
    concepts: int | None
    inputs: int | None
    training_data: TrainingData | None
    """Null when unknown."""


class DatasetRow(TypedDict):
    """A dataset to evaluate on."""

    key: str
    """Owner, app and dataset."""
    id: str
    app: str
    """Its app, as the trait ``app`` names it."""
    name: str
    inputs: int | None
    own_app: bool
    latest_version: str
    """Id of its latest version, empty when unknown."""


class Choice(TypedDict):
    """What is chosen in a version's row."""

    dataset_key: str
    """Empty for none."""
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


class DatasetVersionRow(TypedDict):
    """A version of a dataset to pick."""

    id: str
    text: str
    detail: str
    off: str
    """Why it cannot be picked, empty when it can."""


class Remark(TypedDict):
    """Something to know before an evaluation is asked for."""

    kind: Literal["refusal", "caution", "fact"]
    """It cannot be; it may fail or mislead; it is good to know."""
    method: Literal["cross-validation", "score", ""]
    """For which kind of evaluation; empty: both."""
    text: str


class Preview(TypedDict):
    """What is known of an evaluation before it is asked for."""

    version_key: str
    asked: str
    """The dataset as it was asked for."""
    dataset_key: str
    """Its key; as it was asked for where there is no such dataset."""
    dataset_version: str
    """As asked for, empty for the latest."""
    versions: list[DatasetVersionRow]
    """The latest as such, then each, those that machines had made last."""
    goes_on: bool
    """Whether there are more: the action ``more`` reads on in the list ``dataset versions``."""
    remarks: list[Remark]
    """The gravest first."""


class Written(TypedDict):
    """What came of writing proposed labels to the server."""

    run: str
    """The run on screen whose labels they are."""
    busy: bool
    """Whether that still goes on."""
    inputs: list[str]
    """Ids of the inputs whose labels were written."""
    refused: list[str]
    """Ids of the others, each with the reason."""
    failure: Failure | None
    """Why nothing could be written."""


class RunRow(TypedDict):
    """A run as the rows show it."""

    key: str
    app: str
    """The model's app, as the trait ``app`` names it."""
    model: str
    """Id of the model."""
    version_key: str
    version_label: str
    """What to call the version."""
    dataset_key: str
    """Empty where the server does not say; it may be listed no longer."""
    dataset_name: str
    """What to call the dataset, with its app where that is another than the model's; empty where there is none."""
    dataset_label: str
    """The same with its version, as soon as it is known."""
    dataset_version: str
    """Id of the dataset version evaluated; empty while only "the latest" is known."""
    use_kfold: bool
    """The kind of evaluation; where the server does not say it, the one that is the default."""
    method: Literal["cross-validation", "score", ""]
    """The kind as far as it is known, empty where the server does not say it."""
    method_label: str
    status: Status
    fraction: float
    remaining_seconds: int | None
    folds_done: int
    folds: int
    inputs_done: int
    inputs: int
    roc_auc: float | None
    """The macro area, the mean of all folds so far where there are folds; None where the server gives none."""
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


class ComparedRow(TypedDict):
    """An evaluation that is compared with others; the first of them is the one the others are measured against."""

    run: str
    """Key of its run, or of an evaluation given in Python."""
    title: str
    """What was evaluated, or the name given in Python."""
    kind_label: str
    """How, on what data."""
    revision: int
    """Grows with every state of it; 0 until its numbers have been read."""
    failure: str
    """Why it cannot be read, empty while it can."""
