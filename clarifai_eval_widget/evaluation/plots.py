"""The plots of an Evaluation, each on the axes given or on a new figure.

The figures know evaluations, and not the reverse: the module that draws is loaded by its name when something is
first drawn, and Matplotlib with it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from clarifai_eval_widget.evaluation.named import by_name_too

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.compared_figure import Figure
    from clarifai_eval_widget.evaluation.curve_parts import Around
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display
    from clarifai_eval_widget.evaluation.interface import MatrixKind
    from clarifai_eval_widget.evaluation.matrix import BothLabels, MatrixOrder, MatrixSource

__all__ = [
    "plot_comparison",
    "plot_confusion_matrix",
    "plot_cooccurrence_matrix",
    "plot_precision_recall",
    "plot_reliability",
    "plot_roc",
    "plot_score_histogram",
    "plot_threshold_sweep",
]


_FIGURES = "clarifai_eval_widget.figures"


def _draw(name: str, /, *evaluations: Any, **options: Any) -> Display:
    drawn: Display = getattr(import_module(_FIGURES), name)(*evaluations, **options)
    return drawn


@by_name_too
def plot_roc(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    max_fpr: float = 1.0,
    ax: Axes | None = None,
) -> Display:
    """Draw the exact ROC, of one concept with its band and folds, or of all with their macro average.

    Parameters
    ----------
    concept
        A concept id, or None for all; of more than eight, those with the lowest areas are named.
    threshold
        Where to mark the operating points: one for all, or by concept (thresholds or operating points).
    band
        Whether to draw bands, pointwise; by default for a single concept.
    concepts
        Which to draw strong and name beside ``concept``, or in the place of all.
    around
        What to draw around them, of ``"folds"`` (each fold's curve; with all concepts, its macro average),
        ``"macro"``, ``"micro"`` and ``"others"`` (all other concepts, faint). By default of one concept its folds, of
        all their macro average and the others.
    max_fpr
        Show the curve up to this false positive rate, in a corner drawn larger.
    ax
        Axes to draw on. In a figure of ``layout="constrained"`` legend and caption find room by themselves.
    """
    drawn = {"threshold": threshold, "band": band, "concepts": concepts, "around": around, "max_fpr": max_fpr}
    return _draw("plot_roc", e, concept, **drawn, ax=ax)


@by_name_too
def plot_precision_recall(
    e: EvaluationData,
    concept: str | None = None,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    concepts: Iterable[str] | None = None,
    around: Iterable[Around] | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw precision over recall as steps, whose area is the average precision; parameters as :meth:`plot_roc`.

    Around all concepts is drawn their micro average by default, which for precision is another than the macro average.
    """
    drawn = {"threshold": threshold, "band": band, "concepts": concepts, "around": around}
    return _draw("plot_precision_recall", e, concept, **drawn, ax=ax)


@by_name_too
def plot_threshold_sweep(
    e: EvaluationData,
    concept: str | None = None,
    *,
    figure: Literal["f1", "precision", "recall", "all"] = "f1",
    threshold: float | Mapping[str, Any] = 0.5,
    band: bool | None = None,
    around: Iterable[Around] | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw precision, recall and F1 of one concept over the threshold, or one of them for all concepts.

    Parameters
    ----------
    figure
        Which one to draw of every concept when none is chosen; with ``"all"`` the macro average of the three.
    around
        As in :meth:`plot_roc`; of folds F1. By default of all concepts the macro average and the others, else nothing.
    concept, threshold, band, ax
        As in :meth:`plot_roc`.
    """
    drawn = {"figure": figure, "threshold": threshold, "band": band, "around": around}
    return _draw("plot_threshold_sweep", e, concept, **drawn, ax=ax)


@by_name_too
def plot_confusion_matrix(
    e: EvaluationData,
    *,
    threshold: float | Mapping[str, Any] = 0.5,
    kind: MatrixKind = "count",
    source: MatrixSource | None = None,
    both_labels: BothLabels = "counted",
    shares: bool = False,
    order: MatrixOrder | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw :meth:`confusion_matrix`, whose parameters it takes, shaded by the share of the row's inputs.

    Those with both labels, ``"apart"``, stand as "+n" beside the number, and shade nothing.
    """
    drawn = {"source": source, "both_labels": both_labels, "shares": shares, "order": order}
    return _draw("plot_confusion_matrix", e, threshold=threshold, kind=kind, **drawn, ax=ax)


@by_name_too
def plot_cooccurrence_matrix(
    e: EvaluationData,
    *,
    source: MatrixSource | None = None,
    shares: bool = False,
    order: MatrixOrder | None = None,
    ax: Axes | None = None,
) -> Display:
    """Draw :meth:`cooccurrence_matrix`, whose parameters it takes, shaded by the share of the row's inputs."""
    return _draw("plot_cooccurrence_matrix", e, source=source, shares=shares, order=order, ax=ax)


@by_name_too
def plot_reliability(
    e: EvaluationData,
    concept: str | None = None,
    *,
    concepts: Iterable[str] | None = None,
    micro: bool | None = None,
    intervals: bool = True,
    bins: int = 10,
    ax: Axes | None = None,
) -> Display:
    """Draw the share of positives over the mean score, in bins of equally many inputs (calibration).

    The legend gives the expected calibration error: the mean distance from the diagonal, weighted by inputs. Beside
    ``concept`` stand other ``concepts``, or in the place of all; with ``micro`` all decisions together (by default
    beside all), and with ``intervals`` the 95 % interval of each bin of ``concept``.
    """
    drawn = {"concepts": concepts, "micro": micro, "intervals": intervals, "bins": bins}
    return _draw("plot_reliability", e, concept, **drawn, ax=ax)


@by_name_too
def plot_score_histogram(
    e: EvaluationData, concept: str | None = None, *, threshold: float = 0.5, bins: int = 40, ax: Axes | None = None
) -> Display:
    """Draw where positives and negatives score, each as shares of its class; all concepts pooled by default."""
    return _draw("plot_score_histogram", e, concept, threshold=threshold, bins=bins, ax=ax)


def plot_comparison(
    e: EvaluationData,
    other: EvaluationData,
    *,
    figure: Figure = "roc_auc",
    names: tuple[str, str] = ("this", "other"),
    confidence_level: float = 0.95,
    ax: Axes | None = None,
) -> Display:
    """Draw :meth:`compare`: each concept's difference with its interval, and first that of all.

    A filled dot is a difference with a p-value below 0.05, adjusted over the concepts.

    Parameters
    ----------
    other
        As in :meth:`compare`.
    figure
        As in :meth:`compare`.
    names
        What to call this evaluation and the other.
    confidence_level
        Of the intervals.
    ax
        Axes to draw on.
    """
    return _draw("plot_comparison", e, other, figure=figure, names=names, confidence_level=confidence_level, ax=ax)
