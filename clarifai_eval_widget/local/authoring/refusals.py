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


def check_text(text: str, where: str) -> None:
    """Refuse a text that cannot travel: half a character, as cutting one text out of another may leave."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequestError(
            f"{where} is no valid text, {text!r:.80}: it holds half a character at place {error.start}: replace it."
        ) from error
