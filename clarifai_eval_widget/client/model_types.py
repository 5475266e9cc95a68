"""Types of models, and which of them can be evaluated here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from clarifai_eval_widget.client.answers import check_answer
from clarifai_eval_widget.client.transience import is_transient
from clarifai_eval_widget.errors import EvalError, WrongReplyError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clarifai_grpc.grpc.api import resources_pb2

    from clarifai_eval_widget.client.connection import Connection
    from clarifai_eval_widget.client.pages import Pages
    from clarifai_eval_widget.client.resources import Owner

__all__ = ["CLASSIFIERS", "ModelType", "ModelTypes", "Param"]

CLASSIFIERS = frozenset({"visual-classifier", "text-classifier", "embedding-classifier"})
"""Types that the documentation evaluates: nobody need be asked about them before a start."""

_UNDEFINED, _CLASSIFICATION = 0, 1
_JUDGED_BY = {
    2: "a detector, judged by boxes",
    3: "a segmenter, judged by regions",
    4: "a clusterer, judged by its clusters",
    5: "a tracker, judged by tracks",
    6: "a generator, judged by what it writes or draws",
}
_CONCEPTS = {"concepts", "data.concepts"}
_PARAMS = "eval_info.params."
_ASKED_ELSEWHERE = {"dataset_id", "dataset_version_id", "use_kfold"}
_KINDS: dict[int, tuple[Literal["number", "text", "yes or no"], str]] = {
    1: ("yes or no", "bool_value"),
    2: ("text", "string_value"),
    3: ("number", "number_value"),
}
_ONE_BY_ONE = 2  # beyond that, one listing is fewer calls


@dataclass(frozen=True)
class Param:
    """A parameter that evaluations of a type of models take."""

    name: str
    kind: Literal["number", "text", "yes or no"]
    default: float | str | bool | None
    """None where the server does not say."""
    description: str = ""
    least: float | None = None
    """The smallest number it may be; None where the server does not say."""
    most: float | None = None
    """The largest."""
    step: float | None = None
    """What lies between two of the numbers it may be."""


@dataclass(frozen=True)
class ModelType:
    """A type of models."""

    id: str
    title: str
    """As the platform writes it, for instance "Visual classifier"."""
    reason: str = ""
    """Why models of it cannot be evaluated here; empty for those that can, and where the server does not tell."""
    params: tuple[Param, ...] = ()
    """What evaluations take beside the dataset and whether to cross-validate."""

    @property
    def evaluable(self) -> bool:
        """Whether models of it can be evaluated here."""
        return not self.reason

    @classmethod
    def from_proto(cls, message: resources_pb2.ModelType) -> ModelType:
        """Read a ``resources_pb2.ModelType``."""
        return cls(message.id, message.title or message.id, _reason(message), _params(message))


class ModelTypes:
    """Reads types of models, each once.

    Parameters
    ----------
    connection
        Where to ask.
    pages
        How its listings are walked.
    asking
        On whose behalf.
    """

    def __init__(self, connection: Connection, pages: Pages, asking: Owner) -> None:
        self._connection = connection
        self._pages = pages
        self._asking = asking
        self._known: dict[str, ModelType] = {}

    def get(self, type_ids: Iterable[str]) -> dict[str, ModelType]:
        """Return types by id; one that the server does not tell of is taken as one that can be evaluated."""
        wanted = [*dict.fromkeys(type_ids)]
        if len([one for one in wanted if one not in self._known]) > _ONE_BY_ONE:
            self._list()
        return {one: self._known.get(one) or self._read(one) for one in wanted}

    def _list(self) -> None:
        from clarifai_grpc.grpc.api import service_pb2

        ask = partial(service_pb2.ListModelTypesRequest, user_app_id=self._asking.to_proto())
        listed = self._pages.entries(
            lambda service: service.ListModelTypes, ask, lambda reply: reply.model_types, "model types"
        )
        try:
            found = [ModelType.from_proto(message) for message in listed]
        except EvalError:  # each is asked about by itself
            return
        self._known |= {one.id: one for one in found}

    def _read(self, type_id: str) -> ModelType:
        ask = partial(self._pages.ask, partial(self._get, type_id))
        try:
            try:
                message = ask()
            except WrongReplyError:  # what it would be taken for otherwise costs a start that must fail
                message = ask()
        except EvalError as error:
            untold = ModelType(type_id, type_id)
            return untold if is_transient(error) else self._known.setdefault(type_id, untold)
        return self._known.setdefault(type_id, ModelType.from_proto(message))

    def _get(self, type_id: str) -> resources_pb2.ModelType:
        from clarifai_grpc.grpc.api import service_pb2

        request = service_pb2.GetModelTypeRequest(user_app_id=self._asking.to_proto(), model_type_id=type_id)
        reply = self._connection.call(lambda service: service.GetModelType, request, doing="read the model type")
        check_answer("model type", reply.model_type.id, type_id)
        return reply.model_type


def _params(message: resources_pb2.ModelType) -> tuple[Param, ...]:
    """Read the parameters that a form can ask for; dataset and method are asked for elsewhere."""
    found = []
    for one in message.model_type_fields:
        name = one.path.removeprefix(_PARAMS)
        if name == one.path or name in _ASKED_ELSEWHERE or one.internal_only or one.field_type not in _KINDS:
            continue
        kind, field = _KINDS[one.field_type]
        default = getattr(one.default_value, field) if one.HasField("default_value") else None
        found.append(Param(name, kind, default, one.description, *_range(one)))
    return tuple(found)


def _range(field: resources_pb2.ModelTypeField) -> tuple[float | None, float | None, float | None]:
    """Smallest, largest and step, as far as the server says what can be meant."""
    told = field.model_type_range_info
    step = told.step if 0 < told.step < math.inf else None
    if not (math.isfinite(told.min) and math.isfinite(told.max) and told.min < told.max):
        return None, None, step
    return told.min, told.max, step


def _reason(message: resources_pb2.ModelType) -> str:
    kind = message.evaluation_type
    if message.id in CLASSIFIERS or kind == _CLASSIFICATION:
        return ""
    if kind == _UNDEFINED and _CONCEPTS & set(message.output_fields):
        return ""
    title = message.title or message.id
    if kind in _JUDGED_BY:
        return f"{title}: {_JUDGED_BY[kind]}. Only classifiers are evaluated here."
    return f"{title}: Clarifai has no evaluation for this type of model. Only classifiers are evaluated here."
