"""Read what is uploaded: one input, one annotation."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.api.datasets import not_fillable
from clarifai_eval_widget.local.api.requests import check_id, new_id
from clarifai_eval_widget.local.data.content import InputRecord
from clarifai_eval_widget.local.statuses import ApiError, not_found

if TYPE_CHECKING:
    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.local.data.records import AppRecord, DatasetRecord


def read_upload(asked: resources_pb2.Input, app: AppRecord) -> tuple[InputRecord, list[DatasetRecord]]:
    """Read an input, and find the datasets that it goes into.

    Raises
    ------
    ApiError
        With a status of inputs that says what is wrong with this one.
    """
    input_id = check_id("input", asked.id or new_id())
    text, image = read_data(asked.data)
    datasets = []
    for dataset_id in asked.dataset_ids:
        if dataset_id not in app.datasets:
            raise not_found("dataset", dataset_id, app.datasets, where=f"in the app {app.id!r}")
        if app.datasets[dataset_id].input_ids is None:
            raise not_fillable(app.datasets[dataset_id])
        datasets.append(app.datasets[dataset_id])
    said = read_annotation(asked.data, app)
    return InputRecord(input_id, text, image, {new_id(): said} if said else {}), datasets


def read_data(data: resources_pb2.Data) -> tuple[str | None, bytes | None]:
    """Return the text or the image file of an input."""
    if data.HasField("text") and not data.text.url:
        return str(data.text.raw), None
    if data.HasField("image") and data.image.base64:
        return None, _check_image(bytes(data.image.base64))
    if data.text.url or data.image.url:
        raise ApiError(
            status_code_pb2.INPUT_DOWNLOAD_FAILED,
            f"The local server downloads nothing, so {data.text.url or data.image.url!r} was not read. Send the text "
            "itself in text.raw, or the file's bytes in image.base64.",
        )
    kinds = [field.name for field, _ in data.ListFields() if field.name not in ("concepts", "metadata", "geo")]
    raise ApiError(
        status_code_pb2.INPUT_UNSUPPORTED_FORMAT,
        f"An input here is a text (text.raw) or an image (image.base64), but this one holds "
        f"{' and '.join(kinds) or 'nothing'}.",
    )


def read_annotation(data: resources_pb2.Data, app: AppRecord) -> dict[str, float]:
    """Return what is said of concepts, named by their ids, or by their names alone."""
    if data.regions or data.frames:
        raise ApiError(
            status_code_pb2.ANNOTATION_INVALID_ARGUMENT,
            "The local server evaluates classifiers: it keeps what is said of a whole input, no regions and frames.",
        )
    return {_concept_id(concept, app): float(concept.value > 0) for concept in data.concepts}


def _concept_id(concept: resources_pb2.Concept, app: AppRecord) -> str:
    if not concept.id and not concept.name:
        raise ApiError(status_code_pb2.ANNOTATION_INVALID_ARGUMENT, "A concept has neither an id nor a name.")
    named: dict[Any, str] = {name: key for key, name in app.concepts.items()}
    return str(concept.id) or named.get(concept.name, str(concept.name))


def _check_image(file: bytes) -> bytes:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(file)) as image:
            image.verify()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ApiError(
            status_code_pb2.INPUT_UNSUPPORTED_FORMAT, f"These {len(file)} bytes are no image that can be read: {error}"
        ) from error
    return file
