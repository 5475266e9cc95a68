"""What leaves the notebook: a file, a picture, a summary."""

import base64
import copy
import dataclasses
import datetime as dt
import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import clarifai_eval_widget
from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.errors import EvalError
from clarifai_eval_widget.widget.export.baking import MOST_CONCEPTS
from clarifai_eval_widget.widget.export.summary import LIMIT, summary_html, summary_markdown


def evaluation(concepts=3, inputs=200):
    random = np.random.default_rng(1)
    labels = random.integers(0, concepts, inputs)
    scores = random.random((inputs, concepts)) * 0.7
    scores[np.arange(inputs), labels] += 0.3
    names = [f"c{k}" for k in range(concepts)]
    return Evaluation.from_scores(labels, scores, concepts=names, input_ids=[f"id-{i}" for i in range(inputs)])


def baked(text):
    packed = re.search(r'id="cew-baked">([^<]*)<', text)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_nothing_on_screen_is_nothing_to_save(tmp_path):
    widget = EvalWidget(evaluation=evaluation())
    widget.evaluation = None
    with pytest.raises(EvalError, match="no evaluation on screen"):
        widget.save_html(tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_names_that_look_like_markup_cannot_leave_their_place(tmp_path):
    nasty = "</script><img src=x onerror=alert(1)>"
    one = Evaluation.from_scores([1, 0], [0.9, 0.2], concepts=["c"], concept_names={"c": nasty})
    text = EvalWidget(evaluation=one).save_html(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<img src=x" not in text
    assert text.count("</script>") == 4
    assert baked(text)["state"]["viewing"] == "given"


def test_a_file_of_many_concepts_bakes_the_chosen_one_and_the_first(tmp_path):
    e = evaluation(concepts=MOST_CONCEPTS + 20, inputs=400)
    chosen = f"c{MOST_CONCEPTS + 10}"
    text = EvalWidget(evaluation=e, concept=chosen).save_html(tmp_path / "r.html").read_text(encoding="utf-8")
    asked = [one["params"]["concept"] for one in baked(text)["payloads"] if one["panel"] == "histogram"]
    assert asked[:3] == [None, chosen, "c0"]
    assert len(asked) == MOST_CONCEPTS + 2
    banded = [one["params"]["concept"] for one in baked(text)["payloads"] if one["panel"] == "bands"]
    assert banded == asked[1:], "of the average there is no band"


def test_a_figure_shows_itself_where_pyplot_was_never_imported():
    code = """
import sys
from IPython.core.formatters import DisplayFormatter
from clarifai_eval_widget import Evaluation, EvalWidget
w = EvalWidget(evaluation=Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.6], concepts=["c"]))
data, _ = DisplayFormatter().format(w.figure())
assert "matplotlib.pyplot" not in sys.modules
assert data["image/png"][:4] == b"\\x89PNG", data
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("concepts", [1, 3, 60])
def test_a_summary_has_a_picture_a_table_and_stays_small(concepts):
    e = evaluation(concepts=concepts)
    shown = EvalWidget(evaluation=e, threshold=0.4)._on_screen()
    text = summary_html(shown)
    assert len(text.encode()) <= LIMIT
    assert text.count("<tr>") == 1 + min(concepts, 30)
    assert 'src="data:image/png;base64,' in text
    assert not re.search(r"<(svg|style|script|iframe)", text)
    assert f"{e.table(threshold=0.4)['f1'].iloc[0]:.3f}" in text
    assert "at threshold 0.4" in text


def test_a_summary_in_markdown_stays_small_whatever_concepts_are_called():
    labels = np.arange(80) % 40
    names = [f"{k}{'x' * 20_000}" for k in range(40)]
    long = Evaluation.from_scores(labels, np.random.default_rng(0).dirichlet(np.ones(40), 80), concepts=names)
    text = summary_markdown(EvalWidget(evaluation=long)._on_screen())
    assert len(text.encode()) <= LIMIT
    assert re.search(r"… and \d+ more concepts", text)


def test_a_summary_in_markdown_holds_the_same_table():
    e = evaluation()
    text = summary_markdown(EvalWidget(evaluation=e)._on_screen())
    row = next(line for line in text.splitlines() if line.startswith("| c1 |"))
    table = e.table(threshold=0.5)
    assert row.strip("| ").split(" | ")[3:] == [
        f"{table.loc['c1', name]:.3f}" for name in ("precision", "recall", "f1")
    ]


def test_a_summary_says_when_it_was_evaluated_and_under_which_conditions_its_numbers_stand():
    e = Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"])
    assert e.notes, "four inputs are few"
    then = copy.copy(e)
    then.info = dataclasses.replace(e.info, created_at="2026-03-04T05:06:07Z")
    today = dt.datetime.now(dt.UTC)
    for shown, date in ((e, f"written {today:%Y-%m-%d}"), (then, "evaluated 2026-03-04")):
        on_screen = EvalWidget(evaluation=shown)._on_screen()
        for text in (html.unescape(summary_html(on_screen)), summary_markdown(on_screen)):
            assert date in text
            assert "at threshold 0.5" in text
            for note in e.notes:
                assert note in text


def test_names_that_utf_8_cannot_hold_are_written_escaped(tmp_path):
    nasty = "file-\udcff\n| </script>"
    e = Evaluation.from_scores(np.eye(2, dtype=bool), np.eye(2), concepts=[nasty, "c"], input_ids=[nasty, "b"])
    widget = EvalWidget(evaluation=e)
    text = widget.save_html(tmp_path / "report.html", inputs=True).read_text(encoding="utf-8")
    assert "file-\\udcff" in text
    assert text.count("</script>") == 4
    rows = [line for line in widget._repr_markdown_().splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 2, "a line end in a name ends no row"
    assert widget._repr_markdown_().encode()


def test_a_file_saved_after_an_upgrade_in_a_running_kernel_has_the_page_that_fits_its_payloads(tmp_path):
    package = tmp_path / "clarifai_eval_widget"
    shutil.copytree(Path(clarifai_eval_widget.__file__).parent, package)
    code = """
from pathlib import Path
from clarifai_eval_widget import Evaluation, EvalWidget
w = EvalWidget(evaluation=Evaluation.from_scores([1, 0], [0.9, 0.2], concepts=["c"]))
for file in Path("clarifai_eval_widget/static").iterdir():
    file.write_text("newer")
w.save_html("report.html")
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": "."})
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<style>newer" not in text
    for name in ("bundle", "late"):
        packed = re.search(f'id="cew-{name}">([^<]*)<', text)[1]
        assert gzip.decompress(base64.b64decode(packed)) != b"newer"
