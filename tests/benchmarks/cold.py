"""Seconds from running the quickstart's first cell in a fresh kernel of JupyterLab: ``python -m tests.benchmarks.cold``.

Until the versions are listed, until Calculate is pressed, and until the first fold's curve is drawn; the goal is six seconds
to that on two idle cores. The browser is beside it on the same cores; cores are counted, and the load before each start is
said, for these are times and no ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from tests.browser.lab import BROWSER_FLAGS, LabServer, NotebookPage, find_browser
from tests.browser.panel import START, WAIT, Panel


def one_start(notebook: NotebookPage) -> list[float]:
    """The three times of one fresh kernel."""
    began, panel = time.perf_counter(), Panel(notebook)
    times = []
    notebook.run_cell(0)
    panel.wait_for_versions()
    times.append(time.perf_counter() - began)
    panel.calculate("few-inputs")
    times.append(time.perf_counter() - began)
    panel.root.locator(".cew-roc-fold").first.wait_for(state="attached")
    return [*times, time.perf_counter() - began]


def told(times: list[float]) -> str:
    """The three times in words."""
    listed, pressed, drawn = times
    return f"versions {listed:.1f} s, Calculate {pressed:.1f} s, first curve {drawn:.1f} s"


def main(arguments: list[str] | None = None) -> None:
    """Print a line for each start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=3, help="how many kernels are started")
    starts = parser.parse_args(arguments).starts
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(START)])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    found = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
        server = LabServer(Path(folder))
        try:
            for k in range(starts):
                nbformat.write(content, server.root / f"cold-{k}.ipynb")
                context = browser.new_context(viewport={"width": 1400, "height": 1000})
                context.set_default_timeout(2 * WAIT)
                notebook = NotebookPage(context.new_page(), server, cells=1)
                notebook.open(f"cold-{k}.ipynb")
                load = os.getloadavg()[0]
                found.append(one_start(notebook))
                print(f"{told(found[-1])} (load {load:.1f})", flush=True)
                notebook.shut_down()
                context.close()
        finally:
            server.stop()
            browser.close()
    middle = [statistics.median(times) for times in zip(*found, strict=True)]
    print(f"median of {starts} on {os.cpu_count()} cores: {told(middle)}")


if __name__ == "__main__":
    main()
