"""The contract's heads of numbers: what every panel needs to know of an evaluation, and counts told exactly.

The heads of single panels stand with the panels; ``contract.py`` says how the two sides meet.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

from clarifai_eval_widget.terms import Source  # noqa: TC001 - types of heads are read while it runs

__all__ = [
    "Caution",
    "ComparedOverall",
    "ConceptFigures",
    "ConceptSpread",
    "ConditionTold",
    "EvaluationHead",
    "ExactCounts",
    "FoldSpread",
    "HeadlinePart",
    "Kind",
    "LabelChange",
    "MacroFigures",
    "MatrixName",
    "ThresholdOffer",
]

Kind: TypeAlias = Literal["cross-validation", "score", "scores"]
MatrixName: TypeAlias = Literal[
    "count", "argmax", "probability", "cooccurrence", "platform_probability", "platform_cooccurrence"
]
"""A matrix of concepts: of counts, of mean scores, of how often labels occur together; of those the platform's own."""


class ExactCounts(TypedDict):
    """Counts at thresholds that are not all slider stops; one of each for every concept."""

    run: str
    revision: int
    thresholds: list[float]
    tps: list[int]
    fps: list[int]


class FoldSpread(TypedDict):
    """Mean and population standard deviation over folds; null when no fold defines a value."""

    mean: float | None
    std: float | None
    folds: int


class ConceptFigures(TypedDict):
    """A concept's class sizes and area."""

    id: str
    name: str
    num_pos: int
    num_neg: int
    roc_auc: float | None
    """Of all predictions together, pooled over folds."""
    roc_auc_low: float | None
    """Lower end of its 95 % interval, with folds of the mean over them; None where there is none."""
    roc_auc_high: float | None
    reason: str
    """Why there is no area, empty when there is one."""
    interval_reason: str
    """Why there is no interval, or why not to trust it; empty otherwise."""
    interval_method: str
    """How the interval was had and what it is of, empty where there is none."""
    fold_roc_auc: FoldSpread | None


class ConceptSpread(TypedDict):
    """How far concepts differ from one another: a spread apart from that over folds, and mostly the larger."""

    std: float | None
    """Population standard deviation over the concepts of their means over folds; of their areas without folds."""
    concepts: int


class MacroFigures(TypedDict):
    """The macro average's area."""

    roc_auc: float | None
    roc_auc_low: float | None
    """Lower end of its 95 % interval; None where there is none."""
    roc_auc_high: float | None
    interval_method: str
    """How the interval was had, empty where there is none."""
    averaged: int
    left_out: list[str]
    fold_roc_auc: FoldSpread | None
    """Its mean over concepts and folds, and its standard deviation over folds alone."""
    concept_roc_auc: ConceptSpread | None
    """Null with fewer than two concepts that have an area."""


class InputsBehind(TypedDict):
    """Inputs behind a number."""

    concept: str | None
    """The concept that is given; None: of all concepts."""
    outcome: Literal["all", "fp", "num_pos", "roc_auc"]
    """All that the number is of, those given it wrongly or labelled with it, or what its area lacks of 1."""
    labelled: str | None
    """Only inputs labelled with this concept; None for any."""
    given: Literal["threshold", "highest"]
    """What counts as given: a score at or above the threshold, or the highest of the input's scores."""


class HeadlinePart(TypedDict):
    """A few words of the headline."""

    text: str
    emphasis: bool
    """Whether this is a figure to see first."""
    concept: str | None
    """Id of the concept that a click chooses; None where it chooses none."""
    panel: str
    """Name of the panel that a click leads to, empty for none."""
    inputs: InputsBehind | None
    """The inputs that a click lists; None where it lists none."""
    interval: bool
    """Whether these are the ends of an interval: they have no inputs of their own, and lead to those of its figure."""


class Caution(TypedDict):
    """A condition to be careful about, in short; the panel ``conditions`` says what it means and what to do."""

    code: str
    title: str
    concepts: list[int] | None
    """Places of the concepts that it touches; None for all."""


