"""Inputs without ids are told by their row numbers, as if these were a tuple of texts."""

from __future__ import annotations

import pandas as pd

from clarifai_eval_widget.evaluation import Evaluation
from clarifai_eval_widget.evaluation.numbered import RowNumbers


def test_row_numbers_are_what_a_tuple_of_them_is():
    numbers, plain = RowNumbers(12), tuple(map(str, range(12)))
    assert numbers == plain
    assert plain == numbers
    assert numbers == RowNumbers(12) != RowNumbers(11)
    assert hash(numbers) == hash(plain)
    assert numbers[3] == "3"
    assert numbers[-1] == "11"
    assert numbers[2:5] == ("2", "3", "4")
    assert list(numbers) == list(plain)
    assert pd.Index(numbers).tolist() == list(plain)
    for one in ("0", "11"):
        assert one in numbers
    for other in ("12", "-1", "03", "x", "", "٣", 3, None):
        assert other not in numbers
    assert numbers != (*plain[:-1], "x")
    assert numbers != list(plain)


def test_evaluations_without_ids_pair_by_row_and_name_their_rows():
    labels, scores = [1, 0, 1, 0, 1, 0], [0.9, 0.1, 0.8, 0.3, 0.6, 0.7]
    first, second = Evaluation.from_scores(labels, scores), Evaluation.from_scores(labels, scores[::-1])
    assert first.compare(second).index.tolist() == ["1"]
    assert first.labels.index.tolist() == ["0", "1", "2", "3", "4", "5"]
    assert Evaluation.from_scores([], []).input_ids == ()
