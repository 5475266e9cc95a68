"""What an evaluation is about, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from clarifai_eval_widget.terms import STATUSES

__all__ = ["EvaluationInfo"]


@dataclass(frozen=True)
class EvaluationInfo:
    """Which model version was evaluated on what, and how far that is."""

    id: str = ""
    """The evaluation's id."""
    user_id: str = ""
    """The user who owns the evaluation."""
    app_id: str = ""
    """The app that owns the evaluation."""
    model_id: str = ""
    """The model."""
    model_version_id: str = ""
    """The version that was evaluated."""
    model_user_id: str = ""
    """The model's owner."""
    model_app_id: str = ""
    """The model's app."""
    dataset_id: str = ""
    """The ground-truth dataset; empty when the training data were used."""
    dataset_app_id: str = ""
    """The dataset's app."""
    dataset_user_id: str = ""
    """The dataset's owner."""
    dataset_version_id: str = ""
    """The dataset's version; empty for the latest."""
    training_dataset_id: str = ""
    """The dataset the version was trained on, where the server says so."""
    training_dataset_app_id: str = ""
    """That dataset's app."""
    training_dataset_version_id: str = ""
    """That dataset's version."""
    use_kfold: bool | None = None
    """Whether heads were cross-validated (true) or the version was scored (false); None when not said."""
    folds: int | None = None
    """Number of folds, where the server says so."""
    folds_done: int | None = None
    """Folds finished so far."""
    inputs: int | None = None
    """Number of inputs to predict."""
    inputs_done: int | None = None
    """Inputs predicted so far."""
    inputs_trained_on: int | None = None
    """How many of these the version was trained on, where the server compares them."""
    status_code: int = 0
    """Clarifai's status: 21300 when evaluated."""
    created_at: str = ""
    """When the evaluation was made (ISO 8601), where known."""

    @property
    def ended_early(self) -> bool:
        """Whether it has ended without all its results: it failed, or somebody cancelled it."""
        return self.status_code not in (0, *STATUSES)

    @property
    def home(self) -> tuple[str, str] | None:
        """The user and the app that have the inputs; None where the evaluation does not say."""
        user_id, app_id = self.dataset_user_id or self.user_id, self.dataset_app_id or self.app_id
        return (user_id, app_id) if app_id else None
