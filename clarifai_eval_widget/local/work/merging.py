"""Put the counts of new inputs to those counted before, without counting those again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.metrics import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray


def merge_counts(many: Counts, few: Counts) -> Counts:
    """Return the counts of both sets of inputs together; cheapest with the larger set first.

    The rows of ``few`` are found in ``many`` by bisection and put between its own: nothing is sorted again.
    """
    above = np.searchsorted(-many.thresholds, -few.thresholds, side="left")
    # From the row ``above`` on, down to the next threshold of the few, their counts come on top.
    spans = np.diff(np.append(above, len(many)))
    known = above < len(many)
    known[known] = many.thresholds[above[known]] == few.thresholds[known]
    new, where = ~known, above[~known]

    def together(of_many: NDArray[Any], of_few: NDArray[Any]) -> NDArray[np.int32]:
        raised = of_many + np.repeat(of_few, spans)
        return np.insert(raised, where, of_many[where - 1] + of_few[new]).astype(np.int32, copy=False)

    return Counts(
        np.insert(many.thresholds, where, few.thresholds[new]),
        together(many.tps, few.tps),
        together(many.fps, few.fps),
    )
