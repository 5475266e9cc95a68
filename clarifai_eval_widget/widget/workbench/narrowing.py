"""Some of the inputs by themselves on screen, and the way back to all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Narrow
    from clarifai_eval_widget.widget.workbench.caption import Caption

__all__ = ["FOLD", "LISTED", "Narrowing", "fields_of", "values_of"]

FOLD = "fold"
"""What slices by the fold that predicted an input go by; of that name no metadata field is offered then."""
LISTED = "~listed"
"""Stands for the inputs that are listed, in place of a field."""
_MOST = 50  # values of a field: of more the field tells inputs apart, not kinds of them


def fields_of(evaluation: Evaluation) -> list[str]:
    """Name what the inputs can be sliced by: folds, and metadata fields of two to fifty values."""
    fields = [FOLD] if len(evaluation.fold_numbers) > 1 else []
    table = evaluation.metadata
    others = (str(field) for field in table if field not in fields)
    return fields + [one for one in others if 1 < table[one].dropna().astype(str).nunique() <= _MOST]


def values_of(evaluation: Evaluation, field: str) -> NDArray[np.object_]:
    """Return every input's value of a field, as text; empty where it has none.

    Raises
    ------
    InvalidRequestError
        When the inputs cannot be sliced by it.
    """
    if field not in fields_of(evaluation):
        raise InvalidRequestError(f"The inputs of this evaluation cannot be sliced by {field!r}.")
    if field == FOLD and evaluation.folds is not None and len(evaluation.fold_numbers) > 1:
        return evaluation.folds.astype(str).astype(object)
    column = evaluation.metadata[field]
    values: NDArray[np.object_] = column.astype(str).where(column.notna(), "").to_numpy(object)
    return values


class Narrowable(Protocol):
    """Where an evaluation is shown under its caption, in one of its states."""

    caption: Caption

    @property
    def revision(self) -> int: ...

    def show(self, evaluation: Evaluation, caption: Caption, *, revision: int) -> bool: ...


class Narrowing:
    """Puts slices of what is on screen there by themselves. Safe to use from several threads.

    Parameters
    ----------
    screen
        What is on it is narrowed.
    stage
        Shows the slice, and what it is of again.
    """

    def __init__(self, screen: Screen, stage: Narrowable) -> None:
        self._screen = screen
        self._stage = stage
        self._number = 0
        self._of: tuple[Evaluation, Caption, int] | None = None
        self._words = ""
        self._key = ""

    def words(self, run: str) -> str:
        """What a slice is of; empty for the key of a run, which then is no slice's any more."""
        if run == self._key:
            return self._words
        self._of, self._words, self._key = None, "", ""
        return ""

    def narrow(self, asked: Narrow) -> None:
        """Show some of the inputs on screen by themselves, or all of them again.

        Raises
        ------
        InvalidRequestError
            When something else is on screen by now, it still grows, or nothing is left.
        """
        screen, stage = self._screen, self._stage
        with screen.together():
            evaluation, caption = screen.evaluation, stage.caption
            if evaluation is None or screen.viewing != asked["run"]:
                raise InvalidRequestError("Something else is on screen by now.")
            if not asked["by"]:
                if self._of is not None:
                    whole, shown, revision = self._of
                    stage.show(whole, shown, revision=revision)
                return
            if not evaluation.complete:
                raise InvalidRequestError("The evaluation still grows: wait for its end to look at a part of it.")
            rows, words = self._rows(evaluation, asked)
            of = self._of or (evaluation, caption, stage.revision)
            part = evaluation.slice(rows)
            self._number += 1
            self._words = f"{self._words}, {words}" if self._words else words
            self._of, self._key = of, f"{of[1].run}~part {self._number}"
            stage.show(part, replace(caption, run=self._key, notes=tuple(part.notes)), revision=1)

    def _rows(self, evaluation: Evaluation, asked: Narrow) -> tuple[NDArray[Any], str]:
        import numpy as np

        if asked["by"] == LISTED:
            selection = self._screen.selection
            listed = set() if selection is None else set(selection["input_id"].astype(str))
            rows = np.array([one in listed for one in evaluation.input_ids])
            words = plural(int(rows.sum()), "input") + " listed"
        else:
            rows = (values_of(evaluation, asked["by"]) == asked["value"]).astype(bool)
            words = f"{asked['by']} {asked['value']}"
        if not rows.any():
            raise InvalidRequestError(f"No input is in the slice {words!r}.")
        return rows, words
