"""Inputs and embeddings as bytes for the file, and back: arrays and JSON, no pickles."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from clarifai_eval_widget.local.data.content import Content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def content_to_bytes(content: Content) -> bytes:
    """Write the labelled inputs of a dataset version."""
    arrays: dict[str, NDArray[Any]] = {
        "labels": content.labels,
        "names": _texts([list(content.input_ids), list(content.concepts), list(content.concept_names)]),
    }
    if content.texts is not None:
        arrays["texts"] = _texts(list(content.texts))
    if content.images is not None:
        arrays["sizes"] = np.array([len(image) for image in content.images], np.int64)
        arrays["images"] = np.frombuffer(b"".join(content.images), np.uint8)
    if content.groups is not None:
        arrays["groups"] = content.groups
    return _to_bytes(arrays)


def content_from_bytes(body: bytes) -> Content:
    """Read what :func:`content_to_bytes` wrote; whatever else raises ValueError, KeyError or OSError."""
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        input_ids, concepts, concept_names = _read_texts(arrays["names"])
        return Content(
            input_ids=tuple(input_ids),
            labels=arrays["labels"].astype(bool, copy=False),
            concepts=tuple(concepts),
            concept_names=tuple(concept_names),
            texts=tuple(_read_texts(arrays["texts"])) if "texts" in arrays else None,
            images=_cut(arrays["images"].tobytes(), arrays["sizes"]) if "images" in arrays else None,
            groups=arrays["groups"].astype(np.int64, copy=False) if "groups" in arrays else None,
        )


def embeddings_to_bytes(embeddings: NDArray[np.float32]) -> bytes:
    """Write embeddings."""
    return _to_bytes({"embeddings": embeddings})


def embeddings_from_bytes(body: bytes) -> NDArray[np.float32]:
    """Read what :func:`embeddings_to_bytes` wrote."""
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        embeddings: NDArray[np.float32] = arrays["embeddings"]
        return embeddings


def _to_bytes(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _texts(texts: Sequence[Any]) -> NDArray[np.uint8]:
    # JSON escapes what UTF-8 cannot hold, such as the halves of a character that a cut text ends with.
    return np.frombuffer(json.dumps(texts).encode("ascii"), np.uint8)


def _read_texts(array: NDArray[np.uint8]) -> list[Any]:
    texts: list[Any] = json.loads(array.tobytes())
    return texts


def _cut(joined: bytes, sizes: NDArray[np.int64]) -> tuple[bytes, ...]:
    ends = np.cumsum(sizes).tolist()
    return tuple(joined[end - size : end] for end, size in zip(ends, sizes.tolist(), strict=True))
