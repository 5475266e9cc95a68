"""Evaluations side by side: their curves, what their difference is and whether it can be told, concept by concept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from clarifai_eval_widget.errors import EvalError, not_found
from clarifai_eval_widget.evaluation.beside import beside
from clarifai_eval_widget.evaluation.beside_curves import curves_beside, overall_p_values
from clarifai_eval_widget.evaluation.deciding import decided_early
from clarifai_eval_widget.evaluation.pairing import apart
from clarifai_eval_widget.widget.wire.heads import ComparedOverall  # noqa: TC001 - a head's types are read
from clarifai_eval_widget.widget.wire.packing import Section, or_null
from clarifai_eval_widget.widget.workbench.arrays import joined, offsets
from clarifai_eval_widget.widget.workbench.comparison import read_named
from clarifai_eval_widget.widget.workbench.differences import more_inputs
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Held, Look, Taken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.evaluation.beside_curves import Curve
    from clarifai_eval_widget.evaluation.versus import Versus

__all__ = ["PANEL"]

_FIGURES = ("first", "second", "difference", "low", "high", "p_value", "p_holm")


class CompareHead(TypedDict):
    """What is compared."""

    concept: str | None
    """Whose curves; null: the macro average."""
    threshold: float
    concepts: list[str]
    """Ids of the first evaluation's, in its order."""
    names: list[str]
    common: int
    """The inputs that curves, areas and tests are of, where each has others, too; 0 where nothing was left out."""
    areas: list[float | None]
    """By evaluation, the first one first: the area under the curve drawn, folds pooled; over all the mean over the
    concepts that every evaluation has."""
    average_precisions: list[float | None]
    """By evaluation: the area below the precision–recall curve drawn, over all as the areas."""
    others: list[ComparedOverall]


class CompareParams(TypedDict):
    """What to compare with the run asked about."""

    others: list[str]
    """Keys of runs."""
    revisions: list[int]
    """Their states that the page knows of: of newer ones it asks anew."""
    concept: str | None
    """Whose curves, and whose decisions at the threshold; null: over all."""
    threshold: float


def _encode(first: Evaluation, others: Sequence[Evaluation], params: Mapping[str, Any]) -> Section:
    concept, threshold = params["concept"], params["threshold"]
    drawn = beside(first, others)
    found = drawn.found
    rocs, precisions = curves_beside(drawn, concept), curves_beside(drawn, concept, of_precision=True)
    head: CompareHead = {
        "concept": concept,
        "threshold": threshold,
        "concepts": list(first.concepts),
        "names": [first.concept_names.get(one, one) for one in first.concepts],
        "common": drawn.common,
        "areas": [or_null(one.area) for one in rocs],
        "average_precisions": [or_null(one.area) for one in precisions],
        "others": [
            _overall(one, p_value, _apart(first, other, one, concept, threshold), decided_early(first, other))
            for one, other, p_value in zip(found, others, overall_p_values(drawn), strict=True)
        ],
    }
    curves = _joined(rocs, "", "fpr", "tpr") | _joined(precisions, "pr_", "recall", "precision")
    return Section(head, _table(first, found) | curves)


def _overall(found: Versus, p_value: float, only: tuple[int, int] | None, early: str) -> ComparedOverall:
    overall = found.overall
    told_apart = bool(not found.refusal and p_value < 0.05)
    reasons = found.table["reason"]
    return {
        "difference": or_null(overall.difference),
        "low": or_null(overall.interval[0]),
        "high": or_null(overall.interval[1]),
        "p_value": None if found.refusal else or_null(p_value),
        "decided": early if told_apart else "",
        "told_apart": told_apart,
        "method": overall.method,
        "concepts": int(found.table["difference"].notna().sum()) or len(found.table),  # those that the mean is over
        "refusal": found.refusal,
        "reason": "" if found.refusal else overall.reason,
        "matched": found.matched,
        "left_out": found.only_first + found.only_second if found.matched else 0,
        "fold_means": overall.figure.startswith("fold mean"),
        "more_inputs": more_inputs(found),
        "only_first": only[0] if only is not None else None,
        "only_other": only[1] if only is not None else None,
        "cautions_first": list(found.cautions[0]),
        "cautions_other": list(found.cautions[1]),
        "reasons": {str(concept): str(reasons[concept]) for concept in reasons.index if reasons[concept]},
    }


