"""An evaluation as it is baked into a page without a kernel: state, results, and the answers to its panels."""

from __future__ import annotations

import base64
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.wire.packing import Payload, pack
from clarifai_eval_widget.widget.workbench.panel import BAKED_AT, Baking
from clarifai_eval_widget.widget.workbench.panels import all_panels
from clarifai_eval_widget.widget.workbench.taking import Look
from clarifai_eval_widget.widget.workbench.workbench import GIVEN, Workbench, exact_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.wire.rows import Drawn
    from clarifai_eval_widget.widget.workbench.caption import Caption
    from clarifai_eval_widget.widget.workbench.comparison import Compared

__all__ = ["MOST_CONCEPTS", "Shown", "bake"]

MOST_CONCEPTS = 100
"""Of so many concepts the panels that show one concept are in a file; the table and the curves have them all."""
MOST_COMPARED = 20
"""Of so many concepts the curves compared are in a file; the table of differences has them all."""
_REVISION = 1


@dataclass(frozen=True)
class Shown:
    """An evaluation and how it is looked at."""

    evaluation: Evaluation
    """Complete or not."""
    caption: Caption
    """The words that go with it."""
    threshold: float = 0.5
    """The common threshold."""
    thresholds: dict[str, float] = dataclasses.field(default_factory=dict)
    """By concept id: its own threshold."""
    concept: str | None = None
    """The concept shown; None is the macro average."""
    compared: tuple[Compared, ...] = ()
    """What is compared, the first of it what the others are measured against."""
    drawn: Drawn = dataclasses.field(default_factory=dict)  # type: ignore[assignment]
    """What the plots draw beside the curve of the concept."""
    curves: str = "roc"
    """Name of the panel whose curves are shown, of those in tabs."""

    @property
    def at(self) -> dict[str, float]:
        """Every concept's threshold."""
        return {concept: self.thresholds.get(concept, self.threshold) for concept in self.evaluation.concepts}

    def look(self, params: Mapping[str, Any], page: Mapping[str, Any] | None = None) -> Look:
        """How a panel is looked at that asks with these parameters, and what the page shows of it."""
        threshold = self.at if self.thresholds else self.threshold
        return Look(self.concept, threshold, params, self.evaluation, self.compared, self.drawn, page or {})


def bake(shown: Shown, *, inputs: bool = False) -> dict[str, Any]:
    """Give what the page's file host is opened with (``Baked`` in ``js/src/host/file.ts``).

    Parameters
    ----------
    shown
        The evaluation, and how it is looked at.
    inputs
        Whether texts and images of inputs, and their ids, may go into the file.
    """
    evaluation = shown.evaluation
    encoded = Workbench.encode(evaluation, dataclasses.replace(shown.caption, run=GIVEN), _REVISION)
    counted = None
    if encoded.stops and not encoded.stops.issuperset(shown.at.values()):
        counted = exact_counts(evaluation, shown.at, run=GIVEN, revision=_REVISION)
    state = {
        "workbench_only": True,
        "connection": {"kind": "none", "label": "", "user": "", "help": ""},
        "viewing": GIVEN,
        "status": "evaluated" if evaluation.complete else "evaluating",
        "progress": 1.0,
        "threshold": shown.threshold,
        "thresholds": shown.thresholds,
        "concept": shown.concept,
        "exact_counts": counted,
        "curves": shown.curves,
        "drawn": shown.drawn,
        "comparison": [one.row for one in _readable(shown)],
    }
    payloads = [*_payloads(shown, inputs=inputs), *_comparisons(shown)]
    return {"state": state, "results": _base64(encoded.results), "payloads": payloads}


def _payloads(shown: Shown, *, inputs: bool) -> list[dict[str, Any]]:
    evaluation = shown.evaluation
    first = [shown.concept] if shown.concept is not None else []
    concepts = [None, *dict.fromkeys([*first, *evaluation.concepts[:MOST_CONCEPTS]])]
    baking = Baking(concepts=tuple(concepts), shown=shown.concept, thresholds=shown.at, inputs=inputs)
    found = []
    for name, panel in all_panels().items():
        for params in panel.bake(evaluation, baking) if panel.bake is not None else ():
            try:
                section = panel.encode(evaluation, params)
            except EvalError:  # it has nothing to show of this evaluation; asked in the page, it says so
                continue
            data = _base64(pack(Payload(GIVEN, _REVISION, {name: section})))
            found.append({"panel": name, "run": GIVEN, "revision": _REVISION, "params": dict(params), "data": data})
    return found


def _readable(shown: Shown) -> list[Compared]:
    """What is compared of which the numbers are here, where those are two at least."""
    found = [one for one in shown.compared if one.evaluation is not None]
    return found if len(found) > 1 else []


def _comparisons(shown: Shown) -> list[dict[str, Any]]:
    """Answer what the panel "compare" asks in a file: of the macro average, the concept shown, and the first few."""
    members = _readable(shown)
    if not members:
        return []
    panel, (first, *others) = all_panels()["compare"], members
    assert panel.encode_beside is not None
    of = cast("Evaluation", first.evaluation)
    beside = [cast("Evaluation", one.evaluation) for one in others]
    wanted = [] if shown.concept is None else [shown.concept]
    found = []
    for concept in [None, *dict.fromkeys([*wanted, *of.concepts[:MOST_COMPARED]])]:
        params = {
            "others": [one.key for one in others],
            "revisions": [one.revision for one in others],
            "concept": concept,
            "threshold": BAKED_AT,
        }
        data = _base64(pack(Payload(first.key, first.revision, {"compare": panel.encode_beside(of, beside, params)})))
        found.append({"panel": "compare", "run": first.key, "revision": first.revision, "params": params, "data": data})
    return found


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
