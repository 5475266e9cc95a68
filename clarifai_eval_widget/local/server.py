"""The embedded server: Clarifai's evaluation API on this machine, over real gRPC, with real training behind it."""

from __future__ import annotations

import atexit
import secrets
import threading
from typing import TYPE_CHECKING, Any, ClassVar, Self

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.local.api.listener import Listener
from clarifai_eval_widget.local.api.servicer import Servicer
from clarifai_eval_widget.local.authoring import datasets, models
from clarifai_eval_widget.local.authoring.embedder import Embedder
from clarifai_eval_widget.local.authoring.inputs import Inputs
from clarifai_eval_widget.local.authoring.workshop import Workshop
from clarifai_eval_widget.local.data.database import Database, read_settings
from clarifai_eval_widget.local.data.evaluations import Evaluations
from clarifai_eval_widget.local.data.keeper import Keeper
from clarifai_eval_widget.local.data.records import Records
from clarifai_eval_widget.local.work.engine import Engine
from clarifai_eval_widget.local.work.pool import WorkerPool
from clarifai_eval_widget.local.work.runner import TaskRunner
from clarifai_eval_widget.local.work.trainings import Trainings

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.client.resources import Dataset as ClientDataset
    from clarifai_eval_widget.client.resources import ModelVersion as ClientModelVersion
    from clarifai_eval_widget.local.work.engine import Step

__all__ = ["LocalServer"]

_WARM = ("clarifai_eval_widget.local.work.tasks", "clarifai_eval_widget.local.work.heads", "sklearn.linear_model")
_WARM_SAMPLES = ("babel", "wordllama")
_RUNNING: set[LocalServer] = set()  # a server lives until it is stopped, held or not, for its clients' sake
_LAST_PORT = 65535
_PATIENCE = 5.0  # seconds to wait at the end for an evaluation that a hook or a foreign backend holds up