def _apart(
    first: Evaluation, other: Evaluation, found: Versus, concept: str | None, threshold: float
) -> tuple[int, int] | None:
    """Count the inputs that one gets right and the other wrong."""
    if not found.matched or (concept is not None and concept not in found.table.index):
        return None
    ours, theirs = apart(first, other, concept, threshold)
    return len(ours), len(theirs)


def _table(first: Evaluation, found: Sequence[Versus]) -> dict[str, NDArray[Any]]:
    """Tabulate every other evaluation's differences by the first one's concepts."""
    whole = [one.table.reindex(list(first.concepts)) for one in found]
    return {name: joined([table[name].to_numpy(float) for table in whole], "f8") for name in _FIGURES}


def _joined(curves: Sequence[Curve], prefix: str, x: str, y: str) -> dict[str, NDArray[Any]]:
    return {
        f"{prefix}offsets": offsets([one.x for one in curves]),
        x: joined([one.x for one in curves], "f4"),
        y: joined([one.y for one in curves], "f4"),
        f"{prefix}thresholds": joined([one.thresholds for one in curves], "f8"),
    }


class CompareLook(TypedDict):
    """Which differences the table shows."""

    against: NotRequired[str]
    """Key of the other; left out: all of them."""
    concepts: NotRequired[list[str]]
    """Ids of the rows in their order; left out: all, in that of the first."""


def _frame(look: Look) -> Held:
    """Give the differences on screen, that of all concepts first, which the sentences above the table tell."""

    def keys(frame: pd.DataFrame) -> Sequence[Any]:
        against, rows = look.page.get("against"), look.page.get("concepts")
        if against is None or rows is None:
            return ()
        others = list(dict.fromkeys(frame.index.get_level_values("run")))
        if against not in others:
            raise not_found("compared evaluation", against, others)
        there = list(frame.loc[against].index)
        return against, [there[-1], *(one for one in rows if one in there[:-1])]

    return Held("differences", keys)


def _drawn(look: Look) -> Call:
    """Draw the differences on screen: of the other that the table is of, in its order."""
    from clarifai_eval_widget.figures import compared

    against, concepts = look.page.get("against"), look.page.get("concepts")
    read = [one for one in look.compared if one.evaluation is not None]
    every = zip(read, read_named(read), strict=True)
    named = [one for member, one in every if against in (None, member.key) or member is read[0]]
    if len(named) < 2:
        raise EvalError("There is nothing to draw: tick two evaluations to compare them.")
    rows = compared.rows_drawn([e for _, e in named], concepts)
    options = {"evaluations": named, "concepts": concepts}
    return Call("plot_differences", options, of=compared, size=(8.4, 1.9 + 0.32 * rows))


PANEL = Panel(
    "compare",
    travels=False,
    encode=lambda evaluation, params: _encode(evaluation, [], params),
    others=lambda params: params["others"],
    encode_beside=_encode,
    taken=Taken(_frame, _drawn),
    head=CompareHead,
    params=CompareParams,
    look=CompareLook,
    # With K concepts, the figures of other j are entries j * K + k, NaN where undefined: both areas (in the same folds
    # means over them), and their difference. Curve i is from its offset to the next; of precision and recall a row's
    # precision holds from the recall of the row before it. A point's threshold is NaN where none gives it.
    arrays={
        "first": "f8",
        "second": "f8",
        "difference": "f8",
        "low": "f8",
        "high": "f8",
        "p_value": "f8",
        "p_holm": "f8",
        "offsets": "u4",
        "fpr": "f4",
        "tpr": "f4",
        "thresholds": "f8",
        "pr_offsets": "u4",
        "recall": "f4",
        "precision": "f4",
        "pr_thresholds": "f8",
    },
)
