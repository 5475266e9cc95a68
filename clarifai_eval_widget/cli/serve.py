"""``clarifai-eval serve``: the embedded server as a process of its own."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from clarifai_eval_widget.local import LocalServer

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Serve a file until a signal ends it. The token is in the file, and nowhere else."""
    with _ended_by_a_signal() as ended:
        from clarifai_eval_widget.local import LocalServer

        start = LocalServer.with_samples if options.samples else LocalServer
        with start(options.path, port=options.port, rest_port=options.rest_port, tls=options.tls) as server:
            told = _json(options, server) if options.json else _words(options, server)
            print(told, flush=True)  # noqa: T201 - the command's own output
            while not ended.wait(0.5):  # in turns: on Windows an endless wait hears no signal
                pass
    return 0


@contextlib.contextmanager
def _ended_by_a_signal() -> Iterator[threading.Event]:
    """Set the event at Ctrl+C or SIGTERM; whoever had heard them before does so again afterwards."""
    ended = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in numbers}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _words(options: argparse.Namespace, server: LocalServer) -> str:
    rest = f" REST is at {server.rest_url}/v2." if server.rest_url else ""
    return (
        f"Serving {options.path} at {server.base_url}.{rest} Connect from Python: "
        f"EvalWidget(LocalServer.client_of({str(options.path)!r})), or from a shell: clarifai-eval leaderboard "
        f"--local {options.path}. Ctrl+C ends it."
    )


def _json(options: argparse.Namespace, server: LocalServer) -> str:
    """What a program needs to connect, but for the token: that is in the file."""
    rest = f"{server.rest_url}/v2" if server.rest_url else None
    return json.dumps({"path": str(options.path), "base_url": server.base_url, "rest_url": rest})
