"""What an evaluation is by default, and what is worth a warning: said here, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clarifai_eval_widget.client.resources import Dataset, ModelVersion

__all__ = [
    "cross_validates_by_default",
    "default_use_kfold",
    "is_own_training_data",
    "own_training_versions",
    "scores_own_training_data",
]


def is_own_training_data(version: ModelVersion, dataset: Dataset | None) -> bool:
    """Whether a dataset is the very data that a version was trained on.

    Parameters
    ----------
    version
        The version to evaluate.
    dataset
        Where to evaluate it; None means the training data.

    Notes
    -----
    A dataset grows: its versions are compared wherever both are known, for other inputs under the same name are not
    what the version has seen.
    """
    own = version.training_dataset
    if dataset is None or own is None:
        return dataset is None
    if dataset.key != own.key:
        return False
    trained_on, meant = own.version_id, dataset.means_version_id
    return not (trained_on and meant) or trained_on == meant


def own_training_versions(version: ModelVersion, latest_version_id: str) -> list[str] | None:
    """Name the versions of its training dataset that are the very data that a version was trained on.

    Parameters
    ----------
    version
        A version whose training dataset is known.
    latest_version_id
        The dataset's latest version, empty when unknown.

    Returns
    -------
    list of str or None
        Ids as one is chosen by, the empty one for the latest; None when all may be, for it is not known which it was.
    """
    own = version.training_dataset
    if own is None or not own.version_id:
        return None
    asked = {name: replace(own, version_id=name, latest_version_id=latest_version_id) for name in ("", own.version_id)}
    return [name for name, dataset in asked.items() if is_own_training_data(version, dataset)]


def cross_validates_by_default(model_type_id: str) -> bool:
    """Whether versions of a type of models are cross-validated on their own training data unless asked otherwise.

    Notes
    -----
    The documentation asks for ``use_kfold: false`` for embedding classifiers on one page, and prints the reply of one
    that was cross-validated on another: so both are on offer for every type, and only the default follows the first.
    """
    return model_type_id != "embedding-classifier"


def default_use_kfold(version: ModelVersion, dataset: Dataset | None) -> bool:
    """Whether to cross-validate by default: on a version's own training data, unless it is an embedding classifier."""
    return cross_validates_by_default(version.model_type_id) and is_own_training_data(version, dataset)


def scores_own_training_data(version: ModelVersion, dataset: Dataset | None, *, use_kfold: bool) -> bool:
    """Whether a version would be scored on what it has seen in training, so that its figures are too good."""
    return not use_kfold and is_own_training_data(version, dataset)
