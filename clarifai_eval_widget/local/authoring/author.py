"""What a user does to a server from Python, as methods of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local.authoring import datasets, models
from clarifai_eval_widget.local.authoring.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clarifai_eval_widget.client.resources import Dataset as ClientDataset
    from clarifai_eval_widget.client.resources import ModelVersion as ClientModelVersion
    from clarifai_eval_widget.local.authoring.workshop import Workshop


class Author:
    """Adds datasets and trains versions, by means that the server sets when it starts."""

    _workshop: Workshop
    _stopped: bool

    def add_dataset(
        self,
        app_id: str,
        dataset_id: str,
        texts: Sequence[str] | None = None,
        labels: Any = None,
        *,
        images: Sequence[Any] | None = None,
        embed: Callable[[Any], Any] | None = None,
        embeddings: Any = None,
        concepts: Sequence[str] | None = None,
        input_ids: Sequence[str] | None = None,
        groups: Any = None,
        description: str = "",
    ) -> ClientDataset:
        """Add a labelled dataset; one of the same id gets a new version.

        Parameters
        ----------
        app_id, dataset_id
            Where to put it; the app is made where there is none.
        texts
            N texts; None for images or bare embeddings.
        labels
            A label an input, a collection of labels an input (empty: none of the concepts), or (N, K) of 0 and 1: a
            DataFrame whose columns are the concepts, or an array with ``concepts``. NaN and None are no labels.
        images
            N images, PNG or JPEG bytes or arrays (H, W) or (H, W, C) with 1, 3 or 4 channels. uint8 runs from 0 to 255;
            other numbers, by the largest in all images, from 0 to 1, from 0 to 16 (whole numbers, as scikit-learn's
            digits) or from 0 to 255.
        embed
            Makes (N, D) embeddings of the list of texts or images; called now, once. Texts without are embedded as
            those of the samples are, or by what the server was given as ``embed``.
        embeddings
            (N, D) embeddings instead, sparse ones too.
        concepts
            Ids of the concepts; by default a DataFrame's columns, or the distinct labels, sorted.
        input_ids
            N distinct ids; by default numbered.
        groups
            N values, alike for inputs that belong together: images of one patient, texts of one author. No fold of a
            cross-validation splits a group, and intervals and tests are by group. None: every input by itself.
        description
            Shown beside the dataset.

        Raises
        ------
        InvalidRequestError
            When these do not fit each other.
        """
        self._check_open()
        given = Inputs(texts, labels, images, embed, embeddings, concepts, input_ids, groups)
        return datasets.add_dataset(self._workshop, (app_id, dataset_id), given, description)

    def train(
        self,
        app_id: str,
        model_id: str,
        *,
        dataset_id: str,
        dataset_app_id: str | None = None,
        classifier: Any = None,
        model_type_id: str | None = None,
        inputs_per_concept: int | None = None,
        version_id: str | None = None,
        description: str = "",
    ) -> ClientModelVersion:
        """Train a new version of a model, made where there is none, and wait for it.

        Parameters
        ----------
        app_id, model_id
            The model.
        dataset_id
            What to train on: the latest version of a dataset of the model's app, or of ``dataset_app_id``.
        dataset_app_id
            The dataset's app, where it is another.
        classifier
            A scikit-learn classifier with ``predict_proba``, cloned for each version, concept and fold; by default the
            model's, and logistic regression for a new one. It belongs to the model: a new one replaces the old.
        model_type_id
            ``text-classifier``, ``visual-classifier`` or ``embedding-classifier``; by default by what the inputs are.
        inputs_per_concept
            Train on a seeded draw of this many inputs a concept; None trains on all.
        version_id
            The new version's id; by default numbered.
        description
            Shown beside the version.

        Raises
        ------
        NotFoundError
            When there is no such dataset; the nearest are named.
        InvalidRequestError
            When something given cannot be used.
        EvalError
            When training fails.
        """
        self._check_open()
        asked = models.Training(
            app_id=app_id,
            model_id=model_id,
            dataset_id=dataset_id,
            dataset_app_id=dataset_app_id or app_id,
            classifier=classifier,
            model_type_id=model_type_id,
            inputs_per_concept=inputs_per_concept,
            version_id=version_id,
            description=description,
        )
        return models.train(self._workshop, asked)

    def _check_open(self) -> None:
        if self._stopped:
            raise EvalError("This server has been stopped. Start a new one.")
