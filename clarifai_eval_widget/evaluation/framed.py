"""Frames of one row a concept, whose columns and their kinds do not go by how many concepts there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.evaluation.codes import codes_of
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.evaluation.named import shown_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["by_concept"]


def by_concept(
    e: EvaluationData, concepts: Sequence[str], rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]
) -> pd.DataFrame:
    """Frame what was found of concepts: name, the columns of these dtypes, conditions (codes), reason, source."""
    import pandas as pd

    dtypes = {"name": "str", **columns, "conditions": "str", "reason": "str", "source": "str"}
    whole = [
        {"name": name, **row, "conditions": codes_of(conditions_of(e), concept), "source": e.numbers.words}
        for name, concept, row in zip(shown_names(concepts, e), concepts, rows, strict=True)
    ]
    frame = pd.DataFrame(whole, columns=list(dtypes), index=pd.Index(concepts, name="concept", dtype="str"))
    return frame.astype(dtypes)
