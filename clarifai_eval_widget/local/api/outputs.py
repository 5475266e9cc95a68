"""Predictions."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf.json_format import MessageToDict

from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.answering import Calls, answers
from clarifai_eval_widget.local.api.requests import check_batch, new_id
from clarifai_eval_widget.local.api.uploads import read_data
from clarifai_eval_widget.local.data.content import now
from clarifai_eval_widget.local.statuses import ApiError, invalid, make_status, not_found
from clarifai_eval_widget.local.work.tasks import score_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clarifai_eval_widget.local.data.content import Content, Kind
    from clarifai_eval_widget.local.data.records import AppRecord, ModelRecord, ModelVersionRecord


_Stored = tuple["Content", "NDArray[np.float32]", int]


class OutputCalls(Calls):
    """Predict."""

    @answers(service_pb2.MultiOutputResponse)
    def PostModelOutputs(
        self, request: service_pb2.PostModelOutputsRequest, reply: service_pb2.MultiOutputResponse
    ) -> None:
        """Predict inputs with a trained version: the newest unless one is named."""
        app = self._records.app(request.user_app_id.app_id)
        model = self._records.model(app.id, request.model_id)
        version = _trained(model, request.version_id or request.model.model_version.id)
        check_batch("inputs", request.inputs)
        wanted = _read_wanted(request.model.model_version.output_info, version)
        vectors = self._vectors(app, request.inputs, version)
        scores = self._runner.call(score_rows, version.head, vectors)
        written = protos.model_proto(model, self._user_id, version)
        for asked, row in zip(request.inputs, scores, strict=True):
            output = reply.outputs.add(id=new_id(), model=written, input=asked)
            output.status.CopyFrom(make_status(status_code_pb2.SUCCESS))
            output.created_at.FromDatetime(now())
            output.data.concepts.extend(wanted.choose(protos.concept_protos(version, app.id, self._user_id), row))

    def _vectors(
        self, app: AppRecord, inputs: Sequence[resources_pb2.Input], version: ModelVersionRecord
    ) -> NDArray[np.float32]:
        """Embed inputs: (n, D), those of datasets that came with embeddings by their rows."""
        rows: dict[int, Any] = {}
        to_embed: dict[Kind, list[tuple[int, Any]]] = {"text": [], "image": []}
        stored = _stored(app)
        for n, one in enumerate(inputs):
            vector = _given_vector(one, stored)
            if vector is not None:
                rows[n] = vector
                continue
            text, image = _read_input(app, one)
            to_embed["text" if image is None else "image"].append((n, text if image is None else image))
        for kind, items in to_embed.items():
            if items:
                vectors = self._embed(kind, tuple(value for _, value in items))
                rows |= {n: vector for (n, _), vector in zip(items, vectors, strict=True)}
        for n, vector in rows.items():
            if len(vector) != version.num_features:
                raise invalid(
                    f"Input {n + 1} has an embedding of {len(vector)} numbers, but the version {version.id!r} takes "
                    f"{version.num_features}: it was trained on inputs that were embedded otherwise."
                )
        return np.array([rows[n] for n in range(len(inputs))], dtype=np.float32)


@dataclass(frozen=True)
class _Wanted:
    """Which of the concepts a prediction tells."""

    concepts: frozenset[str]
    most: int
    least_value: float

    def choose(self, concepts: list[resources_pb2.Concept], scores: NDArray[np.float32]) -> list[resources_pb2.Concept]:
        """Return the concepts wanted with their scores, the likeliest first."""
        told = []
        for k in np.argsort(-scores, kind="stable"):
            if concepts[k].id in self.concepts and scores[k] >= self.least_value:
                concepts[k].value = float(scores[k])
                told.append(concepts[k])
        return told[: self.most]


def _read_wanted(info: resources_pb2.OutputInfo, version: ModelVersionRecord) -> _Wanted:
    config, params = info.output_config, MessageToDict(info.params)
    selected = [concept.id or concept.name for concept in config.select_concepts]
    by_name = dict(zip(version.concept_names, version.concepts, strict=True))
    ids = [by_name.get(one, one) for one in selected]
    unknown = [one for one in ids if one not in version.concepts]
    if unknown:
        raise not_found("concept", unknown[0], version.concepts, where=f"of the version {version.id!r}")
    most = config.max_concepts or int(params.get("max_concepts") or 0) or max(protos.MAX_CONCEPTS, len(ids))
    least = config.min_value or float(params.get("min_value") or 0)
    return _Wanted(frozenset(ids or version.concepts), most, least)


def _trained(model: ModelRecord, version_id: str) -> ModelVersionRecord:
    if version_id:
        return model.version(version_id)
    versions = model.versions()
    if not versions:
        raise ApiError(
            status_code_pb2.MODEL_UNTRAINED,
            f"The model {model.id!r} has no trained version. Train one by PostModelVersions, and wait for it.",
        )
    return versions[-1]


def _stored(app: AppRecord) -> dict[str, _Stored]:
    """Return content, embeddings and row of the inputs of datasets that were added whole, by id."""
    found: dict[str, _Stored] = {}
    for dataset in app.datasets.values():
        latest = dataset.latest
        if dataset.input_ids is None and latest is not None and latest.content.ready and latest.embeddings.ready:
            content, vectors = latest.content.get(), latest.embeddings.get()
            found |= {input_id: (content, vectors, row) for row, input_id in enumerate(content.input_ids)}
    return found


def _given_vector(one: resources_pb2.Input, stored: dict[str, _Stored]) -> NDArray[np.float32] | None:
    if one.data.embeddings:
        return np.array(one.data.embeddings[0].vector, dtype=np.float32)
    if one.id not in stored:
        return None
    content, vectors, row = stored[one.id]
    text = None if content.texts is None else content.texts[row]
    image = None if content.images is None else content.images[row]
    changed = (one.data.text.raw and one.data.text.raw != text) or (
        one.data.image.base64 and one.data.image.base64 != image
    )
    return None if changed else vectors[row]


def _read_input(app: AppRecord, one: resources_pb2.Input) -> tuple[str | None, bytes | None]:
    if one.id in app.inputs and not (one.data.HasField("text") or one.data.HasField("image")):
        return app.inputs[one.id].text, app.inputs[one.id].image
    return read_data(one.data)
