"""Text that can be sent."""

from __future__ import annotations

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.words import quoted

__all__ = ["check_text"]


def check_text(text: str, what: str) -> str:
    """Return text that protobuf can hold.

    Raises
    ------
    InvalidRequestError
        When it holds half a surrogate pair, which UTF-8 has no bytes for.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequestError(
            f"The {what} {quoted(text)} cannot be sent: its character {error.start + 1} is half a surrogate pair, as a "
            "cut or wrongly decoded text has. Decode it anew, or name it otherwise."
        ) from None
    return text
