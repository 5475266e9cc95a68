"""The ten everyday tasks, driven as a user would: ``python -m tests.benchmarks.tasks``.

In a JupyterLab, on the sample apps of the local server. Of each task it prints the steps (clicks; fields filled and keys
pressed; lines of code typed), the seconds from the first step until what was wanted is on screen, evaluations that it takes
included, and what was found. Nobody thinks or reads between two steps here. Needs the browser, as the browser tests do.
"""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from playwright.sync_api import expect, sync_playwright

from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import START, WAIT, Panel, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator

CELLS = 12
_MARK = """index => {
    window.jupyterapp.shell.currentWidget.content.widgets[index].node.dataset.cell = index;
}"""
_OWN_SCORES = """
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = LogisticRegression(max_iter=2000).fit(X_train, y_train)
from clarifai_eval_widget import EvalWidget, Evaluation
EvalWidget(evaluation=Evaluation.from_scores(y_test, model.predict_proba(X_test), concepts=model.classes_))
""".strip()
_OWN_SCORES_OURS = 2
"""How many of its lines are for the evaluation; the others train the model."""
_OWN_DATA = """
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True, as_frame=True)
from clarifai_eval_widget import EvalWidget, LocalServer
server = LocalServer()
server.add_dataset("garden", "irises", labels=[f"iris {k}" for k in y], embeddings=X.to_numpy("f4"))
server.train("garden", "iris-classifier", dataset_id="irises")
own = EvalWidget(server.client())
own
""".strip()
_OWN_DATA_OURS = 6
_SAVED = """
w.evaluation.save("evaluation.pb")
w.save_html("report.html")
from clarifai_eval_widget import EvalWidget, Evaluation
EvalWidget(evaluation=Evaluation.load("evaluation.pb"))
""".strip()
_LINKED = """
import ipywidgets
from clarifai_eval_widget import RocPlot
slider, roc = ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.001), RocPlot(w.evaluation)
ipywidgets.link((slider, "value"), (roc, "threshold"))
ipywidgets.interact(lambda concept: setattr(roc, "concept", concept), concept=list(w.evaluation.concepts))
ipywidgets.VBox([slider, roc])
""".strip()


@dataclass
class Steps:
    """What a user did."""

    clicks: int = 0
    """Presses of the mouse."""
    keys: int = 0
    """Fields filled, and keys pressed besides."""
    lines: int = 0
    """Lines of code typed."""


class Desk:
    """A notebook with the widget, and a user whose steps are counted."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.panel = Panel(notebook)
        self.steps = Steps()
        self._cell = 0

    def click(self, what: Locator) -> None:
        """Press something."""
        self.steps.clicks += 1
        what.click()

    def fill(self, field: Locator, text: str) -> None:
        """Type into a field, and press Enter."""
        self.steps.keys += 2
        field.fill(text)
        field.press("Enter")

    def code(self, code: str, ours: int | None = None) -> int:
        """Type code into the next cell and run it; the position of the cell. ``ours`` of its lines are counted, or all."""
        self.steps.lines += len(code.splitlines()) if ours is None else ours
        self._cell += 1
        said = self.notebook.run_code(self._cell, code)
        if "Traceback" in said:
            raise RuntimeError(f"The cell said: {said[-2000:]}")
        return self._cell

    def output(self, cell: int, kind: str) -> Locator:
        """Something in the output of a cell."""
        self.notebook.page.evaluate(_MARK, cell)
        shown = self.notebook.page.locator(f"[data-cell='{cell}'] .jp-OutputArea-output {kind}").first
        shown.wait_for()
        return shown

    def evaluate(self, version: str) -> None:
        """Press Calculate in the row of a version, and wait until its results are whole."""
        panel = self.panel
        if not panel.root.get_by_role("table", name="Model versions").is_visible():
            self.click(panel.button("All versions"))
        self.click(panel.button(f"Calculate version {version}"))
        panel.root.get_by_role("heading", name=version).first.wait_for()
        panel.root.locator("[data-complete=true]").wait_for()
        expect(panel.progressbar).to_have_count(0)

    def open(self, title: str) -> None:
        """Open a panel below."""
        summary = self.panel.root.locator("summary", has_text=title)
        if summary.locator("..").get_attribute("open") is None:
            self.click(summary)


def across_apps(desk: Desk) -> str:
    """A version of one app on a dataset of another"""
    root = desk.panel.root
    if not root.get_by_role("table", name="Model versions").is_visible():
        desk.click(desk.panel.button("All versions"))
    field = root.get_by_role("combobox", name="Evaluation dataset for version all-inputs", exact=True)
    desk.click(field)
    desk.fill(field, "territory-names")
    desk.evaluate("all-inputs")
    return root.get_by_role("region", name="Headline").locator(".cew-headline-said").inner_text()


def which_is_better(desk: Desk) -> str:
    """Which of two versions is better on the same data"""
    root = desk.panel.root
    desk.click(desk.panel.button("All versions"))
    field = root.get_by_role("combobox", name="Evaluation dataset for version few-inputs", exact=True)
    desk.click(field)
    desk.fill(field, "territory-names")
    desk.evaluate("few-inputs")
    desk.open("Compare")
    boxes = root.get_by_role("region", name="Compare").get_by_role("checkbox")
    boxes.nth(1).wait_for()
    for box in boxes.all():
        if not box.is_checked():
            desk.click(box)
    root.get_by_role("table", name="Differences by concept").wait_for()
    return root.get_by_role("list", name="Differences").get_by_role("listitem").first.inner_text()


def confused(desk: Desk) -> str:
    """Which classes are taken for each other, and those inputs"""
    root = desk.panel.root
    headline = root.get_by_role("region", name="Headline")
    desk.click(headline.get_by_role("button", name=re.compile(" read as ")).first)
    root.get_by_role("grid", name="Confusion matrix").wait_for()
    desk.click(root.get_by_role("list", name="Strongest confusions").get_by_role("button").first)
    listed = root.get_by_role("list", name="Inputs")
    listed.get_by_role("listitem").first.wait_for()
    return root.locator(".cew-inputs-said").inner_text()


def enough_recall(desk: Desk) -> str:
    """A threshold with recall of at least 0.9 for one class"""
    root = desk.panel.root
    desk.click(root.get_by_role("table", name="Concepts").locator("[data-concept=de]").first)
    desk.click(desk.panel.button("Choose a threshold"))
    choice = root.get_by_role("table", name="Criteria").get_by_role("button", name=re.compile("^Recall"))
    desk.click(choice.first)
    eventually(desk.notebook.page, lambda: float(desk.panel.figure("recall") or "nan"), lambda recall: recall >= 0.9)
    return f"recall {float(desk.panel.figure('recall')):.3f} at {desk.panel.shown_threshold()}"


def as_frame(desk: Desk) -> str:
    """The figures of every concept as a DataFrame"""
    cell = desk.code("w.evaluation.table(w.threshold)")
    return f"{desk.output(cell, 'table').locator('tbody tr').count()} rows"


def all_curves(desk: Desk) -> str:
    """All ROC curves in Matplotlib"""
    cell = desk.code("w.evaluation.plot_roc()")
    desk.output(cell, "img")
    return "a figure"


def own_scores(desk: Desk) -> str:
    """The scores of one's own scikit-learn classifier"""
    shown = desk.code(_OWN_SCORES, _OWN_SCORES_OURS)
    return desk.output(shown, ".cew-headline-said").inner_text()


