"""Which model types may be cross-validated: said here, and nowhere else."""

from __future__ import annotations

__all__ = ["WHY_NOT", "may_cross_validate"]

WHY_NOT = "Clarifai asks not to cross-validate embedding classifiers: the version itself is scored."


def may_cross_validate(model_type_id: str) -> bool:
    """False for embedding classifiers, for which the documentation asks for ``use_kfold: false``."""
    return model_type_id != "embedding-classifier"
