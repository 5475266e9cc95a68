"""Labels proposed in the page, written to the server once that was confirmed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.widget.wire.contract import WriteLabels
from clarifai_eval_widget.widget.wire.failures import failure
from clarifai_eval_widget.widget.wire.requests import Handler
from clarifai_eval_widget.widget.workbench.relabelling import known_relabels

if TYPE_CHECKING:
    from collections.abc import Callable

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.evaluation.relabelling import Relabelling
    from clarifai_eval_widget.widget.platform.lanes import Lane
    from clarifai_eval_widget.widget.screen import Screen
    from clarifai_eval_widget.widget.wire.rows import Written

__all__ = ["LabelWriter"]


class LabelWriter:
    """Writes what was confirmed, unless something is being written, and publishes what came of the last.

    Parameters
    ----------
    screen
        The marks are its ``relabels``; its trait ``written`` is set from here.
    lane
        Where the server is asked.
    client
        Gives who asks it.
    """

    def __init__(self, screen: Screen, lane: Lane, client: Callable[[], EvalClient]) -> None:
        self._screen = screen
        self._lane = lane
        self._client = client

    @property
    def handler(self) -> Handler[WriteLabels]:
        """What the page can ask for."""
        return Handler(WriteLabels, self.write)

    def write(self, asked: WriteLabels) -> None:
        """Have the marks written, if they are those that were confirmed.

        Raises
        ------
        InvalidRequestError
            When the marks or what is on screen have changed since, there is nowhere to write to, or labels are being
            written: another view of the widget may have confirmed the same.
        """
        screen = self._screen
        with screen.together():
            evaluation = screen.evaluation
            if screen.written is not None and screen.written["busy"]:
                raise InvalidRequestError("Labels are being written: wait for what comes of it.")
            if evaluation is None or screen.viewing != asked["run"] or screen.relabels != asked["relabels"]:
                raise InvalidRequestError("The marks have changed since they were shown: look at them again.")
            if evaluation.info.home is None:
                raise InvalidRequestError("The evaluation does not say in which app its inputs are.")
            relabelling: Relabelling = evaluation.relabel(known_relabels(evaluation, asked["relabels"]))
            run = screen.viewing
            screen.publish(written={"run": run, "busy": True, "inputs": [], "refused": [], "failure": None})
        client = self._client()
        self._lane.submit(lambda: self._write(relabelling, client, run))

    def _write(self, relabelling: Relabelling, client: EvalClient, run: str) -> None:
        try:
            found = client.write_labels(relabelling)
        except Exception as error:
            told = failure(error) if isinstance(error, EvalError) else None
            self._screen.publish(written={"run": run, "busy": False, "inputs": [], "refused": [], "failure": told})
            if told is None:  # the lane logs and shows it
                raise
            return
        done = found["failure"] == ""
        refused = [f"{row.input_id}: {row.failure}" for row in found[~done].itertuples()]
        inputs = [str(one) for one in found["input_id"][done]]
        told_of: Written = {"run": run, "busy": False, "inputs": inputs, "refused": refused, "failure": None}
        self._screen.publish(written=told_of)
