"""Inputs that clients upload to an app, and the dataset versions that are frozen from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.local.data.content import Content, InputRecord, Kind, Lazy, read_rows
from clarifai_eval_widget.local.data.records import MANUAL, DatasetVersionRecord
from clarifai_eval_widget.local.statuses import invalid, not_found

if TYPE_CHECKING:
    from typing import Protocol

    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord

    class Embed(Protocol):
        """What makes embeddings of uploaded inputs."""

        def name(self, kind: Kind) -> str:
            """Return the name of what embeds inputs of a kind."""

        def __call__(self, kind: Kind, values: tuple[Any, ...]) -> NDArray[np.float32]:
            """Embed texts, or images as files."""


def dataset_inputs(app: AppRecord, dataset: DatasetRecord) -> list[InputRecord]:
    """Return the inputs of a dataset as it is now."""
    if dataset.input_ids is not None:
        return [app.inputs[input_id] for input_id in dataset.input_ids]
    added = dataset.added
    if added is None:
        return []
    said = dataset.annotations
    return [
        replace(one, annotations={**one.annotations, **said[one.id]}) if one.id in said else one
        for one in read_rows(added.content.get(), added.created_at)
    ]


def holds(dataset: DatasetRecord, input_id: str) -> bool:
    """Tell whether an input is in a dataset as it is now."""
    if dataset.input_ids is not None:
        return input_id in dataset.input_ids
    return dataset.added is not None and input_id in dataset.added.content.get().input_ids


def app_inputs(app: AppRecord) -> dict[str, InputRecord]:
    """Return all inputs of an app by id, those of datasets that were added whole included."""
    whole = [dataset for dataset in app.datasets.values() if dataset.input_ids is None]
    return {one.id: one for dataset in whole for one in dataset_inputs(app, dataset)} | app.inputs


def freeze(
    app: AppRecord, dataset: DatasetRecord, embed: Embed, version_id: str, origin: int = MANUAL
) -> DatasetVersionRecord:
    """Make a version of the inputs and labels that a dataset has now; inputs are embedded when first needed.

    Raises
    ------
    ApiError
        When it holds texts and images.
    """
    if dataset.input_ids is None:
        version = _annotated(app, dataset, version_id, origin)
    else:
        version = _collected(app, dataset, embed, version_id, origin)
    dataset.versions = [*dataset.versions, version]
    dataset.changed = False
    return version


def _annotated(app: AppRecord, dataset: DatasetRecord, version_id: str, origin: int) -> DatasetVersionRecord:
    """Make a version of one that was added whole, with its groups and embeddings, and the labels of now."""
    added = dataset.added
    if added is None:
        raise not_found("version", "", [], where=f"of the dataset {dataset.id!r}")
    content = added.content.get()
    labels = [one.labels for one in dataset_inputs(app, dataset)]
    concepts = (*content.concepts, *sorted(set().union(*labels) - set(content.concepts)))
    names = dict(zip(content.concepts, content.concept_names, strict=True))
    content = replace(
        content,
        labels=_label_matrix(labels, concepts),
        concepts=concepts,
        concept_names=tuple(names.get(key) or app.concepts.get(key) or key for key in concepts),
    )
    return DatasetVersionRecord(
        id=version_id,
        content=Lazy.of(content),
        embeddings=added.embeddings,
        origin=origin,
        embedder=added.embedder,
        num_unlabeled=added.num_unlabeled,
    )


def _collected(
    app: AppRecord, dataset: DatasetRecord, embed: Embed, version_id: str, origin: int
) -> DatasetVersionRecord:
    """Make a version of the uploaded inputs that are in a dataset."""
    inputs = dataset_inputs(app, dataset)
    kinds = {one.kind for one in inputs}
    if len(kinds) > 1:
        num_texts = sum(one.kind == "text" for one in inputs)
        raise invalid(
            f"The dataset {dataset.id!r} holds {num_texts} texts and {len(inputs) - num_texts} images, but a version "
            "here holds inputs of one kind. Make a dataset of each."
        )
    kind: Kind = "image" if kinds == {"image"} else "text"
    labelled = [one for one in inputs if one.labels]
    content = _content(app, labelled, kind)
    return DatasetVersionRecord(
        id=version_id,
        content=Lazy.of(content),
        embeddings=Lazy(lambda: embed_content(content, embed)),
        origin=origin,
        embedder=embed.name(kind),
        num_unlabeled=len(inputs) - len(labelled),
    )


def embed_content(content: Content, embed: Embed) -> NDArray[np.float32]:
    """Embed the inputs of a version, which are texts or images: (N, D)."""
    return embed("image", content.images) if content.images is not None else embed("text", content.texts or ())


def _content(app: AppRecord, inputs: list[InputRecord], kind: Kind) -> Content:
    labels = [one.labels for one in inputs]
    concepts = tuple(sorted(set().union(*labels)))
    return Content(
        input_ids=tuple(one.id for one in inputs),
        labels=_label_matrix(labels, concepts),
        concepts=concepts,
        concept_names=tuple(app.concepts.get(key) or key for key in concepts),
        texts=tuple(one.text or "" for one in inputs) if kind == "text" else None,
        images=tuple(one.image or b"" for one in inputs) if kind == "image" else None,
    )


def _label_matrix(labels: list[dict[str, bool]], concepts: tuple[str, ...]) -> NDArray[np.bool_]:
    said = [[one.get(key, False) for key in concepts] for one in labels]
    return np.array(said, dtype=bool).reshape(len(labels), len(concepts))
