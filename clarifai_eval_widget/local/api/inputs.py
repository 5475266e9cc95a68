"""Calls on inputs and their annotations."""

# ruff: noqa: N802 - the methods' names are the service's

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2, status_pb2

from clarifai_eval_widget.local.api import protos
from clarifai_eval_widget.local.api.answering import Calls, answers
from clarifai_eval_widget.local.api.apps import add_concepts
from clarifai_eval_widget.local.api.requests import check_batch, new_id, page_of
from clarifai_eval_widget.local.api.uploads import read_annotation, read_upload
from clarifai_eval_widget.local.data.uploads import app_inputs, holds
from clarifai_eval_widget.local.statuses import ApiError, make_status, not_found, reply_status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from clarifai_eval_widget.local.data.content import InputRecord
    from clarifai_eval_widget.local.data.records import AppRecord

    Annotations = Mapping[str, Mapping[str, float]]


class InputCalls(Calls):
    """Inputs and annotations: list, read, upload, delete."""

    @answers(service_pb2.MultiInputResponse)
    def ListInputs(self, request: service_pb2.ListInputsRequest, reply: service_pb2.MultiInputResponse) -> None:
        """List the inputs of an app, those of datasets that were added whole included."""
        app = self._records.app(request.user_app_id.app_id)
        wanted = set(request.ids)
        found = [one for one in app_inputs(app).values() if not wanted or one.id in wanted]
        if request.status.code not in (0, status_code_pb2.INPUT_SUCCESS):
            found = []  # an input that is kept has been read
        reply.inputs.extend(protos.input_proto(one, app) for one in page_of(found, request))

    @answers(service_pb2.SingleInputResponse)
    def GetInput(self, request: service_pb2.GetInputRequest, reply: service_pb2.SingleInputResponse) -> None:
        """Read an input."""
        app = self._records.app(request.user_app_id.app_id)
        one = _find(app_inputs(app), request.input_id, f"in the app {app.id!r}")
        reply.input.CopyFrom(protos.input_proto(one, app))

    @answers(service_pb2.SingleInputCountResponse)
    def GetInputCount(
        self, request: service_pb2.GetInputCountRequest, reply: service_pb2.SingleInputCountResponse
    ) -> None:
        """Count an app's inputs."""
        reply.counts.processed = len(app_inputs(self._records.app(request.user_app_id.app_id)))

    @answers(service_pb2.MultiInputResponse)
    def PostInputs(
        self, request: service_pb2.PostInputsRequest, reply: service_pb2.MultiInputResponse
    ) -> status_pb2.Status:
        """Upload texts and images, with what they are labelled with and the datasets they go into."""
        app = self._records.app(request.user_app_id.app_id)
        check_batch("inputs", request.inputs)
        for asked in request.inputs:
            try:
                one, datasets = read_upload(asked, app)
                with self._records.lock:
                    if one.id in app.inputs:
                        raise ApiError(status_code_pb2.INPUT_DUPLICATE, f"There is an input {one.id!r} already.")
                    app.inputs[one.id] = one
                    add_concepts(app.concepts, asked.data.concepts)
                    for dataset in datasets:
                        dataset.input_ids = {**(dataset.input_ids or {}), one.id: None}
                        dataset.changed = True
                    reply.inputs.append(protos.input_proto(one, app))
            except ApiError as error:
                reply.inputs.add(id=asked.id, status=make_status(error.code, error.details))
        self.keep(app)
        status = _status_of_all([one.status for one in reply.inputs], status_code_pb2.INPUT_SUCCESS)
        num_read = sum(one.status.code == status_code_pb2.INPUT_SUCCESS for one in reply.inputs)
        app.upload_jobs[request.inputs_add_job_id or new_id()] = (num_read, len(reply.inputs) - num_read)
        return status

    @answers(service_pb2.SingleInputsAddJobResponse)
    def GetInputsAddJob(
        self, request: service_pb2.GetInputsAddJobRequest, reply: service_pb2.SingleInputsAddJobResponse
    ) -> None:
        """Read what became of an upload; it is over when its call is answered."""
        app = self._records.app(request.user_app_id.app_id)
        if request.id not in app.upload_jobs:
            raise not_found("upload job", request.id, app.upload_jobs)
        success, failed = app.upload_jobs[request.id]
        reply.inputs_add_job.id = request.id
        reply.inputs_add_job.progress.success_count, reply.inputs_add_job.progress.failed_count = success, failed

    @answers(status_pb2.BaseResponse)
    def DeleteInputs(self, request: service_pb2.DeleteInputsRequest, reply: status_pb2.BaseResponse) -> None:  # noqa: ARG002 - nothing to tell but the status
        """Delete uploaded inputs; the dataset versions that they are in stay as they are."""
        app = self._records.app(request.user_app_id.app_id)
        with self._records.lock:
            where = f"among those uploaded to the app {app.id!r}"
            gone = {_find(app.inputs, input_id, where).id for input_id in request.ids}
            for dataset in app.datasets.values():
                if dataset.input_ids is not None and not gone.isdisjoint(dataset.input_ids):
                    dataset.input_ids = {key: None for key in dataset.input_ids if key not in gone}
                    dataset.changed = True
            for input_id in gone:
                del app.inputs[input_id]
            self.keep(app)

    @answers(service_pb2.MultiAnnotationResponse)
    def ListAnnotations(
        self, request: service_pb2.ListAnnotationsRequest, reply: service_pb2.MultiAnnotationResponse
    ) -> None:
        """List annotations: of the inputs named, or of all in the app."""
        app = self._records.app(request.user_app_id.app_id)
        inputs, wanted = app_inputs(app), set(request.ids)
        chosen = [inputs[key] for key in request.input_ids if key in inputs] if request.input_ids else inputs.values()
        every = [(one, key) for one in chosen for key in one.annotations if not wanted or key in wanted]
        for one, annotation_id in page_of(every, request):
            reply.annotations.append(protos.annotation_proto(one, annotation_id, app, self._user_id))

    @answers(service_pb2.MultiAnnotationResponse)
    def PostAnnotations(
        self, request: service_pb2.PostAnnotationsRequest, reply: service_pb2.MultiAnnotationResponse
    ) -> status_pb2.Status:
        """Label inputs of an app: a concept of value 1 applies, one of value 0 does not."""
        app = self._records.app(request.user_app_id.app_id)
        check_batch("annotations", request.annotations)
        inputs = app_inputs(app)
        for asked in request.annotations:
            try:
                with self._records.lock:
                    one = _find(inputs, asked.input_id, f"in the app {app.id!r}")
                    annotation_id = asked.id or new_id()
                    said = read_annotation(asked.data, app)
                    add_concepts(app.concepts, asked.data.concepts)
                    more = {annotation_id: said}
                    inputs[one.id] = one = _reannotate(app, one, partial(_with, more=more))
                reply.annotations.append(protos.annotation_proto(one, annotation_id, app, self._user_id))
            except ApiError as error:
                failed = reply.annotations.add(id=asked.id, input_id=asked.input_id)
                failed.status.CopyFrom(make_status(error.code, error.details))
        self.keep(app)
        return _status_of_all([one.status for one in reply.annotations], status_code_pb2.ANNOTATION_SUCCESS)

    @answers(status_pb2.BaseResponse)
    def DeleteAnnotations(self, request: service_pb2.DeleteAnnotationsRequest, reply: status_pb2.BaseResponse) -> None:  # noqa: ARG002 - nothing to tell but the status
        """Delete annotations: those of the ids named, or all of each input but the labels that it was added with."""
        app = self._records.app(request.user_app_id.app_id)
        left, inputs = partial(_without, gone=set(request.ids)), app_inputs(app)
        with self._records.lock:
            for one in [_find(inputs, input_id, f"in the app {app.id!r}") for input_id in request.input_ids]:
                _reannotate(app, one, left)
            self.keep(app)


