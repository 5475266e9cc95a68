"""The inputs that were chosen in Python, by setting ``selection``: which they are, for the page to list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError, not_found
from clarifai_eval_widget.evaluation.outcomes import Behind
from clarifai_eval_widget.evaluation.selecting import selection_frame

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["choose", "chosen_inputs", "is_chosen"]

_chosen: WeakKeyDictionary[Evaluation, tuple[NDArray[np.intp], pd.DataFrame]] = WeakKeyDictionary()


def choose(evaluation: Evaluation | None, given: Any) -> pd.DataFrame:
    """Choose inputs of an evaluation.

    Parameters
    ----------
    evaluation
        The one on screen.
    given
        A table with the column ``input_id``, such as :meth:`Evaluation.inputs_behind` returns, or ids.

    Returns
    -------
    pandas.DataFrame
        As ``selection`` is where a number was clicked, in the order given.

    Raises
    ------
    EvalError
        When nothing is on screen, it is no such table or list, or an input is unknown.
    """
    if evaluation is None:
        raise InvalidRequestError("There is no evaluation on screen to select inputs of: show one first.")
    evaluation.numbers.predictions("Listing inputs needs the score of each")
    places = defaultdict(list)
    for row, one in enumerate(evaluation.input_ids):
        places[one].append(row)
    ids = _ids(given)
    if unknown := [one for one in ids if one not in places]:
        raise not_found("input", unknown[0], places)
    rows = np.array([row for one in dict.fromkeys(ids) for row in places[one]], np.intp)
    from clarifai_eval_widget.widget.workbench.selected_frame import SelectedFrame

    frame = SelectedFrame(selection_frame(evaluation, rows, Behind(None, "all", None)).assign(outcome="chosen"))
    _chosen[evaluation] = rows, frame
    return frame


def _ids(given: Any) -> list[str]:
    is_table = hasattr(given, "columns")
    if is_table and "input_id" in given.columns:
        return [str(one) for one in given["input_id"]]
    if not is_table and isinstance(given, Iterable) and not isinstance(given, str | bytes):
        return [str(one) for one in given]
    what = f"a table with {list(given.columns)[:5]}" if is_table else repr(given)
    raise InvalidRequestError(
        "selection takes a table with the column input_id, as e.inputs_behind(…) returns, a list of input ids, or "
        f"None; not {what}."
    )


def chosen_inputs(evaluation: Evaluation) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """Return the rows of what was chosen last, and its table.

    Raises
    ------
    InvalidRequestError
        When nothing was, or the evaluation has grown since.
    """
    if evaluation not in _chosen:
        raise InvalidRequestError(
            "What was selected in Python is not of this state of the evaluation: select it again."
        )
    return _chosen[evaluation]


def is_chosen(evaluation: Evaluation | None, frame: pd.DataFrame | None) -> bool:
    """Whether a table is what was chosen last of an evaluation, rather than what a click listed."""
    return evaluation is not None and evaluation in _chosen and _chosen[evaluation][1] is frame
