"""What panels asked for, packed, and kept for the next time."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, get_type_hints

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.widget.wire.packing import Payload, pack
from clarifai_eval_widget.widget.wire.shape import mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.panel import Panel

__all__ = ["PanelData", "checked", "checked_look"]

_KEPT = 16  # several views of a few concepts; a histogram is 1 kB, a panel of single inputs may be 1 MB


class PanelData:
    """Encodes sections on demand; the last few stay, by run, revision, panel and parameters."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, str, str, tuple[int, ...]], bytes] = OrderedDict()

    def packed(
        self,
        panel: Panel,
        evaluation: Evaluation,
        run: str,
        revision: int,
        params: Mapping[str, Any],
        *,
        others: Sequence[tuple[Evaluation, int]] = (),
    ) -> bytes:
        """Pack a panel's section of an evaluation.

        Parameters
        ----------
        panel
            What to encode.
        evaluation
            The state to encode it of.
        run, revision
            Which state that is.
        params
            As the page gave them.
        others
            The further evaluations that the panel needs, with their revisions.

        Raises
        ------
        InvalidRequestError
            When the parameters are not the panel's.
        """
        known = checked(panel, params)
        states = tuple(state for _, state in others)
        key = (run, revision, panel.name, json.dumps(known, sort_keys=True), states)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        # Outside the lock: one slow panel must not hold up the others.
        if panel.encode_beside is not None:
            section = panel.encode_beside(evaluation, [other for other, _ in others], known)
        else:
            section = panel.encode(evaluation, known)
        data = pack(Payload(run, revision, {panel.name: section}))
        with self._lock:
            self._kept[key] = data
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return data


def checked(panel: Panel, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that the panel declares.

    Raises
    ------
    InvalidRequestError
        When they are not the panel's.
    """
    return _fitting(panel, params, panel.params, "its parameters")


def checked_look(panel: Panel, look: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the panel is looked at, as it declares that.

    Raises
    ------
    InvalidRequestError
        When it is not looked at like that.
    """
    return _fitting(panel, look, panel.look, "how it is looked at")


def _fitting(panel: Panel, given: Mapping[str, Any], kind: type, what: str) -> dict[str, Any]:
    if said := mismatch(given, kind):
        raise InvalidRequestError(f"The panel {panel.name!r} cannot read {what}: {said}.")
    return {name: given[name] for name in get_type_hints(kind) if name in given}
