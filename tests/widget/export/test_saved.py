"""The output under a widget, written while no kernel's page is there to show it."""

import re
import subprocess
import sys
import threading
from types import SimpleNamespace

import nbformat
from nbclient import NotebookClient
from nbconvert.exporters import MarkdownExporter
from traitlets.config import Config

from clarifai_eval_widget import Evaluation, EvalWidget
from clarifai_eval_widget.widget.export import saved, summary

CELL = """
from clarifai_eval_widget import Evaluation, EvalWidget
w = EvalWidget(evaluation=Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"]))
w
"""


def executed(*cells, state=False):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=state).execute()
    return [[output.get("data", {}) for output in cell.outputs] for cell in notebook.cells]


def test_a_notebook_that_was_only_executed_has_the_summary_under_the_widget():
    ((widget, summary),) = executed(CELL)
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"].startswith("EvalWidget(")
    assert "text/plain" not in summary, "a console prints a line of it, be it empty"
    assert "data:image/png" in summary["text/html"]
    assert "ROC AUC of c" in summary["text/html"]
    assert "\n| c | 2 | " in summary["text/markdown"], "what a host without HTML shows"
    as_html = in_markdown([widget, summary])
    as_text = in_markdown([widget, summary], display_data_priority=["text/markdown", "text/plain"])
    for text in (as_html, as_text):
        assert "EvalWidget(Evaluation(4 inputs, 1 concept (c)" in text
    assert summary["text/html"] in as_html
    assert summary["text/markdown"] in as_text
    assert "<img" in as_html
    assert "<img" not in as_text


def in_markdown(outputs, **options):
    """What ``nbconvert --to markdown`` makes of a cell's outputs."""
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data=one) for one in outputs])
    exporter = MarkdownExporter(config=Config({"NbConvertBase": options}))
    return exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0]


def test_the_summary_is_of_the_concept_and_threshold_that_a_later_cell_chose():
    two = CELL.replace("[1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7]", "TWO, TWO * 0.5").replace('"c"', '"c", "d"')
    cell = "import numpy as np\nTWO = np.eye(2)" + two
    (_, summary), _ = executed(cell, "w.concept, w.threshold = 'd', 0.4321")
    assert "ROC curve and threshold sweep of d" in summary["text/html"]
    assert "at threshold 0.4321" in summary["text/html"]


def test_keep_puts_the_page_there_and_a_later_evaluation_takes_its_place():
    later = "w.evaluation = Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.6], concepts=['another'])"
    first, *_ = executed(CELL, "w.keep()", later)
    assert len(first) == 2
    assert "<iframe" in first[1]["text/html"]
    assert "ROC AUC of another" in first[1]["text/html"]


