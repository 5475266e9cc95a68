"""The inputs behind a number, page by page: texts or thumbnails, labels and scores. They travel in messages only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict
from weakref import WeakKeyDictionary

import numpy as np

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.evaluation.outcomes import RANKED, Behind, Outcome, ranking_costs
from clarifai_eval_widget.evaluation.selecting import (
    losses,
    margins,
    places,
    rows_behind,
    selection_frame,
    sorted_rows,
)
from clarifai_eval_widget.widget.wire.packing import Section
from clarifai_eval_widget.widget.workbench.arrays import joined, offsets
from clarifai_eval_widget.widget.workbench.chosen import chosen_inputs
from clarifai_eval_widget.widget.workbench.narrowing import values_of
from clarifai_eval_widget.widget.workbench.panel import Panel
from clarifai_eval_widget.widget.workbench.taking import Call, Held, Look, Taken
from clarifai_eval_widget.widget.workbench.thumbnails import smaller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from clarifai_eval_widget.evaluation import Evaluation
    from clarifai_eval_widget.widget.workbench.panel import Baking

__all__ = ["PAGE", "PANEL"]

PAGE = 25
"""Inputs a page."""
_MAX_TEXT = 2000
_LONGEST_TEXT = 200_000
_BARS = 3
_MOST_BARS = 200  # of one that is looked at alone
_MOST_BAKED = 4  # pages of each count in a file: the first hundred inputs


class InputsHead(TypedDict):
    """Which inputs these are."""

    concept: str | None
    outcome: Outcome | Literal["chosen"]
    labelled: str | None
    threshold: float | None
    against: str | None
    low: float | None
    high: float | None
    by: str
    """Only inputs whose ``value`` of this field it is; empty for any."""
    value: str
    lost: float | None
    """What the area lacks of 1 among those inputs, of an outcome that is one; else null."""
    sort: Literal["margin", "score", "loss"]
    total: int
    page: int
    """From 0; the last one where there are fewer than asked for."""
    size: int
    """Inputs a full page."""
    ids: list[str]
    texts: list[str | None]
    """Cut after 2,000 characters."""
    hosted: list[Literal["image", "text"] | None]
    """What stands at an address and is asked for by itself; null where it is here, or there is nothing."""
    rows: list[int]
    """Their rows in the evaluation."""


class InputsParams(TypedDict):
    """Which inputs to list."""

    concept: str | None
    """The concept that is given; null: any, or with ``against`` the one of the highest score."""
    outcome: Outcome | Literal["chosen"]
    """True or false positives or negatives of it; either of the false ones; those given it, labelled with it, or not;
    what an area lacks of 1; all that its figures are of; right here alone, there alone or either; chosen in Python."""
    labelled: str | None
    """Only inputs labelled with this concept; null for any."""
    threshold: float | None
    """A score of at least so much gives the concept; null: the highest of the input's scores does."""
    against: str | None
    """Key of the run whose decisions these are compared with, for ``better``, ``worse``, ``differ``; else null."""
    own: NotRequired[dict[str, float]]
    """Without a concept: those whose threshold is not ``threshold``, each with its own."""
    low: NotRequired[float | None]
    """Only inputs that score at least so much for the concept; null or nothing for any."""
    high: NotRequired[float | None]
    """Only inputs that score less; null or nothing for any."""
    by: NotRequired[str]
    """Only inputs whose ``value`` of this field it is; empty or nothing for any."""
    value: NotRequired[str]
    chosen: NotRequired[int]
    """Which of those chosen in Python."""
    sort: Literal["margin", "score", "loss"]
    page: int
    """From 0."""
    large: int | None
    """Only this one of the page, from 0, whole: all its text, its image, and the score of every concept."""


@dataclass(frozen=True, eq=False)
class _Listed:
    """The rows of a question in its order, for the pages that follow."""

    key: tuple[Any, ...]
    rows: NDArray[np.intp]
    frame: pd.DataFrame
    lost: float | None


_listed: WeakKeyDictionary[Evaluation, _Listed] = WeakKeyDictionary()


def _find(evaluation: Evaluation, others: Sequence[Evaluation], params: Mapping[str, Any]) -> _Listed:
    """Find the inputs asked for, sorted."""
    if params["outcome"] == "chosen":
        rows, frame = chosen_inputs(evaluation)
        every = Behind(None, "all", None)
        return _Listed((), sorted_rows(evaluation, rows, every, params["sort"]), frame, None)
    behind = Behind(
        params["concept"],
        params["outcome"],
        params["threshold"],
        params["labelled"],
        others[0] if others else None,
        tuple(sorted(params.get("own", {}).items())),
        params.get("low"),
        params.get("high"),
    )
    key = (behind, params["sort"], params.get("by", ""), params.get("value", ""))
    kept = _listed.get(evaluation)
    if kept is None or kept.key != key:
        kept = _listed[evaluation] = _list(evaluation, behind, key)
    return kept


