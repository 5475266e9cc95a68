"""What callers give of inputs, one value each, put beside them: by an index where it has one, never by place then."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clarifai_eval_widget.evaluation.data import EvaluationData

__all__ = ["aligned", "beside", "check_order", "has_index", "in_order", "in_order_of", "is_frame", "is_series"]


def is_frame(data: Any) -> bool:
    """Whether it has columns, as a DataFrame has."""
    return hasattr(data, "columns") and hasattr(data, "to_numpy")


def is_series(data: Any) -> bool:
    """Whether it is a column with an index, as a Series is."""
    return hasattr(data, "index") and hasattr(data, "to_numpy") and not hasattr(data, "columns")


def has_index(data: Any) -> bool:
    """Whether its rows have names; not every library's frame has an index."""
    return (is_frame(data) or is_series(data)) and hasattr(data, "index")


def aligned(data: Any, like: Any, what: str) -> Any:
    """Put data that have an index in the order of the scores' (or labels') index."""
    if not has_index(data) or not has_index(like) or data.index.equals(like.index):
        return data
    if data.index.is_unique and like.index.is_unique and set(data.index) == set(like.index):
        return data.loc[like.index]
    held = set(data.index)
    missing = [one for one in like.index if one not in held]
    raise ValueError(
        f"The {what}s' index does not hold the same inputs as the scores' index"
        + (f"; without a {what}: {listed(missing)}." if missing else ".")
    )


def in_order(data: Any, ids: Sequence[str] | None, what: str) -> Any:
    """Put data whose index holds the input ids in their order; others, and an index that counts rows, stay.

    Parameters
    ----------
    data
        One value or row an input.
    ids
        Of the inputs; None where they have none.
    what
        What the data are, in the plural.

    Raises
    ------
    ValueError
        When the index holds some of the ids and not others, or one more than once in another order.
    """
    if ids is None or not _names_rows(data):
        return data
    held, wanted = list(map(str, data.index)), list(map(str, ids))
    if held == wanted or set(held).isdisjoint(wanted):
        return data
    if (there := Counter(held)) != (needed := Counter(wanted)):
        missing, others = list(needed - there), list(there - needed)
        which = (
            f"only some of the input ids, not {listed(map(repr, missing), 3)}"
            if missing
            else f"more than the input ids, also {listed(map(repr, others), 3)}"
        )
        raise ValueError(
            f"The index of the {what} holds {which}: give one of each input, or an array in the inputs' order."
        )
    place = {one: row for row, one in enumerate(held)}
    if len(place) < len(held):
        raise ValueError(
            f"The index of the {what} holds an input id more than once, in another order than the inputs: give an "
            "array in the inputs' order."
        )
    return data.iloc[[place[one] for one in wanted]]


def in_order_of(e: EvaluationData, data: Any, what: str) -> Any:
    """Put data in the order of an evaluation's inputs, by the ids that were given of these; see :func:`in_order`."""
    return in_order(data, e.input_ids if e.has_input_ids else None, what)


def beside(data: Any, others: Iterable[Any], ids: Sequence[str] | None, what: str) -> Any:
    """Put data in the order of the first index of others, or of the input ids where none of these has one."""
    like = next(filter(has_index, others), None)
    return in_order(data, ids, f"{what}s") if like is None else aligned(data, like, what)


def check_order(what: str, data: Any, ids: Sequence[str]) -> None:
    """Refuse ids that an index holds in another order; one that only counts the rows names none."""
    if not _names_rows(data):
        return
    held = tuple(map(str, data.index))
    if held != tuple(ids) and sorted(held) == sorted(ids):
        raise ValueError(
            f"The {what}' index holds the input ids in another order ({listed(held, 3)}) than input_ids "
            f"({listed(ids, 3)}); leave out input_ids, or bring them into one order."
        )


def _names_rows(data: Any) -> bool:
    import pandas as pd

    return has_index(data) and not isinstance(data.index, pd.RangeIndex)
