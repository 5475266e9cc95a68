"""Fixtures that start the real JupyterLab and the real browser once.

For this package only: while Playwright runs, its event loop is this thread's, and no other test could run its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import WAIT, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SPARE_CELLS = 3


def pytest_itemcollected(item: pytest.Item) -> None:
    """Try once more what waited in vain: on a machine that others use too a browser may stall; the report says RERUN."""
    if Path(__file__).parent in item.path.parents:
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


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
    yield from _opener(chromium, lab_server)


@pytest.fixture(scope="module")
def open_lasting_notebook(chromium: Browser, lab_server: LabServer) -> Iterator[Callable[..., NotebookPage]]:
    """The same, for a notebook that the tests of a module share."""
    yield from _opener(chromium, lab_server)


def _opener(chromium: Browser, lab_server: LabServer) -> Iterator[Callable[..., NotebookPage]]:
    contexts = []

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
        context.set_default_timeout(WAIT)
        contexts.append(context)
        page = NotebookPage(context.new_page(), lab_server, cells=len(content.cells))
        page.open(name)
        return page

    yield open_it
    for context in contexts:
        for page in context.pages:  # only this page's own kernel: others may be in use
            page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        context.close()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)
