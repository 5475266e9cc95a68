"""A real HTTP server that keeps what it was asked, for what inputs are."""

from __future__ import annotations

import io
import ssl
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from PIL import Image


def png(color=(200, 30, 30), size=(24, 24)):
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, "PNG")
    return made.getvalue()


class _Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        made = self.server.pages.get(self.path)
        if callable(made):
            made(self)
        elif made is None:
            self.send_error(404)
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(made)))
            self.end_headers()
            self.wfile.write(made)


@contextmanager
def media_server(pages, *, tls=None):
    """Serve bytes, or what a function of the handler writes, by path; ``.asked`` has each path and its key."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    server.pages, server.asked = dict(pages), []
    server.at = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def leads_to(address, code=302):
    def answer(handler):
        handler.send_response(code)
        handler.send_header("Location", address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def fails_with(code):
    return lambda handler: handler.send_error(code)


def trickles(handler):
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        pass


def hangs(handler):
    """Nothing at all, for longer than anybody waits."""
    time.sleep(2)


def floods(handler):
    """Bytes without end, and no word of how many."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(1 << 20))
    except OSError:
        handler.server.asked.append(("cut off", None))


def breaks_off(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"only this")


def promises(size):
    """Say that there are so many bytes, and send none."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(size))
        handler.end_headers()

    return answer