class EvaluationHead(TypedDict):
    """What every panel needs to know of the evaluation on screen."""

    title: str
    kind: Kind
    kind_label: str
    complete: bool
    dtype: Literal["float32", "float64"]
    source: Source
    source_label: str
    has_counts: bool
    """Whether there are counts, or only rates."""
    notes: list[str]
    headline: list[HeadlinePart]
    """Two or three sentences, in parts."""
    cautions: list[Caution]
    """What there is to be careful about, in the order of the codes."""
    inputs: int
    inputs_total: int
    folds: list[int]
    folds_total: int
    concepts: list[ConceptFigures]
    macro: MacroFigures
    matrices: list[MatrixName]
    """The matrices of concepts that can be had of it."""
    platform_summary: str
    """The server's own macro figures in a sentence, from "own summary" on; empty where it sent none."""
    unserved: list[int]
    """Places of the concepts that the common stops do not serve; the panel ``stops`` has stops of their own."""
    thinned: list[int]
    """Places of the concepts with scores between the common stops; the panel ``outline`` has what is drawn of these."""


class ConditionTold(TypedDict):
    """A condition of the evaluation on screen."""

    code: str
    title: str
    careful: bool
    """Whether it is a reason to be careful; else it only says how the numbers came about."""
    detail: str
    """What it is here."""
    meaning: str
    """What it does to the numbers, as the documentation says it."""
    advice: str
    """What to do about it."""
    concepts: list[str]
    """The first of the concepts that it touches, by id; empty for all."""


class LabelChange(TypedDict):
    """What would be written for an input, concepts by id."""

    input_id: str
    added: list[str]
    removed: list[str]


class ComparedOverall(TypedDict):
    """Another evaluation measured against the first, over all concepts of both."""

    difference: float | None
    """Of the mean areas; positive when the other is better."""
    low: float | None
    """Lower end of its 95 % interval."""
    high: float | None
    p_value: float | None
    """Of the paired test, adjusted by Holm where several others are tested; null where there is none."""
    decided: str
    """Told apart before the end: after how many inputs; empty once both have ended, or while it is open."""
    told_apart: bool
    """Whether that test says, at 5 %, which is better."""
    method: str
    concepts: int
    """How many concepts the means are over."""
    refusal: str
    """Why there is no paired test, empty where there is one."""
    reason: str
    """What else is to be known of it, or why it is undefined."""
    matched: int
    """Inputs that both have; 0 where they cannot be paired."""
    left_out: int
    """Inputs that not all have which are compared on the same."""
    fold_means: bool
    """Whether the areas that differ are means over folds."""
    more_inputs: int | None
    """Further inputs that would tell such a difference, in four cases of five; null where told apart or unknown."""
    only_first: int | None
    """Inputs that only the first gets right: at the threshold, or by the highest score; null if unpaired."""
    only_other: int | None
    """Inputs that only the other gets right."""
    cautions_first: list[str]
    """What to be careful about in the numbers of the first."""
    cautions_other: list[str]
    """And in those of the other."""
    reasons: dict[str, str]
    """By concept: why it has no difference, interval or test."""


class ThresholdMoves(TypedDict):
    """How far a chosen threshold would move with another sample of inputs."""

    threshold_low: float | None
    """At 95 %; null of several concepts, where there is no threshold, and where it cannot be said."""
    threshold_high: float | None
    threshold_method: str
    """How the interval was made."""
    threshold_reason: str
    """Why a threshold has none; empty where it has one, or there is no threshold."""


class ThresholdOffer(ThresholdMoves):
    """What a criterion gives: of one concept, or as means over concepts that each have their own threshold."""

    name: str
    """Which criterion: ``f1``, ``recall``, ``recall_guaranteed`` and so on."""
    words: str
    """The criterion in words, with its bounds."""
    python: str
    """The keywords that ask for it in Python."""
    objective: str
    """What is made best, in a word."""
    value: float | None
    """What that is at the threshold; null where no threshold qualifies."""
    precision: float | None
    recall: float | None
    f1: float | None
    fpr: float | None
    qualified: int
    """For how many concepts there is such a threshold."""
    honest: float | None
    """The same value on folds that took no part in choosing; null where there is none."""
    honest_spread: float | None
    """Standard deviation of that over the folds; null over several concepts."""
    honest_reason: str
    """Why there is no honest value, empty when there is one."""
    reason: str
    """Why no threshold qualifies, and which is nearest; of several concepts, of the first."""
