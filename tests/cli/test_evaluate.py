"""``clarifai-eval evaluate``, ``show`` and ``leaderboard``, as processes beside a local server."""

import json
import math
import os
import pty
import signal
import stat
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from clarifai_eval_widget import Evaluation
from clarifai_eval_widget.cli import main
from clarifai_eval_widget.cli.show import _below
from clarifai_eval_widget.local import LocalServer
from tests.client.test_wire_faults import Proxy
from tests.small_server import Gate, small_server, wait_until

COMMAND = [sys.executable, "-m", "clarifai_eval_widget.cli"]
MODEL = "https://clarifai.com/local/shop/models/sentiment/versions/first"
DATASET = "https://clarifai.com/local/market/datasets/offers"


@pytest.fixture(scope="module")
def server():
    with small_server() as running:
        yield running


@pytest.fixture(scope="module")
def account(server):
    """The environment of somebody with a token, and where it is good for."""
    return {
        **os.environ,
        "CLARIFAI_PAT": str(server.pat),
        "CLARIFAI_USER_ID": "local",
        "CLARIFAI_API_BASE": server.base_url,
    }


@pytest.fixture
def call(account, server):
    def run(*arguments, env=account):
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)], env=env, capture_output=True, text=True, timeout=120, check=False
        )
        assert "Traceback" not in done.stderr
        assert str(server.pat) not in done.stdout + done.stderr
        return done

    return run


def test_the_addresses_of_a_model_and_a_dataset_give_tables_and_the_files_asked_for(call, tmp_path):
    files = [tmp_path / f"report{suffix}" for suffix in (".pb", ".csv", ".json", ".svg", ".md", ".html")]
    done = call("evaluate", "--model", MODEL, "--dataset", DATASET, *(f"--out={path}" for path in files))
    assert done.returncode == 0
    e = Evaluation.load(files[0])
    assert (e.info.model_version_id, e.info.dataset_id, e.info.use_kfold) == ("first", "offers", False)
    assert f"Macro ROC AUC {e.summary['macro_avg_roc_auc']:.4f}" in done.stdout
    first, *_ = (line for line in done.stdout.splitlines() if line.startswith("c0 "))
    expected = e.table(full=True).loc["c0"]
    assert first.split()[3] == str(expected.tp)
    assert first.split()[-2] == f"{expected.roc_auc:.4f}"
    assert done.stderr.splitlines()[:1] == ["queued 0%"]
    assert "evaluated 100%, 300 of 300 inputs" in done.stderr
    assert list(pd.read_csv(files[1])["tp"]) == list(e.table(full=True)["tp"])
    assert json.loads(files[2].read_text())["concepts"][0]["tp"] == expected.tp
    assert "<svg" in files[3].read_text()
    assert files[4].read_text() == e.to_model_card()
    page = files[5].read_text(encoding="utf-8")
    assert f"{e.summary['macro_avg_roc_auc']:.3f}" in page
    assert "<title>sentiment, version first</title>" in page
    assert "Scored on offers (app market)" in page
    again = tmp_path / "again.html"
    call("show", files[0], "--out", again)
    assert "<title>sentiment, version first</title>" in again.read_text(encoding="utf-8")


def test_json_is_one_object_on_stdout_with_the_numbers_of_the_api(call, tmp_path):
    path = tmp_path / "kept.pb"
    arguments = ["evaluate", "--model=sentiment", "--kind=cross-validate", f"--out={path}", "--json", "--quiet"]
    told = json.loads(call(*arguments, "--threshold=0.3").stdout)
    e = Evaluation.load(path)
    assert (told["method"], told["model_version"], told["threshold"]) == ("cross-validation", "second", 0.3)
    assert told["summary"] == {name: None if math.isnan(value) else value for name, value in e.summary.items()}
    assert [row["recall"] for row in told["concepts"]] == list(e.table(threshold=0.3, full=True)["recall"])
    assert "CEW002" in [one["code"] for one in told["conditions"]]
    assert json.loads(call("show", path, "--json", "--threshold=0.3").stdout) == told


