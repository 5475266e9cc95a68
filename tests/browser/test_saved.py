"""What a saved notebook shows where the widget is not alive: never nothing."""

import json
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter, SlidesExporter
from playwright.sync_api import expect

from clarifai_eval_widget.widget.export.exporter import EvalHTMLExporter, EvalSlidesExporter
from tests.browser.lab import NotebookPage
from tests.browser.panel import WAIT, OnPage, Panel, eventually, picture, wait_until_still

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
IN_A_BOX = f"{EVALUATION}import ipywidgets\nipywidgets.VBox([w])"  # the w before it, in mid-cell, is not displayed


@pytest.fixture(scope="module")
def saved(open_lasting_notebook, lab_server):
    """A notebook run and saved: with the summary, kept, and in a box; and what was seen while each was alive."""
    notebook = open_lasting_notebook([EVALUATION])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.threshold.wait_for()
    summary = notebook.page.locator(".cew-saved").first
    summary.wait_for(state="attached")
    wait_until_still(panel.root)
    alive = {"summary": summary.is_visible()}
    picture(notebook.page, "saved-alive")
    files = {"summary": save_as(notebook, lab_server, "summary.ipynb")}
    notebook.run_code(notebook.spare(), "w.keep()")
    notebook.page.locator(".cew-kept").first.wait_for(state="attached")
    wait_until_still(panel.root)
    alive["kept"] = summary.is_visible()
    files["kept"] = save_as(notebook, lab_server, "kept.ipynb")
    notebook.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState", wait=True)
    files["state"] = save_as(notebook, lab_server, "state.ipynb")
    notebook.run_cell(0)
    notebook.page.locator(".cew-kept").wait_for(state="detached")
    notebook.page.locator(".cew-saved:has(img)").wait_for(state="attached")
    wait_until_still(panel.root)
    files["summary and state"] = save_as(notebook, lab_server, "stateful-summary.ipynb")
    notebook.command("@jupyter-widgets/jupyterlab-manager:saveWidgetState", wait=True)  # a setting: as it was
    notebook.run_code(0, IN_A_BOX)
    panel.threshold.wait_for()
    notebook.page.locator(".cew-saved:has(img)").wait_for(state="attached")
    wait_until_still(panel.root)
    alive["in a box"] = summary.is_visible()
    files["in a box"] = save_as(notebook, lab_server, "box.ipynb")
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


@pytest.fixture(params=["lab", "notebook"])
def reopened(request, chromium, lab_server):
    """Open a saved notebook in a new window of JupyterLab or Notebook, with a new kernel or with none."""

    def open_it(path, *, kernel):
        context = chromium.new_context(viewport={"width": 1300, "height": 1000})
        opened.callback(context.close)
        context.set_default_timeout(WAIT)
        page = context.new_page()
        notebook = NotebookPage(page, lab_server)
        opened.callback(notebook.shut_down)
        refused = []

        def refuse(route):
            if route.request.method != "POST":
                return route.continue_()
            refused.append(route.request.url)
            return route.abort()

        if not kernel:
            page.route("**/api/sessions?*", refuse)
        if request.param == "notebook":
            page.goto(f"{lab_server.url}/notebooks/{path.name}?token={lab_server.token}")
            page.wait_for_function("() => window.jupyterapp?.restored")
        else:
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
        else:
            eventually(page, lambda: len(refused) > 0)
        page.locator(".jp-CodeCell").first.wait_for()
        wait_until_still(page.locator(".jp-Notebook"))
        connected = "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel != null"
        assert page.evaluate(connected) == kernel
        return page

    with ExitStack() as opened:
        yield open_it


def pictured(page, name):
    """Keep a picture under the name of its host."""
    picture(page, f"saved-{'notebook' if '/notebooks/' in page.url else 'lab'}-{name}")


def expect_height(picture, pixels):
    """Wait until a picture is drawn at its height."""
    eventually(picture.page, lambda: picture.bounding_box()["height"] > pixels)


def untrusted(path):
    """The same notebook as somebody else's."""
    content = nbformat.read(path, as_version=4)
    content.cells[0].source += "\n# a colleague's"
    copy = path.with_name(f"untrusted-{path.name}")
    nbformat.write(content, copy)
    return copy


def test_the_summary_is_hidden_while_the_widget_is_alive(saved):
    _, alive = saved
    assert alive == {"summary": False, "kept": False, "in a box": False}


@pytest.mark.parametrize(
    ("which", "kernel"), [("summary", True), ("summary", False), ("summary and state", False), ("in a box", False)]
)
def test_a_trusted_notebook_shows_the_summary(saved, reopened, which, kernel):
    page = reopened(saved[0][which], kernel=kernel)
    pictured(page, f"trusted-{which}-{'kernel' if kernel else 'none'}")
    summary = page.locator(".cew-saved")
    expect_height(summary.locator("img"), 200)
    expect(summary.locator("tbody tr")).to_have_count(4)
    expect(summary).to_contain_text("Macro ROC AUC")
    expect(summary).to_contain_text("run its cell again")
    for said in ("model not found", "Loading widget"):  # JupyterLab's own words, which help nobody
        expect(page.locator(".jp-OutputArea-output", has_text=said).filter(visible=True)).to_have_count(0)


