"""One server a file, however the one before it ended: a lock that the system takes back with the process."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class FileInUseError(OSError):
    """Another server has the file."""


class FileLock:
    """Hold ``PATH.lock`` until :meth:`release` or the end of the process.

    Beside the file and not on it: SQLite's own locks would go with the first descriptor of the same file that closes.

    Raises
    ------
    FileInUseError
        When another process, or another server of this one, holds it.
    OSError
        When it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(Path(f"{path}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise FileInUseError("another server has it open") from error

    def release(self) -> None:
        """Let the next server have the file. Not to be repeated."""
        os.close(self._file)


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