def test_the_leaderboard_lists_what_the_client_lists(call, server):
    call("evaluate", "--model", MODEL, "--dataset", DATASET, "--quiet")
    with server.client() as client:
        board = client.leaderboard("shop")
    told = json.loads(call("leaderboard", "--json", "--app=shop").stdout)
    assert [row["id"] for row in told] == list(board["id"])
    best = json.loads(call("leaderboard", "--json", "--sort=roc_auc").stdout)
    assert best[0]["roc_auc"] == board["roc_auc"].max()
    assert board["id"][0] in call("leaderboard").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["evaluate", "--model=sentimnet"],
            4,
            "There is no model or model version 'sentimnet'. The nearest are 'sentiment'",
        ),
        (["evaluate", "--model=sentiment", "--dataset=ofers"], 4, "'offers'"),
        (["evaluate", "--model=https://clarifai.com/x"], 4, "expected https://clarifai.com/USER/APP/models/MODEL"),
        (["evaluate", "--model=sentiment", "--timeout=0"], 5, "is not finished after 0 seconds"),
        (["evaluate", "--model=sentiment", "--out=report.doc"], 2, "does not end with one of .html, .pb, .csv"),
        (["evaluate", "--model=sentiment", "--out=no/such/report.pb"], 1, "there is no folder 'no/such'"),
        (["evaluate", "--model=sentiment", "--threshold=5"], 2, "give a number from 0 to 1"),
        (["evaluate"], 2, "--model"),
        (["show", "nowhere.pb"], 1, "nowhere.pb"),
        (["leaderboard", "--app=shpo"], 4, "The nearest are 'shop'"),
    ],
)
def test_an_error_says_what_to_do_and_has_its_exit_code(call, arguments, code, said):
    done = call(*arguments)
    assert done.returncode == code
    assert said in done.stderr


def test_an_error_is_json_too_where_json_was_asked_for(call):
    done = call("evaluate", "--model=sentimnet", "--json")
    told = json.loads(done.stdout)["error"]
    assert (told["type"], told["exit_code"], done.returncode) == ("NotFoundError", 4, 4)
    assert told["message"] in done.stderr


