"""A small file that says it holds much is refused before memory is taken for it."""

import io
import json
import re
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


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, OSError])
def test_nothing_is_left_of_a_file_that_could_not_be_written_and_the_old_one_stays(tmp_path, monkeypatch, stopped):
    e = Evaluation.from_scores([1, 0], [0.9, 0.1])
    e.save(tmp_path / "e.pb")
    before = (tmp_path / "e.pb").read_bytes()

    def stop(*_, **__):
        raise stopped

    monkeypatch.setattr(np.lib.format, "write_array", stop)
    with pytest.raises(stopped):
        e.save(tmp_path / "e.pb")
    assert [path.name for path in tmp_path.iterdir()] == ["e.pb"]
    assert (tmp_path / "e.pb").read_bytes() == before


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


ALTERED = {
    "source": {"source": "hearsay"},
    "concepts": {"concepts": "ab"},
    "concepts names one": {"concepts": ["a", "a"]},
    "concept_names": {"concept_names": {"a": 5}},
    "input_ids": {"input_ids": [1, 2, 3, 4, 5, 6]},
    "has_input_ids": {"has_input_ids": "no"},
    "notes": {"notes": "none"},
    "info": {"info": []},
    "info.folds": {"info": {"folds": "many"}},
    "info.folds_done": {"info": {"folds_done": -1}},
    "info.inputs": {"info": {"inputs": float("nan")}},
    "info.status_code": {"info": {"status_code": True}},
    "info.model_id": {"info": {"model_id": None}},
    "info.use_kfold": {"info": {"use_kfold": "false"}},
    "positive_label": {"positive_label": 1},
    "in_sample": {"in_sample": "false"},
    "groups": {"groups": [0.5] * 6},
    "groups is": {"groups": [1 << 70] * 6},
}
MISFITS = {
    "folds has the shape": ("folds", np.ones(5, np.int64)),
    "exact_above has the shape": ("exact_above", np.zeros(3)),
    "limit of exact_above": ("exact_above", np.array([0.5, np.nan])),
    "unlabelled has the shape": ("unlabelled", np.zeros((6, 2), bool)),
    "labels has the shape": ("labels", np.zeros((2, 6), bool)),
}


def with_parts(path, out, parts):
    """A copy of a file with some parts replaced or added."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name, data in ({name: old.read(name) for name in old.namelist()} | parts).items():
            new.writestr(name, data)
    return out


@pytest.fixture
def small(tmp_path):
    """A file of six inputs and two concepts."""
    labels = np.array(["a", "b"] * 3)
    Evaluation.from_scores(labels, np.full((6, 2), 0.5), concepts=["a", "b"], folds=[1, 2] * 3).save(tmp_path / "e")
    return tmp_path / "e"


@pytest.mark.parametrize("field", ALTERED)
def test_a_field_of_another_type_is_refused_by_its_name(small, field):
    with zipfile.ZipFile(small) as kept:
        meta = json.loads(kept.read("evaluation.json"))
    parts = {"evaluation.json": json.dumps(meta | ALTERED[field])}
    with pytest.raises(EvalError, match=rf"damaged: {re.escape(field)} "):
        Evaluation.load(with_parts(small, small.with_name("altered"), parts))


@pytest.mark.parametrize("field", ["source", "concepts", "input_ids", "info"])
def test_a_field_that_is_missing_is_named(small, field):
    with zipfile.ZipFile(small) as kept:
        meta = json.loads(kept.read("evaluation.json"))
    del meta[field]
    with pytest.raises(EvalError, match=f"damaged: {field} is missing"):
        Evaluation.load(with_parts(small, small.with_name("altered"), {"evaluation.json": json.dumps(meta)}))


@pytest.mark.parametrize("said", MISFITS)
def test_an_array_that_does_not_fit_the_ids_is_refused_by_its_name(small, said):
    name, values = MISFITS[said]
    file = io.BytesIO()
    np.lib.format.write_array(file, values)
    with pytest.raises(EvalError, match=f"damaged: .*{said}"):
        Evaluation.load(with_parts(small, small.with_name("altered"), {f"{name}.npy": file.getvalue()}))
