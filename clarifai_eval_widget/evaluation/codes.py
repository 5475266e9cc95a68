"""The conditions under which numbers were made, by stable codes: what each means and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Code", "Condition", "Page", "codes_of", "codes_words"]


@dataclass(frozen=True)
class Page:
    """What is to be known of a condition."""

    title: str
    """In a few words, for captions."""
    meaning: str
    """What it does to the numbers."""
    advice: str
    """What to do."""
    careful: bool = True
    """Whether it is a reason to be careful; else it only says how the numbers came about."""

    @property
    def warning(self) -> str:
        """What it does and what to do about it, to be said before there are numbers."""
        return f"{self.meaning} {self.advice}"


class Code(StrEnum):
    """A condition's code; codes are never given a second meaning."""

    OWN_TRAINING_DATA = "CEW001"
    OUT_OF_FOLD = "CEW002"
    ONE_SPLIT = "CEW003"
    FOLD_MEANS = "CEW004"
    TRUNCATED = "CEW005"
    REPEATED_IDS = "CEW006"
    REPEATED_CONTENT = "CEW007"
    UNLABELLED_LEFT_OUT = "CEW008"
    UNLABELLED_NEGATIVE = "CEW009"
    PARTIAL = "CEW010"
    TOO_FEW = "CEW011"
    REPEATED_ACROSS_FOLDS = "CEW012"
    GROUPED = "CEW013"
    GROUPS_ACROSS_FOLDS = "CEW014"

    @property
    def page(self) -> Page:
        """What the condition means, and what to do about it."""
        return _PAGES[self]


_PAGES = {
    Code.OWN_TRAINING_DATA: Page(
        "scored on its own training data",
        "The model was trained on the inputs it is judged on; it may know them by heart, so that figures can be "
        "perfect on pure noise.",
        "Score it on other data, or cross-validate.",
    ),
    Code.OUT_OF_FOLD: Page(
        "out-of-fold",
        "Each input was scored by a model that did not train on it; the figures judge the recipe, pooled over the "
        "models of several folds.",
        "Use intervals and comparisons that know folds, as are chosen by default.",
        careful=False,
    ),
    Code.ONE_SPLIT: Page(
        "one split of the cross-validation",
        "The test set holds one part of the data, predicted by one of several models.",
        "Read counts as those of that part; the platform's own figures are means over all.",
    ),
    Code.FOLD_MEANS: Page(
        "means over folds",
        "Rates are means over folds, each rounded; no count follows from them.",
        "Fetch the test set for counts.",
        careful=False,
    ),
    Code.TRUNCATED: Page(
        "lists cut to the highest scores",
        "Scores below the highest ones of an input were not sent and count as 0, so that areas, averages and "
        "calibration depend on what was cut.",
        "Trust counts above the threshold named, and areas no further than from the worst to the best case told.",
    ),
    Code.REPEATED_IDS: Page(
        "repeated input ids",
        "Inputs of one id come more than once; every row counts, and intervals are too narrow.",
        "Keep one row an input, or give groups=.",
    ),
    Code.REPEATED_CONTENT: Page(
        "repeated inputs",
        "Different ids hold the same text, image or row; every row counts, and intervals are too narrow.",
        "Keep one of each, or give groups=.",
    ),
    Code.UNLABELLED_LEFT_OUT: Page(
        "unlabelled inputs left out",
        "Inputs of which no label is known do not count.",
        'Label them, or take them for negatives with unlabelled="negative".',
    ),
    Code.UNLABELLED_NEGATIVE: Page(
        "unlabelled inputs taken for negatives",
        "Inputs of which no label is known count as negatives of every concept.",
        'Label them, or leave them out with unlabelled="exclude".',
    ),
    Code.PARTIAL: Page(
        "not finished",
        "The evaluation is still going, or never ended; the numbers are those of what is there.",
        "Wait for its end. Intervals and tests hold at every look until then, but for a chosen threshold's own "
        "interval and the p-value of a calibration error: looked at again and again, these hold less than they say.",
    ),
    Code.TOO_FEW: Page(
        "too few to judge",
        "A concept has fewer than five positives, or negatives: no interval of its area holds what it says.",
        "Label more inputs of that class.",
    ),
    Code.REPEATED_ACROSS_FOLDS: Page(
        "same inputs in several folds",
        "Copies of an input lie in different folds: models were judged on what they trained on, and figures are too "
        "high.",
        "Remove copies, or keep them in one fold (grouped folds).",
    ),
    Code.GROUPED: Page(
        "grouped inputs",
        "Inputs of a group depend on one another; intervals of areas and averages, and all tests of differences, are "
        "clustered by group, and bands and intervals of rates, of abstaining and of reliability diagrams are those of "
        "the effective number of inputs. What calibration errors would be by chance is left out.",
        "Nothing where the groups are the independent units; keep one input of each group for the rest.",
        careful=False,
    ),
    Code.GROUPS_ACROSS_FOLDS: Page(
        "groups in several folds",
        "Inputs of one group lie in different folds: models were judged on members of groups they trained on, and "
        "figures are too high for groups that are new.",
        "Cross-validate with grouped folds (scikit-learn's GroupKFold), so that each group lies in one fold.",
    ),
}


@dataclass(frozen=True)
class Condition:
    """One condition of the numbers of one evaluation."""

    code: Code
    """Its stable code; ``code.page`` says what it means and what to do."""
    detail: str
    """What it is here, in a sentence."""
    concepts: tuple[str, ...] | None = None
    """The concepts it touches; None for all."""

    def __str__(self) -> str:
        return f"{self.code}: {self.detail} {self.code.page.advice}"

    def touches(self, concept: str | None) -> bool:
        """Whether it is one of a concept's, or with None of any."""
        return concept is None or self.concepts is None or concept in self.concepts


def codes_of(conditions: Iterable[Condition], concept: str | None = None) -> str:
    """Return the codes of a concept's conditions, or of all, as a column holds them."""
    return " ".join(dict.fromkeys(str(one.code) for one in conditions if one.touches(concept)))


def codes_words(conditions: Iterable[Condition], concepts: Sequence[str] | None = None) -> str:
    """Name conditions in a caption: those of certain concepts, or of all."""
    chosen = [one for one in conditions if concepts is None or any(one.touches(concept) for concept in concepts)]
    named = dict.fromkeys(f"{one.code} {one.code.page.title}" for one in chosen)
    return f"Conditions: {'; '.join(named)}." if named else ""
