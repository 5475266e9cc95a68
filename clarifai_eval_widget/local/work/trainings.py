"""Train the versions that clients post, each on a thread that waits for the worker process."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.local.apart import ProcessThread
from clarifai_eval_widget.local.statuses import ApiError
from clarifai_eval_widget.local.work.pool import WorkersStoppedError
from clarifai_eval_widget.local.work.training import train_versions

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from clarifai_eval_widget.local.data.keeper import Keeper
    from clarifai_eval_widget.local.data.records import (
        DatasetVersionRecord,
        ModelRecord,
        ModelVersionRecord,
        PendingVersion,
        Recipe,
        Records,
    )
    from clarifai_eval_widget.local.work.runner import TaskRunner

_log = logging.getLogger("clarifai_eval_widget")


class Trainings:
    """Start trainings and put what comes of them into the model.

    Parameters
    ----------
    records
        Whose lock guards the models.
    runner
        Where the work is done.
    keeper
        What keeps versions in the server's file, trained or not; None for a server in memory.
    """

    def __init__(self, records: Records, runner: TaskRunner, keeper: Keeper | None = None) -> None:
        self._records = records
        self._runner = runner
        self._keeper = keeper
        self._threads: list[threading.Thread] = []

    def start(self, model: ModelRecord, pending: PendingVersion, recipe: Recipe, *, before: Callable[[], None]) -> None:
        """Queue a training; the model says how far it is.

        Parameters
        ----------
        model, pending, recipe
            What is to be trained.
        before
            Called first on the training's thread, without the lock: it may take a while.
        """
        thread = ProcessThread(
            target=self._run,
            args=(model, pending, pending.dataset_version, recipe, before),
            name=f"clarifai-eval-train-{pending.id}",
            daemon=True,
        )
        with self._records.lock:
            model.pending[pending.id] = pending
            thread.start()
            self.keep_pending(model)
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]

    def join(self, timeout: float) -> None:
        """Wait for the trainings' threads, which end when the workers do."""
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(
        self,
        model: ModelRecord,
        pending: PendingVersion,
        dataset_version: DatasetVersionRecord,
        recipe: Recipe,
        before: Callable[[], None],
    ) -> None:
        pending.status = status_code_pb2.MODEL_TRAINING
        try:
            before()
            (version,) = train_versions(self._runner, model, pending.dataset, dataset_version, [recipe])
        except WorkersStoppedError:
            self._fail(model, pending, "The server was stopped before the training was finished.")
        except ApiError as error:
            self._fail(model, pending, error.details)
        except Exception as error:  # noqa: BLE001 - whatever happens, the version must say so
            _log.info("Training the version %s failed", pending.id, exc_info=True)
            self._fail(model, pending, f"Training raised {type(error).__name__}: {error}")
        else:
            self._finish(model, pending, version)

    def keep_pending(self, model: ModelRecord) -> None:
        """Keep which versions of a model are not trained, but of no sample; to be called under the lock."""
        app = next((one for one in self._records.apps() if one.models.get(model.id) is model), None)
        if self._keeper is not None and app is not None and model.samples is None:
            self._keeper.keep_model(app, model)

    def _fail(self, model: ModelRecord, pending: PendingVersion, details: str) -> None:
        with self._records.lock:
            pending.status, pending.details = status_code_pb2.MODEL_TRAINING_FAILED, details
            if model.pending.get(pending.id) is pending:  # else it was deleted meanwhile
                self.keep_pending(model)

    def _finish(self, model: ModelRecord, pending: PendingVersion, version: ModelVersionRecord) -> None:
        with self._records.lock:
            if model.pending.get(pending.id) is not pending:  # it was deleted meanwhile
                return
            if version.dataset_version not in pending.dataset.versions:
                pending.dataset.add(version.dataset_version)
            self._keep(model, version)  # before it can be seen, and so before it can be deleted
            model.trained = [*model.trained, version]
            del model.pending[pending.id]
            self.keep_pending(model)

    def _keep(self, model: ModelRecord, version: ModelVersionRecord) -> None:
        apps = {app.id: app for app in self._records.apps()}
        app, source = apps.get(model.app_id), apps.get(version.dataset.app_id)
        if self._keeper is not None and app is not None and source is not None:
            self._keeper.keep_dataset(source, version.dataset, version.dataset_version)
            self._keeper.keep_version(app, model, version)
