"""A confusion matrix in another order or measure than it is counted in."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.errors import NotFoundError

LABELS = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0]], bool)
SCORES = np.array([[0.9, 0.1, 0.2], [0.8, 0.7, 0.1], [0.6, 0.9, 0.1], [0.2, 0.3, 0.1]])


@pytest.fixture
def e():
    made = Evaluation.from_scores(LABELS, SCORES, concepts=["ant", "bee", "cat"])
    made.concept_names.update(cat="Cat")
    return made


def test_concepts_stand_in_the_order_asked_for_by_id_or_name(e):
    frame = e.confusion_matrix(0.5, order=["Cat", "ant"])
    assert list(frame.index) == list(frame) == ["cat", "ant"]
    assert frame.to_numpy().tolist() == [[0, 0], [0, 2]]
    assert e.cooccurrence_matrix(order=["bee", "ant"]).to_numpy().tolist() == [[3, 1], [1, 2]]
    with pytest.raises(NotFoundError, match="wolf"):
        e.confusion_matrix(order=["wolf"])
    with pytest.raises(ValueError, match="confused"):
        e.confusion_matrix(order="loss")


def test_shares_are_of_the_rows_inputs_and_of_none_undefined(e):
    frame = e.confusion_matrix(0.5, shares=True)
    assert np.allclose(frame, [[1, 0.5, 0], [2 / 3, 2 / 3, 0], [np.nan] * 3], equal_nan=True)
    left = e.confusion_matrix(0.5, shares=True, both_labels="left out")
    assert np.allclose(left.iloc[:2], [[1, 0, 0], [1 / 3, 2 / 3, 0]])
    apart = e.confusion_matrix(0.5, both_labels="apart", order=["bee", "ant"])
    assert list(apart) == ["bee", "ant", "bee (both labels)", "ant (both labels)"]
    assert apart.to_numpy().tolist() == [[2, 1, 0, 1], [0, 2, 1, 0]]
    with pytest.raises(ValueError, match="no counts"):
        e.confusion_matrix(kind="probability", shares=True)


def test_the_caption_says_of_cells_what_is_written_in_them(e):
    def caption(**options):
        display = e.plot_confusion_matrix(threshold=0.5, **options)
        said, cells = display.caption_.get_text().replace("\n", " "), [one.get_text() for one in display.ax_.texts]
        plt.close(display.figure_)
        return said, any("+" in cell for cell in cells)

    said, written = caption(both_labels="apart")
    assert written
    assert "stand apart as +n" in said
    said, written = caption(both_labels="apart", shares=True)
    assert not written
    assert "without those of both labels" in said
    assert "+n" not in said