def own_data(desk: Desk) -> str:
    """One's own data, trained and evaluated by the local server"""
    shown = desk.code(_OWN_DATA, _OWN_DATA_OURS)
    root = desk.output(shown, ".cew")
    desk.click(root.get_by_role("button", name=re.compile("^Calculate version")).first)
    root.locator("[data-complete=true]").wait_for()
    return root.locator(".cew-headline-said").inner_text()


def saved_and_opened(desk: Desk) -> str:
    """Save the evaluation and a page of it, and open it again"""
    shown = desk.code(_SAVED)
    return desk.output(shown, ".cew-headline-said").inner_text()


def linked(desk: Desk) -> str:
    """A panel in an app of one's own, with link and interact"""
    shown = desk.code(_LINKED)
    root = desk.output(shown, ".cew")
    root.get_by_role("img", name="ROC curve").wait_for()
    return "a slider, a list of concepts, and the curve that follows both"


TASKS = (across_apps, which_is_better, confused, enough_recall, as_frame, all_curves, own_scores, own_data,
         saved_and_opened, linked)  # fmt: skip


def open_desk(browser: Browser, server: LabServer) -> Desk:
    """A notebook with the widget in its first cell, its lists loaded."""
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in [START, *[""] * CELLS]])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, server.root / "tasks.ipynb")
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(WAIT)
    notebook = NotebookPage(page, server, CELLS + 1)
    notebook.open("tasks.ipynb")
    notebook.run_cell(0)
    desk = Desk(notebook)
    desk.panel.wait_for_versions()
    return desk


def measured(desk: Desk, task: Callable[[Desk], str]) -> tuple[Steps, float, str]:
    """The steps of a task, its seconds, and what was found."""
    desk.steps = Steps()
    begun = time.monotonic()
    found = task(desk)
    return desk.steps, time.monotonic() - begun, " ".join(found.split())


def main() -> None:
    """Print the table, as Markdown."""
    print(
        "| task | clicks | keys and fields | lines of code | seconds | found |\n|---|---:|---:|---:|---:|---|",
        flush=True,
    )
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        server = LabServer(Path(folder))
        try:
            desk = open_desk(browser, server)
            for task in TASKS:
                steps, seconds, found = measured(desk, task)
                row = [task.__doc__, steps.clicks, steps.keys, steps.lines, f"{seconds:.1f}", found]
                print("| " + " | ".join(map(str, row)) + " |", flush=True)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
