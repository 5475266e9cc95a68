"""The SQLite file of a server, or its like in memory: opened, migrated, written to as long as there is room."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local.apart import ProcessThread
from clarifai_eval_widget.local.data.lock import FileInUseError, FileLock
from clarifai_eval_widget.local.data.schema import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Statement = tuple[str, tuple[Any, ...]]

_log = logging.getLogger("clarifai_eval_widget")

_AGAIN_SECONDS = 1.0  # until what waits is tried again


class Database:
    """A connection that threads share.

    Parameters
    ----------
    path
        A file, made where there is none, for its owner's eyes only; None keeps everything in memory.

    Raises
    ------
    EvalError
        When the file cannot be opened, is something else, is in use, or was made by a later version.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self.path = None if path is None else Path(path).resolve()  # one lock for all its names
        self.trouble = ""
        """Why the last write failed, in words; empty when nothing waits to be written."""
        self.written: Callable[[], None] = lambda: None
        """Called, while the database is held, when nothing waits any more."""
        self._lock = threading.RLock()
        self._waiting: list[Statement] = []
        self._retrying: threading.Thread | None = None
        self._closing = threading.Event()
        self._closed = False
        self._file_lock: FileLock | None = None
        try:
            self._db = self._open()
        except BaseException as error:
            self._let_go()
            if not isinstance(error, sqlite3.Error | OSError):
                raise
            raise EvalError(f"Cannot keep a server's data in {str(path)!r}: {error}. {_advice(error)}") from error

    def _open(self) -> sqlite3.Connection:
        if self.path is not None:
            self._file_lock = FileLock(self.path)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            self._place = self.path.stat()
            mode = self._place.st_mode
            self.path.chmod(0o600)  # it holds texts, images and a token
        target = ":memory:" if self.path is None else self.path
        db = sqlite3.connect(target, timeout=5, check_same_thread=False, isolation_level=None)
        try:
            prepare(db)
        except BaseException:
            db.close()
            if self.path is not None:  # it is somebody else's
                self.path.chmod(mode)
            raise
        return db

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep what is in the file and what waits as they are, for a look at both."""
        with self._lock:
            yield

    def read(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query."""
        with self._lock:
            return [] if self._closed else self._db.execute(query, values).fetchall()

    def write(self, statements: Iterable[Statement]) -> bool:
        """Carry out statements, all or none; tell whether they, and what waited before them, are in the file.

        What cannot be written now, for want of room for instance, is tried again with the next write, and every
        second: nothing is lost while the server runs.

        Raises
        ------
        EvalError
            When they could never be written, for instance because something is too large.
        """
        batch = list(statements)
        with self._lock:
            if self._closed:  # an evaluation that outlived its server has nobody left to read it
                return False
            return self._flush([*self._waiting, *batch], batch)

    def _flush(self, statements: list[Statement], new: list[Statement]) -> bool:
        try:
            self._check_place()
            self._db.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                self._db.execute(statement, values)
            self._db.execute("COMMIT")
        except (sqlite3.Error, OverflowError) as error:
            self._roll_back()
            if _is_the_files(error):
                self._waiting = statements
                self._wait(_why(error))
                return False
            raise EvalError(f"{len(new)} changes cannot be kept by the server: {error}. Use fewer inputs.") from error
        self._waiting = []
        if self.trouble:
            _log.warning("%s can be written again: all is in it.", self.path)
        self.trouble = ""
        self.written()
        return True

    def _wait(self, trouble: str) -> None:
        if not self.trouble:
            _log.warning("Cannot write to %s (%s): kept in memory until it can be.", self.path, trouble)
        self.trouble = trouble
        if self._retrying is None and not self._closing.is_set():
            self._retrying = ProcessThread(target=self._retry, name="clarifai-eval-write-again", daemon=True)
            self._retrying.start()

    def _retry(self) -> None:
        while not self._closing.wait(_AGAIN_SECONDS):
            with self._lock, contextlib.suppress(EvalError):  # which whoever writes next is told
                if not self._waiting or self._flush(self._waiting, []):
                    self._retrying = None
                    return

    def _check_place(self) -> None:
        """Refuse to write to what no later server finds; SQLite itself goes on with a file that was deleted."""
        if self.path is None:
            return
        try:
            moved = (there := self.path.stat()).st_ino != self._place.st_ino or there.st_dev != self._place.st_dev
        except OSError as error:
            raise sqlite3.OperationalError(f"it is not at its place any more, {error.strerror}") from error
        if moved:
            raise sqlite3.OperationalError("another file has been put in its place")

    @contextlib.contextmanager
    def told_where_damaged(self) -> Iterator[None]:
        """Say of what cannot be read in the file that the file is damaged.

        Raises
        ------
        EvalError
            Instead of what SQLite raises of a file; in memory there is none to be damaged.
        """
        try:
            yield
        except sqlite3.Error as error:
            if self.path is None:
                raise
            raise EvalError(
                f"Cannot read a server's data in {str(self.path)!r}: {error}. The file is damaged: give the path of a "
                f'new one, or of a copy of this one from before. SQLite\'s own "sqlite3 {self.path} .recover" may '
                "save what is left in it."
            ) from error

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("ROLLBACK")

    def setting(self, name: str) -> str:
        """Return a setting; empty when there is none."""
        rows = self.read("SELECT value FROM settings WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def set(self, **settings: str) -> None:
        """Keep settings, for the next server and for other processes."""
        self.write([("INSERT OR REPLACE INTO settings VALUES (?, ?)", pair) for pair in settings.items()])

    def close(self) -> None:
        """Write what waits, if it can be, and close the file. Harmless when repeated."""
        self._closing.set()
        retrying = self._retrying
        if retrying is not None:
            retrying.join()
        with self._lock:
            if self._closed:
                return
            if self._waiting and not self._flush(self._waiting, []):
                lost = len(self._waiting)
                _log.warning("%d changes could not be written to %s (%s) and are lost.", lost, self.path, self.trouble)
            self._closed = True
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._let_go()

    def _let_go(self) -> None:
        if self._file_lock is not None:
            self._file_lock.release()


def _is_the_files(error: Exception) -> bool:
    """Whether a write failed for what is the matter with the file, and not with what was to be written."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError  # damaged


def _is_full(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _why(error: Exception) -> str:
    return "the disk of the server is full" if _is_full(error) else f"the server's file cannot be written ({error})"


def _advice(error: Exception) -> str:
    if isinstance(error, FileInUseError):
        return "Share that one: LocalServer.shared_client(path), or EvalWidget.local(path), connects to it."
    if _is_full(error):
        return "Make room there, or give a path on another disk."
    return "Give the path of a new file, or of one that a LocalServer made."


def read_settings(path: str | os.PathLike[str]) -> dict[str, str]:
    """Read the settings of a file that another process may be serving.

    Raises
    ------
    EvalError
        When there is no such file, or it is something else.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as db:
            told = {str(name): str(value) for name, value in db.execute("SELECT name, value FROM settings")}
    except sqlite3.Error as error:
        raise EvalError(
            f"Cannot read {str(path)!r}: {error}. Give the path of a file that a LocalServer made."
        ) from error
    if not {"token", "port"} <= told.keys():  # the disk was full, or it is starting just now
        raise EvalError(
            f"{str(path)!r} does not tell where its server is: none has served it yet, or its disk was full. Make room "
            "there, or start a LocalServer on it."
        )
    return told
