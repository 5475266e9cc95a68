"""Single panels as widgets: what they are sent, what they say of themselves, and what they take."""

import numpy as np
import pytest
import traitlets

from clarifai_eval_widget import ConceptsTable, ConfusionMatrix, Evaluation, EvalWidget, RocPlot, ThresholdSweep
from clarifai_eval_widget.errors import NotFoundError
from clarifai_eval_widget.widget.wire.packing import unpack
from tests.widget import golden

LABELS = np.eye(3, dtype=bool).repeat(100, axis=0)
BLOCKS = {RocPlot: "roc", ThresholdSweep: "sweep", ConceptsTable: "concepts", ConfusionMatrix: "matrix"}


@pytest.fixture
def e():
    return Evaluation.from_scores(LABELS, np.random.default_rng(0).uniform(size=(300, 3)), concepts=["a", "b", "c"])


@pytest.mark.parametrize("rates_alone", [False, True])
@pytest.mark.parametrize(("kind", "name"), BLOCKS.items())
def test_a_block_is_sent_its_own_panel_only(e, kind, name, rates_alone):
    e = golden.platform_rates() if rates_alone else e
    widget = kind(e)
    sent = set(unpack(widget.results).sections)
    whole = set(unpack(EvalWidget(evaluation=e).results).sections)
    assert widget.panel == name
    assert sent == {"evaluation", name} & whole
    assert len(sent) < len(whole)


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_names_itself_and_its_evaluation(e, kind):
    assert repr(kind(e)) == f"{kind.__name__}({e!r})"


def test_threshold_and_concept_are_those_given_and_checked(e):
    widget = RocPlot(e, threshold=0.3, concept="b")
    assert (widget.threshold, widget.concept) == (0.3, "b")
    with pytest.raises(NotFoundError, match="concept 'd'"):
        RocPlot(e, concept="d")
    with pytest.raises(traitlets.TraitError):
        widget.threshold = 2


def test_another_evaluation_is_sent_as_the_same_panel_only(e):
    widget = ThresholdSweep(e)
    widget.evaluation = Evaluation.from_scores(LABELS[:, :2], np.full((300, 2), 0.5), concepts=["x", "y"])
    payload = unpack(widget.results)
    assert set(payload.sections) == {"evaluation", "sweep"}
    assert [one["id"] for one in payload.sections["evaluation"].head["concepts"]] == ["x", "y"]
