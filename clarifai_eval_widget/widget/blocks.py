"""Single panels as widgets of their own, to be put together and linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clarifai_eval_widget.widget._widget import EvalWidget

if TYPE_CHECKING:
    from clarifai_eval_widget.evaluation import Evaluation

__all__ = ["ConceptsTable", "ConfusionMatrix", "RocPlot", "ThresholdSweep"]


class _OnePanel(EvalWidget):
    def __init__(self, evaluation: Evaluation, *, threshold: float = 0.5, concept: str | None = None) -> None:
        super().__init__(evaluation=evaluation, threshold=threshold, concept=concept)


class RocPlot(_OnePanel):
    """The ROC curve of an evaluation, with the point at the threshold.

    Parameters
    ----------
    evaluation
        Any :class:`Evaluation`; it can be set anew.
    threshold
        In [0, 1]. Link it: ``ipywidgets.jslink((roc, "threshold"), (sweep, "threshold"))`` follows in the browser,
        ``ipywidgets.link`` through the kernel.
    concept
        The concept shown, linked likewise; None is the macro average.
    """

    _panel = "roc"


class ThresholdSweep(_OnePanel):
    """Precision, recall and F1 over the threshold, and the slider that sets it; parameters as of :class:`RocPlot`."""

    _panel = "sweep"


class ConceptsTable(_OnePanel):
    """Each concept with its figures at the threshold; the row clicked is ``concept``.

    Parameters as of :class:`RocPlot`.
    """

    _panel = "concepts"


class ConfusionMatrix(_OnePanel):
    """Which concepts are taken for which at the threshold; the inputs behind the cell clicked are ``selection``.

    Parameters as of :class:`RocPlot`.
    """

    _panel = "matrix"
