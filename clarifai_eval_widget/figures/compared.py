"""Several evaluations in one figure: their curves, and how the others differ from the first."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.evaluation.beside import beside
from clarifai_eval_widget.evaluation.beside_curves import curves_beside, overall_p_values
from clarifai_eval_widget.figures.comparison import draw_difference
from clarifai_eval_widget.figures.style import finish, line_style, new_axes, plain, shown, unit_axes
from clarifai_eval_widget.words import number, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from clarifai_eval_widget.evaluation.beside import Beside
    from clarifai_eval_widget.evaluation.data import EvaluationData
    from clarifai_eval_widget.evaluation.display import Display
    from clarifai_eval_widget.evaluation.versus import Versus

    Named = Sequence[tuple[str, EvaluationData]]

__all__ = ["plot_compared", "plot_differences", "rows_drawn"]

MOST_ROWS = 60
"""Differences that are drawn, those of the concepts that drop most."""


def plot_compared(
    evaluations: Named, concept: str | None = None, *, of_precision: bool = False, ax: Axes | None = None
) -> Display:
    """Draw the curve of each evaluation on the inputs that all are compared on, lettered in their order.

    Parameters
    ----------
    evaluations
        Each with what to call it.
    concept
        A concept id; None for the macro averages. Of an evaluation without that concept no curve is drawn.
    of_precision
        Precision over recall instead of the ROC.
    ax
        Axes to draw on.
    """
    first, *others = [e for _, e in evaluations]
    drawn = beside(first, others)
    ax = new_axes(ax, (6.4, 4.9))
    if not of_precision:
        ax.plot([0, 1], [0, 1], color="#8c8c8c", linewidth=1, linestyle=(0, (2, 3)), zorder=1)
    curves = curves_beside(drawn, concept, of_precision=of_precision)
    for index, ((name, _), curve) in enumerate(zip(evaluations, curves, strict=True)):
        label = f"{_letter(index)} {_short(name)}  {number(curve.area, 3)}"
        if of_precision:
            ax.step(curve.x, curve.y, where="pre", **line_style(index), label=label)
        else:
            ax.plot(curve.x, curve.y, **line_style(index), label=label)
    if of_precision:
        unit_axes(ax, "Recall", "Precision", square=True)
    else:
        unit_axes(ax, "False positive rate", "True positive rate", square=True)
    of = "macro averages" if concept is None else shown(first, concept)
    what = "average precision (the step sum)" if of_precision else "ROC AUC"
    title = f"{'Precision–recall' if of_precision else 'ROC'} curves compared: {of}"
    said = [f"Legend: {what}.", _inputs_words(drawn)]
    concepts = None if concept is None else [concept]
    return finish(first, ax, title, *said, count=_sizes(drawn), concepts=concepts)


def rows_drawn(evaluations: Sequence[EvaluationData], concepts: Sequence[str] | None = None) -> int:
    """Count the lines of :func:`plot_differences`, from which the height of its axes follows."""
    first, *others = evaluations
    return len(_places(first, beside(first, others), concepts)) * len(others)


def plot_differences(evaluations: Named, *, concepts: Sequence[str] | None = None, ax: Axes | None = None) -> Display:
    """Draw how each of the others differs from the first, over all and by concept, with intervals where there are some.

    Where a paired test can be made a filled dot is a difference with a p-value below 0.05: over all adjusted over the
    others, of a concept over the concepts. Where none can be, it is the drop or gain from one dataset to another.

    Parameters
    ----------
    evaluations
        Each with what to call it, the one that the others are measured against first.
    concepts
        In which order to draw which concepts; None: all, the largest drop first.
    ax
        Axes to draw on.
    """
    (_, first), *rest = evaluations
    drawn = beside(first, [e for _, e in rest])
    places = _places(first, drawn, concepts)
    ax = new_axes(ax, (7.4, 1.9 + 0.32 * len(places) * len(rest)))
    ax.axvline(0.0, color="#8c8c8c", linewidth=1, zorder=1)
    for j, (found, p_value) in enumerate(zip(drawn.found, overall_p_values(drawn), strict=True)):
        colour = line_style(j + 1)["color"] if len(rest) > 1 else ""
        for at, concept in enumerate(places):
            row = _row(found, concept, p_value)
            if row is not None:
                letter = f"{_letter(j + 1)}  " if len(rest) > 1 else ""
                draw_difference(
                    ax, at * len(rest) + j, _bare(row), row["p"], overall=concept is None, colour=colour, letter=letter
                )
    middle = (len(rest) - 1) / 2
    labels = ["all: macro average" if one is None else shown(first, one) for one in places]
    ax.set_yticks([at * len(rest) + middle for at in range(len(places))], labels)
    ax.set_ylim(len(places) * len(rest) - 0.4, -0.6)
    names = [_short(name) for name, _ in evaluations]
    ax.set_xlabel("Difference in ROC AUC: " + (f"{names[1]} minus {names[0]}" if len(rest) == 1 else "minus A"))
    against = f"{names[1]} against {names[0]}" if len(rest) == 1 else f"Differences from A {names[0]}"
    said = [_method_words(drawn), *_reasons(drawn, places), _inputs_words(drawn), _left_words(first, drawn, places)]
    if len(rest) > 1:
        said.append(", ".join(f"{_letter(at)} {_shorter(name)}" for at, (name, _) in enumerate(evaluations)) + ".")
    return finish(first, ax, against, *said, legend=False, count=_sizes(drawn), concepts=())


def _places(first: EvaluationData, drawn: Beside, concepts: Sequence[str] | None = None) -> list[str | None]:
    """Order the rows as asked, or the largest drop first, below that of all, which is None."""
    falls = drawn.found[0].table["difference"]
    shared = [one for one in first.concepts if any(one in found.table.index for found in drawn.found)]
    if concepts is None:
        ordered = sorted(shared, key=lambda one: np.nan_to_num(falls.get(one, np.nan), nan=np.inf))
    else:
        ordered = [one for one in concepts if one in shared]
    whole: list[str | None] = [None]
    if len(shared) == 1:  # the difference of all is that of the one
        return [*ordered]
    return [*whole, *ordered[: max(1, MOST_ROWS // len(drawn.found) - 1)]]


def _row(found: Versus, concept: str | None, p_value: float) -> dict[str, Any] | None:
    """Give what is drawn in a line; None of a concept that the other has not."""
    if concept is None:
        told = found.overall
        low, high = told.interval
        row: dict[str, Any] = {"difference": told.difference, "low": low, "high": high, "reason": told.reason}
        return row | {"p": np.nan if found.refusal else p_value}
    if concept not in found.table.index:
        return None
    row = dict(found.table.loc[concept])
    return row | {"p": float(row["p_holm"])}


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    """Leave the reasons of what is drawn to the caption, where each stands once; of what is not, say it briefly."""
    return row | {"reason": _short(row["reason"], 60) if np.isnan(row["difference"]) else ""}


def _method_words(drawn: Beside) -> str:
    """Say of what kind the intervals are, and over what p-values were adjusted."""
    told = dict.fromkeys(one for found in drawn.found for one in [*found.table["method"], found.overall.method] if one)
    words = f"Bars: 95% intervals, {'; '.join(told)}." if told else ""
    tested = [found for found in drawn.found if not found.refusal]
    if not tested:
        return words
    over = f"; p of all: Holm over {len(drawn.found)} evaluations" if len(drawn.found) > 1 else ""
    return f"{words} p of concepts: Holm over the concepts{over}."


def _reasons(drawn: Beside, places: Sequence[str | None]) -> list[str]:
    """Say of each other why nothing was tested, or differences have no interval."""
    words = []
    for j, found in enumerate(drawn.found):
        rows = filter(None, (_row(found, one, np.nan) for one in places))
        why = dict.fromkeys(row["reason"] for row in rows if row["reason"] and not np.isnan(row["difference"]))
        told = [f"no paired test: {found.refusal.rstrip('.')}"] if found.refusal else []
        told += [one for one in why if one != found.refusal]
        letter = f"{_letter(j + 1)}: " if len(drawn.found) > 1 else ""
        words += [f"{letter}{'; '.join(told)}."] if told else []
    return [f"{one[0].upper()}{one[1:]}" for one in words]


def _inputs_words(drawn: Beside) -> str:
    """Say which inputs curves and differences are of."""
    apart = any(not found.matched for found in drawn.found)
    left = [found.only_first + found.only_second if found.matched else 0 for found in drawn.found]
    if drawn.common:
        have = "both have" if len(left) == 1 else "all have that can be paired" if apart else "all have"
        out = f"; {left[0]:,} left out" if len(left) == 1 else ""
        return f"On the {plural(drawn.common, 'input')} that {have}{out}."
    if any(left):
        return "No input is in all: each curve is of all its own inputs, differences of those of both."
    return "Each of all its own inputs." if apart else ""


def _left_words(first: EvaluationData, drawn: Beside, places: Sequence[str | None]) -> str:
    shared = {one for one in first.concepts for found in drawn.found if one in found.table.index}
    left = len(shared) - sum(one is not None for one in places)
    return f"{plural(left, 'more concept')}: the table has them all." if left > 0 and len(shared) > 1 else ""


def _sizes(drawn: Beside) -> str:
    """Count the inputs of each; once where they are the same."""
    sizes = [e.num_inputs for e in drawn.evaluations]
    if len(set(sizes)) == 1:
        return f"{sizes[0]:,} inputs each"
    return ", ".join(f"{_letter(at)} {size:,}" for at, size in enumerate(sizes)) + " inputs"


def _letter(at: int) -> str:
    return chr(ord("A") + at)


def _short(name: str, width: int = 28) -> str:
    return plain(_shorter(name, width))


def _shorter(name: str, width: int = 28) -> str:
    """Leave words out at the end; of a first word that is longer, as ids are, its end."""
    words = textwrap.shorten(name, width, placeholder="…")
    return f"{name[: width - 1]}…" if words == "…" and len(name) > width else words