def _list(evaluation: Evaluation, behind: Behind, key: tuple[Any, ...]) -> _Listed:
    _, sort, by, value = key
    # Of a slice what a ranking lacks is measured among its inputs alone, as its area is.
    part, places_there = evaluation, np.arange(evaluation.num_inputs)
    if by:
        same = values_of(evaluation, by) == value
        if not same.any():
            raise InvalidRequestError(f"No input has the value {value!r} of {by!r}.")
        part, places_there = evaluation.slice(same), np.flatnonzero(same)
    rows = sorted_rows(part, rows_behind(part, behind), behind, sort)
    from clarifai_eval_widget.widget.workbench.selected_frame import SelectedFrame

    return _Listed(key, places_there[rows], SelectedFrame(selection_frame(part, rows, behind)), _lost(part, behind))


def _lost(evaluation: Evaluation, behind: Behind) -> float | None:
    """What an area lacks of 1: the mean cost of a positive, or of the average precision the sum."""
    if behind.outcome not in RANKED or behind.concept is None:
        return None
    costs = ranking_costs(evaluation, behind)[evaluation.label_array[:, evaluation.column(behind.concept)]]
    if not len(costs):
        return None
    known = evaluation.class_sizes(behind.concept)[0]
    return float(costs.sum() / (known if behind.outcome == "roc_auc" else 1))


def _select(evaluation: Evaluation, others: Sequence[Evaluation], params: Mapping[str, Any]) -> pd.DataFrame:
    return _find(evaluation, others, params).frame


