"""A concept that the common stops do not serve is looked at along stops of its own."""

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.workbench.panel import Baking
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget.page import decode
from tests.widget.workbench.test_encoding import encoded

STOPS = all_panels()["stops"]
CONCEPTS = [f"c{k}" for k in range(40)]


def apart():
    """Forty concepts whose scores lie in forty parts of [0, 1]: a thousand stops leave twenty-five for each."""
    rng = np.random.default_rng(5)
    labels = rng.random((3000, 40)) < 0.5
    within = np.clip(rng.normal(0.4, 0.15, labels.shape) + 0.2 * labels, 0, 0.999)
    return Evaluation.from_scores(labels, ((within + np.arange(40)) / 40).astype(np.float32), concepts=CONCEPTS)


@pytest.fixture(scope="module")
def evaluation():
    return apart()


def furthest(evaluation, concept, stops, tps=None):
    """How far recall moves between neighbours among the stops, counted from the scores."""
    of = evaluation.labels[concept].to_numpy()
    scores = np.sort(evaluation.scores[concept].to_numpy()[of])
    counted = len(scores) - np.searchsorted(scores, np.asarray(stops, np.float32), side="left")
    if tps is not None:
        assert counted.tolist() == list(tps)
    return np.abs(np.diff(counted)).max() / len(scores)


def test_recall_moves_by_a_hundredth_at_most_between_the_stops_of_a_concept(evaluation):
    head, arrays = decode(encoded(evaluation))
    unserved = [CONCEPTS[k] for k in head["unserved"]]
    assert set(unserved) == set(evaluation.numbers.unserved)
    assert "c7" in unserved
    assert furthest(evaluation, "c7", arrays["stops"]) > 0.02
    section = STOPS.encode(evaluation, {"concept": "c7"})
    assert furthest(evaluation, "c7", section.arrays["stops"], section.arrays["tps"]) <= 0.01
    predicted = section.arrays["tps"] + section.arrays["fps"]
    table = evaluation.table(float(section.arrays["stops"][500]), full=True)
    assert predicted[500] == table.loc["c7", "predicted"]


def test_the_common_stops_are_among_a_concepts_own(evaluation):
    section = STOPS.encode(evaluation, {"concept": "c7"})
    assert np.isin(evaluation.numbers.stops, section.arrays["stops"]).all()
    assert (np.diff(section.arrays["stops"]) > 0).all()


def test_concepts_that_are_served_are_not_named_and_nothing_is_baked_for_them(evaluation):
    few = Evaluation.from_scores(evaluation.labels.iloc[:, :2], evaluation.scores.iloc[:, :2])
    head, _ = decode(encoded(few))
    assert head["unserved"] == []
    assert not list(STOPS.bake(few, Baking((None, "c0"), {"c0": 0.5, "c1": 0.5}, inputs=False)))


def test_a_file_holds_the_stops_of_the_concepts_that_it_can_be_asked_of(evaluation):
    baking = Baking((None, "c7"), dict.fromkeys(CONCEPTS, 0.5), inputs=False)
    assert list(STOPS.bake(evaluation, baking)) == [{"concept": "c7"}]


def test_an_unknown_concept_is_refused(evaluation):
    with pytest.raises(NotFoundError, match="nobody"):
        STOPS.encode(evaluation, {"concept": "nobody"})
