"""Every frame that names concepts by their ids has what they are called beside them; a new frame without fails here."""

import inspect
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.evaluation.relabelling import Relabelling
from tests.evaluation.test_looking import as_sent
from tests.widget.page import Page

NAMES = {"c-1": "Cat", "c-2": "Dog", "c-3": "Owl"}


def evaluation(seed=3, names=NAMES, folds=3):
    rng = np.random.default_rng(seed)
    labels = np.eye(3, dtype=bool)[np.arange(90) % 3] | (np.random.default_rng(1).random((90, 3)) < 0.1)
    scores = np.clip(0.3 * labels + 0.6 * rng.random((90, 3)), 0, 1)
    ids = [f"i{row}" for row in range(90)]
    return Evaluation.from_scores(
        labels,
        scores,
        list(NAMES),
        input_ids=ids,
        folds=folds and np.arange(90) % folds,
        concept_names=names,
        in_sample=True,
    )


def relabelled(e):
    return e.relabel({"i0": ["c-2"], "i4": ["c-1", "c-3"], "i8": []})


def on_screen(e, trait):
    made = EvalWidget(evaluation=e)
    made.compare(e, evaluation(4))
    made.relabels = {"i0": ["c-2"]}
    if trait == "selection":
        asked = {"concept": "c-1", "outcome": "errors", "labelled": None, "threshold": 0.5, "against": None}
        Page(made).panel("inputs", asked | {"sort": "score", "page": 0, "large": None})
    found = getattr(made, trait)
    made.close()
    return found


FRAMES = {
    "labels": lambda e: e.labels,
    "scores": lambda e: e.scores,
    "metadata": lambda e: e.metadata,
    "table": lambda e: e.table(full=True),
    "averages": lambda e: e.averages({"c-1": 1.0, "c-2": 0.5, "c-3": 0.5}),  # with nothing predicted, left out
    "fold_table": lambda e: e.fold_table(),
    "condition_table": lambda e: e.condition_table(),
    "criteria_table": lambda e: e.criteria_table(),
    "roc_curve": lambda e: e.roc_curve(),
    "precision_recall_curve": lambda e: e.precision_recall_curve(),
    "threshold_sweep": lambda e: e.threshold_sweep(),
    "confusion_matrix": lambda e: e.confusion_matrix(both_labels="apart"),
    "cooccurrence_matrix": lambda e: e.cooccurrence_matrix(),
    "rejecting_matrix": lambda e: e.rejecting_matrix(0.5),
    "agreement": lambda _: as_sent(evaluation(folds=None), complete=True).agreement(),
    "threshold_intervals": lambda e: e.threshold_intervals(maximize="f1", replicates=10),
    "abstain_curve": lambda e: e.abstain_curve("c-1"),
    "net_benefit": lambda e: e.net_benefit("c-1"),
    "partial_auc": lambda e: e.partial_auc(0.2),
    "tpr_at_fpr": lambda e: e.tpr_at_fpr(0.2),
    "precision_at_k": lambda e: e.precision_at_k(5),
    "probability_scores": lambda e: e.probability_scores(replicates=5),
    "calibration_curve": lambda e: e.calibration_curve("c-1"),
    "score_histogram": lambda e: e.score_histogram("c-1"),
    "inputs_behind": lambda e: e.inputs_behind("c-1"),
    "roc_auc_intervals": lambda e: e.roc_auc_intervals(),
    "slices": lambda e: e.slices("fold", concept="c-1"),
    "compare": lambda e: e.compare(evaluation(4)),
    "frame": lambda e: relabelled(e).frame,
    "selection": lambda e: on_screen(e, "selection"),
    "compared": lambda e: on_screen(e, "compared"),
    "differences": lambda e: on_screen(e, "differences"),
}
"""By name, what gives a frame: methods and properties of an evaluation, of a relabelling, of a widget."""


def gives_a_frame(one):
    asked = one.fget if isinstance(one, property) else one
    return "DataFrame" in str(getattr(asked, "__annotations__", {}).get("return", ""))


def test_every_frame_is_asked_for_here():
    given = {
        name
        for of in (Evaluation, Relabelling)
        for name, one in inspect.getmembers(of)
        if not name.startswith("_") and gives_a_frame(one)
    }
    assert given == FRAMES.keys() - {"selection", "compared", "differences"}
    assert gives_a_frame(EvalWidget.differences)


def texts(cell):
    """The texts in a cell, which may hold several."""
    if isinstance(cell, str):
        return set(re.split("[;,] ", cell))
    return {part for one in cell for part in texts(one)} if isinstance(cell, Iterable) else set()


@pytest.mark.parametrize("name", FRAMES)
def test_names_stand_beside_the_ids_of_concepts(name):
    frame = FRAMES[name](evaluation())
    assert len(frame) > 0 or name == "metadata"
    axes = {*map(str, frame.columns)}
    if axes & NAMES.keys():
        assert {one: frame.attrs["names"][one] for one in NAMES} == NAMES
        return
    for row in frame.reset_index().drop(columns="evaluation", errors="ignore").itertuples(index=False):
        found = {text for cell in row for text in texts(cell)}
        missing = {NAMES[one] for one in found & NAMES.keys()} - found
        assert not missing, (name, row)


@pytest.mark.parametrize("name", ["table", "inputs_behind", "frame", "probability_scores"])
def test_a_concept_without_a_name_is_called_by_its_id(name):
    frame = FRAMES[name](evaluation(names=None)).reset_index()
    named = frame["name"] if "name" in frame else frame["label_names"]
    assert {text for cell in named for text in texts(cell)} <= NAMES.keys()
    assert isinstance(frame, pd.DataFrame)