def _encode(evaluation: Evaluation, others: Sequence[Evaluation], params: Mapping[str, Any]) -> Section:
    if params["page"] < 0:
        raise InvalidRequestError(f"There is no page {params['page']}: pages count from 0.")
    found = _find(evaluation, others, params)
    every = found.rows
    page = min(params["page"], max(0, (len(every) - 1) // PAGE))
    large = params["large"]
    rows = every[page * PAGE : (page + 1) * PAGE]
    if large is not None:
        rows = rows[max(0, large) : max(0, large) + 1]
    media = evaluation.media(rows.tolist())
    head: InputsHead = {
        "concept": params["concept"],
        "outcome": params["outcome"],
        "labelled": params["labelled"],
        "threshold": params["threshold"],
        "against": params["against"],
        "low": params.get("low"),
        "high": params.get("high"),
        "by": params.get("by", ""),
        "value": params.get("value", ""),
        "lost": found.lost,
        "sort": params["sort"],
        "total": len(every),
        "page": page,
        "size": PAGE,
        "ids": [evaluation.input_ids[row] for row in rows],
        "texts": [text and text[: _MAX_TEXT if large is None else _LONGEST_TEXT] for text, _ in media],
        "hosted": [None if one is None else one.kind for one in evaluation.hosted(rows.tolist())],
        "rows": rows.tolist(),
    }
    column = None if params["concept"] is None else evaluation.column(params["concept"])
    arrays = _figures(evaluation, rows, column, most=_BARS if large is None else _MOST_BARS)
    if others:
        arrays["other_scores"] = _scores_of(others[0], evaluation, rows, arrays)
    return Section(head, arrays | _images([image for _, image in media], large=large is not None))


def _scores_of(
    other: Evaluation, evaluation: Evaluation, rows: NDArray[np.intp], arrays: Mapping[str, NDArray[Any]]
) -> NDArray[np.float64]:
    """Look up what another evaluation of the same inputs scores at each bar; NaN where it has no such concept."""
    place = places(other, evaluation, rows)
    scores = np.full(len(arrays["bar_scores"]), np.nan)
    owners = np.repeat(np.arange(len(rows)), np.diff(arrays["bar_offsets"]))
    for at, (owner, column) in enumerate(zip(owners, arrays["bar_concepts"], strict=True)):
        concept = evaluation.concepts[column]
        if concept in other.concepts:
            scores[at] = other.score_array[place[owner], other.column(concept)]
    return scores


def _figures(
    evaluation: Evaluation, rows: NDArray[np.intp], column: int | None, *, most: int
) -> dict[str, NDArray[Any]]:
    """Give each input's labels, the scores to draw, its margin and loss."""
    labels = [np.flatnonzero(evaluation.label_array[row]) for row in rows]
    bars = [_drawn(evaluation, row, own, column, most) for row, own in zip(rows, labels, strict=True)]
    folds = {} if evaluation.folds is None else {"folds": evaluation.folds[rows].astype("u4")}
    return {
        "label_offsets": offsets(labels),
        "labels": joined(labels, "u4"),
        "bar_offsets": offsets(bars),
        "bar_concepts": joined(bars, "u4"),
        "bar_scores": joined([evaluation.score_array[row, one] for row, one in zip(rows, bars, strict=True)], "f8"),
        "margins": margins(evaluation, rows).astype("f8"),
        "losses": losses(evaluation, rows),
        **folds,
    }


def _drawn(evaluation: Evaluation, row: int, own: NDArray[np.intp], column: int | None, most: int) -> NDArray[np.intp]:
    """Choose the concepts whose scores are drawn, the highest first: the highest, the labels, and the one asked for."""
    scores = evaluation.score_array[row]
    highest = np.argsort(-scores, kind="stable")[:most]
    wanted = np.union1d(np.union1d(highest, own), highest[:0] if column is None else [column]).astype(np.intp)
    if evaluation.sent is not None:
        wanted = wanted[evaluation.sent[row, wanted]]
    return wanted[np.argsort(-scores[wanted], kind="stable")]


def _images(images: Sequence[bytes | None], *, large: bool) -> dict[str, NDArray[Any]]:
    """Pack images one after another, each at a multiple of four bytes; nothing where there is none."""
    if not any(images):
        return {}
    data = [smaller(image, large=large) if image else b"" for image in images]
    padded = b"".join(one + b"\0" * (-len(one) % 4) for one in data)
    sizes = np.array([len(one) for one in data], "u4")
    return {"images": np.frombuffer(padded, "<u4"), "image_sizes": sizes}


def _bake(evaluation: Evaluation, baking: Baking) -> Iterator[Mapping[str, Any]]:
    """Every page of those behind each concept's counts, at the thresholds the page opens with; only if allowed."""
    for concept in filter(None, baking.concepts) if baking.inputs and evaluation.numbers.has_counts else ():
        for outcome in ("tp", "fp", "fn"):
            params: dict[str, Any] = {
                "concept": concept,
                "outcome": outcome,
                "labelled": None,
                "against": None,
                "large": None,
            }
            params |= {"threshold": baking.thresholds[concept], "sort": "margin", "page": 0}
            found = _find(evaluation, [], params)
            pages = -(-len(found.rows) // PAGE)
            yield from ({**params, "page": page} for page in range(min(_MOST_BAKED, pages) or 1))


def _frame(look: Look) -> Call | Held:
    """Ask for the inputs listed; those of a slice, beside another run, or chosen in Python are the selection."""
    params = look.params
    if params["outcome"] == "chosen" or params["against"] is not None or params.get("by"):
        return Held("selection")
    at: Any = "highest" if params["threshold"] is None else params["threshold"]
    if params.get("own"):
        at = {one: params["own"].get(one, at) for one in look.evaluation.concepts}
    ends = (params.get("low"), params.get("high"))
    options = {"concept": params["concept"], "figure": params["outcome"], "threshold": at}
    options |= {"labelled": params["labelled"], "scores": None if ends == (None, None) else ends}
    return Call("inputs_behind", options | {"sort": params["sort"]})


PANEL = Panel(
    "inputs",
    travels=False,
    encode=lambda evaluation, params: _encode(evaluation, [], params),
    others=lambda params: [] if params["against"] is None else [params["against"]],
    encode_beside=_encode,
    taken=Taken(_frame, joined="texts"),
    bake=_bake,
    select=_select,
    head=InputsHead,
    params=InputsParams,
    # Input i has the labels and bars from its offset to the next; concepts by index. Image i follows image i - 1 at the
    # next multiple of four bytes; size 0 is none.
    arrays={
        "label_offsets": "u4",
        "labels": "u4",
        "bar_offsets": "u4",
        "bar_concepts": "u4",
        "bar_scores": "f8",
        "margins": "f8",
        "losses": "f8",
    },
    # What the run compared with scores at each bar stands in `other_scores`, NaN where it has no such concept.
    optional_arrays={"folds": "u4", "other_scores": "f8", "images": "u4", "image_sizes": "u4"},
)