def test_its_cell_run_again_the_widget_is_alive_and_the_summary_hidden(saved, reopened):
    page = reopened(saved[0]["summary"], kernel=True)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => 0)")
    panel = Panel(OnPage(page))
    panel.threshold.wait_for()
    expect(page.locator(".cew-saved")).to_have_count(1)
    expect(page.locator(".cew-saved")).not_to_be_visible()
    before = panel.shown()
    panel.threshold.press("PageUp")
    eventually(page, panel.shown, lambda now: now[0] > before[0] and now[1:] != before[1:])
    pictured(page, "alive-again")


@pytest.mark.parametrize(("which", "kernel"), [("kept", True), ("kept", False), ("state", False)])
def test_a_kept_notebook_shows_the_page_and_its_slider_works(saved, reopened, which, kernel):
    page = reopened(saved[0][which], kernel=kernel)
    frame = page.frame_locator(".cew-kept iframe")
    slider = frame.get_by_role("slider", name="Threshold")
    slider.wait_for()
    pictured(page, f"{which}-{'kernel' if kernel else 'none'}")
    expect(slider).to_have_attribute("aria-valuenow", "0.3")
    figure = frame.locator("[data-name=tp]").first
    before = figure.get_attribute("data-value")
    slider.press("PageUp")
    expect(slider).not_to_have_attribute("aria-valuenow", "0.3")
    expect(figure).not_to_have_attribute("data-value", before)
    expect(page.locator(".cew-kept > div")).not_to_be_visible()


def test_a_notebook_saved_with_the_widgets_state_knows_that_there_is_no_kernel_and_its_slider_works(saved, reopened):
    page = reopened(saved[0]["state"], kernel=True)
    panel = Panel(OnPage(page))
    expect(panel.root.get_by_role("group", name="Shown as it was saved")).to_be_visible()
    assert panel.shown()[0] == 0.3
    before = panel.shown()
    panel.threshold.press("PageUp")
    eventually(page, panel.shown, lambda now: now[0] > before[0] and now[1:] != before[1:])
    macro = panel.shown()
    panel.choose_concept("bee")
    eventually(page, panel.shown, lambda now: now[1:] != macro[1:])
    # What takes Python says so at once, and waits for no cell.
    panel.root.locator("summary", has_text="Confusion matrix").click()
    expect(panel.root.get_by_text("run this widget’s cell again").nth(1)).to_be_visible()
    page.wait_for_timeout(1000)  # longer than a kernel may take before it counts as busy
    expect(panel.root.get_by_text("Waiting for the running cell")).to_have_count(0)
    pictured(page, "state")


@pytest.mark.parametrize(("which", "kernel"), [("summary", True), ("kept", False)])
def test_an_untrusted_notebook_shows_the_summary(saved, reopened, which, kernel):
    page = reopened(untrusted(saved[0][which]), kernel=kernel)
    output = page.locator(".jp-OutputArea-output").filter(has_text="Macro ROC AUC").last
    expect_height(output.locator("img"), 200)
    expect(output.locator("tbody tr")).to_have_count(4)
    expect(page.locator("iframe")).to_have_count(0)
    pictured(page, f"untrusted-{which}")


def expect_page(page):
    """Wait for the page that was kept, whose slider moves its counts, in place of its summary."""
    frame = page.frame_locator(".cew-kept iframe")
    slider, figure = frame.get_by_role("slider", name="Threshold"), frame.locator("[data-name=tp]").first
    expect(slider).to_have_attribute("aria-valuenow", "0.3")
    before = figure.get_attribute("data-value")
    slider.press("PageUp")
    expect(figure).not_to_have_attribute("data-value", before)
    expect(page.locator(".cew-kept > div")).not_to_be_visible()


def expect_summary(page):
    """Wait for the summary, with its picture and table."""
    expect_height(page.locator(".cew-saved img"), 200)
    expect(page.locator(".cew-saved tbody tr")).to_have_count(4)
    expect(page.locator("iframe")).to_have_count(0)


@contextmanager
def offline(chromium, file):
    """A file in a browser without a network."""
    context = chromium.new_context(viewport={"width": 1300, "height": 1000}, offline=True)
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


@pytest.mark.parametrize("exporter", [HTMLExporter, SlidesExporter, EvalHTMLExporter, EvalSlidesExporter])
@pytest.mark.parametrize("which", ["summary", "kept", "summary and state"])
def test_nbconvert_shows_it_without_a_network(saved, chromium, tmp_path, exporter, which):
    text, _ = exporter().from_filename(str(saved[0][which]))
    file = tmp_path / "notebook.html"
    file.write_text(text, encoding="utf-8")
    made_of_state = which == "summary and state" and exporter in (EvalHTMLExporter, EvalSlidesExporter)
    with offline(chromium, file) as page:
        (expect_page if which == "kept" or made_of_state else expect_summary)(page)
        picture(page, f"saved-nbconvert-{exporter.__name__}-{which}")


