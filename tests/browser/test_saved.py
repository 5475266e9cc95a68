"""What a saved notebook shows where the widget is not alive: never nothing."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter, SlidesExporter

from tests.browser.lab import NotebookPage
from tests.browser.panel import WAIT, Panel

EVALUATION = """
import numpy as np
from clarifai_eval_widget import Evaluation, EvalWidget
random = np.random.default_rng(0)
labels = random.integers(0, 4, 400)
scores = random.dirichlet(np.ones(4), 400) * 0.6
scores[np.arange(400), labels] += 0.4 * random.random(400)
e = Evaluation.from_scores(labels, scores.clip(0, 1), concepts=["ant", "bee", "cat", "dog"])
w = EvalWidget(evaluation=e, threshold=0.3)
w
"""


def picture(page, name):
    """Keep a screenshot where the one who runs the tests wants to look at it."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"saved-{name}.png")


@pytest.fixture(scope="module")
def saved(open_lasting_notebook, lab_server):
    """A notebook that was run and saved: once with the summary, once kept; and what was seen while it was alive."""
    notebook = open_lasting_notebook([EVALUATION])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.threshold.wait_for()
    alive = {"summary": notebook.page.locator(".cew-saved").first.is_visible()}
    picture(notebook.page, "alive")
    files = {"summary": save_as(notebook, lab_server, "summary.ipynb")}
    notebook.run_code(notebook.spare(), "w.keep()")
    files["kept"] = save_as(notebook, lab_server, "kept.ipynb")
    alive["kept"] = notebook.page.locator(".cew-saved").first.is_visible()
    return files, alive


def save_as(notebook, lab_server, name):
    """Save, and save once more under another name, as trusted as the first."""
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.evaluate(
        """async name => {
            const { context, content } = window.jupyterapp.shell.currentWidget;
            const { contents } = window.jupyterapp.serviceManager;
            await contents.save(name, { type: 'notebook', format: 'json', content: content.model.toJSON() });
        }""",
        name,
    )
    return lab_server.root / name


@pytest.fixture
def reopened(chromium, lab_server):
    """Open a saved notebook in a new window, with a new kernel or with none."""
    contexts = []

    def open_it(path, *, kernel):
        context = chromium.new_context(viewport={"width": 1300, "height": 1000})
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = context.new_page()
        notebook = NotebookPage(page, lab_server)
        if not kernel:
            page.route(
                "**/api/sessions?*",
                lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
            )
        page.goto(f"{lab_server.url}/lab?reset&token={lab_server.token}")
        page.wait_for_function("() => window.jupyterapp?.restored")
        page.evaluate(
            """async path => {
                await window.jupyterapp.restored;
                await window.jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
            }""",
            path.name,
        )
        if kernel:
            notebook.wait_until_ready()
        page.locator(".jp-CodeCell").first.wait_for()
        page.wait_for_timeout(1000)
        connected = "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel != null"
        assert page.evaluate(connected) == kernel
        return page

    yield open_it
    for context in contexts:
        for page in context.pages:
            page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext.shutdown()")
        context.close()


def untrusted(path):
    """The same notebook as somebody else's."""
    content = nbformat.read(path, as_version=4)
    content.cells[0].source += "\n# a colleague's"
    copy = path.with_name(f"untrusted-{path.name}")
    nbformat.write(content, copy)
    return copy


def test_the_summary_is_hidden_while_the_widget_is_alive(saved):
    _, alive = saved
    assert alive == {"summary": False, "kept": False}


@pytest.mark.parametrize("kernel", [True, False], ids=["another kernel", "no kernel"])
def test_a_trusted_notebook_shows_the_summary(saved, reopened, kernel):
    page = reopened(saved[0]["summary"], kernel=kernel)
    picture(page, f"trusted-{'kernel' if kernel else 'none'}")
    summary = page.locator(".cew-saved")
    assert summary.locator("img").bounding_box()["height"] > 200
    assert summary.locator("tbody tr").count() == 4
    assert "Macro ROC AUC" in summary.inner_text()


@pytest.mark.parametrize("kernel", [True, False], ids=["another kernel", "no kernel"])
def test_a_kept_notebook_shows_the_page_and_its_slider_works(saved, reopened, kernel):
    page = reopened(saved[0]["kept"], kernel=kernel)
    frame = page.frame_locator(".cew-kept iframe")
    slider = frame.get_by_role("slider", name="Threshold")
    slider.wait_for()
    picture(page, f"kept-{'kernel' if kernel else 'none'}")
    assert float(slider.get_attribute("aria-valuenow")) == 0.3
    figure = frame.locator("[data-name=tp]").first
    before = figure.get_attribute("data-value")
    slider.press("PageUp")
    assert float(slider.get_attribute("aria-valuenow")) != 0.3
    assert figure.get_attribute("data-value") != before
    assert not page.locator(".cew-kept > div").is_visible()


@pytest.mark.parametrize("which", ["summary", "kept"])
def test_an_untrusted_notebook_shows_the_summary(saved, reopened, which):
    page = reopened(untrusted(saved[0][which]), kernel=False)
    picture(page, f"untrusted-{which}")
    assert page.locator("iframe").count() == 0
    output = page.locator(".jp-OutputArea-output").filter(has_text="Macro ROC AUC").last
    assert output.locator("img").bounding_box()["height"] > 200
    assert output.locator("tbody tr").count() == 4


@pytest.mark.parametrize("exporter", [HTMLExporter, SlidesExporter])
@pytest.mark.parametrize("which", ["summary", "kept"])
def test_nbconvert_shows_it_without_a_network(saved, chromium, tmp_path, exporter, which):
    text, _ = exporter().from_filename(str(saved[0][which]))
    file = tmp_path / "notebook.html"
    file.write_text(text, encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1300, "height": 1000}, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    if which == "kept":
        page.frame_locator(".cew-kept iframe").get_by_role("slider", name="Threshold").wait_for()
    else:
        assert page.locator(".cew-saved img").bounding_box()["height"] > 200
        assert page.locator(".cew-saved tbody tr").count() == 4
    picture(page, f"nbconvert-{exporter.__name__}-{which}")
    context.close()


def test_the_notebook_file_stays_small_and_holds_no_state_of_the_widget(saved):
    files, _ = saved
    sizes = {name: len(Path(path).read_bytes()) for name, path in files.items()}
    assert sizes["summary"] < 310_000
    assert sizes["kept"] < 700_000
    assert "widgets" not in json.loads(files["summary"].read_text())["metadata"]
