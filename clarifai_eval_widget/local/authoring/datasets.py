"""Add a dataset, or a version of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.client import resources
from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.requests import check_id
from clarifai_eval_widget.local.authoring import inputs
from clarifai_eval_widget.local.authoring.embeddings import read_embeddings
from clarifai_eval_widget.local.authoring.refusals import check_text, in_words
from clarifai_eval_widget.local.data.content import Lazy
from clarifai_eval_widget.local.data.records import MANUAL, DatasetRecord, DatasetVersionRecord

if TYPE_CHECKING:
    from clarifai_eval_widget.local.authoring.workshop import Workshop


def add_dataset(workshop: Workshop, key: tuple[str, str], given: inputs.Inputs, description: str) -> resources.Dataset:
    """Add a dataset, or a version of one, under its app's and its own id."""
    app_id, dataset_id = key
    in_words(lambda: check_id("app", app_id))
    in_words(lambda: check_id("dataset", dataset_id))
    check_text(description, "The description")
    if given.labels is None:
        raise InvalidRequestError("A dataset needs labels: give labels=, one for each input.")
    content = inputs.read_content(dataset_id, given)
    source = given.texts if given.texts is not None else given.images
    if given.texts is not None and given.embeddings is None and given.embed is None:
        texts = tuple(given.texts)
        vectors = in_words(lambda: workshop.embedder("text", texts))
    else:
        vectors = read_embeddings(given.embeddings, given.embed, source, len(content.labels))
    records = workshop.records
    with records.lock:
        app = records.ensure_app(app_id)
        datasets = app.datasets
        dataset = datasets.get(dataset_id) or DatasetRecord(dataset_id, app_id)
        number = sum(version.origin == MANUAL for version in dataset.versions) + 1
        version = DatasetVersionRecord(f"v{number}", Lazy.of(content), Lazy.of(vectors))
        dataset.description = description or dataset.description
        annotated = dataset.annotations, dataset.changed
        if dataset.input_ids is None:  # the labels are given anew
            dataset.annotations, dataset.changed = {}, False
        dataset.add(version)
        datasets[dataset_id] = dataset
    if workshop.keeper is not None:
        try:
            workshop.keeper.keep_dataset(app, dataset, version)
            with records.lock:
                workshop.keeper.keep_app(app)
        except EvalError:
            with records.lock:  # all or nothing
                dataset.versions = [one for one in dataset.versions if one is not version]
                dataset.annotations, dataset.changed = annotated
                if not dataset.versions:
                    del datasets[dataset_id]
            raise
    return resources.Dataset.from_proto(protos.dataset_proto(dataset, workshop.user_id, version))
