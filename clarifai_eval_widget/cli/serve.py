"""``clarifai-eval serve``: the embedded server as a process of its own."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Serve a file until a signal ends it. The token is in the file, and nowhere else."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    from clarifai_eval_widget.local import LocalServer

    start = LocalServer.with_samples if options.samples else LocalServer
    with start(options.path, port=options.port, rest_port=options.rest_port, tls=options.tls) as server:
        rest = f" REST is at {server.rest_url}/v2." if server.rest_url else ""
        print(  # noqa: T201 - the command's own output
            f"Serving {options.path} at {server.base_url}.{rest} Connect from Python: "
            f"EvalWidget(LocalServer.client_of({str(options.path)!r})), or from a shell: clarifai-eval leaderboard "
            f"--local {options.path}. Ctrl+C ends it.",
            flush=True,
        )
        while not ended.wait(0.5):  # in turns: on Windows an endless wait hears no signal
            pass
    return 0
