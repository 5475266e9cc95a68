"""Which evaluations are compared: runs that are ticked, and evaluations given in Python."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget import metrics
from clarifai_eval_widget.errors import InvalidRequestError, not_found
from clarifai_eval_widget.widget.workbench.relabelling import RELABELLED, known_relabels
from clarifai_eval_widget.words import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.contract import ComparedRow

__all__ = ["MOST", "Compared", "Comparison", "read_named"]

MOST = 6
"""Evaluations compared at once: of more, no two curves can be told apart."""


@dataclass(frozen=True)
class Compared:
    """An evaluation that is or may be compared."""

    key: str
    """Of its run, or its own where no run made it."""
    title: str
    """What was evaluated."""
    kind_label: str
    """How, on what data."""
    evaluation: Evaluation | None
    """None until it has been read."""
    revision: int = 1
    """Grows with every state of it."""
    failure: str = ""
    """Why it cannot be read, empty while it can."""

    @property
    def row(self) -> ComparedRow:
        """What the page is told of it."""
        return {
            "run": self.key,
            "title": self.title,
            "kind_label": self.kind_label,
            "revision": self.revision if self.evaluation is not None else 0,
            "failure": self.failure,
        }


def read_named(members: Iterable[Compared]) -> list[tuple[str, Evaluation]]:
    """Give those compared that have been read, each with its title, or how it was had where titles are alike."""
    read = [(one, one.evaluation) for one in members if one.evaluation is not None]
    titled = len({one.title for one, _ in read}) > 1
    return [(one.title if titled else one.kind_label, e) for one, e in read]


class Comparison:
    """Keeps the evaluations compared, the one that the others are measured against first. Safe from several threads.

    Parameters
    ----------
    screen
        Its traits are set from here.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._members: tuple[Compared, ...] = ()
        self._given = 0
        self._relabellings = 0
        self.describe: Callable[[str], Compared | None] = lambda _key: None
        """Says what a run of the widget is; None for a key that is no run's."""
        self.words: Callable[[], tuple[str, str]] = lambda: ("Evaluation", "Scores given in Python")
        """Says what is on screen, and how it was had."""
        self.want: Callable[[str], None] = lambda _key: None
        """Has a run read that has not been."""
        self.key_of: Callable[[object], str | None] = lambda _one: None
        """Finds the key of a Run, or of an Evaluation that a run of the widget made; None for any other."""

    @property
    def members(self) -> tuple[Compared, ...]:
        """What is compared, the first of them what the others are measured against."""
        return self._members

    def find(self, key: str) -> tuple[Evaluation, int] | None:
        """The evaluation compared under a key, and its revision; None where there is none."""
        for one in self._members:
            if one.key == key and one.evaluation is not None:
                return one.evaluation, one.revision
        return None

    def choose(self, keys: Sequence[str]) -> None:
        """Compare these and no others, each a run of the widget or compared already.

        Raises
        ------
        NotFoundError
            When a key is none of these.
        InvalidRequestError
            When there are too many to be told apart.
        """
        wanted = list(dict.fromkeys(keys))
        self._check_number(len(wanted))
        held = {one.key: one for one in self._members}
        members = []
        for key in wanted:
            found = self._described(key) or held.get(key)
            if found is None:
                raise not_found("run", key, held)
            members.append(found)
        self._set(members)

    def _described(self, key: str) -> Compared | None:
        """Say what a key stands for: a run, what is on screen, or either with the labels proposed."""
        if key.endswith(RELABELLED):
            base = self._described(key.removesuffix(RELABELLED)) or self._member(key.removesuffix(RELABELLED))
            return self._relabelled(base) if base is not None else None
        found = self.describe(key)
        if found is None and key == self._screen.viewing and self._screen.evaluation is not None:
            title, about = self.words()
            found = self._member(key) or Compared(key, title, about, self._screen.evaluation)
        return found

    def _member(self, key: str) -> Compared | None:
        return next((one for one in self._members if one.key == key), None)

    def _relabelled(self, base: Compared) -> Compared:
        if base.evaluation is None:
            return replace(base, key=base.key + RELABELLED)
        known = known_relabels(base.evaluation, self._screen.relabels)
        after: Evaluation = base.evaluation.relabel(known).after
        about = f"With the labels proposed for {plural(len(known), 'input')}"
        self._relabellings += 1
        return Compared(base.key + RELABELLED, base.title, about, after, self._relabellings)

    def renew_relabelled(self) -> None:
        """Follow the marks, where evaluations with the labels proposed are compared."""
        for one in self._members:
            if one.key.endswith(RELABELLED):
                self.renew(one.key)

    def name(self, evaluations: Iterable[Any], names: Sequence[str] | None = None) -> None:
        """Compare what is named in Python, each a Run, a run's key, or an Evaluation.

        Raises
        ------
        TypeError
            When one is none of these.
        InvalidRequestError
            When there are too many to be told apart, or not as many names.
        """
        wanted = list(evaluations)
        if names is not None and len(names) != len(wanted):
            raise InvalidRequestError(f"{len(names)} names for {len(wanted)} evaluations: give one for each, or none.")
        members = [self._named(one, names[at] if names is not None else "", at) for at, one in enumerate(wanted)]
        self.give(members)

    def _named(self, one: Any, name: str, at: int) -> Compared:
        screen = self._screen
        key = one if isinstance(one, str) else self.key_of(one)
        if key is not None:
            found = self.describe(key) or next((held for held in self._members if held.key == key), None)
            if found is None:
                raise not_found("run", key, [held.key for held in self._members])
            return replace(found, title=name or found.title)
        evaluation = one.evaluation() if callable(getattr(one, "evaluation", None)) else one
        if not hasattr(evaluation, "concepts"):
            raise TypeError(f"compare takes Runs and Evaluations, not a {type(one).__name__}: {one!r}.")
        shown = evaluation is screen.evaluation
        title = name or getattr(one, "id", "") or f"Evaluation {chr(ord('A') + at)}"
        return Compared(screen.viewing if shown else "", title, "Given in Python", evaluation)

    def give(self, members: Iterable[Compared]) -> None:
        """Compare these and no others; one without a key gets one."""
        named = list(members)
        self._check_number(len(named))
        with self._screen.together():
            for at, one in enumerate(named):
                if not one.key:
                    self._given += 1
                    named[at] = replace(one, key=f"compared-{self._given}")
            self._set(named)

    def rename(self, key: str) -> None:
        """Give what is compared under a key one of its own: the key will stand for another evaluation."""
        with self._screen.together():
            if any(one.key == key for one in self._members):
                self.give(replace(one, key="") if one.key == key else one for one in self._members)

    def renew(self, key: str) -> None:
        """Follow a run that has moved on, if it is compared."""
        if any(one.key == key + RELABELLED for one in self._members):
            self.renew(key + RELABELLED)
        with self._screen.together():
            if any(one.key == key for one in self._members):
                self._show([(self._described(key) or one) if one.key == key else one for one in self._members])

    def _check_number(self, number: int) -> None:
        if number > MOST:
            raise InvalidRequestError(f"{number} evaluations are too many to tell apart: compare {MOST} at most.")

    def _set(self, members: Sequence[Compared]) -> None:
        self._show(members)
        for one in members:
            if one.evaluation is None and not one.failure:
                self.want(one.key.removesuffix(RELABELLED))

    def _show(self, members: Sequence[Compared]) -> None:
        frame = tabulated(members) if members else None
        with self._screen.together():
            self._members = tuple(members)
            self._screen.publish(comparison=[one.row for one in members])
            self._screen.compared = frame


