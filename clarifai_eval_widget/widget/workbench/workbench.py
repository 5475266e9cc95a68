"""What is on screen of an evaluation: packed for the page, renewed, and asked for panel by panel."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import InvalidRequestError, NotFoundError, not_found
from clarifai_eval_widget.evaluation.conditions import conditions_of
from clarifai_eval_widget.widget.aside import HELPER, OverError, Submit
from clarifai_eval_widget.widget.wire.contract import Compare, Listen, MediaRequest, Narrow, PanelRequest
from clarifai_eval_widget.widget.wire.packing import Payload, Section, pack
from clarifai_eval_widget.widget.wire.requests import Handler
from clarifai_eval_widget.widget.workbench.caption import BASE, Caption, given_caption
from clarifai_eval_widget.widget.workbench.comparison import Comparison
from clarifai_eval_widget.widget.workbench.media import Media
from clarifai_eval_widget.widget.workbench.narrowing import Narrowing
from clarifai_eval_widget.widget.workbench.own_figures import sent_matrices
from clarifai_eval_widget.widget.workbench.panel_data import PanelData, checked
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.settling import settle_concepts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.heads import ExactCounts

__all__ = ["GIVEN", "Encoded", "Workbench", "encoded_aside", "exact_counts"]

_log = logging.getLogger("clarifai_eval_widget")

GIVEN = "given"
"""Key of an evaluation that no run of the widget made."""
_NOTHING = Caption("", "", "scores", "")
_MOST_SENT = 5_000_000  # decisions to hand to another process: of more, 25 MB would be copied with every state


@dataclass(frozen=True)
class Encoded:
    """An evaluation as the page gets it."""

    results: bytes = b""
    """Packed; empty where there is nothing to draw."""
    stops: frozenset[float] = frozenset()
    """The thresholds that ``results`` has counts at."""


class Workbench:
    """Keeps one evaluation on screen. Works without a server; safe to use from several threads.

    Parameters
    ----------
    screen
        Its traits are set from here.
    only
        Name of the one panel that is shown; empty for all.
    """

    def __init__(self, screen: Screen, *, only: str = "") -> None:
        self._screen = screen
        self._only = only
        self._stops: frozenset[float] = frozenset()
        self._revision = 0
        self._goes_on = False  # whether what is shown has not ended
        self._given = 0
        self._panel_data = PanelData()
        self.aside: Callable[[], Submit | None] = lambda: None
        """Gives what queues a task for a process of the local server's."""
        self.caption = _NOTHING
        """The words that go with what is on screen."""
        self.comparison = Comparison(screen)
        """What is compared."""
        self.comparison.words = self._words
        self.narrowing = Narrowing(screen, self)
        """Which of the inputs are on screen."""
        self.held: Callable[[str], tuple[Evaluation, int] | None] = lambda _run: None
        """Finds the evaluation of a run that is not on screen, and its revision; None when it has none."""
        self.media = Media(lambda run: self._find(run)[0])
        """Loads what inputs are, where that stands at an address."""

    @property
    def revision(self) -> int:
        """The state of what is on screen."""
        return self._revision

    @property
    def handlers(self) -> list[Handler[Any]]:
        """What the page can ask for."""
        return [
            Handler(PanelRequest, self.panel),
            Handler(Listen, lambda _: None),
            Handler(MediaRequest, self.media.load),
            Handler(Narrow, self.narrowing.narrow),
            Handler(Compare, lambda asked: self.comparison.choose(asked["runs"])),
        ]

    @staticmethod
    def encode(evaluation: Evaluation | None, caption: Caption, revision: int, *, only: str = "") -> Encoded:
        """Pack what follows the threshold: the base, and the panels that travel with it.

        Parameters
        ----------
        evaluation
            Complete or not; None and one that knows no concept yet give nothing to draw.
        caption
            The words that go with it.
        revision
            A number that grows with every state of the same run.
        only
            Name of the one panel that is shown; empty for all.
        """
        if evaluation is None or not evaluation.concepts:
            return Encoded()
        from clarifai_eval_widget.widget.workbench.base import encode_base

        base = encode_base(evaluation, caption)
        sections: dict[str, Section] = {BASE.name: base}
        wanted = {name: panel for name, panel in all_panels().items() if panel.travels and only in ("", name)}
        sections |= {name: panel.encode(evaluation, {}) for name, panel in wanted.items()}
        stops = frozenset(base.arrays["stops"].tolist()) if base.head["has_counts"] else frozenset()
        return Encoded(pack(Payload(caption.run, revision, sections)), stops)

    def give(self, evaluation: Evaluation | None) -> None:
        """Put an evaluation on screen that no run of the widget made; with None take off what is there."""
        if evaluation is None:
            self.clear()
            return
        with self._screen.together():
            self._given += 1  # never used twice, or panels would get what an earlier one was answered with
            revision = self._given
            self.comparison.rename(GIVEN)
        self.show(evaluation, given_caption(evaluation, GIVEN), revision=revision)

    def compare(self, evaluations: Iterable[Any], names: Sequence[str] | None = None) -> None:
        """Compare what is named in Python; where nothing is on screen, the first of it is put there."""
        self.comparison.name(evaluations, names)
        first = next(iter(self.comparison.members), None)
        if self._screen.evaluation is None and first is not None and first.evaluation is not None:
            self.show(first.evaluation, given_caption(first.evaluation, first.key), revision=first.revision)

    def show(
        self,
        evaluation: Evaluation | None,
        caption: Caption,
        *,
        revision: int,
        only_over: str | None = None,
        together: Callable[[], None] = lambda: None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Put an evaluation on screen, or with ``only_over`` only where the user has not turned to another meanwhile.

        Parameters
        ----------
        evaluation, caption, revision
            As in :meth:`encode`.
        only_over
            The run in whose place alone it is put there: its own, which is renewed, or the one shown when that was
            decided; an empty string where nothing is shown.
        together
            Called while the screen is held, to set what must reach the page with it.
        is_over
            Whether a newer state is known, which will be shown in place of this one.

        Returns
        -------
        bool
            Whether it is on screen now.
        """
        if only_over is not None and self._screen.viewing != only_over:
            return False
        renews = only_over == caption.run
        try:
            encoded = encoded_aside(self.aside(), evaluation, caption, revision, only=self._only, is_over=is_over)
        except OverError:
            return False
        with self._screen.together():
            # Two threads may have read the same run: the one that took longer must not bring back an older state.
            if only_over is not None and self._screen.viewing != only_over:
                return False
            if renews and revision < self._revision:
                return False
            goes_on = self._goes_on and self._screen.viewing == caption.run
            settle_concepts(self._screen, evaluation, unchecked=goes_on or not self._screen.results)
            self._goes_on = evaluation is not None and not evaluation.complete
            self._stops, self._revision, self.caption = encoded.stops, revision, caption
            if not renews:
                self._screen.selection = None
            narrowed = self.narrowing.words(caption.run)
            self._screen.publish(viewing=caption.run, results=encoded.results, narrowed=narrowed)
            self._screen.evaluation = evaluation
            self._screen.slice = self.narrowing.slice()
            self.renew_exact_counts()
            together()
        return True

    def clear(self) -> None:
        """Take what is shown off the screen."""
        self.show(None, _NOTHING, revision=0)

    def close(self) -> None:
        """Take what is shown off the screen, and let go of everything."""
        self.clear()
        self.comparison.give(())
        self.media.close()
        self._panel_data = PanelData()
        self.held = lambda _run: None

    def renew_exact_counts(self) -> None:
        """Give the page exact counts for thresholds at which the slider cannot stop."""
        screen = self._screen
        with screen.together():
            evaluation = screen.evaluation
            counted = None
            if evaluation is not None and self._stops:
                at = {concept: screen.thresholds.get(concept, screen.threshold) for concept in evaluation.concepts}
                if not self._stops.issuperset(at.values()):
                    counted = exact_counts(evaluation, at, run=screen.viewing, revision=self._revision)
            screen.publish(exact_counts=counted)

    def panel(self, asked: PanelRequest) -> list[bytes]:
        """Encode what a panel asks for, on the thread it asks on.

        Where the run has moved on since, the answer is its newest state, and says so by its revision: a panel in view
        of a run that grows would else show errors in between.

        Raises
        ------
        NotFoundError
            When there is no such panel, or no evaluation of that run is held.
        InvalidRequestError
            When the page knows of a later state than there is, as after a restart of the kernel, or the parameters
            are not the panel's.
        EvalError
            When the panel has nothing to show of this evaluation; it says why.
        """
        panel = all_panels().get(asked["panel"])
        if panel is None:
            raise not_found("panel", asked["panel"], all_panels())
        evaluation, revision = self._find(asked["run"])
        if asked["revision"] > revision:
            raise InvalidRequestError(
                f"The page asked for state {asked['revision']} of the evaluation; {revision} is the newest: ask again."
            )
        params = checked(panel, asked["params"])
        others = [self._find(key) for key in panel.others(params)] if panel.others is not None else []
        data = self._panel_data.packed(panel, evaluation, asked["run"], revision, params, others=others)
        if panel.select is not None:
            self._select(asked["run"], panel.select(evaluation, [other for other, _ in others], params))
        return [data]

    def _words(self) -> tuple[str, str]:
        """Say what is on screen, and how it was had; of a part of the inputs, of which."""
        narrowed = self._screen.narrowed
        return self.caption.title, self.caption.kind_label + (f", only {narrowed}" if narrowed else "")

    def _select(self, run: str, selection: pd.DataFrame | None) -> None:
        """Let Python see the inputs that the page shows; those already seen are no change."""
        with self._screen.together():
            if run == self._screen.viewing and selection is not self._screen.selection:
                self._screen.selection = selection

    def _find(self, run: str) -> tuple[Evaluation, int]:
        with self._screen.together():
            if run == self._screen.viewing and self._screen.evaluation is not None:
                return self._screen.evaluation, self._revision
        found = self.held(run) or self.comparison.find(run)
        if found is None:
            raise NotFoundError(f"No evaluation of the run {run!r} is held here: view it first.")
        return found


def encoded_aside(
    aside: Submit | None,
    evaluation: Evaluation | None,
    caption: Caption,
    revision: int,
    *,
    only: str = "",
    is_over: Callable[[], bool] = lambda: False,
) -> Encoded:
    """Encode as :meth:`Workbench.encode` does, in another process while threads of this one are held up.

    A state that is over by the time that it would be begun raises OverError.
    """
    if evaluation is None or evaluation.label_array.size > _MOST_SENT:
        return Workbench.encode(evaluation, caption, revision, only=only)
    # Not what was received: no panel that travels needs it, and it is many times the rest.
    caption = replace(caption, sent=sent_matrices(evaluation))
    sent = replace(evaluation, received=())
    sent.conditions_found = conditions_of(evaluation)  # some of them are told by what was received
    return HELPER.run(aside, partial(Workbench.encode, sent, caption, revision, only=only), is_over=is_over)


def exact_counts(evaluation: Evaluation, at: Mapping[str, float], *, run: str, revision: int) -> ExactCounts:
    """Count each concept at its own threshold."""
    pairs = [evaluation.counts(concept).at(at[concept]) for concept in evaluation.concepts]
    return {
        "run": run,
        "revision": revision,
        "thresholds": [float(at[concept]) for concept in evaluation.concepts],
        "tps": [int(tps) for tps, _ in pairs],
        "fps": [int(fps) for _, fps in pairs],
    }
