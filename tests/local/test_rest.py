"""The documentation's evaluation calls by REST: an address, a key, and JSON."""

import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget.errors import EvalError, InvalidRequestError
from clarifai_eval_widget.local import LocalServer
from tests.certificates import self_signed
from tests.local.support import toy_server
from tests.small_server import wait_until

APP = "/v2/users/local/apps/zoo"


@pytest.fixture(scope="module")
def server():
    with toy_server(joblib_backend="threading", rest_port=0) as server:
        yield server


def ask(server, verb, path, body=None, *, key=None, data=None):
    """The HTTP code of a reply, and the reply."""
    data = json.dumps(body).encode() if body is not None else data
    request = urllib.request.Request(server.rest_url + path, data=data, method=verb)
    request.add_header("Authorization", f"Key {server.pat if key is None else key}")
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def ok(server, verb, path, body=None):
    code, reply = ask(server, verb, path, body)
    assert (code, reply["status"]["code"]) == (200, status_code_pb2.SUCCESS), reply["status"]
    return reply


def evaluated(server, evaluation_id, dataset_id="more-animals"):
    """Evaluate by REST alone, as the documentation's cell does; what its poller reads in the end."""
    version = ok(server, "GET", f"{APP}/models/keeper/versions")["model_versions"][0]["id"]
    truth = {"id": dataset_id, "app_id": "zoo", "user_id": "local"}
    model = {"id": "keeper", "app_id": "zoo", "user_id": "local", "model_version": {"id": version}}
    asked = {
        "id": evaluation_id,
        "model": model,
        "ground_truth_dataset": truth,
        "eval_info": {"params": {"use_kfold": False}},
    }
    posted = ok(server, "POST", f"{APP}/evaluations", {"eval_metrics": [asked]})
    assert posted["eval_metrics"][0]["id"] == evaluation_id
    path = f"{APP}/evaluations/{evaluation_id}"

    def done():
        read = ok(server, "GET", path)["eval_metrics"]
        return read if read["status"]["code"] == status_code_pb2.MODEL_EVALUATED else None

    return wait_until(done)


def test_apps_models_versions_and_datasets_are_listed(server):
    assert [app["id"] for app in ok(server, "GET", "/v2/users/me/apps")["apps"]] == ["zoo"]
    assert [model["id"] for model in ok(server, "GET", f"{APP}/models")["models"]] == ["keeper"]
    datasets = ok(server, "GET", f"{APP}/datasets")["datasets"]
    assert {dataset["id"] for dataset in datasets} == {"animals", "more-animals"}
    (page,) = ok(server, "GET", f"{APP}/datasets?page=2&per_page=1")["datasets"]
    assert page["id"] == datasets[1]["id"]


def test_an_evaluation_is_posted_followed_and_read_with_the_numbers_of_grpc(server):
    read = evaluated(server, "by-rest")
    with server.client() as client:
        ours = client.evaluation("by-rest", app="zoo")
    assert read["summary"]["macro_avg_roc_auc"] == pytest.approx(ours.summary["macro_avg_roc_auc"], abs=1e-6)
    listed = ok(server, "GET", f"{APP}/evaluations")["eval_metrics"]
    assert "by-rest" in [one["id"] for one in listed]
    assert "test_set" not in read
    whole = ok(server, "GET", f"{APP}/evaluations/by-rest?fields.test_set=true&fields.binary_metrics=true")
    assert len(whole["eval_metrics"]["test_set"]) == 90
    table = ours.table(threshold=0.5)
    aucs = {one["concept"]["id"]: one["roc_auc"] for one in whole["eval_metrics"]["binary_metrics"]}
    assert aucs == pytest.approx(table["roc_auc"].to_dict(), abs=1e-6)


def test_what_grpc_started_is_read_by_the_older_addresses_too(server):
    evaluated(server, "older")
    version = ok(server, "GET", f"{APP}/models/keeper/versions")["model_versions"][0]["id"]
    listed = ok(server, "GET", f"{APP}/models/keeper/versions/{version}/evaluations")["eval_metrics"]
    assert "older" in [one["id"] for one in listed]


@pytest.mark.parametrize(
    ("path", "body"),
    [("metrics", {}), ("evaluations", {"eval_metrics": [{"eval_info": {"params": {"dataset_id": "more-animals"}}}]})],
)
def test_the_documentations_older_cells_post_to_addresses_of_a_version_and_read_with_a_slash_at_the_end(
    server, path, body
):
    version = (
        f"{APP}/models/keeper/versions/" + ok(server, "GET", f"{APP}/models/keeper")["model"]["model_version"]["id"]
    )
    posted = ok(server, "POST", f"{version}/{path}", body)
    name = (posted["model_version"]["metrics"] if path == "metrics" else posted["eval_metrics"][0])["id"]
    assert name in [one["id"] for one in ok(server, "GET", f"{APP}/evaluations/")["eval_metrics"]]
    asked = f"{APP}/evaluations/{name}/?fields.label_counts=true"

    def done():
        read = ok(server, "GET", asked)["eval_metrics"]
        return read if read["status"]["code"] == status_code_pb2.MODEL_EVALUATED else None

    data = body["eval_metrics"][0]["eval_info"]["params"]["dataset_id"] if body else "animals"
    read = wait_until(done)
    assert read["ground_truth_dataset"]["id"] == data
    assert read["label_counts"]["positive_label_counts"]


def test_fixed_words_of_an_address_come_before_ids(server):
    assert "text-classifier" in [one["id"] for one in ok(server, "GET", f"{APP}/models/types")["model_types"]]


