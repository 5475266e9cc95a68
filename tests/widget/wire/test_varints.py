"""Counts in few bytes, and what an evaluation comes to."""

from base64 import b64encode

import numpy as np
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.widget.wire.packing import Payload, Section, pack, unpack
from clarifai_eval_widget.widget.wire.varints import from_varints, to_varints
from clarifai_eval_widget.widget.workbench.caption import given_caption
from clarifai_eval_widget.widget.workbench.workbench import Workbench
from tests.widget.page import decode_sections

EDGES = [0, 1, 63, 64, 127, 128, 2**14, 2**21, 2**28, 2**31 - 1, 2**31, 2**32 - 1]


@pytest.mark.parametrize(
    "values",
    [[], [0], EDGES, EDGES[::-1], np.random.default_rng(0).integers(0, 2**32, 5000), np.arange(5000)[::-1]],
    ids=["none", "zero", "edges", "edges down", "any", "falling"],
)
def test_numbers_come_back(values):
    given = np.array(values, np.uint32)
    assert from_varints(to_varints(given), len(given)).tolist() == given.tolist()


@pytest.mark.parametrize("wrong", [b"", b"\x01", b"\x01\x02\x03", b"\x01\x82"])
def test_bytes_of_another_number_are_refused(wrong):
    with pytest.raises(ValueError, match="2 numbers"):
        from_varints(wrong, 2)


def test_a_long_array_of_counts_is_packed_and_read_by_an_independent_reader():
    counts = np.sort(np.random.default_rng(0).integers(0, 20_000, 50_000)).astype(np.uint32)[::-1].copy()
    data = pack(Payload("run", 1, {"evaluation": Section({}, {"tps": counts})}))
    assert len(data) < counts.nbytes / 3
    assert unpack(data).sections["evaluation"].arrays["tps"].tolist() == counts.tolist()
    assert decode_sections(data)[1]["evaluation"][1]["tps"].tolist() == counts.tolist()


@pytest.mark.parametrize("folds", [5, 20])
def test_a_thousand_concepts_of_twenty_thousand_inputs_come_to_little_over_a_megabyte_in_a_notebook(folds):
    random = np.random.default_rng(0)
    labels = random.integers(0, 1000, 20_000)
    scores = random.random((20_000, 1000), dtype=np.float32) ** 3 * np.float32(0.9)
    scores[np.arange(20_000), labels] += np.float32(0.1) * random.random(20_000, dtype=np.float32)
    parts = random.integers(1, folds + 1, 20_000)
    e = Evaluation.from_scores(labels, scores, concepts=[f"concept {k}" for k in range(1000)], folds=parts)
    assert len(b64encode(Workbench.encode(e, given_caption(e), 1).results)) <= 1_200_000