def tabulated(members: Sequence[Compared]) -> pd.DataFrame:
    """Tabulate evaluations, one a row.

    Returns
    -------
    pandas.DataFrame
        Index ``run``; columns ``title``, ``kind`` (how and on what data), ``inputs``, ``concepts``, ``roc_auc`` (the
        mean over the concepts that have one; NaN until it has been read) and ``evaluation``, the objects themselves:
        ``a.compare(b)`` of two of them tests their difference.
    """
    import pandas as pd

    columns: dict[str, Any] = {
        "title": [one.title for one in members],
        "kind": [one.kind_label for one in members],
        "inputs": pd.array([one.evaluation and one.evaluation.num_inputs for one in members], "Int64"),
        "concepts": pd.array([one.evaluation and len(one.evaluation.concepts) for one in members], "Int64"),
        "roc_auc": [_macro(one.evaluation) for one in members],
        "evaluation": pd.Series([one.evaluation for one in members], dtype=object).to_numpy(),
    }
    return pd.DataFrame(columns, index=pd.Index([one.key for one in members], name="run", dtype="str"))


def _macro(evaluation: Evaluation | None) -> float:
    areas = [] if evaluation is None else [evaluation.roc_auc(concept) for concept in evaluation.concepts]
    return metrics.mean_defined(areas)[0]
