"""What is known of an evaluation before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clarifai_eval_widget.client.defaults import scores_own_training_data
from clarifai_eval_widget.client.requirements import LEAST_INPUTS, advice, refusal
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation.codes import Code
from clarifai_eval_widget.widget.platform.dataset_versions import DatasetVersions
from clarifai_eval_widget.words import listed, plural, short_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.labels import LabelCounts
    from clarifai_eval_widget.client.resources import Dataset, DatasetVersion, ModelVersion
    from clarifai_eval_widget.widget.platform.lanes import Lane
    from clarifai_eval_widget.widget.wire.contract import DatasetVersionRow, Preview, Remark

__all__ = ["Previews", "preview"]

_MADE_FOR = {2: "made for a training", 3: "made for an evaluation", 4: "made for an evaluation"}
MOST_INPUTS = 3000
"""How many inputs are gone through for their labels: three pages."""


@dataclass(eq=False)
class _Asked:
    """What was asked about last."""

    client: EvalClient
    """Where."""
    version: ModelVersion
    """What would be evaluated."""
    named: str
    """The dataset, as it was asked for."""
    find: Callable[[], Dataset]
    """Gives the dataset, or raises an EvalError."""


class Previews:
    """Looks up what one asker asks about last: the dialog and the comparison have one each, for both may be open.

    Parameters
    ----------
    lane
        Where the server is asked.
    show
        Told what was found.
    """

    def __init__(self, lane: Lane, show: Callable[[Preview], None]) -> None:
        self._lane = lane
        self._show = show
        self._shown: Preview | None = None
        self._versions = DatasetVersions()
        self._asked: _Asked | None = None
        self._dataset: Dataset | None = None

    def ask(self, client: EvalClient, version: ModelVersion, named: str, find: Callable[[], Dataset]) -> None:
        """Have an evaluation of a version on a dataset looked up, the latest version of it where it names none.

        Parameters
        ----------
        client
            Where to ask.
        version
            What would be evaluated.
        named
            The dataset as it was asked for.
        find
            Gives it, or raises an EvalError, which is told; may ask the server.
        """
        self._asked = _Asked(client, version, named, find)
        self._lane.submit(self._look_up, once="look up")

    def read_on(self, search: str) -> None:
        """Have more versions of the dataset read: the next page, or the one of an id."""
        self._lane.submit(lambda: self._read_on(search))

    def _look_up(self) -> None:
        if self._asked is None:
            return
        asked = self._asked
        dataset: Dataset | None = None
        try:
            dataset = asked.find()
            found = preview(asked.client, asked.version, dataset, self._versions, asked.named)
        except EvalError as error:
            found = _without(asked, error)
        if asked is self._asked:
            self._dataset = dataset
            self._publish(found)

    def _publish(self, found: Preview) -> None:
        self._shown = found
        self._show(found)

    def _read_on(self, search: str) -> None:
        shown, dataset = self._shown, self._dataset
        if shown is None or dataset is None:
            return
        try:
            self._versions.read_on(search)
        except EvalError as error:
            remarks: list[Remark] = [{"kind": "caution", "method": "", "text": str(error)}]
            self._publish({**shown, "goes_on": False, "remarks": [*shown["remarks"], *remarks]})
            return
        found = list(_version_rows(dataset, self._versions.read))
        self._publish({**shown, "versions": found, "goes_on": self._versions.goes_on})


def _without(asked: _Asked, error: EvalError) -> Preview:
    """What to say where there is no such dataset, or it cannot be read."""
    return {
        "version_key": asked.version.key,
        "asked": asked.named,
        "dataset_key": asked.named,
        "dataset_version": "",
        "versions": [],
        "goes_on": False,
        "remarks": [{"kind": "refusal", "method": "", "text": str(error)}],
    }


def preview(
    client: EvalClient, version: ModelVersion, dataset: Dataset, versions: DatasetVersions, asked: str = ""
) -> Preview:
    """Look up a dataset's versions, and whether its concepts are the model version's and have enough inputs.

    Parameters
    ----------
    client
        Where to ask.
    version
        What would be evaluated.
    dataset
        On what; without a version: on the latest.
    versions
        Reads its versions.
    asked
        The dataset as it was asked for; by default by its key.
    """
    try:
        versions.begin(client, dataset)
    except EvalError as error:
        remarks: list[Remark] = [{"kind": "caution", "method": "", "text": str(error)}]
    else:
        remarks = [*_of_version(version), *_of_dataset(dataset, versions.read), *_of_concepts(client, version, dataset)]
    if scores_own_training_data(version, dataset, use_kfold=False):
        remarks.append({"kind": "caution", "method": "score", "text": Code.OWN_TRAINING_DATA.page.warning})
    return {
        "version_key": version.key,
        "asked": asked or dataset.key,
        "dataset_key": dataset.key,
        "dataset_version": dataset.version_id,
        "versions": list(_version_rows(dataset, versions.read)),
        "goes_on": versions.goes_on,
        "remarks": sorted(remarks, key=lambda one: ["refusal", "caution", "fact"].index(one["kind"])),
    }


def _version_rows(dataset: Dataset, versions: list[DatasetVersion]) -> Iterator[DatasetVersionRow]:
    latest = dataset.latest_version_id
    yield {"id": "", "text": f"Latest ({short_id(latest)})" if latest else "Latest", "detail": "", "off": ""}
    for one in sorted(versions, key=lambda version: version.origin in _MADE_FOR):
        known = [
            "the latest" if one.id == latest else "",
            plural(one.inputs, "input") if one.inputs is not None else "",
            f"{one.created_at:%Y-%m-%d %H:%M}" if one.created_at else "",
            _MADE_FOR.get(one.origin, ""),
        ]
        off = "" if one.is_ready or not one.status_code else "not ready"
        yield {"id": one.id, "text": short_id(one.id), "detail": " · ".join(filter(None, known)), "off": off}


def _of_version(version: ModelVersion) -> Iterator[Remark]:
    if said := refusal(version):
        yield {"kind": "refusal", "method": "", "text": said}
    if said := advice(version):
        yield {"kind": "caution", "method": "", "text": said}


def _of_dataset(dataset: Dataset, versions: list[DatasetVersion]) -> Iterator[Remark]:
    meant = next((one for one in versions if one.id == dataset.means_version_id), None)
    if meant is not None and meant.status_code and not meant.is_ready:
        text = f"The version {short_id(meant.id)} of {dataset.id} is not ready yet. Wait, or choose another."
        yield {"kind": "refusal", "method": "", "text": text}


def _of_concepts(client: EvalClient, version: ModelVersion, dataset: Dataset) -> Iterator[Remark]:
    """Compare concepts with the labels of the version chosen, else with those of the dataset as it is now."""
    try:
        concepts = client.concepts(version)
        labels = client.labels(dataset, most=MOST_INPUTS)
    except EvalError as error:  # a key without these scopes evaluates all the same
        yield {"kind": "fact", "method": "", "text": f"Concepts and labels are not checked: {error}"}
        return
    if not concepts or not labels.inputs:
        unknown = "what the version predicts" if not concepts else "the labels of the dataset"
        text = f"Concepts and labels are not checked: the server does not tell {unknown}."
        yield {"kind": "fact", "method": "", "text": text}
        return
    is_of_another = labels.version_id != dataset.version_id
    if is_of_another:
        text = f"The labels of the version {short_id(dataset.version_id)} cannot be listed; those of now are told."
        yield {"kind": "fact", "method": "", "text": text}
    yield from _compared(concepts, labels, refuses=labels.is_whole and not is_of_another)


def _where(labels: LabelCounts) -> str:
    if labels.version_id:
        return "in this dataset version"
    return "now" if labels.is_whole else f"among its first {plural(labels.inputs, 'input')}"


def _compared(concepts: Mapping[str, str], labels: LabelCounts, *, refuses: bool) -> Iterator[Remark]:
    where = _where(labels)
    absent = [name for key, name in concepts.items() if not labels.counts[key]]
    unknown = [labels.names[key] for key in labels.counts if key not in concepts]
    few = [f"{name} ({labels.counts[key]})" for key, name in concepts.items() if 0 < labels.counts[key] < LEAST_INPUTS]
    if len(absent) == len(concepts):
        text = f"The dataset has none of this version\u2019s concepts {where}: nothing can be judged on it."
        yield {"kind": "refusal" if refuses else "caution", "method": "", "text": text}
        return
    if absent:
        text = f"No input {where} is labelled {listed(absent)}: what the version says of it cannot be judged."
        yield {"kind": "caution", "method": "", "text": text}
    if few:
        text = f"Fewer than {LEAST_INPUTS} inputs {where} of {listed(few)}: figures of so few say little."
        yield {"kind": "caution", "method": "score", "text": text}
        text = (
            f"Cross-validation needs {LEAST_INPUTS} inputs of each concept; {where} there are too few of {listed(few)}."
        )
        yield {"kind": "caution", "method": "cross-validation", "text": text}
    if unknown:
        text = f"Labels that the version does not know are left out: {listed(unknown)}."
        yield {"kind": "fact", "method": "", "text": text}
