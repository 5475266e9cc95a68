"""Fixtures that start the real JupyterLab and the real browser once.

For this package only: while Playwright runs, its event loop is this thread's, and no other test could run its own.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import START, WAIT, Gate, Panel, wait_until_still

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from clarifai_eval_widget import Evaluation

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SPARE_CELLS = 3


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    try:
        path = find_browser()
    except FileNotFoundError as error:
        pytest.fail(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    server = LabServer(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture
def open_notebook(chromium: Browser, lab_server: LabServer) -> Iterator[Callable[..., NotebookPage]]:
    """Open a notebook of these cells, with spare cells at its end, in a browser window of its own."""
    yield from opener(chromium, lab_server)


@pytest.fixture(scope="module")
def open_lasting_notebook(chromium: Browser, lab_server: LabServer) -> Iterator[Callable[..., NotebookPage]]:
    """The same, for a notebook that the tests of a module share."""
    yield from opener(chromium, lab_server)


def opener(chromium: Browser, lab_server: LabServer) -> Iterator[Callable[..., NotebookPage]]:
    """Opens notebooks of a server, until they are no longer needed."""

    def open_it(cells: list[str] | Path, *, width: int = 1400, height: int = 1000) -> NotebookPage:
        if isinstance(cells, Path):
            content = nbformat.read(cells, as_version=4)
        else:
            content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content.cells += [nbformat.v4.new_code_cell("") for _ in range(SPARE_CELLS)]
        name = f"notebook-{len(list(lab_server.root.iterdir()))}.ipynb"
        nbformat.write(content, lab_server.root / name)
        context = chromium.new_context(viewport={"width": width, "height": height})
        opened.callback(context.close)
        context.set_default_timeout(WAIT)
        page = NotebookPage(context.new_page(), lab_server, cells=len(content.cells))
        opened.callback(page.shut_down)
        page.open(name)
        return page

    with ExitStack() as opened:
        yield open_it


@pytest.fixture(scope="module")
def evaluated(open_lasting_notebook: Callable[..., NotebookPage]) -> tuple[NotebookPage, Panel]:
    """A notebook whose widget has an evaluation on screen; the tests of a module share it, in their order."""
    notebook = open_lasting_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    panel.calculate("few-inputs")
    panel.root.locator("[data-complete=true]").wait_for()
    panel.button("View results of version few-inputs").wait_for()
    wait_until_still(panel.root)
    return notebook, panel


@pytest.fixture
def open_bare(chromium: Browser) -> Iterator[Callable[..., BarePage]]:
    """Show an evaluation, with the widget's options, on a page without a notebook."""

    def open_it(evaluation: Evaluation, *, width: int = 1000, **options: str) -> BarePage:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        opened.callback(context.close)
        context.set_default_timeout(WAIT)
        widget = EvalWidget(evaluation=evaluation, **options)
        opened.callback(widget.close)
        return BarePage(context.new_page(), widget)

    with ExitStack() as opened:
        yield open_it


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A gate that is open in the end, also of a test that failed: no evaluation waits at it for ever."""
    gate = Gate(tmp_path)
    yield gate
    gate.open()
