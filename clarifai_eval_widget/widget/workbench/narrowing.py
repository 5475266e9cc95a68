"""Some of the inputs by themselves on screen, and the way back to all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import Narrow
    from clarifai_eval_widget.widget.workbench.caption import Caption

__all__ = ["FOLD", "INPUTS", "LISTED", "Narrowing", "fields_of", "values_of"]

FOLD = "fold"
"""What slices by the fold that predicted an input go by; of that name no metadata field is offered then."""
LISTED = "~listed"
"""Stands for the inputs that are listed, in place of a field."""
INPUTS = "input_id"
"""What ``slice`` names inputs by that were chosen one by one."""
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
    column = _column(evaluation, field)
    values: NDArray[np.object_] = column.astype(str).where(column.notna(), "").to_numpy(object)
    return values


def _column(evaluation: Evaluation, field: str) -> pd.Series[Any]:
    """Every input's value of a field, of the type it came in."""
    import pandas as pd

    if field == FOLD and evaluation.folds is not None and len(evaluation.fold_numbers) > 1:
        return pd.Series(evaluation.folds)
    return evaluation.metadata[field]


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
        self._slice: dict[str, Any] | None = None
        self._key = ""

    def slice(self) -> dict[str, Any] | None:
        """What the inputs on screen have in common, by field, as Python sets and reads it; None: all are there."""
        return None if self._slice is None else dict(self._slice)

    def words(self, run: str) -> str:
        """What a slice is of; empty for the key of a run, which then is no slice's any more."""
        if run == self._key:
            return self._words
        self._of, self._words, self._slice, self._key = None, "", None, ""
        return ""

    def choose(self, slice_: Mapping[str, Any] | None) -> None:
        """Show this slice of all inputs, whatever is on screen of them now; None or empty: all.

        Raises
        ------
        InvalidRequestError
            When nothing is on screen, it still grows, there is no such field or input, or nothing is left.
        """
        with self._screen.together():
            evaluation = self._screen.evaluation
            if evaluation is None:
                raise InvalidRequestError("There is no evaluation on screen to take a slice of: show one first.")
            of = self._of or (evaluation, self._stage.caption, self._stage.revision)
            if not slice_:
                self._show_all()
                return
            chosen = {str(field): _settled(of[0], str(field), value) for field, value in slice_.items()}
            if chosen == self._slice:
                return
            rows = np.ones(of[0].num_inputs, bool)
            for field, value in chosen.items():
                rows &= _rows(of[0], field, value)
            self._show_part(of, of[0], rows, chosen, ", ".join(_words(*one) for one in chosen.items()))

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
                self._show_all()
                return
            of = self._of or (evaluation, caption, stage.revision)
            field, value = self._asked(evaluation, asked)
            value = _settled(of[0], field, value)
            rows, words = _rows(evaluation, field, value), _words(field, value)
            chosen = {**(self._slice or {}), field: value}
            self._show_part(of, evaluation, rows, chosen, f"{self._words}, {words}" if self._words else words)

    def _show_all(self) -> None:
        if self._of is not None:
            whole, shown, revision = self._of
            self._stage.show(whole, shown, revision=revision)

    def _show_part(
        self,
        of: tuple[Evaluation, Caption, int],
        evaluation: Evaluation,
        rows: NDArray[np.bool_],
        chosen: dict[str, Any],
        words: str,
    ) -> None:
        if not evaluation.complete:
            raise InvalidRequestError("The evaluation still grows: wait for its end to look at a part of it.")
        if not rows.any():
            raise InvalidRequestError(f"No input is in the slice {words!r}.")
        part = evaluation.slice(rows)
        self._number += 1
        self._of, self._words, self._slice = of, words, chosen
        self._key = f"{of[1].run}~part {self._number}"
        self._stage.show(part, replace(of[1], run=self._key, notes=tuple(part.notes)), revision=1)

    def _asked(self, evaluation: Evaluation, asked: Narrow) -> tuple[str, Any]:
        """What the page asks for, as a field and its value."""
        if asked["by"] != LISTED:
            return asked["by"], asked["value"]
        selection = self._screen.selection
        listed = set() if selection is None else set(selection[INPUTS].astype(str))
        return INPUTS, [one for one in evaluation.input_ids if one in listed]


def _settled(evaluation: Evaluation, field: str, value: Any) -> Any:
    """A value of a field as the inputs have it, also of its text from the page; ids of inputs as a list, each once."""
    if field != INPUTS:
        same = values_of(evaluation, field) == str(value)
        return _column(evaluation, field)[same].tolist()[0] if str(value) and same.any() else str(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [str(value)]
    return list(dict.fromkeys(str(one) for one in value))


def _rows(evaluation: Evaluation, field: str, value: Any) -> NDArray[np.bool_]:
    if field != INPUTS:
        return np.asarray(values_of(evaluation, field) == str(value), bool)
    wanted = set(value)
    if unknown := sorted(wanted - set(evaluation.input_ids)):
        raise InvalidRequestError(f"There is no input {unknown[0]!r} in this evaluation: slice names inputs by id.")
    return np.array([one in wanted for one in evaluation.input_ids])


def _words(field: str, value: Any) -> str:
    return f"{plural(len(value), 'input')} listed" if field == INPUTS else f"{field} {value}"
