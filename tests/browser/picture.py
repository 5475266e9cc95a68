"""Make the README's picture anew from the page of today: ``python -m tests.browser.picture``.

A real JupyterLab, light, and the sample app's cross-validation held when three of its five folds have come.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import START, WAIT, Gate, Panel, wait_until_still

PICTURE = Path(__file__).parents[2] / "notebooks" / "images" / "live.png"
WIDTH = 1240


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server, gate = LabServer(Path(folder)), Gate(Path(folder))
        content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (START, "", "")])
        content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(content, server.root / "picture.ipynb")
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1700, "height": 1100}, color_scheme="light")
        page.set_default_timeout(WAIT)
        notebook = NotebookPage(page, server, cells=len(content.cells))
        notebook.open("picture.ipynb")
        notebook.run_cell(0)
        panel = Panel(notebook)
        panel.wait_for_versions()
        notebook.run_code(notebook.spare(), gate.code())
        panel.calculate("few-inputs")
        for fold in (1, 2, 3):
            gate.let_through("few-inputs", fold)
        panel.wait_for_folds(3)
        panel.choose_concept("de")
        page.mouse.move(0, 0)
        with panel.width(WIDTH):
            wait_until_still(panel.root)
            panel.root.screenshot(path=PICTURE, animations="disabled")
        gate.open()
        notebook.shut_down()
        browser.close()
        server.stop()
    print(f"Wrote {PICTURE}")


if __name__ == "__main__":
    main()
