"""Check what a user adds to a server: inputs, labels and embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.local.data.records import Content

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


def read_content(dataset_id: str, given: Inputs) -> Content:
    """Bring inputs and labels into one form.

    Raises
    ------
    InvalidRequestError
        When they are not as many as each other, or of no form that is understood.
    """
    names, truth = read_labels(given.labels, given.concepts)
    read_texts = None if given.texts is None else tuple(given.texts)
    read_images = None if given.images is None else tuple(_read_image(image) for image in given.images)
    ids = _number(dataset_id, len(truth)) if given.input_ids is None else tuple(map(str, given.input_ids))
    for what, found in (("texts", read_texts), ("images", read_images), ("input_ids", ids)):
        if found is not None and len(found) != len(truth):
            raise InvalidRequestError(
                f"There are {len(truth)} labels but {len(found)} {what}: give one of each an input."
            )
    if len(set(ids)) < len(ids):
        raise InvalidRequestError("Two inputs have the same id: input_ids must be distinct.")
    for row, text in enumerate(read_texts or ()):
        if not isinstance(text, str):
            raise InvalidRequestError(f"The text at row {row} is a {type(text).__name__}, not a str: {text!r:.80}")
    return Content(ids, truth, names, names, read_texts, read_images)


def read_labels(labels: Any, concepts: Sequence[str] | None) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Read labels as concepts (K,) and a boolean (N, K) array.

    Parameters
    ----------
    labels
        One label an input, a collection of labels an input, or an (N, K) array of 0 and 1 with ``concepts``.
    concepts
        Ids in the order wanted; by default sorted.
    """
    array = np.asarray(labels) if hasattr(labels, "shape") else None
    if array is not None and array.ndim == 2:
        if concepts is None or len(concepts) != array.shape[1]:
            raise InvalidRequestError(
                f"Labels of shape {array.shape} need concepts: a list of {array.shape[1]} ids, one a column."
            )
        if not np.isin(array, (0, 1)).all():
            raise InvalidRequestError("A label matrix must hold only 0 and 1, or False and True.")
        return tuple(map(str, concepts)), array.astype(bool)
    rows = [
        {str(label)} if isinstance(label, str) or not hasattr(label, "__iter__") else set(map(str, label))
        for label in labels
    ]
    found = set().union(*rows) if rows else set()
    names = tuple(map(str, concepts)) if concepts is not None else tuple(sorted(found))
    unknown = sorted(found - set(names))
    if unknown:
        raise InvalidRequestError(f"The label {unknown[0]!r} is not among the concepts {names}.")
    if not rows or not names:
        raise InvalidRequestError("A dataset needs at least one labelled input.")
    return names, np.array([[name in row for name in names] for row in rows])


def read_embeddings(
    embeddings: Any, embed: Callable[[Any], Any] | None, inputs: Sequence[Any] | None, num_inputs: int
) -> NDArray[np.float32]:
    """Return (N, D) embeddings, given or computed now from the inputs.

    Raises
    ------
    InvalidRequestError
        When neither or both are given, or the result is not (N, D) finite numbers.
    """
    if (embeddings is None) == (embed is None):
        raise InvalidRequestError(
            "Heads are trained on embeddings: give either embeddings=X, an (N, D) array, or embed=f, a function that "
            "makes one of the list of inputs."
        )
    if embed is not None:
        if inputs is None:
            raise InvalidRequestError("embed= needs texts or images to embed; there are none. Give embeddings=X.")
        embeddings = embed(list(inputs))
    try:
        array = np.asarray(embeddings, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"The embeddings are not an (N, D) array of numbers: {error}") from error
    if array.ndim != 2 or len(array) != num_inputs or not array.shape[1]:
        raise InvalidRequestError(
            f"The embeddings have the shape {array.shape}, but must be (N, D) with a row for each of the "
            f"{num_inputs} inputs."
        )
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        raise InvalidRequestError(f"The embedding at row {row} is not finite.")
    return array


def _number(dataset_id: str, count: int) -> tuple[str, ...]:
    width = len(str(count))
    return tuple(f"{dataset_id}-{n:0{width}d}" for n in range(1, count + 1))


def _read_image(image: Any) -> bytes:
    if isinstance(image, bytes | bytearray):
        return bytes(image)
    from clarifai_eval_widget.local.data.sample_images import encode_png

    pixels = np.asarray(image)
    if pixels.ndim not in (2, 3):
        raise InvalidRequestError(
            f"An image has the shape {pixels.shape}: give PNG or JPEG bytes, or an (H, W) or (H, W, 3) array."
        )
    if pixels.dtype != np.uint8:
        pixels = (np.clip(pixels, 0, 1) * 255).round().astype(np.uint8)
    return encode_png(pixels)
