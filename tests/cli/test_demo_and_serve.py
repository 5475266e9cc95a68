"""``clarifai-eval demo`` opens a real JupyterLab on the quickstart; ``clarifai-eval serve`` serves a file."""

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from clarifai_eval_widget import LocalServer
from clarifai_eval_widget.cli import main
from clarifai_eval_widget.cli.demo import QUICKSTART
from clarifai_eval_widget.cli.exits import Exit


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def read(url):
    for _ in range(100):
        try:
            with urllib.request.urlopen(url) as reply:
                return reply.read()
        except urllib.error.URLError:  # it names its address shortly before it listens there
            time.sleep(0.1)
    raise AssertionError(f"nobody listens at {url}")


def test_the_demo_serves_the_quickstart_on_the_port_given(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "clarifai_eval_widget.cli", "demo", "--no-browser", f"--port={port}"]
    with subprocess.Popen(
        [*command, f"--folder={tmp_path / 'demo'}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as demo:
        try:
            url = next(filter(None, (re.search(r"http://127\.0\.0\.1\S+token=\w+", line) for line in demo.stdout)))[0]
            assert url.startswith(f"http://127.0.0.1:{port}/lab/tree/{QUICKSTART}?token=")
            token = url.split("token=")[1]
            content = f"http://127.0.0.1:{port}/api/contents/{QUICKSTART}?token={token}"
            assert b"EvalWidget.local()" in read(content)
        finally:
            demo.send_signal(signal.SIGTERM)


def test_a_notebook_the_user_has_changed_is_kept(tmp_path, monkeypatch):
    (tmp_path / QUICKSTART).write_text("mine")
    monkeypatch.chdir(tmp_path)
    started = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append(command))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    assert main(["demo", f"--folder={tmp_path}", "--no-browser", "--port=8999"]) == 0
    assert (tmp_path / QUICKSTART).read_text() == "mine"
    assert {"--no-browser", "--port=8999"} <= set(started[0])


def test_jupyter_trusts_the_notebooks_of_the_demo_and_not_what_was_there(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "demo"
    folder.mkdir()
    mine = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("mine")])
    nbformat.write(mine, folder / "02_other_data.ipynb")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "execv", lambda *_: None)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    assert main(["demo", f"--folder={folder}", "--no-browser"]) == 0
    notary = NotebookNotary()
    trusted = {one.name: notary.check_signature(nbformat.read(one, as_version=4)) for one in folder.glob("*.ipynb")}
    assert len(trusted) == 8
    assert [name for name, signed in trusted.items() if not signed] == ["02_other_data.ipynb"]


def test_without_jupyterlab_the_demo_names_the_pip_command(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["demo"]) == 1
    assert 'pip install "clarifai-eval-widget[demo]"' in capsys.readouterr().err


def test_an_unknown_command_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        main(["dmeo"])
    assert "demo" in capsys.readouterr().err


def served(path, *options):
    command = [sys.executable, "-m", "clarifai_eval_widget.cli", "serve", f"--path={path}", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_a_served_file_is_found_by_its_path_and_ends_at_a_signal(tmp_path, ends):
    path, port = tmp_path / "served.db", free_port()
    with served(path, f"--port={port}", "--samples") as process:
        try:
            told = process.stdout.readline()
            assert f"http://127.0.0.1:{port}" in told
            with LocalServer.client_of(path) as client:
                assert "digits" in {app.id for app in client.apps()}
                assert client.settings.pat not in told + str(process.args)
        finally:
            process.send_signal(ends)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""


def test_rest_is_served_too_where_a_port_is_given_for_it(tmp_path):
    path, port = tmp_path / "served.db", free_port()
    with served(path, f"--rest-port={port}") as process:
        try:
            assert f"REST is at http://127.0.0.1:{port}/v2." in process.stdout.readline()
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/apps", timeout=60)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_where_it_serves_is_json_for_programs_and_holds_no_token(tmp_path):
    path = tmp_path / "served.db"
    with served(path, "--json", "--rest-port=0") as process:
        try:
            line = process.stdout.readline()
            told = json.loads(line)
            with LocalServer.client_of(path) as client:
                assert told["base_url"] == str(client.settings.address)
                assert client.settings.pat not in line
            assert told["path"] == str(path)
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(f"{told['rest_url']}/apps", timeout=60)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout.read() == ""


def test_what_hinders_serving_is_json_too_with_its_exit_code(tmp_path):
    with served(tmp_path / "nowhere" / "served.db", "--json") as process:
        told = json.loads(process.stdout.read())["error"]
        assert process.wait(60) == told["exit_code"] != 0
        assert "nowhere" in told["message"]
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("command", ["demo", "serve", "evaluate", "show", "leaderboard"])
def test_each_command_tells_its_exit_codes_and_refuses_what_it_does_not_know(command, capsys):
    with pytest.raises(SystemExit) as help_asked:
        main([command, "--help"])
    assert help_asked.value.code == Exit.DONE
    said = " ".join(capsys.readouterr().out.split())
    assert all(f" {int(code)} " in said for code in Exit)
    with pytest.raises(SystemExit) as mistyped:
        main([command, "--tresholds"])
    assert mistyped.value.code == Exit.USAGE


def test_a_demo_whose_folder_cannot_be_made_says_so(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["demo", f"--folder={tmp_path / 'file' / 'demo'}"]) == Exit.FAILED
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_a_file_that_is_served_already_is_refused_with_the_reason(tmp_path):
    with LocalServer(tmp_path / "served.db"), served(tmp_path / "served.db") as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "another server has it open" in said
        assert "Traceback" not in said
