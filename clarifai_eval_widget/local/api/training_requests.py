"""Read a request to train a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.json_format import MessageToDict

from clarifai_eval_widget.local.api.model_types import TEMPLATE, TRAINING_PARAMS
from clarifai_eval_widget.local.api.requests import check_new, new_id
from clarifai_eval_widget.local.data.records import PendingVersion, Recipe
from clarifai_eval_widget.local.statuses import ApiError, invalid
from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.local.data.records import DatasetRecord, DatasetVersionRecord, ModelRecord, Records


@dataclass(frozen=True, eq=False)
class AskedTraining:
    """A training as a client wrote it."""

    dataset: DatasetRecord
    """What to train on."""
    dataset_version_id: str
    """Its version; empty: as it is now."""
    recipe: Recipe
    """What to make of it."""

    def pending(self, version: DatasetVersionRecord) -> PendingVersion:
        """Make the record of the version to be, on a version of the dataset.

        Raises
        ------
        ApiError
            With status 21110 when nothing in it is labelled.
        """
        if version.content.ready and not version.content.get().input_ids:
            raise ApiError(
                status_code_pb2.MODEL_TRAINING_NO_DATA,
                f"The version {version.id!r} of the dataset {self.dataset.id!r} has no labelled inputs. Upload some "
                "by PostInputs with concepts, or label them by PostAnnotations.",
            )
        return PendingVersion(self.recipe.version_id, self.recipe.description, self.dataset, version)


def read_training(
    asked: resources_pb2.ModelVersion, model: ModelRecord, known: Iterable[str], records: Records
) -> AskedTraining:
    """Find everything that a request to train names: the dataset in ``train_info.dataset`` or in its ``params``."""
    params = _read_params(asked)
    truth = asked.train_info.dataset
    dataset_id = truth.id or str(params.get("dataset_id") or "")
    if not dataset_id:
        raise invalid("Say what to train on: train_info.params.dataset_id, or train_info.dataset.id.")
    recipe = Recipe(
        version_id=check_new("version", asked.id or new_id(), known),
        description=asked.description or f"Trained on {dataset_id}",
        inputs_per_concept=int(params.get("inputs_per_concept") or 0) or None,
        concepts=tuple(concept.id for concept in asked.output_info.data.concepts),
    )
    version_id = truth.version.id or str(params.get("dataset_version_id") or "")
    return AskedTraining(records.dataset(truth.app_id or model.app_id, dataset_id), version_id, recipe)


def _read_params(asked: resources_pb2.ModelVersion) -> dict[str, Any]:
    params: dict[str, Any] = MessageToDict(asked.train_info.params)
    unknown = sorted(set(params) - set(TRAINING_PARAMS))
    if unknown:
        raise invalid(
            f"Unknown training parameter {unknown[0]!r}. There are {listed(map(repr, TRAINING_PARAMS))}; what is "
            "trained otherwise belongs to the model: LocalServer.train(classifier=…)."
        )
    if params.get("template") not in (None, "", TEMPLATE):
        raise invalid(f"There is no template {params['template']!r}. There is {TEMPLATE!r}.")
    number = params.get("inputs_per_concept") or 0
    if not isinstance(number, int | float) or number != int(number) or number < 0:
        raise invalid(f"The parameter 'inputs_per_concept' must be a whole number from 0, but is {number!r}.")
    return params
