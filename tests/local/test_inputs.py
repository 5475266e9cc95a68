"""What a user gives is read as meant, or refused with the row."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.feature_extraction.text import TfidfVectorizer

from clarifai_eval_widget.errors import InvalidRequestError
from clarifai_eval_widget.local import LocalServer
from clarifai_eval_widget.local.authoring.images import read_images
from clarifai_eval_widget.local.authoring.labels import read_truth
from clarifai_eval_widget.local.data.sample_texts import WORDLLAMA, embed_texts


@pytest.fixture(scope="module")
def server():
    with LocalServer() as server:
        yield server


def read_as(labels, concepts=None):
    names, truth = read_truth(labels, concepts)
    return [[names[k] for k in np.flatnonzero(row)] for row in truth]


def pixels_of(files):
    return [np.asarray(Image.open(io.BytesIO(file))) for file in files]


Y = ["b", "a", "b"]
ROWS = [["b"], ["a"], ["b"]]


@pytest.mark.parametrize(
    ("labels", "concepts"),
    [
        (Y, None),
        (np.array(Y), ["b", "a"]),
        (pd.Series(Y, index=[7, 8, 9]), None),
        (pd.Series(Y, dtype="category"), None),
        ([{"b"}, ("a",), ["b", "b"]], None),
        (pd.get_dummies(Y), None),
        (pd.get_dummies(Y), ["b", "a"]),
        (pd.get_dummies(Y).to_numpy(), ["a", "b"]),
        (pd.DataFrame([[0, 1], [1, 0], [0, 1]]), ["a", "b"]),
        (sparse.csr_matrix([[0, 1], [1, 0], [0, 1]]), ["a", "b"]),
    ],
)
def test_every_form_of_the_same_labels_reads_the_same(labels, concepts):
    assert read_as(labels, concepts) == ROWS


def test_concepts_give_the_order_whatever_the_columns_order():
    names, truth = read_truth(pd.get_dummies(Y), ["b", "a"])
    assert names == ("b", "a")
    assert truth.tolist() == [[True, False], [False, True], [True, False]]


def test_an_input_of_none_of_the_concepts_is_an_empty_list():
    assert read_as([["a"], [], ["b"]]) == [["a"], [], ["b"]]


@pytest.mark.parametrize(
    ("labels", "concepts", "part"),
    [
        (["a", None, "b"], None, "row 1 is None"),
        (["a", float("nan")], None, "row 1 is nan"),
        (pd.Series(["a", pd.NA], dtype=object), None, "row 1 is <NA>"),
        ([["a"], ["b", None]], None, "row 1 is None"),
        ([b"cat", b"dog"], None, r"row 0 is bytes, b'cat': decode"),
        (np.array([b"cat"]), None, "decode"),
        ([["a"], [b"b"]], None, "decode"),
        (["a", ""], None, "row 1 is an empty text"),
        ([{"a": True}], None, "row 0 is a dict"),
        ("ab", None, "are a str"),
        (Y, "ab", "the one text 'ab'"),
        (Y, ["a", "b", "a"], "'a' is named more than once"),
        (Y, ["a"], "'b' is not among"),
        ([], None, "at least one"),
        (np.zeros((0, 2)), ["a", "b"], "at least one"),
        (np.array([[0, np.nan], [1, 0]]), ["a", "b"], r"row 0 has .*nan.* for 'b'"),
        (np.array([[0, 2], [1, 0]]), ["a", "b"], "only 0 and 1"),
        (pd.get_dummies(Y), ["a", "c"], "columns of labels are 'a', 'b'"),
        (pd.get_dummies(Y), ["a"], "the same"),
        (pd.DataFrame([[0, 1]], columns=["a", "a"]), None, "more than once"),
        (pd.DataFrame([[0, 1]]), None, "need concepts"),
    ],
)
def test_labels_that_are_none_are_refused_with_where_they_stand(labels, concepts, part):
    with pytest.raises(InvalidRequestError, match=part):
        read_truth(labels, concepts)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (np.array([[0, 200]], np.uint8), [[0, 200]]),
        (np.array([[0, 200]], np.int64), [[0, 200]]),
        (np.array([[0.0, 200.0]]), [[0, 200]]),
        (np.array([[0.0, 0.5]]), [[0, 128]]),
        (np.array([[False, True]]), [[0, 255]]),
        (np.array([[0.0, 8.0, 16.0]]), [[0, 128, 255]]),
        (np.array([[[7], [8]]], np.uint8), [[7, 8]]),
    ],
)
def test_arrays_become_the_images_they_are(given, shown):
    (read,) = pixels_of(read_images([given]))
    assert read.tolist() == shown


def test_one_scale_holds_for_all_images():
    digits = load_digits().images[:30]
    read = pixels_of(read_images(digits))
    np.testing.assert_array_equal(read, (digits * 255 / 16).round())
    dark = pixels_of(read_images([np.array([[3, 4]]), np.array([[0, 255]])]))
    assert dark[0].tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("image", "part"),
    [
        (b"garbage that is no image", "row 1 are no PNG or JPEG"),
        (b"", "row 1 are no PNG"),
        (b"\x89PNG\r\n\x1a\n and then nothing", "row 1 are no PNG"),
        (np.zeros((4, 4, 2)), r"row 1 has the shape \(4, 4, 2\)"),
        (np.zeros((0, 4)), "row 1 has the shape"),
        (np.zeros(4), "row 1 has the shape"),
        (np.array([[0, np.nan]]), "row 1 has a number that is not finite"),
        (np.array([[0, -3.0]]), "row 1 has the negative -3.0"),
        (np.array([[0, 70_000]]), "largest number in the images is 70000"),
        (np.array([[0, 7.5]]), "largest number in the images is 7.5"),
        (np.array([["a", "b"]]), "row 1 holds"),
    ],
)
def test_images_that_are_none_are_refused_with_their_row(image, part):
    with pytest.raises(InvalidRequestError, match=part):
        read_images([np.array([[0.0, 1.0]]), image])


def test_sparse_embeddings_are_written_out(server):
    texts = [f"word{n % 7} and word{n % 3}" for n in range(40)]
    labels = ["odd" if n % 2 else "even" for n in range(40)]
    embed = TfidfVectorizer().fit(texts).transform
    server.add_dataset("app", "sparse", texts, labels, embed=embed)
    stored = server._records.dataset("app", "sparse").version().embeddings.get()
    np.testing.assert_allclose(stored, embed(texts).toarray(), atol=1e-6)


def test_sparse_embeddings_too_wide_for_memory_are_refused_with_what_to_do(server):
    wide = sparse.csr_matrix((40, 100_000_000))
    with pytest.raises(InvalidRequestError, match="TruncatedSVD"):
        server.add_dataset("app", "wide", ["x"] * 40, ["a", "b"] * 20, embeddings=wide)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"texts": "xyz"}, "texts is one text"),
        ({"texts": ["x", "y\ud83d", "z"]}, "text at row 1 is no valid text"),
        ({"labels": ["b", "a", "b\udc00"]}, "label at row 2 is no valid text"),
        ({"input_ids": ["1", "\ud800", "3"]}, "input id at row 1"),
        ({"description": "\ud800"}, "description is no valid"),
        ({"input_ids": "xyz"}, "input_ids is one text"),
        ({"texts": pd.Series(["x", "y", "z"], index=[2, 1, 0]), "labels": pd.Series(Y)}, "different indices"),
        ({"labels": pd.Series(Y, index=["k", "i", "j"]), "input_ids": ["i", "j", "k"]}, "another order than input_ids"),
    ],
)
def test_what_cannot_belong_together_is_refused(server, given, part):
    whole = {"texts": ["x", "y", "z"], "labels": Y, "embeddings": np.ones((3, 2))} | given
    with pytest.raises(InvalidRequestError, match=part):
        server.add_dataset("app", "apart", whole.pop("texts"), whole.pop("labels"), **whole)


def test_rows_that_pandas_counts_have_no_ids_that_could_be_in_another_order(server):
    texts, labels = pd.Series(["x", "y", "z"]), pd.Series(Y)
    made = server.add_dataset("app", "counted", texts, labels, embeddings=np.ones((3, 2)), input_ids=[2, 0, 1])
    assert made is not None
    assert server._records.dataset("app", "counted").version().content.get().input_ids == ("2", "0", "1")


def test_texts_without_embeddings_are_embedded_as_the_samples_are_or_as_the_server_was_told(server):
    texts = ["a good day", "a bad night", "a fine day", "a dark night"]
    server.add_dataset("app", "plain", texts, ["day", "night", "day", "night"])
    stored = server._records.dataset("app", "plain").version().embeddings.get()
    np.testing.assert_allclose(stored, embed_texts(tuple(texts), WORDLLAMA), atol=1e-6)
    with LocalServer(embed=lambda batch: [[float(len(text))] for text in batch]) as told:
        told.add_dataset("app", "lengths", texts, ["day", "night", "day", "night"])
        assert told._records.dataset("app", "lengths").version().embeddings.get().ravel().tolist() == [10, 11, 10, 12]
