"""REST beside gRPC: JSON over HTTP on 127.0.0.1, answered by the same methods.

The addresses are those that Clarifai's own protocol names for each call (``google.api.http``), so every call that gRPC
answers is answered here, but for streams. Field names are those of the protocol, enums are numbers and fields at their
defaults are left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from clarifai_grpc.grpc.api.status import status_code_pb2
from google.protobuf import json_format, message_factory

from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.local.apart import ProcessThread
from clarifai_eval_widget.local.api.rest_requests import Route, read_request, read_routes, unreadable
from clarifai_eval_widget.local.statuses import ApiError, reply_status
from clarifai_eval_widget.own_metrics import SERVER_HEADER

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from clarifai_eval_widget.local.api.answering import Calls
    from clarifai_eval_widget.local.api.tls import Tls

_MAX_BODY = 1 << 28
_SILENCE = 60.0  # seconds of it after which a caller is given up
_CODES: dict[int, HTTPStatus] = {
    status_code_pb2.SUCCESS: HTTPStatus.OK,
    status_code_pb2.MIXED_STATUS: HTTPStatus.OK,
    status_code_pb2.CONN_KEY_INVALID: HTTPStatus.UNAUTHORIZED,
    status_code_pb2.CONN_DOES_NOT_EXIST: HTTPStatus.NOT_FOUND,
    status_code_pb2.MODEL_DOES_NOT_EXIST: HTTPStatus.NOT_FOUND,
    status_code_pb2.NOT_IMPLEMENTED: HTTPStatus.NOT_IMPLEMENTED,
    status_code_pb2.INTERNAL_SERVER_ISSUE: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class _Caller:
    """What a method asks of who calls, in place of gRPC's context."""

    def __init__(self, authorization: str) -> None:
        self._authorization = authorization

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", self._authorization),)

    def send_initial_metadata(self, metadata: Any) -> None:
        """Drop what only this package's own client understands."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENCE
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Say nothing: a notebook's stderr is its user's."""

    def _answer(self) -> None:
        try:
            code, told = self._call()
        except ApiError as error:
            code, told = error.code, _refusal(error.code, error.details)
        except OSError:
            raise  # the caller hung up
        except Exception as error:  # noqa: BLE001 - a caller is owed an answer
            code = status_code_pb2.INTERNAL_SERVER_ISSUE
            told = _refusal(code, f"{type(error).__name__}: {error}")
        body = json.dumps(told).encode()
        self.send_response(_CODES.get(code, HTTPStatus.BAD_REQUEST))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header(SERVER_HEADER, "1")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server's names

    def _call(self) -> tuple[int, dict[str, Any]]:
        body = self._body()
        url = urlsplit(self.path)
        path = url.path.removesuffix("/")  # the documentation writes some with one at the end
        for route in self.server.routes:
            match = route.pattern.fullmatch(path)
            if match and route.verb == self.command:
                break
        else:
            details = f"There is no {self.command} {url.path}. The addresses are those of Clarifai's API, from /v2 on."
            raise ApiError(status_code_pb2.CONN_DOES_NOT_EXIST, details)
        request = read_request(route, body, url.query, [unquote(one) for one in match.groups()])
        caller = _Caller(self.headers.get("Authorization", ""))
        reply = getattr(self.server.servicer, route.method.name)(request, caller)
        if isinstance(reply, bytes):  # serialised already, for gRPC's sake
            reply = message_factory.GetMessageClass(route.method.output_type).FromString(reply)
        return int(reply.status.code), _as_dict(reply)

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _MAX_BODY or "Transfer-Encoding" in self.headers:
            raise unreadable(f"A body needs a Content-Length of at most {_MAX_BODY} bytes.")
        try:
            body = json.loads(self.rfile.read(int(length)) or b"{}")
        except (ValueError, RecursionError) as error:
            raise unreadable(f"The body is no JSON: {error}") from error
        if not isinstance(body, dict):
            raise unreadable("The body must be a JSON object.")
        return body


def _refusal(code: int, details: str) -> dict[str, Any]:
    return {"status": _as_dict(reply_status(code, details))}


def _as_dict(message: Message) -> dict[str, Any]:
    return json_format.MessageToDict(message, preserving_proto_field_name=True, use_integers_for_enums=True)


class _Server(ThreadingTCPServer):
    allow_reuse_address = os.name != "nt"  # there it would share the port with another program
    daemon_threads = True
    routes: list[Route]
    servicer: Calls

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._callers: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a caller on a thread."""
        self._callers.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Hang up when a caller has been answered."""
        self._callers.discard(request)
        super().shutdown_request(request)

    def hear_no_more(self) -> None:
        """End the threads that wait for a caller to say more; a reply on its way arrives."""
        for one in list(self._callers):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RD)  # of TLS too, beside its own that would end writing

    def handle_error(self, *_: Any) -> None:
        """Say nothing of a caller who hung up."""


class Gateway:
    """Answer REST calls by a servicer, on 127.0.0.1, from construction to the end.

    Parameters
    ----------
    servicer
        What answers.
    port
        The port; 0 is any free one.
    tls
        The certificate to answer with; None answers in plain text.

    Raises
    ------
    EvalError
        When the port cannot be opened.
    """

    def __init__(self, servicer: Calls, port: int, tls: Tls | None = None) -> None:
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise EvalError(
                f"Cannot open port {port} on 127.0.0.1 for REST: another program may have it. Give another rest_port=, "
                "or 0 for a free one."
            ) from error
        self._server.routes, self._server.servicer = read_routes(), servicer
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_address[1]}"
        if tls is not None:  # shaking hands is left to the caller's thread, lest one who does not hold up all
            self._server.socket = tls.context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = ProcessThread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.name = "clarifai-eval-rest"
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls."""
        self._server.shutdown()
        self._server.hear_no_more()
        self._server.server_close()
        self._thread.join()
