"""A small file that says it holds much is refused before memory is taken for it."""

import io
import json
import tracemalloc
import zipfile

import numpy as np
import pytest

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.evaluation import Evaluation

INPUTS, CONCEPTS = 100_000, 150
ALLOWED = 40_000_000  # bytes that ids and zip take


def array_of(shape, dtype):
    """A ``.npy`` of zeros, as bytes."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros(shape, dtype))
    return file.getvalue()


def repacked(path, out, **arrays):
    """The same file with other arrays, all of them packed, and as many ids as fit them."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        meta = json.loads(parts["evaluation.json"])
        meta["input_ids"], meta["concepts"] = ["i"] * INPUTS, [f"c{number}" for number in range(CONCEPTS)]
        parts["evaluation.json"] = json.dumps(meta).encode()
        for name, data in (parts | {f"{name}.npy": data for name, data in arrays.items()}).items():
            new.writestr(name, data)
    return out


def test_arrays_that_would_grow_far_beyond_their_file_are_refused_unread(tmp_path):
    Evaluation.from_scores([1, 0], [0.9, 0.1]).save(tmp_path / "e")
    path = repacked(
        tmp_path / "e",
        tmp_path / "bomb",
        scores=array_of((INPUTS, CONCEPTS), np.float64),
        labels=array_of((INPUTS, CONCEPTS), bool),
    )
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    try:
        with pytest.raises(EvalError, match=r"scores would grow to 120,000,128 bytes"):
            Evaluation.load(path)
        assert tracemalloc.get_traced_memory()[1] < ALLOWED
    finally:
        tracemalloc.stop()


def test_flags_that_would_outgrow_the_scores_beside_them_are_refused(tmp_path):
    Evaluation.from_scores([1, 0], [0.9, 0.1]).save(tmp_path / "e")
    path = repacked(tmp_path / "e", tmp_path / "bomb", labels=array_of((INPUTS, 1000), bool))
    with pytest.raises(EvalError, match=r"labels would grow to 100,000,128 bytes"):
        Evaluation.load(path)


def test_large_scores_that_are_all_alike_are_kept_and_read_back(tmp_path):
    labels = np.zeros((20_000, 500), bool)
    labels[::3, 0] = labels[1, 1:] = True
    e = Evaluation.from_scores(labels, np.full(labels.shape, 0.5), concepts=[f"c{number}" for number in range(500)])
    e.save(tmp_path / "e")
    back = Evaluation.load(tmp_path / "e")
    assert (back.label_array == labels).all()
    assert (back.score_array == 0.5).all()
