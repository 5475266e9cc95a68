"""One server a file, however the one before it ended: a lock that the system takes back with the process."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from clarifai_eval_widget.local.ending import in_forked

_held: set[FileLock] = set()


class FileInUseError(OSError):
    """Another server has the file."""


class FileLock:
    """Hold ``PATH.lock`` until :meth:`release`, which takes it away again, or the end of the process.

    Beside the file and not on it: SQLite's own locks would go with the first descriptor of the same file that closes.
    A process that is forked off the holder does not hold it: the file is free when the holder ends, and not before.

    Raises
    ------
    FileInUseError
        When another process, or another server of this one, holds it.
    OSError
        When it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(f"{path}.lock")
        self.file = _take(self._path)
        """Its descriptor."""
        while not _is_at(self.file, self._path):  # whoever held it has taken it away since it was opened here
            os.close(self.file)
            self.file = _take(self._path)
        _held.add(self)

    def release(self) -> None:
        """Let the next server have the file. Harmless when repeated, and in a process forked off the holder."""
        if self not in _held:
            return
        _held.remove(self)
        if sys.platform != "win32":  # while it is held: the next one's would be taken away otherwise
            self._remove()
        os.close(self.file)
        if sys.platform == "win32":  # which keeps what somebody has opened
            self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # the folder may be gone, or not be written to any more
            self._path.unlink()


@in_forked
def _leave_to_the_holder() -> None:
    for lock in _held:  # the system keeps it for whoever has it open
        os.close(lock.file)
    _held.clear()


def _take(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(file)
    except OSError as error:
        os.close(file)
        raise FileInUseError("another server has it open") from error
    return file


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
