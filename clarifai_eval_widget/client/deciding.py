"""Wait for a run until a question is decided, and end it then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from clarifai_eval_widget.client.cancellation import Cancellation
from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import EvalError, EvaluationFailedError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client.progress import Progress
    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.deciding import Decision, Question

__all__ = ["until_decided"]


class Stoppable(Protocol):
    """What can be ended early: a run."""

    @property
    def cancellation(self) -> Cancellation | None:
        """What cancelling it came to."""

    @property
    def is_live(self) -> bool:
        """Whether the server gives metrics before the end."""

    @property
    def progress(self) -> Progress:
        """The progress last seen."""

    def done(self) -> bool:
        """Whether it has ended."""

    def evaluation(self) -> Evaluation:
        """The evaluation as it is now."""

    def result(self, timeout: float | None, on_progress: Callable[[Progress], object] | None) -> Evaluation:
        """Wait for the end."""

    def cancel(self, *, reason: str) -> Cancellation:
        """End it."""


def until_decided(run: Stoppable, *, better_than: Any, timeout: float | None, **asked: Any) -> Decision:
    """Look at every state of a run, and end it once a question is decided; see :meth:`Run.stop_when_decided`."""
    from clarifai_eval_widget.evaluation.deciding import Question

    other = better_than.evaluation() if hasattr(better_than, "result_if_read") else better_than
    question = Question(better_than=other, **asked)
    if not run.is_live:
        raise InvalidRequestError(
            "Only the local server gives results before the end and can end a run: on Clarifai's platform wait for "
            "result(), and ask then."
        )
    looks = _Looks(run, question)
    try:
        looks.at(run.progress)
        whole = run.result(timeout, looks.at)
    except EvaluationFailedError:
        if looks.decision is None or run.cancellation is not Cancellation.ENDED:
            raise
        return replace(looks.decision, evaluation=run.evaluation())
    return replace(looks.decision, evaluation=whole) if looks.decision is not None else question.decide(whole)


class _Looks:
    """Decides at every new state, and ends the run with the first answer."""

    def __init__(self, run: Stoppable, question: Question) -> None:
        self._run = run
        self._question = question
        self._seen = (0, 0)
        self.decision: Decision | None = None

    def at(self, progress: Progress) -> None:
        """Look at the results so far, if there are any that have not been looked at."""
        counted = (progress.folds_done, progress.inputs_done)
        if self.decision is not None or self._run.done() or counted == self._seen:
            return
        try:
            found = self._question.decide(self._run.evaluation())
        except EvalError as error:
            if self._run.done() or is_transient(error):
                return  # looked at again with the next state, or at the end
            raise
        self._seen = counted
        if found.decided:
            self.decision = found
            self._run.cancel(reason=f"decided: {found}")
