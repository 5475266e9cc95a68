"""Confusion matrices of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.interface import MatrixKind

__all__ = ["confusion_matrix"]


def confusion_matrix(
    e: EvaluationData, threshold: float | Mapping[str, Any] = 0.5, kind: MatrixKind = "count"
) -> pd.DataFrame:
    """Cross labels (rows) with predictions (columns).

    Parameters
    ----------
    threshold
        As in :meth:`table`; used by ``"count"`` only.
    kind
        ``"count"``: inputs labelled with the row whose score for the column is at least the threshold, so a
        row need not sum to its inputs (the platform's definition). ``"argmax"``: inputs labelled with the
        row whose highest score is the column's (the first of equals). ``"probability"``: mean score of the
        column over inputs labelled with the row; NaN for a row without inputs.

    Raises
    ------
    ValueError
        When the kind is none of the three, or a threshold is missing or NaN.
    EvalError
        When the kind needs a test set that was not sent.
    """
    import pandas as pd

    if kind not in ("count", "argmax", "probability"):
        raise ValueError(f'kind={kind!r} is not known; choose "count", "argmax" or "probability".')
    values, source = e.numbers.matrix(kind, threshold)
    frame = pd.DataFrame(
        values.reshape(len(e.concepts), len(e.concepts)),
        index=pd.Index(e.concepts, name="actual", dtype="str"),
        columns=pd.Index(e.concepts, name="predicted", dtype="str"),
    )
    frame.attrs.update(source=source, kind=kind, num_inputs=e.num_inputs)
    return frame
