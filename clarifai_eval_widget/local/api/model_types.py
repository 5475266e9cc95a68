"""The types of models that the server trains, and the parameters of their trainings and evaluations."""

from __future__ import annotations

from typing import Any

from clarifai_grpc.grpc.api import resources_pb2

from clarifai_eval_widget.client.defaults import cross_validates_by_default

_FIELD = resources_pb2.ModelTypeField
_MODEL_TYPES = {
    "text-classifier": ("Text Classifier", "Classify texts into concepts.", "text"),
    "visual-classifier": ("Visual Classifier", "Classify images into concepts.", "image"),
    "embedding-classifier": ("Transfer Learn Classifier", "Classify by the embeddings of a base model.", "embeddings"),
}
MAX_FOLDS = 20
MODEL_TYPE_IDS = tuple(_MODEL_TYPES)
TEMPLATE = "head"
TRAINING_PARAMS = ("dataset_id", "dataset_version_id", "template", "inputs_per_concept")


def model_type_proto(model_type_id: str) -> resources_pb2.ModelType:
    """Write a model type with the parameters that an evaluation of it takes."""
    title, description, takes = _MODEL_TYPES[model_type_id]
    message = resources_pb2.ModelType(
        id=model_type_id,
        title=title,
        description=description,
        input_fields=[takes],
        output_fields=["concepts"],
        trainable=True,
        creatable=True,
        evaluation_type=resources_pb2.EvaluationType.Classification,
    )
    message.model_type_fields.extend([*_training_fields(model_type_id), *_evaluation_fields(model_type_id)])
    return message


def _training_fields(model_type_id: str) -> list[resources_pb2.ModelTypeField]:
    inputs = _field(
        "train_info.params.inputs_per_concept",
        _FIELD.NUMBER,
        0,
        "Train on a seeded draw of this many inputs a concept; 0: on all.",
    )
    dataset = [
        _field("train_info.params.dataset_id", _FIELD.DATASET_ID, "", "The dataset to train on."),
        _field("train_info.params.dataset_version_id", _FIELD.DATASET_VERSION_ID, "", "Its version; empty: as it is."),
    ]
    if model_type_id == "embedding-classifier":  # the one type that the official SDK asks no template of
        return [*dataset, inputs]
    template = _field("train_info.params.template", _FIELD.ENUM, TEMPLATE, "What is trained on the embeddings.")
    option = template.model_type_enum_options.add(id=TEMPLATE, recommended=True)
    option.description = "Logistic regression on the embeddings, or the classifier that the model was given."
    option.model_type_fields.append(inputs)
    return [*dataset, template]


def _evaluation_fields(model_type_id: str) -> list[resources_pb2.ModelTypeField]:
    folds = _field(
        "eval_info.params.folds", _FIELD.NUMBER, 5, f"Number of parts, from 2 to {MAX_FOLDS}, when cross-validating."
    )
    folds.model_type_range_info.min, folds.model_type_range_info.max, folds.model_type_range_info.step = 2, MAX_FOLDS, 1
    kfold = "Whether to train new heads on parts of the dataset and predict the part left out."
    return [
        _field(
            "eval_info.params.dataset_id",
            _FIELD.DATASET_ID,
            "",
            "The dataset to evaluate on; empty: the training data.",
        ),
        _field("eval_info.params.dataset_version_id", _FIELD.DATASET_VERSION_ID, "", "Its version; empty: the latest."),
        _field("eval_info.params.use_kfold", _FIELD.BOOLEAN, cross_validates_by_default(model_type_id), kfold),
        folds,
    ]


def _field(path: str, kind: Any, default: bool | float | str, description: str) -> resources_pb2.ModelTypeField:
    message = resources_pb2.ModelTypeField(
        path=path, field_type=kind, description=description, placeholder=path.rpartition(".")[2]
    )
    if isinstance(default, bool):
        message.default_value.bool_value = default
    elif isinstance(default, str):
        message.default_value.string_value = default
    else:
        message.default_value.number_value = default
    return message