def test_executed_by_nbconvert_it_is_the_page(saved, chromium, tmp_path):
    to = ["--to", "eval-html", "--output-dir", str(tmp_path)]
    command = [sys.executable, "-m", "nbconvert", "--execute", *to, str(saved[0]["summary"])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    with offline(chromium, tmp_path / "summary.html") as page:
        expect_page(page)
        picture(page, "saved-nbconvert-execute")


@pytest.mark.parametrize("which", ["summary", "kept", "summary and state"])
def test_a_site_built_by_myst_shows_it_without_a_network(saved, chromium, tmp_path, which):
    content = nbformat.read(saved[0][which], as_version=4)
    content.cells.insert(0, nbformat.v4.new_markdown_cell("# An evaluation"))
    nbformat.write(content, tmp_path / "index.ipynb")
    (tmp_path / "conf.py").write_text('extensions = ["myst_nb"]\nnb_execution_mode = "off"\n')
    build = [sys.executable, "-m", "sphinx", "-q", str(tmp_path), str(tmp_path / "site")]
    done = subprocess.run(build, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    with offline(chromium, tmp_path / "site" / "index.html") as page:
        (expect_page if which == "kept" else expect_summary)(page)
        picture(page, f"saved-myst-{which}")


def test_marimo_exports_curves_whose_slider_works_and_says_that_there_is_no_kernel(chromium, tmp_path):
    (tmp_path / "app.py").write_text(
        "import marimo\napp = marimo.App()\n@app.cell\ndef _():\n"
        + "".join(f"    {line}\n" for line in EVALUATION.strip().splitlines()[:-1])
        + "    import marimo as mo\n    mo.ui.anywidget(w)\n    return (w,)\n@app.cell\ndef _(w):\n    w.figure()\n    return\n"
    )
    marimo = [sys.executable, "-m", "marimo", "-q", "export"]
    for command in (["html", "app.py", "-o", "app.html"], ["ipynb", "--include-outputs", "app.py", "-o", "app.ipynb"]):
        done = subprocess.run(
            [*marimo, *command], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
    outputs = [
        one for cell in nbformat.read(tmp_path / "app.ipynb", as_version=4).cells for one in cell.get("outputs", ())
    ]
    assert any("image/png" in one.get("data", {}) for one in outputs), "the figure of its own cell"
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(WAIT)
    page = context.new_page()
    # The export takes marimo's own frontend from a CDN: it is that of the package. Nothing else may be needed.
    page.route(re.compile("^https?://"), lambda route: route.abort())
    page.route(re.compile("/@marimo-team/frontend@[^/]+/dist/"), of_marimos_package)
    page.goto((tmp_path / "app.html").as_uri())
    panel = Panel(OnPage(page))
    expect(panel.root.get_by_role("group", name="Shown as it was saved")).to_be_visible()
    before = panel.shown()
    assert before[0] == 0.3
    panel.threshold.press("PageUp")
    eventually(page, panel.shown, lambda now: now[0] > before[0] and now[1:] != before[1:])
    panel.root.locator("summary", has_text="Confusion matrix").click()
    expect(panel.root.get_by_text("run this widget’s cell again").nth(1)).to_be_visible()
    picture(page, "saved-marimo-export")
    context.close()


def of_marimos_package(route):
    """Answer for the CDN with the file that the installed package brings."""
    import marimo

    path = route.request.url.split("/dist/")[1].partition("?")[0]
    route.fulfill(path=Path(marimo.__file__).parent / "_static" / path)


def test_of_a_saved_state_the_exporter_makes_a_page_whose_slider_works(saved, chromium, tmp_path):
    content = nbformat.read(saved[0]["state"], as_version=4)
    for cell in content.cells:  # what was kept beside it would be shown instead
        cell.outputs = [one for one in cell.outputs if "cew-saved" not in str(one.get("data", {}).get("text/html", ""))]
    file = tmp_path / "notebook.html"
    file.write_text(EvalHTMLExporter().from_notebook_node(content)[0], encoding="utf-8")
    with offline(chromium, file) as page:
        expect_page(page)
        rows = page.frame_locator(".cew-kept iframe").get_by_role("table", name="Concepts").get_by_role("row")
        expect(rows).to_have_count(7)  # a head, two averages, four concepts
        picture(page, "saved-eval-html-state")


def test_the_notebook_file_stays_small_and_holds_no_state_of_the_widget(saved):
    files, _ = saved
    sizes = {name: len(Path(path).read_bytes()) for name, path in files.items()}
    assert sizes["summary"] < 310_000
    assert sizes["kept"] < 700_000
    assert "widgets" not in json.loads(files["summary"].read_text())["metadata"]
