"""Progress on stderr: one line that is drawn anew in a terminal, a line a step elsewhere."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType
    from typing import TextIO

    from clarifai_eval_widget.client import Progress

__all__ = ["ProgressLine"]

_BAR = 24
_STEPS = 10


class ProgressLine:
    """Shows how far an evaluation is; call it with each :class:`Progress`.

    Parameters
    ----------
    quiet
        Show nothing.
    stream
        Where to; stderr by default.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._drawn = False
        self._last: tuple[str, int, int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, progress: Progress) -> None:
        """Show a progress."""
        if self._quiet:
            return
        if self._stream.isatty():
            done = round(progress.fraction * _BAR)
            line = f"{'█' * done}{'░' * (_BAR - done)} {progress}"[: shutil.get_terminal_size().columns - 1]
            self._stream.write(f"\r{line}\x1b[K")
            self._drawn = True
        else:
            step = (progress.status, int(progress.fraction * _STEPS), progress.folds_done)
            if step == self._last:
                return
            self._last = step
            self._stream.write(f"{progress}\n")
        self._stream.flush()
