"""The embedded server: Clarifai's evaluation API on this machine, over real gRPC, with real training behind it."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import WeakSet

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.local.api.listener import Listener
from clarifai_eval_widget.local.api.requests import read_job
from clarifai_eval_widget.local.api.servicer import Servicer
from clarifai_eval_widget.local.api.tls import read_tls
from clarifai_eval_widget.local.authoring.author import Author
from clarifai_eval_widget.local.authoring.embedder import Embedder
from clarifai_eval_widget.local.authoring.samples import add_samples
from clarifai_eval_widget.local.authoring.workshop import Workshop
from clarifai_eval_widget.local.data.database import Database, read_settings
from clarifai_eval_widget.local.data.evaluations import Evaluations
from clarifai_eval_widget.local.data.keeper import Keeper
from clarifai_eval_widget.local.data.lock import FileInUseError
from clarifai_eval_widget.local.data.records import Records
from clarifai_eval_widget.local.ending import at_end, in_forked
from clarifai_eval_widget.local.ports import address_of, check_port, check_ports
from clarifai_eval_widget.local.work.engine import Engine
from clarifai_eval_widget.local.work.pool import WorkerPool
from clarifai_eval_widget.local.work.runner import TaskRunner
from clarifai_eval_widget.local.work.trainings import Trainings

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from types import TracebackType

    from clarifai_grpc.grpc.api.resources_pb2 import EvalMetrics

    from clarifai_eval_widget.client import EvalClient
    from clarifai_eval_widget.local.api.rest import Gateway
    from clarifai_eval_widget.local.work.engine import Step
    from clarifai_eval_widget.local.work.plan import Job

__all__ = ["LocalServer"]

_WARM = ("clarifai_eval_widget.local.work.tasks", "clarifai_eval_widget.local.work.heads", "sklearn.linear_model")
_WARM_SAMPLES = ("babel", "wordllama")
_RUNNING: set[LocalServer] = set()  # a server lives until it is stopped, held or not, for its clients' sake
_ELSEWHERE: set[LocalServer] = set()  # run in the process that this one was forked off; held for gRPC's sake
_PATIENCE = 5.0  # seconds to wait at the end for an evaluation that a hook or a foreign backend holds up
_AGAIN = 0.1  # seconds until another process's file is looked at again


class LocalServer(Author):
    """A server on 127.0.0.1 that trains and evaluates heads on embeddings.

    A context manager. It starts on construction, on a free port, and runs until :meth:`stop` or the end of this
    process; then no thread, process or port is left.

    Parameters
    ----------
    path
        A SQLite file that keeps everything, made where there is none, for its owner's eyes only; a later server on the
        same file has it all again, at the same address with the same token where the port is free. Evaluations that
        were under way when that one ended, stopped or killed, go on from their last fold. Trained heads are pickles:
        open only files of your own. None keeps everything in memory.
    port
        The port to serve on; by default the file's last, or a free one.
    rest_port
        A port on which REST is served, too: what gRPC answers, as JSON over HTTP, at the addresses of Clarifai's API
        under :attr:`rest_url`; 0 is any free one. None: no REST.
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
    samples
        Start with the sample apps, as :meth:`with_samples` does.
    tls
        Paths of a certificate for 127.0.0.1 and of its key, both PEM: the server then speaks TLS, for clients that
        know nothing else. :meth:`client` trusts the certificate; other clients must be told to, for instance by
        ``GRPC_DEFAULT_SSL_ROOTS_FILE_PATH``. None: plain text, which does not leave this machine.

    Raises
    ------
    EvalError
        When no port or file can be opened.
    """

    _shared: ClassVar[dict[Path | None, LocalServer]] = {}
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        port: int | None = None,
        rest_port: int | None = None,
        joblib_backend: Any = None,
        n_jobs: int = 1,
        workers: int = 2,
        embed: Callable[[list[Any]], Any] | None = None,
        samples: bool = False,
        tls: tuple[str | os.PathLike[str], str | os.PathLike[str]] | None = None,
    ) -> None:
        if workers < 1:
            raise InvalidRequestError(f"A server needs at least one worker process, but workers is {workers}.")
        self._tls = read_tls(tls)
        check_ports(port, rest_port)
        self._stopping = threading.Lock()
        self._stopped = False
        self.user_id = "local"
        """The one user there is."""
        self.before_step: Callable[[Step], None] | None = None
        """Called on an evaluation's thread before each fold or batch is published; a test can hold it up there."""
        self._clients: WeakSet[EvalClient] = WeakSet()
        self._clients_lock = threading.Lock()
        self._database = Database(path)
        # What fails on the way, or is interrupted, leaves neither the file locked nor a thread, process or port.
        with self._database.told_where_damaged(), contextlib.ExitStack() as ends:
            ends.callback(self._database.close)
            self.pat = self._database.setting("token") or secrets.token_hex(16)
            """The token that every call must carry."""
            self._kept = kept = Evaluations(self._database)
            unfinished = kept.unfinished()
            self._records = Records()
            self._pool = WorkerPool(workers)
            ends.callback(self._pool.stop)
            self._runner = TaskRunner(self._pool, joblib_backend, n_jobs)
            self._embedder = Embedder(self._runner, embed)
            keeper = None if path is None else Keeper(self._database)
            if keeper is not None:
                keeper.load(self._records, self._embedder)
            for app_id in kept.app_ids():
                self._records.ensure_app(app_id, "Evaluations of an earlier server.")
            if samples:
                add_samples(self._records, self._runner)
            self._engine = Engine(kept, self._runner, lambda: self.before_step)
            ends.callback(self._engine.stop)
            self._engine.moved_on = self._tell_clients
            self._workshop = Workshop(self._records, self._runner, self._embedder, self.user_id, keeper)
            self._trainings = Trainings(self._records, self._runner, keeper)
            self._serve(port, rest_port, ends)
            if joblib_backend is None:
                self._pool.warm_up(_WARM + _WARM_SAMPLES * samples)
            self._engine.resume(unfinished, self._read_job)
            _RUNNING.add(self)
            ends.pop_all()

    def _serve(self, port: int | None, rest_port: int | None, ends: contextlib.ExitStack) -> None:
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
        self._gateway: Gateway | None = None
        if rest_port is not None:
            from clarifai_eval_widget.local.api.rest import Gateway

            self._gateway = Gateway(servicer, rest_port, self._tls)
            ends.callback(self._gateway.stop)
        self._listener = Listener(servicer, ports, self._tls)
        ends.callback(self._listener.end)
        self.port = self._listener.port
        """The port it serves on."""
        self._database.set(token=self.pat, port=str(self.port), certificate=self._certificate or "")

    def _read_job(self, kept: EvalMetrics) -> Job:
        return read_job(kept, kept.app_id, self._records, self.user_id, self._embedder)

    @classmethod
    def with_samples(cls, path: str | os.PathLike[str] | None = None, **options: Any) -> Self:
        """Start a server with the sample apps ``languages``, ``world``, ``digits`` and ``mnist``.

        Parameters
        ----------
        path, **options
            As for :class:`LocalServer`.
        """
        return cls(path, samples=True, **options)

    @classmethod
    def shared(cls, path: str | os.PathLike[str] | None = None, *, port: int | None = None) -> LocalServer:
        """Return this process's one server with samples on a file, or in memory; started where there is none.

        Raises
        ------
        EvalError
            When it runs on another port already, or another process serves the file: see :meth:`shared_client`.
        """
        key = None if path is None else Path(path).resolve()
        with cls._shared_lock:
            if cls._shared.get(key) not in _RUNNING:
                cls._shared[key] = cls.with_samples(key, port=port)
            check_port(cls._shared[key].port, port)
            return cls._shared[key]

    @classmethod
    def shared_client(
        cls, path: str | os.PathLike[str] | None = None, *, port: int | None = None, **options: Any
    ) -> EvalClient:
        """Return a client of the server on a file, whichever process runs it; one is started here where none does.

        So notebooks share evaluations: the first that opens the file serves it, or ``clarifai-eval serve --path PATH
        --samples`` does, whose server outlives them all.

        Parameters
        ----------
        path
            The file; None: this process's own server, in memory.
        port
            The port to serve on; one that runs already must be on it.
        **options
            As for :meth:`client`.
        """
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return cls.shared(path, port=port).client(**options)
            except EvalError as error:
                if path is None or not isinstance(error.__cause__, FileInUseError):
                    raise
            try:
                client = cls.client_of(path, **options)
            except EvalError as error:  # it may be starting, and have written nothing yet
                if time.monotonic() > deadline:
                    raise EvalError(f"Another process has {str(path)!r} open, but does not serve it.") from error
                time.sleep(_AGAIN)
            else:
                check_port(client.settings.address.port, port)
                return client

    @property
    def base_url(self) -> str:
        """The address to give to a client."""
        return address_of(self.port, self._certificate)

    @property
    def rest_url(self) -> str | None:
        """The address of REST, without the path; None when there is none."""
        return None if self._gateway is None else self._gateway.url

    @property
    def _certificate(self) -> str | None:
        return None if self._tls is None else str(self._tls.certificate)

    @property
    def stopped(self) -> bool:
        """Whether :meth:`stop` has been called."""
        return self._stopped

    def client(self, **options: Any) -> EvalClient:
        """Return a client of this server; options as for :class:`~clarifai_eval_widget.EvalClient`."""
        from clarifai_eval_widget.client import EvalClient
        from clarifai_eval_widget.client.secrecy import Hidden

        # An app that the environment names is the platform's.
        options = {"root_certificates": self._certificate, "app_id": ""} | options
        token = Hidden(self.pat)  # a traceback of what is below would show it
        client = EvalClient(pat=token, user_id=self.user_id, base_url=self.base_url, **options)
        client.ends_with(lambda: self.stopped)
        client.follower.hears_of_news = True
        client.aside = self._pool.submit_aside
        with self._clients_lock:
            self._clients.add(client)
        return client

    def _tell_clients(self) -> None:
        """Have the clients in this process ask what is new now, and not when they next would."""
        with self._clients_lock:  # one may be made on another thread just now
            clients = list(self._clients)
        for client in clients:
            client.follower.ask_soon()

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
        certificate = told.get("certificate") or None
        options = {"root_certificates": certificate, "app_id": ""} | options
        return EvalClient(pat=told["token"], user_id="local", base_url=address_of(told["port"], certificate), **options)

    def stop(self) -> None:
        """End the server at once; evaluations under way go on with the next one on its file. Harmless when repeated."""
        if self in _ELSEWHERE:  # where it runs on
            return
        with self._stopping:
            if self._stopped:
                return
            self._stopped = True
            _RUNNING.discard(self)
            if self._gateway is not None:
                self._gateway.stop()
            closed = self._listener.stop()
            self._tell_clients()
            self._engine.stop()
            self._pool.stop()
            self._engine.join(_PATIENCE)
            self._trainings.join(_PATIENCE)
            closed.wait(_PATIENCE)
            self._listener.join()
            self._kept.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"LocalServer({'stopped' if self._stopped else 'running'}, {len(self._records.apps())} apps)"


@at_end
def _stop_all() -> None:
    for server in list(_RUNNING):
        server.stop()


@in_forked
def _leave_to_the_other_process() -> None:
    _ELSEWHERE.update(_RUNNING)
    _RUNNING.clear()