class LocalServer:
    """A server on 127.0.0.1 that trains and evaluates heads on embeddings.

    A context manager. It starts on construction, on a free port, and runs until :meth:`stop` or the end of this
    process; then no thread, process or port is left.

    Parameters
    ----------
    path
        A SQLite file that keeps everything, made where there is none, for its owner's eyes only; a later server on the
        same file has it all again, at the same address with the same token where the port is free. Trained heads are
        pickles: open only files of your own. None keeps everything in memory.
    port
        The port to serve on; by default the file's last, or a free one.
    joblib_backend
        Where folds and batches run: a joblib backend by name or as an object ("loky", "dask", "ray", "threading").
        None: processes of the server's own, which a busy notebook does not slow down.
    n_jobs
        How many folds of one evaluation that backend runs at once.
    workers
        How many processes of its own the server may start; each runs one fold at a time.
    embed
        Makes (N, D) embeddings of a list of uploaded texts, or of image files as bytes, and may be called from several
        threads. None: they are embedded as the samples are.

    Raises
    ------
    EvalError
        When no port or file can be opened.
    """

    _shared: ClassVar[LocalServer | None] = None
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        port: int | None = None,
        joblib_backend: Any = None,
        n_jobs: int = 1,
        workers: int = 2,
        embed: Callable[[list[Any]], Any] | None = None,
    ) -> None:
        if workers < 1:
            raise InvalidRequestError(f"A server needs at least one worker process, but workers is {workers}.")
        if port is not None and not 0 <= port <= _LAST_PORT:  # gRPC would take another one in silence
            raise InvalidRequestError(f"A port is a number from 0 to {_LAST_PORT}, not {port}: 0 is any free one.")
        self._stopping = threading.Lock()
        self._stopped = False
        self._database = Database(path)
        self.pat = self._database.setting("token") or secrets.token_hex(16)
        """The token that every call must carry."""
        self.user_id = "local"
        """The one user there is."""
        self.before_step: Callable[[Step], None] | None = None
        """Called on an evaluation's thread before each fold or batch is published; a test can hold it up there."""
        kept = Evaluations(self._database)
        self._records = Records()
        keeper = None if path is None else Keeper(self._database)
        if keeper is not None:
            keeper.load(self._records)
        for app_id in kept.app_ids():
            self._records.ensure_app(app_id, "Evaluations of an earlier server.")
        self._pool = WorkerPool(workers)
        self._runner = TaskRunner(self._pool, joblib_backend, n_jobs)
        self._engine = Engine(kept, self._runner, lambda: self.before_step)
        self._workshop = Workshop(self._records, self._runner, self.user_id, keeper)
        self._trainings = Trainings(self._records, self._runner, keeper)
        self._embedder = Embedder(self._runner, embed)
        self._serve(port)
        if joblib_backend is None:
            self._pool.warm_up(_WARM)
        _RUNNING.add(self)

    def _serve(self, port: int | None) -> None:
        last = self._database.setting("port")
        ports = [port] if port is not None else [int(last), 0] if last else [0]
        servicer = Servicer(
            self._records,
            self._engine,
            self.user_id,
            self.pat,
            trainings=self._trainings,
            runner=self._runner,
            embed=self._embedder,
            keeper=self._workshop.keeper,
        )
        try:
            self._listener = Listener(servicer, ports)
        except EvalError:
            self._database.close()
            raise
        self.port = self._listener.port
        """The port it serves on."""
        self._database.set(token=self.pat, port=str(self.port))

    @classmethod
    def with_samples(cls, path: str | os.PathLike[str] | None = None, **options: Any) -> Self:
        """Start a server with the sample apps ``languages``, ``world``, ``digits`` and ``mnist``.

        Parameters
        ----------
        path, **options
            As for :class:`LocalServer`.
        """
        from clarifai_eval_widget.local.authoring.samples import add_samples

        server = cls(path, **options)
        add_samples(server._records, server._runner)
        if options.get("joblib_backend") is None:
            server._pool.warm_up(_WARM_SAMPLES)
        return server

    @classmethod
    def shared(cls) -> LocalServer:
        """Return this process's one server with samples, started where there is none or it was stopped."""
        with cls._shared_lock:
            if cls._shared is None or cls._shared.stopped:
                cls._shared = cls.with_samples()
            return cls._shared

    @property
    def base_url(self) -> str:
        """The address to give to a client."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stopped(self) -> bool:
        """Whether :meth:`stop` has been called."""
        return self._stopped

    def client(self, **options: Any) -> EvalClient:
        """Return a client of this server; options as for :class:`~clarifai_eval_widget.EvalClient`."""
        from clarifai_eval_widget.client import EvalClient
        from clarifai_eval_widget.client.secrecy import Hidden

        token = Hidden(self.pat)  # a traceback of what is below would show it
        client = EvalClient(pat=token, user_id=self.user_id, base_url=self.base_url, **options)
        client.ends_with(lambda: self.stopped)
        return client

    @staticmethod
    def client_of(path: str | os.PathLike[str], **options: Any) -> EvalClient:
        """Return a client of the server that another process runs on a file; options as for :meth:`client`.

        Raises
        ------
        EvalError
            When it is no server's file. Whether the server runs shows with the first call.
        """
        from clarifai_eval_widget.client import EvalClient
        from clarifai_eval_widget.client.secrecy import Hidden

        told = {name: Hidden(value) for name, value in read_settings(path).items()}
        return EvalClient(pat=told["token"], user_id="local", base_url=f"http://127.0.0.1:{told['port']}", **options)

    def add_dataset(
        self,
        app_id: str,
        dataset_id: str,
        texts: Sequence[str] | None = None,
        labels: Any = None,
        *,
        images: Sequence[Any] | None = None,
        embed: Callable[[Any], Any] | None = None,
        embeddings: Any = None,
        concepts: Sequence[str] | None = None,
        input_ids: Sequence[str] | None = None,
        description: str = "",
    ) -> ClientDataset:
        """Add a labelled dataset; one of the same id gets a new version.

        Parameters
        ----------
        app_id, dataset_id
            Where to put it; the app is made where there is none.
        texts
            N texts; None for images or bare embeddings.
        labels
            A label an input, a collection of labels an input (empty: none of the concepts), or (N, K) of 0 and 1: a
            DataFrame whose columns are the concepts, or an array with ``concepts``. NaN and None are no labels.
        images
            N images, PNG or JPEG bytes or arrays (H, W) or (H, W, C) with 1, 3 or 4 channels. uint8 runs from 0 to 255;
            other numbers, by the largest in all images, from 0 to 1, from 0 to 16 (whole numbers, as scikit-learn's
            digits) or from 0 to 255.
        embed
            Makes (N, D) embeddings of the list of texts or images; called now, once.
        embeddings
            (N, D) embeddings instead, sparse ones too.
        concepts
            Ids of the concepts; by default a DataFrame's columns, or the distinct labels, sorted.
        input_ids
            N distinct ids; by default numbered.
        description
            Shown beside the dataset.

        Raises
        ------
        InvalidRequestError
            When these do not fit each other.
        """
        self._check_open()
        given = Inputs(texts, labels, images, embed, embeddings, concepts, input_ids)
        return datasets.add_dataset(self._workshop, (app_id, dataset_id), given, description)

    def train(
        self,
        app_id: str,
        model_id: str,
        *,
        dataset_id: str,
        dataset_app_id: str | None = None,
        classifier: Any = None,
        model_type_id: str | None = None,
        inputs_per_concept: int | None = None,
        version_id: str | None = None,
        description: str = "",
    ) -> ClientModelVersion:
        """Train a new version of a model, made where there is none, and wait for it.

        Parameters
        ----------
        app_id, model_id
            The model.
        dataset_id
            What to train on: the latest version of a dataset of the model's app, or of ``dataset_app_id``.
        dataset_app_id
            The dataset's app, where it is another.
        classifier
            A scikit-learn classifier with ``predict_proba``, cloned for each version, concept and fold; by default the
            model's, and logistic regression for a new one. It belongs to the model: a new one replaces the old.
        model_type_id
            ``text-classifier``, ``visual-classifier`` or ``embedding-classifier``; by default by what the inputs are.
        inputs_per_concept
            Train on a seeded draw of this many inputs a concept; None trains on all.
        version_id
            The new version's id; by default numbered.
        description
            Shown beside the version.

        Raises
        ------
        NotFoundError
            When there is no such dataset; the nearest are named.
        InvalidRequestError
            When something given cannot be used.
        EvalError
            When training fails.
        """
        self._check_open()
        asked = models.Training(
            app_id=app_id,
            model_id=model_id,
            dataset_id=dataset_id,
            dataset_app_id=dataset_app_id or app_id,
            classifier=classifier,
            model_type_id=model_type_id,
            inputs_per_concept=inputs_per_concept,
            version_id=version_id,
            description=description,
        )
        return models.train(self._workshop, asked)

    def _check_open(self) -> None:
        if self._stopped:
            raise EvalError("This server has been stopped. Start a new one.")

    def stop(self) -> None:
        """End the server at once; evaluations under way end as not evaluated. Harmless when repeated."""
        with self._stopping:
            if self._stopped:
                return
            self._stopped = True
            _RUNNING.discard(self)
            closed = self._listener.stop()
            self._engine.stop()
            self._pool.stop()
            self._engine.join(_PATIENCE)
            self._trainings.join(_PATIENCE)
            closed.wait()
            self._listener.join()
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"LocalServer({'stopped' if self._stopped else 'running'}, {len(self._records.apps())} apps)"


@atexit.register
def _stop_all() -> None:
    for server in list(_RUNNING):
        server.stop()
