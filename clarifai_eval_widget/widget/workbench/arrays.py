"""Lists of arrays of different lengths, one after another, as sections hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.widget.wire.packing import ArrayType

__all__ = ["joined", "offsets"]


def joined(parts: Sequence[NDArray[Any]], kind: ArrayType) -> NDArray[Any]:
    """Concatenate, in one step from each part's own type to the one that is packed."""
    if not parts:
        return np.empty(0, kind)
    return np.concatenate(parts, dtype=np.dtype(kind), casting="unsafe")


def offsets(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Say where each part begins, and where the last one ends."""
    return np.cumsum([0, *(len(part) for part in parts)]).astype("u4")