def test_in_a_terminal_a_widget_is_a_line_and_keep_says_what_to_do_instead(tmp_path):
    code = CELL.replace("\nw\n", "\ndisplay(w)\nw.keep()\n")
    command = [sys.executable, "-m", "IPython", "--no-banner", f"--ipython-dir={tmp_path}", "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "\nEvalWidget(Evaluation(4 inputs, 1 concept (c)" in f"\n{ended.stdout}"
    assert "save_html writes a file" in ended.stdout + ended.stderr


def test_what_a_terminal_shows_is_whole_though_an_older_anywidget_cuts_it_off(monkeypatch):
    displayed = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: displayed.append(data["text/plain"]))
    monkeypatch.setattr(EvalWidget, "_repr_mimebundle_", lambda self, **_: ({"text/plain": repr(self)[:110]}, {}))
    widget = EvalWidget(evaluation=Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"]))
    widget._ipython_display_()
    assert displayed == [f"EvalWidget({widget.evaluation!r})"]
    widget.close()


def test_what_was_kept_by_hand_stays_as_it_was_kept():
    (_, kept), *_ = executed(CELL, "w.keep()", "w.threshold = 0.4321")
    assert "<iframe" in kept["text/html"]
    assert "0.4321" not in kept["text/html"].partition("</iframe>")[2]


def test_a_widget_shown_in_a_later_cell_has_its_summary_there_too():
    first, second = executed(CELL, "w")
    assert [len(first), len(second)] == [2, 2]
    assert "data:image/png" in first[1]["text/html"]
    assert "data:image/png" in second[1]["text/html"]


def test_what_was_kept_stays_though_the_same_cell_had_moved_the_threshold_before_and_moves_it_on():
    (_, kept), *_ = executed(CELL, "w.threshold = 0.3\nw.keep()\nw.threshold = 0.4321")
    assert "<iframe" in kept["text/html"]
    assert "0.4321" not in kept["text/html"].partition("</iframe>")[2]


def test_a_summary_that_is_being_drawn_does_not_take_the_place_of_what_is_kept_meanwhile(monkeypatch):
    written, drawing, drawn, kept = [], threading.Event(), threading.Event(), threading.Event()
    summary_html = summary.summary_html

    def slow(shown, **options):
        if threading.current_thread().name == "eval-widget-saved":
            drawing.set()
            drawn.wait(30)
        return summary_html(shown, **options)

    widget = EvalWidget(evaluation=Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"]))
    events = SimpleNamespace(register=lambda *_: None, unregister=lambda *_: None)
    monkeypatch.setattr(saved, "shell", lambda: SimpleNamespace(events=events))
    monkeypatch.setattr(saved, "_publish", lambda data, *_, **__: written.append(data["text/html"]))
    monkeypatch.setattr(summary, "summary_html", slow)
    output = saved.SavedOutput(widget._on_screen, lambda: widget.layout.model_id)
    output.place()
    assert drawing.wait(30)
    keeper = threading.Thread(target=lambda: (output.keep(), kept.set()))
    keeper.start()
    kept.wait(2)  # it either waits for the summary or comes before it
    drawn.set()
    keeper.join()
    output._lane.join()
    output.close()
    widget.close()
    assert "<iframe" in written[-1]


def test_of_an_evaluation_that_ends_while_the_slider_moves_nothing_is_drawn_before_it_rests(monkeypatch):
    first, second = (
        Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=[name]) for name in ("former", "latter")
    )
    widget = EvalWidget(evaluation=first)
    written = []
    monkeypatch.setattr(saved, "REST", 1000.0)
    monkeypatch.setattr(
        saved,
        "shell",
        lambda: SimpleNamespace(events=SimpleNamespace(register=lambda *_: None, unregister=lambda *_: None)),
    )
    monkeypatch.setattr(saved, "_publish", lambda data, *_, **__: written.append(data["text/html"]))
    output = saved.SavedOutput(widget._on_screen, lambda: widget.layout.model_id)
    output.place()
    output._lane.join()
    assert "former" in written[-1]
    output.follow()  # as the slider does
    widget.evaluation = second
    output.renew()  # as the evaluation's end does
    output._lane.join()
    assert "former" in written[-1]
    output.wait()  # as the end of a cell does, which is no interaction
    assert "latter" in written[-1]
    output.close()
    widget.close()


def test_what_is_drawn_beside_the_concept_is_drawn_in_the_summary_when_the_cell_that_set_it_has_ended(monkeypatch):
    written = []
    events = SimpleNamespace(register=lambda *_: None, unregister=lambda *_: None)
    monkeypatch.setattr(saved, "shell", lambda: SimpleNamespace(events=events))
    monkeypatch.setattr(saved, "_publish", lambda data, *_, **__: written.append(data["text/html"]))
    widget = EvalWidget(evaluation=Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=["c"]))
    widget._saved.place()
    widget._saved._lane.join()
    whole = written[-1]
    assert "data:image/png" in whole
    widget.drawn = {"zoomed": True}
    widget._saved.wait()
    widget._saved._lane.join()
    assert "data:image/png" in written[-1]
    assert written[-1] != whole
    widget.close()


BLOCKS = """
import ipywidgets as ipw
from clarifai_eval_widget import ConceptsTable, Evaluation, EvalWidget, RocPlot, ThresholdSweep
def of(name):
    return Evaluation.from_scores([1, 0, 1, 0], [0.9, 0.2, 0.6, 0.7], concepts=[name])
later, printed = ipw.VBox(), ipw.Output()
"""


def names(outputs):
    """The concept of each saved output, in their order."""
    return [re.search("ROC AUC of ([a-z]+)", one["text/html"])[1] for one in outputs if "text/html" in one]


def test_widgets_inside_others_have_their_summaries_under_what_is_displayed():
    found = executed(
        BLOCKS,
        "ipw.HBox([RocPlot(of('a')), ipw.VBox([ThresholdSweep(of('b')), ipw.Label('x')])])",
        "display(ipw.Tab([RocPlot(of('c'))]), ipw.Accordion([RocPlot(of('d'))]))\nprint('and on')",
        "w = EvalWidget(evaluation=of('e'))\nw",
        "display(w)\nipw.VBox([w, w])",
        "display(printed)\nwith printed:\n    display(RocPlot(of('f')), ipw.VBox([RocPlot(of('g'))]))",
        "ipw.interact(lambda which: display(ConceptsTable(of(which))), which=['h', 'i'])",
        "display(later)",
        "later.children = [RocPlot(of('j'))]",
        "with printed:\n    display(RocPlot(of('k')))",
        "unseen = ipw.VBox([RocPlot(of('l'))])\nout = ipw.Output()\nwith out:\n    display(RocPlot(of('m')))",
        "unseen",
        "out",
        "later",
        "1 + 1",
        state=True,  # else nbclient fails at the first Output
    )
    assert [names(one) for one in found] == [
        [], ["a", "b"], ["c", "d"], ["e"], ["e", "e"], ["f", "g"], ["h"], [], ["j"], ["k"], [], ["l"], ["m"], ["j"], [],
    ]  # fmt: skip
