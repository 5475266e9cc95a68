"""A server that speaks TLS, for this package's client and for others that know nothing else."""

import os
import subprocess
import sys

import pytest
from clarifai_grpc.grpc.api.status import status_code_pb2

from clarifai_eval_widget import EvalClient
from clarifai_eval_widget.errors import ConnectionLostError, EvalError, InvalidRequestError
from clarifai_eval_widget.local import LocalServer
from tests.certificates import THIS_MACHINE, openssl, self_signed
from tests.local.support import toy_server


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory):
    """A certificate that vouches for itself, and its key."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def signed_certificate(tmp_path_factory):
    """A certificate that another one vouches for, and its key; the other one is ``root.pem`` beside them."""
    folder = tmp_path_factory.mktemp("signed")
    root, root_key, certificate, key = (folder / f"{name}.pem" for name in ("root", "root_key", "certificate", "key"))
    request, extension = folder / "request.pem", folder / "extension.cnf"
    extension.write_text(THIS_MACHINE)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", "/CN=root", "-keyout", root_key,
            "-out", root)  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", root, "-CAkey", root_key, "-CAcreateserial", "-days", 2,
            "-extfile", extension, "-out", certificate)  # fmt: skip
    return certificate, key


@pytest.mark.parametrize("kind", ["own_certificate", "signed_certificate"])
def test_a_client_of_the_server_speaks_tls_with_it(kind, request):
    with toy_server(tls=request.getfixturevalue(kind), joblib_backend="threading") as server, server.client() as client:
        assert server.base_url == f"https://127.0.0.1:{server.port}"
        assert client.settings.address.secure
        model = client.models("zoo")[0]
        run = client.start_evaluation(client.model_versions(model)[0], client.datasets()[0])
        assert len(run.result(timeout=60).labels) == 150


def test_a_channel_of_clarifais_own_connects_with_only_the_address_changed(own_certificate):
    code = (
        "import sys\nfrom clarifai_grpc.channel.clarifai_channel import ClarifaiChannel\n"
        "from clarifai_grpc.grpc.api import service_pb2, service_pb2_grpc\n"
        "stub = service_pb2_grpc.V2Stub(ClarifaiChannel.get_grpc_channel())\n"
        "reply = stub.ListApps(service_pb2.ListAppsRequest(), metadata=(('authorization', f'Key {sys.argv[1]}'),))\n"
        "print(reply.status.code, *(app.id for app in reply.apps))\n"
    )
    with toy_server(tls=own_certificate, joblib_backend="threading") as server:
        told = {
            "CLARIFAI_GRPC_BASE": f"localhost:{server.port}",
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(own_certificate[0]),
        }
        command = [sys.executable, "-c", code, server.pat]
        said = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split() == [str(status_code_pb2.SUCCESS), "zoo"]


def test_who_trusts_other_certificates_sends_no_token(own_certificate, signed_certificate):
    with toy_server(tls=own_certificate, joblib_backend="threading") as server:
        for trusted in (None, signed_certificate[0]):
            client = EvalClient(pat=server.pat, base_url=server.base_url, root_certificates=trusted, deadline=10)
            with client, pytest.raises(ConnectionLostError):
                client.apps()


def test_a_bundle_whose_comments_are_in_other_scripts_is_trusted_for_calls_and_what_inputs_are(
    tmp_path, own_certificate
):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes("# NetLock Arany (Class Gold) Főtanúsítvány\n".encode() + own_certificate[0].read_bytes())
    with toy_server(tls=own_certificate, rest_port=0, joblib_backend="threading") as server:
        client = EvalClient(pat=server.pat, base_url=server.base_url, root_certificates=bundle, deadline=10)
        with client:
            assert [app.id for app in client.apps()] == ["zoo"]
            client.media.trust(server.rest_url)
            assert b"zoo" in client.media.fetch([f"{server.rest_url}/v2/apps"])


def test_a_file_tells_its_clients_whether_it_is_served_with_tls(tmp_path, own_certificate):
    path = tmp_path / "server.db"
    for tls in (own_certificate, None, own_certificate):
        with LocalServer(path, tls=tls) as server, LocalServer.client_of(path) as client:
            assert str(client.settings.address) == server.base_url
            assert client.apps() == []


def test_the_command_serves_with_tls(tmp_path, own_certificate):
    path = tmp_path / "server.db"
    command = [sys.executable, "-m", "clarifai_eval_widget.cli", "serve", f"--path={path}", "--tls", *own_certificate]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert "https://127.0.0.1" in process.stdout.readline()
            with LocalServer.client_of(path) as client:
                assert client.settings.address.secure
                assert client.apps() == []
        finally:
            process.terminate()


def test_certificates_that_cannot_be_used_are_refused_with_how_to_make_one(
    tmp_path, own_certificate, signed_certificate
):
    certificate, key = own_certificate
    (tmp_path / "empty.pem").touch()
    for tls in (
        (certificate, tmp_path / "nowhere.pem"),
        (certificate, signed_certificate[1]),
        (tmp_path / "empty.pem", key),
        "certificate.pem",
    ):
        with pytest.raises(EvalError, match="openssl req"):
            LocalServer(tls=tls)
    for roots in (tmp_path / "nowhere.pem", tmp_path / "empty.pem"):
        with pytest.raises(InvalidRequestError, match="PEM"):
            EvalClient(pat="x", base_url="https://127.0.0.1:1", root_certificates=roots)
