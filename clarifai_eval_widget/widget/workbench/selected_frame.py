"""The table of inputs that ``selection`` is: a DataFrame that widgets can be linked by."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["SelectedFrame"]


class SelectedFrame(pd.DataFrame):  # type: ignore[misc] # pandas tells mypy nothing
    """A DataFrame that is equal to itself as a whole; with any other, and in all else, it is what pandas makes it.

    ``ipywidgets.link`` asks whether a trait still has the value that it was given. Of DataFrames the answer is a table,
    which has no truth: linked selections raised an error.
    """

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame  # what is made from it is an ordinary one

    def __eq__(self, other: object) -> Any:
        """Whether it is the same table; of another, cell by cell."""
        return True if other is self else super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        """Whether it is another table; of another, cell by cell."""
        return False if other is self else super().__ne__(other)

    __hash__ = None  # type: ignore[assignment] # as any DataFrame