def _find(inputs: dict[str, InputRecord], input_id: str, where: str) -> InputRecord:
    if input_id not in inputs:
        raise not_found("input", input_id, inputs, where=where, code=status_code_pb2.INPUT_DOES_NOT_EXIST)
    return inputs[input_id]


def _with(its: Annotations, more: Annotations) -> Annotations:
    return {**its, **more}


def _without(its: Annotations, gone: Collection[str]) -> Annotations:
    return {key: said for key, said in its.items() if gone and key not in gone}


def _reannotate(app: AppRecord, one: InputRecord, change: Callable[[Annotations], Annotations]) -> InputRecord:
    """Change an input's annotations wherever in the app it is: uploaded, or in datasets that were added whole."""
    for dataset in app.datasets.values():
        if holds(dataset, one.id):
            if dataset.input_ids is None:
                its = change(dataset.annotations.get(one.id, {}))
                dataset.annotations = {**dataset.annotations, one.id: its}
            dataset.changed = True
    now = app.inputs.get(one.id, one)  # as it is by now: it was looked up before the lock
    now = replace(now, annotations=change(now.annotations))
    if one.id in app.inputs:
        app.inputs[one.id] = now
    return now


def _status_of_all(statuses: Sequence[status_pb2.Status], success: int) -> status_pb2.Status:
    failed = [status for status in statuses if status.code != success]
    count = len(statuses)
    if not failed:
        return reply_status()
    code = status_code_pb2.FAILURE if len(failed) == count else status_code_pb2.MIXED_STATUS
    return reply_status(code, f"{len(failed)} of {count} failed, the first so: {failed[0].details}")
