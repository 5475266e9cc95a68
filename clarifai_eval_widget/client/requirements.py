"""What an evaluation requires, checked before one is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.client.model_types import CLASSIFIERS
from clarifai_eval_widget.errors import InvalidRequestError, RequirementsError
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    from clarifai_eval_widget.client.model_types import ModelTypes
    from clarifai_eval_widget.client.resources import ModelVersion

__all__ = ["advice", "check", "refusal"]

LEAST_CONCEPTS = 2
LEAST_INPUTS = 10
"""Training inputs a concept, below which Clarifai's documentation says that an evaluation may fail."""


def refusal(version: ModelVersion) -> str:
    """Why a version cannot be evaluated, by what the server tells of it; empty when nothing speaks against it."""
    if version.status_code and not version.is_trained:
        state = f" ({version.status.rstrip('.')})" if version.status else ""
        return f"It is not trained{state}. Wait for its training, or choose another version."
    if version.concepts is not None and version.concepts < LEAST_CONCEPTS:
        known = plural(version.concepts, "concept")
        return f"It knows {known}; an evaluation needs at least {LEAST_CONCEPTS}. Train it with more."
    return ""


def advice(version: ModelVersion) -> str:
    """What may let an evaluation fail, by the counts that the server tells; empty when nothing is known to."""
    if version.concepts is None or version.inputs is None or version.inputs >= LEAST_INPUTS * version.concepts:
        return ""
    return (
        f"Trained on {plural(version.inputs, 'input')} of {plural(version.concepts, 'concept')}: Clarifai asks for at "
        f"least {LEAST_INPUTS} a concept, else the evaluation may fail."
    )


def check(version: ModelVersion, types: ModelTypes) -> None:
    """Refuse what cannot be evaluated, before anything is sent.

    Raises
    ------
    InvalidRequestError
        When models of its type cannot be.
    RequirementsError
        When this version cannot.
    """
    kind = version.model_type_id
    if kind and kind not in CLASSIFIERS and (reason := types.get([kind])[kind].reason):
        raise InvalidRequestError(f"The model {version.model_id!r} cannot be evaluated. {reason}")
    if reason := refusal(version):
        raise RequirementsError(f"The version {version.id!r} of {version.model_id!r} cannot be evaluated. {reason}")