def test_an_id_in_an_address_may_hold_any_character(server):
    code, reply = ask(server, "GET", f"{APP}/models/no%2Fsuch%20model")
    assert code == 404
    assert "no/such model" in reply["status"]["details"]


@pytest.mark.parametrize(
    ("verb", "path", "data", "codes"),
    [
        ("GET", f"{APP}/evaluations/nowhere", None, (404, status_code_pb2.CONN_DOES_NOT_EXIST)),
        ("GET", f"{APP}/evaluations//", None, (404, status_code_pb2.CONN_DOES_NOT_EXIST)),
        ("GET", "/v2/no/such/address", None, (404, status_code_pb2.CONN_DOES_NOT_EXIST)),
        ("POST", f"{APP}/evaluations", b"{", (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("POST", f"{APP}/evaluations", b"[1]", (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("POST", f"{APP}/evaluations", b"[" * 100_000, (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("POST", f"{APP}/evaluations", b'{"user_app_id": 3}', (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("POST", f"{APP}/evaluations", b'{"eval_metrics": "x"}', (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        (
            "POST",
            f"{APP}/evaluations",
            b'{"eval_metrics": [{"id": "\\ud800"}]}',
            (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT),
        ),
        ("POST", "/v2/evaluations", b'{"user_app_id": "\\ud800"}', (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("GET", f"{APP}/datasets?page=x", None, (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("GET", f"{APP}/datasets?colour=red", None, (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)),
        ("GET", f"{APP}/workflows", None, (501, status_code_pb2.NOT_IMPLEMENTED)),
    ],
)
def test_what_cannot_be_answered_is_told_as_a_clarifai_status(server, verb, path, data, codes):
    told, reply = ask(server, verb, path, data=data)
    assert (told, reply["status"]["code"]) == codes
    assert len(reply["status"]["details"]) > 10


@pytest.mark.parametrize("key", ["", "0" * 32, "ü"])
def test_a_wrong_or_missing_key_is_refused(server, key):
    code, reply = ask(server, "GET", "/v2/apps", key=key)
    assert (code, reply["status"]["code"]) == (401, status_code_pb2.CONN_KEY_INVALID)
    assert "apps" not in reply


def test_a_body_of_unknown_or_excessive_length_is_refused(server):
    for header in (("Content-Length", str(1 << 40)), ("Content-Length", "-1"), ("Transfer-Encoding", "chunked")):
        connection = http.client.HTTPConnection("127.0.0.1", int(server.rest_url.rpartition(":")[2]), timeout=60)
        connection.putrequest("POST", f"{APP}/evaluations")
        connection.putheader(*header)
        connection.endheaders()
        reply = connection.getresponse()
        assert (reply.status, json.load(reply)["status"]["code"]) == (400, status_code_pb2.CONN_BAD_REQUEST_FORMAT)
        connection.close()


def test_with_a_certificate_rest_speaks_tls_and_a_silent_caller_holds_nobody_up(tmp_path):
    certificate, key = self_signed(tmp_path)
    with LocalServer(rest_port=0, tls=(certificate, key)) as server:
        assert server.rest_url.startswith("https://127.0.0.1:")
        with socket.create_connection(("127.0.0.1", int(server.rest_url.rpartition(":")[2]))):  # shakes no hand
            request = urllib.request.Request(
                f"{server.rest_url}/v2/apps", headers={"Authorization": f"Key {server.pat}"}
            )
            trusting = ssl.create_default_context(cafile=certificate)
            with urllib.request.urlopen(request, timeout=60, context=trusting) as reply:
                assert json.load(reply)["status"]["code"] == status_code_pb2.SUCCESS


def test_without_a_port_for_it_there_is_no_rest_and_after_the_end_nobody_answers():
    with LocalServer() as server:
        assert server.rest_url is None
    with LocalServer(rest_port=0) as server:
        ok(server, "GET", "/v2/apps")
    with pytest.raises(urllib.error.URLError):
        ask(server, "GET", "/v2/apps")


def test_a_port_that_cannot_be_had_is_told_and_leaves_the_file_free(server, tmp_path):
    taken = int(server.rest_url.rpartition(":")[2])
    with pytest.raises(EvalError, match=f"{taken} on 127.0.0.1 for REST"):
        LocalServer(tmp_path / "kept.db", rest_port=taken)
    with pytest.raises(InvalidRequestError, match="65536"):
        LocalServer(rest_port=65536)
    with LocalServer(tmp_path / "kept.db", rest_port=0) as another:
        ok(another, "GET", "/v2/apps")


def test_a_server_without_rest_loads_no_http_server():
    code = (
        "import sys; from clarifai_eval_widget import LocalServer\n"
        "with LocalServer(): assert 'clarifai_eval_widget.local.api.rest' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("encrypted", [False, True])
def test_callers_who_say_nothing_more_are_gone_with_the_server(tmp_path, encrypted):
    before = set(threading.enumerate())
    tls = self_signed(tmp_path) if encrypted else None
    with LocalServer(rest_port=0, joblib_backend="threading", tls=tls) as server:
        at = urllib.parse.urlsplit(server.rest_url)
        callers = [socket.create_connection((at.hostname, at.port), timeout=30) for _ in range(3)]
        if not encrypted:
            callers[0].sendall(b"POST /v2/users/me/apps HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
        wait_until(lambda: len(server._gateway._server._callers) == 3)
    wait_until(lambda: set(threading.enumerate()) <= before, 10)
    for caller in callers:
        caller.close()
