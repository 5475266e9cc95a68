"""What a call would be answered with as a status, raised as one of this package's errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from clarifai_eval_widget.errors import InvalidRequestError, NotFoundError
from clarifai_eval_widget.local.statuses import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def in_words(find: Callable[[], T]) -> T:
    """Raise as one of this package's errors what a call would be answered with as a status."""
    try:
        return find()
    except ApiError as error:
        kind = NotFoundError if error.details.startswith("There is no") else InvalidRequestError
        raise kind(error.details) from error
