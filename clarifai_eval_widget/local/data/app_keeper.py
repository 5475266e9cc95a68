"""What clients have made in an app by calls alone, in a server's file: uploads, annotations, empty datasets, models.

A call changes a little of much. So it is not told what changed: an app is compared with what the file has of it, and
what differs is written. Inputs are frozen records, so that comparing one is a glance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.local.data import rows
from clarifai_eval_widget.local.data.content import InputRecord

if TYPE_CHECKING:
    from clarifai_eval_widget.local.data.database import Database
    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord, Records
    from clarifai_eval_widget.local.data.rows import Statement


@dataclass(eq=False)
class _Written:
    """What the file has of an app."""

    inputs: dict[str, InputRecord] = field(default_factory=dict)
    concepts: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, tuple[bool, dict[str, None]]] = field(default_factory=dict)
    """Of each that takes uploads, whether it has changed since its latest version, and its inputs."""
    annotated: dict[str, tuple[bool, Any]] = field(default_factory=dict)
    """Of each that was added whole, whether it has changed since its latest version, and its annotations."""
    models: dict[str, None] = field(default_factory=dict)


class AppKeeper:
    """Write what clients have made in apps, and read it.

    Parameters
    ----------
    database
        Where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: dict[str, _Written] = {}

    def keep(self, app: AppRecord) -> None:
        """Write what has changed in an app; to be called under :attr:`Records.lock`.

        Raises
        ------
        EvalError
            When something can never be written.
        """
        before = self._written.get(app.id)
        now = _state(app)
        self._database.write([rows.insert_app(app), *_changes(app, before or _Written(), now)])
        self._written[app.id] = now

    def forget(self, app_id: str) -> None:
        """Forget what is known of an app that has been deleted."""
        self._written.pop(app_id, None)

    def took_over(self, records: Records) -> None:
        """Remember that the file has what was read from it."""
        self._written = {app.id: _state(app) for app in records.apps()}


def _state(app: AppRecord) -> _Written:
    return _Written(
        inputs=dict(app.inputs),
        concepts=dict(app.concepts),
        # a dataset's inputs are replaced, never changed
        datasets={one.id: (one.changed, one.input_ids) for one in app.datasets.values() if one.input_ids is not None},
        annotated={one.id: (one.changed, one.annotations) for one in app.datasets.values() if one.input_ids is None},
        models={one.id: None for one in app.models.values() if one.samples is None},
    )


def _changes(app: AppRecord, before: _Written, now: _Written) -> list[Statement]:
    gone = [key for key in before.inputs if key not in now.inputs]
    return [
        *(rows.insert_concept(app.id, *one) for one in now.concepts.items() if one not in before.concepts.items()),
        *(rows.insert_input(app.id, one) for key, one in now.inputs.items() if before.inputs.get(key) is not one),
        *(statement for key in gone for statement in rows.removal("input", (app.id, key))),
        *(
            statement
            for key, (_, inputs) in now.datasets.items()
            if before.datasets.get(key) != now.datasets[key]
            for statement in _dataset_changes(app.datasets[key], before.datasets.get(key, (False, {}))[1], inputs)
        ),
        *(
            rows.insert_dataset(app.datasets[key])
            for key, told in now.annotated.items()
            if before.annotated.get(key, (False, {})) != told
        ),
        *(rows.insert_model(app.models[key]) for key in now.models if key not in before.models),
    ]


def _dataset_changes(dataset: DatasetRecord, before: dict[str, None], now: dict[str, None]) -> list[Statement]:
    key = (dataset.app_id, dataset.id)
    return [
        rows.insert_dataset(dataset),
        *(rows.insert_dataset_input(*key, one) for one in now if one not in before),
        *(statement for one in before if one not in now for statement in rows.removal("dataset_input", (*key, one))),
    ]


def read_annotations(told: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Read the annotations of an input as they were written."""
    return {str(key): {str(concept): float(value) for concept, value in said.items()} for key, said in told.items()}


def load_concept(records: Records, app_id: str, concept_id: str, name: str) -> None:
    """Take in a concept as it was written."""
    records.app(app_id).concepts[concept_id] = name


def load_input(records: Records, app_id: str, input_id: str, about: str, image: bytes | None) -> None:
    """Take in an uploaded input as it was written."""
    told: dict[str, Any] = json.loads(about)
    annotations = read_annotations(told["annotations"])
    text = None if told["text"] is None else str(told["text"])
    if text is None and image is None:
        raise ValueError("an input is neither a text nor an image")
    records.app(app_id).inputs[input_id] = InputRecord(
        input_id, text, image, annotations, rows.read_time(told["created_at"])
    )


def load_dataset_input(records: Records, app_id: str, dataset_id: str, input_id: str) -> None:
    """Put an input back into a dataset; one that was damaged is in none."""
    app = records.app(app_id)
    dataset = app.datasets[dataset_id]
    if dataset.input_ids is None or input_id not in app.inputs:
        raise LookupError(f"the input {input_id!r} cannot be put back into {dataset_id!r}")
    dataset.input_ids[input_id] = None
