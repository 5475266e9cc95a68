"""A frame as CSV that a spreadsheet opens as text: names and inputs are other people's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.words import storable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["to_csv"]

# What spreadsheets run: all that begins with these. After a sign it takes a call, a sheet or a program to do harm, and
# ids may begin with a dash, so that "-7" and "-kxb_2" stay what they are (https://owasp.org/www-community/attacks/
# CSV_Injection).
_FORMULA = re.compile(r"\s*([=@]|[+-].*[(|!])", re.DOTALL)


def to_csv(frame: pd.DataFrame, *, index: bool = True) -> str:
    """Write a frame: several labels in a cell joined, and before a text that would run as a formula an apostrophe."""
    import pandas as pd

    told = frame.reset_index() if index else frame
    told = told.set_axis([_cell(name) for name in told.columns], axis=1)
    for at, kind in enumerate(told.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            told.isetitem(at, told.iloc[:, at].map(_cell, na_action="ignore").astype(object))
    written: str = told.to_csv(index=False)
    return written


def _cell(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):  # several labels
        value = "; ".join(map(str, value))
    text = "\n".join(
        re.split(r"\r\n?", storable(str(value)))
    )  # pandas does not quote a carriage return: a row ended at it
    return f"'{text}" if _FORMULA.match(text) else text
