"""Read embeddings, given or computed now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_MOST_DENSE = 1 << 31  # bytes of a sparse matrix written out


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
            "makes one of the list of inputs. Only texts are embedded without."
        )
    if embed is not None:
        if inputs is None:
            raise InvalidRequestError("embed= needs texts or images to embed; there are none. Give embeddings=X.")
        embeddings = embed(list(inputs))
    if hasattr(embeddings, "toarray"):
        embeddings = _written_out(embeddings)
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


def _written_out(sparse: Any) -> Any:
    """Return a sparse matrix, as a text vectorizer makes it, as an array."""
    size = 4 * int(np.prod(sparse.shape, dtype=np.int64))
    if size > _MOST_DENSE:
        raise InvalidRequestError(
            f"The embeddings are a sparse matrix of shape {sparse.shape}, which takes {size / 1e9:.1f} GB as an array: "
            "bring it down to a few hundred columns, for instance with TruncatedSVD of sklearn.decomposition."
        )
    return sparse.astype(np.float32).toarray()
