"""What an evaluation requires, as Clarifai documents it: two concepts, and ten inputs of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.statuses import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_CONCEPTS = 2
MIN_INPUTS = 10


def check_concepts(
    owner: str, concepts: Sequence[str], counts: Sequence[int], remedy: str, *, at_least: int = MIN_INPUTS
) -> None:
    """Check the concepts of a version's training data, or of a dataset.

    Parameters
    ----------
    owner
        Whose concepts they are, to begin the message with.
    concepts, counts
        Ids, and the number of inputs that have each.
    remedy
        What to do about it.
    at_least
        How many inputs of each concept there must be.

    Raises
    ------
    ApiError
        With status 21315 for fewer than two concepts, 21316 for too few inputs of one; the details say which
        concept has how many.
    """
    if len(concepts) < MIN_CONCEPTS:
        names = ", ".join(map(repr, concepts)) or "none"
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_NEED_LABELS,
            f"{owner} has {len(concepts)} concept{'' if len(concepts) == 1 else 's'} ({names}); an evaluation needs "
            f"at least {MIN_CONCEPTS}. {remedy}",
        )
    short = [(concept, count) for concept, count in zip(concepts, counts, strict=True) if count < at_least]
    if short:
        listed = ", ".join(f"{concept!r} has {count}" for concept, count in short)
        raise ApiError(
            status_code_pb2.MODEL_EVALUATION_NEED_INPUTS,
            f"{owner} has too few inputs for {len(short)} of {len(concepts)} concepts: {listed}; an evaluation needs "
            f"at least {at_least} inputs of each concept (50 are recommended). {remedy}",
        )
