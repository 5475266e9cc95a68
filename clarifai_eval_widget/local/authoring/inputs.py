"""Check what a user adds to a server: inputs, labels and embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.local.authoring.images import read_images
from clarifai_eval_widget.local.authoring.labels import read_truth
from clarifai_eval_widget.local.authoring.refusals import check_text
from clarifai_eval_widget.local.data.content import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a dataset is made of; see :meth:`LocalServer.add_dataset`."""

    texts: Sequence[str] | None
    labels: Any
    images: Sequence[Any] | None
    embed: Callable[[Any], Any] | None
    embeddings: Any
    concepts: Sequence[str] | None
    input_ids: Sequence[str] | None
    groups: Any = None


def read_content(dataset_id: str, given: Inputs) -> Content:
    """Bring inputs and labels into one form.

    Raises
    ------
    InvalidRequestError
        When they are not as many as each other, or of no form that is understood.
    """
    names, truth = read_truth(given.labels, given.concepts)
    for what in ("texts", "input_ids"):
        if isinstance(getattr(given, what), str | bytes):
            raise InvalidRequestError(f"{what} is one text: give a list with one for each input.")
    _check_same_index(given)
    read_texts = None if given.texts is None else tuple(given.texts)
    files = None if given.images is None else read_images(given.images)
    ids = _number(dataset_id, len(truth)) if given.input_ids is None else tuple(map(str, given.input_ids))
    for what, found in (("texts", read_texts), ("images", files), ("input_ids", ids)):
        if found is not None and len(found) != len(truth):
            raise InvalidRequestError(
                f"There are {len(truth)} labels but {len(found)} {what}: give one of each an input."
            )
    if len(set(ids)) < len(ids):
        raise InvalidRequestError("Two inputs have the same id: input_ids must be distinct.")
    for row, text in enumerate(read_texts or ()):
        if not isinstance(text, str):
            raise InvalidRequestError(f"The text at row {row} is a {type(text).__name__}, not a str: {text!r:.80}")
        check_text(text, f"The text at row {row}")
    for row, input_id in enumerate(ids):
        check_text(input_id, f"The input id at row {row}")
    return Content(ids, truth, names, names, read_texts, files, _read_groups(given.groups, len(truth)))


def _read_groups(groups: Any, size: int) -> NDArray[np.int64] | None:
    if groups is None:
        return None
    if isinstance(groups, str | bytes):
        raise InvalidRequestError("groups is one text: give a list with the group of each input.")
    values = groups.tolist() if hasattr(groups, "tolist") else list(groups)
    if len(values) != size:
        raise InvalidRequestError(f"There are {size} labels but {len(values)} groups: give one of each an input.")
    place: dict[Any, int] = {}
    for row, value in enumerate(values):
        if value is None or value != value:  # noqa: PLR0124 - NaN
            raise InvalidRequestError(
                f"The group at row {row} is {value}: an input that is alone in its group needs a value of its own."
            )
        try:
            place.setdefault(value, len(place))
        except TypeError as error:
            raise InvalidRequestError(
                f"The group at row {row} is a {type(value).__name__}: give a number or a text for each input."
            ) from error
    return np.array([place[value] for value in values], np.int64)


def _number(dataset_id: str, count: int) -> tuple[str, ...]:
    width = len(str(count))
    return tuple(f"{dataset_id}-{n:0{width}d}" for n in range(1, count + 1))


def _check_same_index(given: Inputs) -> None:
    """Refuse columns of pandas whose rows do not belong together: nobody could tell which order is meant."""
    indices = {
        what: getattr(given, what).index
        for what in ("texts", "labels", "images", "embeddings", "input_ids", "groups")
        if hasattr(getattr(given, what), "iloc")
    }
    ids = None if given.input_ids is None else list(map(str, given.input_ids))
    for what, index in indices.items():
        counts_rows = hasattr(index, "step")  # pandas' own, of rows that nobody named: such numbers are no ids
        named = list(map(str, index))
        if ids is not None and not counts_rows and named != ids and sorted(named) == sorted(ids):
            raise InvalidRequestError(
                f"The index of {what} holds the input ids in another order than input_ids: bring them into one order, "
                "or give lists."
            )
        first, other = next(iter(indices.items()))
        if len(index) == len(other) and list(index) != list(other):
            raise InvalidRequestError(
                f"The rows of {first} and {what} have different indices: bring them into one order, or give lists."
            )
