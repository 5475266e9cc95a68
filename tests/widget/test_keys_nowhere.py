"""A key is nowhere to be found afterwards: everything that a session shows, sends, logs or writes is searched."""

import contextlib
import logging

import nbclient
import nbformat
import psutil
import pytest

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from clarifai_eval_widget.errors import EvalError
from tests.client.stand_in import StandIn
from tests.small_server import small_server, wait_until
from tests.widget.page import Page

MARKER = "m4rk3r"
PAT = f"{MARKER}-0123456789abcdef"


@pytest.fixture
def server(monkeypatch):
    with StandIn() as running:
        running.says_it_is_ours = False
        monkeypatch.setenv("CLARIFAI_PAT", PAT)
        monkeypatch.setenv("CLARIFAI_USER_ID", "ann")
        monkeypatch.setenv("CLARIFAI_API_BASE", f"http://127.0.0.1:{running.port}")
        monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.05)
        yield running


def fresh(widget):
    wait_until(lambda: widget.versions and not widget.loading)
    return widget


def everything_of(widget):
    """The state as a notebook keeps it, and what its parts say of themselves."""
    parts = [widget, widget._platform, widget._workbench, widget._requests, widget._platform.client, *widget.runs]
    return repr([widget.get_state(), *parts, *(vars(part) for part in parts if hasattr(part, "__dict__"))])


@pytest.mark.parametrize("fault", [None, 11008, 11007, 98004, 21317], ids=str)
def test_neither_the_state_nor_messages_nor_logs_nor_files_of_a_widget_hold_the_key(server, caplog, tmp_path, fault):
    caplog.set_level(logging.DEBUG)
    widget = fresh(EvalWidget())
    page = Page(widget)
    server.faults["PostEvaluations"] = [fault] * 20
    with contextlib.suppress(EvalError):
        widget.evaluate()
    page.calculate("v1", key="again")
    wait_until(lambda: widget.run_states and widget.run_states[0]["status"] in ("evaluated", "failed"))
    if fault is None:
        wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
        widget.evaluation.save(tmp_path / "e")
        widget.save_html(tmp_path / "e.html", inputs=True)
        widget.figure().savefig(tmp_path / "e.svg")
    server.faults["ListApps"] = [fault or 11008] * 20
    page.act("refresh", key="refresh")
    wait_until(lambda: widget.problem)
    searched = [everything_of(widget), repr(page.replies), repr(page.buffers), caplog.text]
    searched += [path.read_bytes().decode("latin-1") for path in tmp_path.iterdir()]
    assert len(searched) == (7 if fault is None else 4)
    assert MARKER not in "\n".join(searched)
    assert dict(server.headers)["ListApps"]["authorization"] == f"Key {PAT}", "it was used all the same"
    widget.close()


def test_a_key_typed_into_the_page_is_kept_nowhere_whether_it_is_right_or_refused(server, caplog):
    caplog.set_level(logging.DEBUG)
    typed = f"{MARKER}-typed-into-the-page"
    widget = fresh(EvalWidget())
    page = Page(widget)
    form = {"to": "account", "user_id": "ann", "pat": typed, "base_url": f"http://127.0.0.1:{server.port}"}
    server.faults["ListApps"] = [11008]
    assert "error" in page.act("connect", key="refused", **form)
    assert "error" in page.act("connect", key="misspelt", **{**form, "base_url": f"https://u:{typed}@host"})
    assert "error" in page.act("connect", key="odd", **{**form, "pat": f"{typed}\x00ä"})
    assert page.act("connect", key="right", **form)["ok"]
    fresh(widget)
    assert ("ListApps", f"Key {typed}") in [(name, headers["authorization"]) for name, headers in server.headers]
    assert MARKER not in everything_of(widget) + repr(page.replies) + caplog.text
    widget.close()


CELLS = [
    "%xmode Verbose\nimport logging; logging.basicConfig(level=logging.DEBUG)",
    "from clarifai_eval_widget import EvalClient, EvalWidget\nw = EvalWidget()\nw",
    "import time\nwhile not w.versions or w.loading: time.sleep(0.05)\nrun = w.evaluate()\nrun.result(timeout=60)",
    "print(w, run, w._platform.client, EvalClient(), vars(EvalClient()), EvalClient().settings)\n%whos",
    "EvalClient().evaluation('none', 'app')",
    "EvalClient().models('none')",
    "EvalClient(base_url='ftp://x')",
    "EvalClient(base_url='http://10.1.1.1:5')",
    "EvalClient(base_url='http://127.0.0.1:1', deadline=2).apps()",
    "EvalClient(deadline='x').apps()",
    "w.model_version = 'none'",
]


def test_a_saved_notebook_full_of_errors_has_the_key_neither_in_outputs_nor_in_the_widgets_state(server, tmp_path):
    cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
    for cell in cells[4:]:
        cell.metadata["tags"] = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=True)
    client.execute()
    nbformat.write(notebook, tmp_path / "saved.ipynb")
    saved = (tmp_path / "saved.ipynb").read_text(encoding="utf-8")
    kinds = [output.output_type for cell in notebook.cells[4:] for output in cell.outputs]
    assert kinds.count("error") == len(CELLS) - 4
    assert '"run_states"' in saved, "the widget's state is there"
    assert "metadata" in saved, "frames that hold the key are there"
    assert MARKER not in saved


def test_no_command_line_of_a_server_or_of_its_workers_holds_its_token(tmp_path):
    with small_server(path=tmp_path / "s.db") as server, server.client() as client:
        client.start_evaluation("second").result(timeout=60)
        here = psutil.Process()
        listed = [process.cmdline() for process in (here, *here.children(recursive=True))]
        assert len(listed) > 1, "the workers are there"
        assert server.pat not in repr(listed)


@pytest.mark.parametrize("action", ["preview", "select_app"])
def test_a_key_in_a_pasted_web_address_is_said_back_nowhere(server, action):
    widget = fresh(EvalWidget())
    page, pasted = Page(widget), f"https://ann:{PAT}@clarifai.com/ann/app/datasets/data"
    asked = {"version_key": widget.versions[0]["key"], "dataset_key": pasted, "dataset_version": ""}
    reply = page.act(action, key="pasted", **({"app": pasted} if action == "select_app" else asked))
    assert "no user and no key" in reply["error"]["message"]
    widget._platform._lanes.previews.join()
    assert MARKER not in everything_of(widget) + str(page.replies)
    widget.close()
