"""Read requests: pages, scopes, and the start of an evaluation."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from clarifai_grpc.grpc.api import resources_pb2
from google.protobuf.json_format import MessageToDict

from clarifai_eval_widget.client.defaults import cross_validates_by_default
from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.model_types import MAX_FOLDS
from clarifai_eval_widget.local.data.content import now
from clarifai_eval_widget.local.data.records import EVALUATION
from clarifai_eval_widget.local.data.uploads import freeze
from clarifai_eval_widget.local.statuses import invalid, tell_own
from clarifai_eval_widget.local.work.cross_validation import DEFAULT_FOLDS
from clarifai_eval_widget.local.work.plan import Job

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clarifai_eval_widget.local.data.records import (
        DatasetRecord,
        DatasetVersionRecord,
        ModelVersionRecord,
        Records,
    )
    from clarifai_eval_widget.local.data.uploads import Embed

T = TypeVar("T")

DEFAULT_PER_PAGE = 128
MAX_PER_PAGE = 1000
MAX_BATCH = 128
_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_PARAMS = ("dataset_id", "dataset_version_id", "use_kfold", "folds")


class Paged(Protocol):
    """A request for one page of a listing."""

    page: int
    per_page: int


def page_of(items: Sequence[T], request: Paged) -> Sequence[T]:
    """Return the page of a listing that a request asks for; past the end it is empty."""
    per_page = min(request.per_page or DEFAULT_PER_PAGE, MAX_PER_PAGE)
    start = (max(request.page, 1) - 1) * per_page
    return items[start : start + per_page]


def check_id(kind: str, value: str) -> str:
    """Return an id that is fit to be one."""
    if not _ID.fullmatch(value):
        raise invalid(f"The {kind} id {value!r} cannot be used: ids are 1 to 128 letters, digits, '-', '_' and '.'.")
    return value


def check_new(kind: str, value: str, known: Iterable[str]) -> str:
    """Return an id that is fit to be one, and that nothing has yet."""
    if check_id(kind, value) in known:
        raise invalid(f"There is a {kind} {value!r} already. Choose another id, or delete it first.")
    return value


def check_batch(what: str, items: Sequence[object]) -> None:
    """Refuse a request of more than the platform takes at once, so that what works here works there."""
    if not items:
        raise invalid(f"The request has no {what}.")
    if len(items) > MAX_BATCH:
        raise invalid(f"The request has {len(items)} {what}, but at most {MAX_BATCH} go into one. Send them in parts.")


def new_id() -> str:
    """Return an id for what a client did not name."""
    return uuid.uuid4().hex


def current_version(records: Records, dataset: DatasetRecord, embed: Embed, origin: int) -> DatasetVersionRecord:
    """Return the latest version of a dataset, frozen now where uploads or annotations have changed it since."""
    if dataset.changed and dataset.added is not None:
        dataset.added.content.get()  # before the lock: a sample's is read when first needed
    with records.lock:
        if not dataset.changed:
            return dataset.version()
        return freeze(records.app(dataset.app_id), dataset, embed, new_id(), origin)


def read_job(
    asked: resources_pb2.EvalMetrics,
    app_id: str,
    records: Records,
    user_id: str,
    embed: Embed,
    *,
    model_id: str = "",
    version_id: str = "",
) -> Job:
    """Find everything that a request to evaluate names.

    Parameters
    ----------
    asked
        The evaluation as the client wrote it.
    app_id
        The app that will own it.
    records
        Where apps, datasets and models are.
    user_id
        The server's user.
    embed
        What embeds uploaded inputs, where the dataset has some that are in no version yet.
    model_id, version_id
        The model where the request names it beside the evaluation, as the older call does.
    """
    model_id = asked.model.id or model_id
    version_id = asked.model.model_version.id or version_id
    if not model_id or not version_id:
        raise invalid("Say what to evaluate: eval_metrics.model.id and eval_metrics.model.model_version.id.")
    model = records.model(asked.model.app_id or app_id, model_id)
    version = model.version(version_id)
    params = _read_params(asked)
    dataset, dataset_version_id = _read_dataset(asked, params, app_id, records, version)
    if dataset_version_id:
        dataset_version = dataset.version(dataset_version_id)
    else:
        dataset_version = current_version(records, dataset, embed, EVALUATION)
    own = dataset_version is version.dataset_version
    use_kfold = params.get("use_kfold", own and cross_validates_by_default(model.model_type_id))
    metrics = resources_pb2.EvalMetrics(
        id=check_id("evaluation", asked.id or new_id()), user_id=user_id, app_id=app_id or model.app_id
    )
    metrics.model.CopyFrom(protos.model_proto(model, user_id, version))
    metrics.ground_truth_dataset.CopyFrom(protos.dataset_proto(dataset, user_id, dataset_version))
    metrics.eval_info.params.update(
        {**params, "dataset_id": dataset.id, "dataset_version_id": dataset_version.id, "use_kfold": use_kfold}
    )
    metrics.extended_metrics.CopyFrom(asked.extended_metrics)
    tell_own(metrics, {"created_at": now().isoformat(timespec="seconds")})
    num_folds = int(params.get("folds", DEFAULT_FOLDS)) if use_kfold else 0
    return Job(metrics, model, version, dataset, dataset_version, num_folds)


def _read_params(asked: resources_pb2.EvalMetrics) -> dict[str, Any]:
    params: dict[str, Any] = MessageToDict(asked.eval_info.params)
    unknown = sorted(set(params) - set(_PARAMS))
    if unknown:
        raise invalid(f"Unknown evaluation parameter {unknown[0]!r}. There are {', '.join(map(repr, _PARAMS))}.")
    if not isinstance(params.get("use_kfold", True), bool):
        raise invalid(f"The parameter 'use_kfold' must be true or false, but is {params['use_kfold']!r}.")
    folds = params.get("folds", DEFAULT_FOLDS)
    if not isinstance(folds, int | float) or not 2 <= folds <= MAX_FOLDS or folds != int(folds):
        raise invalid(f"The parameter 'folds' must be a whole number from 2 to {MAX_FOLDS}, but is {folds!r}.")
    return params


def _read_dataset(
    asked: resources_pb2.EvalMetrics, params: dict[str, Any], app_id: str, records: Records, version: ModelVersionRecord
) -> tuple[DatasetRecord, str]:
    truth = asked.ground_truth_dataset
    dataset_id = truth.id or str(params.get("dataset_id") or "")
    version_id = truth.version.id or str(params.get("dataset_version_id") or "")
    if not dataset_id:
        return version.dataset, version_id or version.dataset_version.id
    return records.dataset(truth.app_id or app_id or version.dataset.app_id, dataset_id), version_id
