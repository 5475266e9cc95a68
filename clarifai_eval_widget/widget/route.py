"""Where the kernel handles what the page sends: beside a running cell, if the host and the kernel can.

ipykernel (from 7.4) hands a comm's messages to the shell that last published on it, and JupyterLab (from 4.4) opens a
second shell, with a thread of its own, for widgets' messages. So all that the widget sends is published as if from
there; one message published from a cell, or from a thread of ours, would call the page back behind the running cell.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Route"]


class Route:
    """Keeps what the page sends on the shell beside the cells'. Safe to use from several threads."""

    def __init__(self) -> None:
        self._beside: contextvars.Context | None = None
        self._shell = ""
        self._here = threading.local()

    @contextlib.contextmanager
    def handling(self, message: Any) -> Iterator[None]:
        """Handle a message of the page; where it came beside the cells', the next ones shall come there, too."""
        shell = message.get("header", {}).get("subshell_id") if isinstance(message, dict) else None
        # A page may name a shell and be handled by the main one all the same: then that cannot be kept to.
        if shell and threading.current_thread() is not threading.main_thread():
            self._beside, self._shell = contextvars.copy_context(), shell
        before = getattr(self._here, "handling", False)
        self._here.handling = True
        try:
            yield
        finally:
            self._here.handling = before

    def send(self, publish: Callable[[], None]) -> None:
        """Publish to the page; an answer as what it is, all else as if from beside the cells."""
        beside = self._beside
        if beside is None or getattr(self._here, "handling", False):
            publish()
        elif self._shell in _shells():
            beside.copy().run(publish)  # a copy: a context can be entered once at a time
        else:
            self._beside = None
            publish()

    @property
    def is_lost(self) -> bool:
        """Whether the shell the page is sent to has ended, as with a notebook's tab: whatever is published mends it."""
        return self._beside is not None and self._shell not in _shells()


def _shells() -> list[str]:
    """The shells beside the main one."""
    from ipykernel.kernelapp import IPKernelApp

    if not IPKernelApp.initialized():
        return []
    thread = getattr(IPKernelApp.instance().kernel, "shell_channel_thread", None)
    return list(thread.manager.list_subshell()) if thread is not None else []