def test_an_error_is_json_where_the_option_was_shortened_too(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["show", "nowhere.pb", "--js"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["exit_code"] == 1


def test_without_a_token_it_says_where_one_is_looked_for(call):
    done = call("leaderboard", env={name: value for name, value in os.environ.items() if "CLARIFAI" not in name})
    assert done.returncode == 3
    assert "CLARIFAI_PAT" in done.stderr
    assert "--local" in done.stderr


def test_a_wrong_token_is_refused_and_not_shown(call, account):
    done = call("leaderboard", env={**account, "CLARIFAI_PAT": "n0t-th3-t0ken"})
    assert done.returncode == 3
    assert "n0t-th3" not in done.stdout + done.stderr


def test_an_address_never_gets_a_token_that_was_stored_for_another(call, server, tmp_path):
    config = tmp_path / ".config" / "clarifai" / "config"
    config.parent.mkdir(parents=True)
    config.write_text("current_context: x\ncontexts:\n  x:\n    CLARIFAI_PAT: st0red\n")
    bare = {name: value for name, value in os.environ.items() if "CLARIFAI" not in name} | {"HOME": str(tmp_path)}
    done = call("leaderboard", "--base-url", server.base_url, env=bare)
    assert done.returncode == 4
    assert "is not sent there" in done.stderr


def test_an_address_of_the_command_line_is_asked(call, account, server):
    env = {**account, "CLARIFAI_API_BASE": "http://127.0.0.1:1"}
    assert call("leaderboard", "--base-url", server.base_url, env=env).returncode == 0


def test_a_server_that_is_not_there_has_an_exit_code_of_its_own(call, account):
    done = call("leaderboard", env={**account, "CLARIFAI_API_BASE": "http://127.0.0.1:1"})
    assert done.returncode == 5


def test_a_figure_below_its_bound_fails_with_the_figure(call, tmp_path):
    path = tmp_path / "kept.pb"
    Evaluation.from_scores([0, 1, 0, 1], np.array([0.1, 0.4, 0.35, 0.8])).save(path)
    assert call("show", path, "--fail-under=macro_avg_roc_auc=0.9").returncode == 0
    done = call("show", path, "--fail-under=macro_avg_recall=0.9")
    assert (done.returncode, done.stderr) == (6, "clarifai-eval: macro_avg_recall is 0.5000, below 0.9.\n")
    Evaluation.from_scores([0, 0], np.array([0.1, 0.4])).save(path)
    done = call("show", path, "--fail-under=macro_avg_roc_auc=0.1")
    assert done.returncode == 6
    assert "undefined" in done.stderr
    done = call("show", path, "--fail-under=test_set_macro_avg_recall=0.1")
    assert done.returncode == 4, "a figure that there is, but not of this evaluation"


@pytest.mark.parametrize(
    ("value", "bound", "shown"), [(0.5, 0.9, "0.5000"), (0.89996, 0.9, "0.8999"), (0.099996, 0.1, "0.09999")]
)
def test_a_figure_below_its_bound_is_not_rounded_to_it(value, bound, shown):
    kept = SimpleNamespace(summary=pd.Series({"macro_avg_recall": value}))
    assert _below(kept, "macro_avg_recall", bound) == f"macro_avg_recall is {shown}, below {bound}."


def test_the_table_of_a_kept_evaluation_says_why_a_figure_is_undefined(call, tmp_path):
    path = tmp_path / "kept.pb"
    e = Evaluation.from_scores([0, 0], np.array([0.1, 0.4]))
    e.save(path)
    said = call("show", path).stdout
    assert "–" in said
    assert e.table(full=True)["reason"].iloc[0] in said


def test_a_reader_that_stops_early_is_no_error(account, tmp_path):
    path = tmp_path / "kept.pb"
    scores = np.random.default_rng(0).uniform(size=(20, 400))
    Evaluation.from_scores(scores > 0.5, scores).save(path)
    with subprocess.Popen(
        [*COMMAND, "show", str(path), "--json"], env=account, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as show:
        show.stdout.read(1)
        show.stdout.close()
        assert (show.wait(60), show.stderr.read()) == (0, b"")


def test_ctrl_c_ends_the_evaluation_on_the_local_server(account):
    with small_server() as server, server.client() as client:
        server.before_step = gate = Gate()
        env = {**account, "CLARIFAI_PAT": str(server.pat), "CLARIFAI_API_BASE": server.base_url}
        command = [*COMMAND, "evaluate", "--model", MODEL, "--dataset", DATASET]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as evaluate:
            wait_until(lambda: any(run.status == "evaluating" for run in client.evaluations()), 60)
            wait_until(lambda: gate.reached)
            evaluate.send_signal(signal.SIGINT)
            _, said = evaluate.communicate(timeout=60)
        gate.open()
        assert evaluate.returncode == 130
        assert "was ended" in said
        assert "Traceback" not in said
        wait_until(lambda: client.evaluations()[0].status == "failed")  # it is told at the next step


def test_in_a_terminal_progress_is_one_line_drawn_anew(account):
    terminal, of_the_process = pty.openpty()
    command = [*COMMAND, "evaluate", "--model", MODEL, "--dataset", DATASET]
    with subprocess.Popen(command, env=account, stdout=subprocess.PIPE, stderr=of_the_process) as evaluate:
        evaluate.communicate(timeout=60)
    os.close(of_the_process)
    drawn = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert "█" * 24 in drawn
    assert "\n" not in drawn
    assert drawn.endswith("\r\x1b[K")


def test_the_embedded_server_needs_no_account(call, tmp_path):
    bare = {name: value for name, value in os.environ.items() if "CLARIFAI" not in name}
    path = tmp_path / "evaluations.db"
    done = call(
        "evaluate", "--local", path, "--model=digit-classifier", "--dataset=mnist-digits", "--quiet", "--json", env=bare
    )
    assert done.returncode == 0, done.stderr
    board = json.loads(call("leaderboard", "--local", path, "--json", env=bare).stdout)
    assert [row["id"] for row in board] == [json.loads(done.stdout)["evaluation"]]


def test_an_empty_board_of_a_server_that_keeps_nothing_says_how_to_keep(call, tmp_path):
    alone = call("leaderboard", "--local").stdout
    assert "--local alone starts anew each time and keeps none" in alone
    assert "clarifai-eval serve --path FILE --samples" in alone
    with LocalServer.with_samples(tmp_path / "kept.db"):
        pass
    on_a_file = call("leaderboard", "--local", tmp_path / "kept.db").stdout
    assert on_a_file == "There are no evaluations yet: clarifai-eval evaluate makes one.\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["leaderboard", "--local", "typo.db"], "there is no file 'typo.db'"),
        (["leaderboard", "--local", "notes.txt"], "is not a database"),
        (["show", "typo.pb"], "typo.pb: No such file"),
        (["show", "notes.txt"], "notes.txt"),
        (["show", "typo.pb", "--out", "nowhere/table.csv"], "there is no folder 'nowhere'"),
        (["show", "typo.pb", "--out", "folder.csv"], "'folder.csv' is a folder"),
        (["serve", "--path", "nowhere/server.db"], "nowhere/server.db"),
    ],
)
def test_a_file_that_is_not_there_or_is_none_has_one_exit_code_whichever_command_names_it(
    command, said, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    notes = tmp_path / "notes.txt"
    notes.write_text("no database, and no evaluation, but longer than an empty file " * 3)
    notes.chmod(0o644)
    assert main([*command, "--json"]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert json.loads(told.out)["error"]["exit_code"] == 1
    assert {path.name for path in tmp_path.iterdir()} == {"folder.csv", "notes.txt"}, "nothing is left beside it"
    assert stat.S_IMODE(notes.stat().st_mode) == 0o644


def test_names_reach_a_terminal_as_text_whatever_it_can_show(call, account, tmp_path):
    path = tmp_path / "kept.pb"
    names = ["\x1b]0;taken\x07", "line\nend", "half\udcff", "caf\u00e9"]
    Evaluation.from_scores(np.eye(4, dtype=bool), np.eye(4), concepts=names).save(path)
    done = call("show", path, "--out", tmp_path / "table.csv", env={**account, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    for shown in ("\\x1b]0;taken\\x07", "line\\nend", "half\\udcff", "caf\\xe9"):
        assert sum(line.startswith(f"{shown} ") for line in done.stdout.splitlines()) == 1
    assert "\x1b" not in done.stdout


def test_a_file_that_cannot_be_written_does_not_cost_the_figures(call, tmp_path):
    path, table = tmp_path / "kept.pb", tmp_path / "table.csv"
    Evaluation.from_scores([0, 1, 0, 1], np.array([0.1, 0.4, 0.35, 0.8])).save(path)
    done = call("show", path, f"--out={tmp_path / 'card.md'}", f"--out={table}", "--json")
    assert done.returncode == 4
    assert "does not say its model" in done.stderr
    assert json.loads(done.stdout)["summary"]["macro_avg_roc_auc"] == 1
    assert table.exists()


@pytest.mark.parametrize(
    "option", ["--fail-under=macro_avg_roc_auc=nan", "--fail-under=macro_roc_auc=0.9", "--out=table.txt"]
)
def test_what_cannot_be_done_is_refused_before_anything_is_read(call, option):
    done = call("show", "nowhere.pb", option)
    assert done.returncode == 2
    assert "nowhere" not in done.stderr


def test_a_figure_that_no_summary_has_is_refused_with_the_nearest_before_the_evaluation(call, account):
    done = call("evaluate", "--model", MODEL, "--dataset", DATASET, "--fail-under=macro_roc_auc=0.9",
                env={**account, "CLARIFAI_API_BASE": "http://127.0.0.1:1"})  # fmt: skip
    assert done.returncode == 2
    assert "no figure of the summary" in done.stderr
    assert "macro_avg_roc_auc" in done.stderr


def test_ctrl_c_is_an_interruption_also_where_the_server_does_not_answer_any_more(account):
    with small_server() as server, Proxy(int(server.base_url.rpartition(":")[2])) as proxy:
        server.before_step = gate = Gate()
        env = {**account, "CLARIFAI_PAT": str(server.pat), "CLARIFAI_API_BASE": f"http://127.0.0.1:{proxy.port}"}
        command = [*COMMAND, "evaluate", "--model", MODEL, "--dataset", DATASET, "--json"]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as evaluate:
            wait_until(lambda: gate.reached, 60)
            proxy.fault = "swallow"
            wait_until(lambda: proxy.struck, 60)
            evaluate.send_signal(signal.SIGINT)
            told, said = evaluate.communicate(timeout=60)
        gate.open()
        assert evaluate.returncode == json.loads(told)["error"]["exit_code"] == 130
        assert "may go on" in said
