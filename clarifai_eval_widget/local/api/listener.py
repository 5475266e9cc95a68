"""The gRPC server: a port of this machine, and the threads that answer on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local.apart import apart
from clarifai_eval_widget.local.api.servicer import add_to_server
from clarifai_eval_widget.own_metrics import SERVER_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from clarifai_eval_widget.local.api.servicer import Servicer
    from clarifai_eval_widget.local.api.tls import Tls

_MAX_MESSAGE = 1 << 30
_OPTIONS = [
    ("grpc.so_reuseport", 0),
    ("grpc.max_send_message_length", _MAX_MESSAGE),
    ("grpc.max_receive_message_length", _MAX_MESSAGE),
]
_GRACE = 0.2  # seconds for calls under way at the end
_ENDING = 5.0  # seconds at most until it is known that they have ended


class _SaysWhatItIs(grpc.ServerInterceptor):  # type: ignore[misc]  # grpc has no types
    """Marks every reply as the local server's."""

    def intercept_service(self, continuation: Callable[[Any], Any], handler_call_details: Any) -> Any:
        """Return the handler of a call, which marks the reply."""
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        answer = handler.unary_unary

        def marked(request: Any, context: Any) -> Any:
            context.set_trailing_metadata(((SERVER_HEADER, "1"),))
            return answer(request, context)

        return grpc.unary_unary_rpc_method_handler(marked, handler.request_deserializer, handler.response_serializer)


class Listener:
    """Answer calls by a servicer, on 127.0.0.1, from construction to the end.

    Parameters
    ----------
    servicer
        What answers.
    ports
        Ports to try in turn; 0 is any free one.
    tls
        The certificate to answer with; None answers in plain text.

    Raises
    ------
    EvalError
        When none can be opened.
    """

    def __init__(self, servicer: Servicer, ports: Sequence[int], tls: Tls | None = None) -> None:
        self._threads = ThreadPoolExecutor(16, thread_name_prefix="clarifai-eval-grpc")
        self._grpc: Any = None
        try:
            apart(lambda: self._start(servicer, ports, tls))
        except BaseException:  # Ctrl+C while it was starting
            self.end()
            raise

    def _start(self, servicer: Servicer, ports: Sequence[int], tls: Tls | None) -> None:
        self._grpc = grpc.server(self._threads, interceptors=(_SaysWhatItIs(),), options=_OPTIONS)
        add_to_server(servicer, self._grpc)
        self.port = self._open(ports, tls)
        self._grpc.start()

    def _open(self, ports: Sequence[int], tls: Tls | None) -> int:
        failure: RuntimeError | None = None
        for port in ports:
            try:
                address = f"127.0.0.1:{port}"
                if tls is not None:
                    return int(self._grpc.add_secure_port(address, tls.credentials))
                return int(self._grpc.add_insecure_port(address))
            except RuntimeError as error:
                failure = error
        raise EvalError(
            f"Cannot open port {' or '.join(map(str, ports))} on 127.0.0.1: another program may have it. Give another "
            "port=, or none for a free one."
        ) from failure

    def stop(self) -> Event:
        """Take no more calls; the event tells when the last is answered or cut off."""
        ended: Event = self._grpc.stop(grace=_GRACE)
        return ended

    def join(self) -> None:
        """Wait for the threads."""
        self._threads.shutdown(wait=True)

    def end(self) -> None:
        """Take no more calls, and wait until the port is free again."""
        if self._grpc is not None:
            self.stop().wait(_ENDING)
        self.join()
