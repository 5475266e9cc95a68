"""What is saved under a widget that evaluates: of a run that has ended, and of nothing before."""

import json

from playwright.sync_api import expect

from tests.browser.panel import START, Panel, eventually

MOST = 300_000
"""Bytes that a summary may add to a notebook."""


def saved_html(notebook):
    """The HTML that the notebook's file would hold under the widget."""
    outputs = notebook.page.evaluate(
        "() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel.getOutputs())"
    )
    return "".join("".join(one["data"].get("text/html", "")) for one in json.loads(outputs) if "data" in one)


def test_under_a_run_stands_nothing_until_it_has_ended_and_then_its_summary(open_notebook, gate):
    notebook = open_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    notebook.run_code(notebook.spare(2), gate.code())
    panel.calculate("few-inputs")
    for fold in (1, 2):
        gate.let_through("few-inputs", fold)
        panel.wait_for_folds(fold)
        panel.threshold.press("PageUp")  # what is asked of a complete evaluation: to be written as it is looked at now
        notebook.run_code(
            notebook.spare(), "w.threshold"
        )  # whose end is where a summary would be written at the latest
        assert "<img" not in saved_html(notebook)
    gate.open()
    panel.root.locator("[data-complete=true]").wait_for()
    html = eventually(panel.page, lambda: saved_html(notebook), lambda found: "<img" in found)
    assert "480 inputs" in html
    assert "5 folds" in html
    assert len(html.encode()) < MOST
    expect(notebook.page.locator(".cew-saved")).to_have_count(1)
    expect(notebook.page.locator(".cew-saved")).not_to_be_visible()
    panel.root.scroll_into_view_if_needed()
    threshold, *_ = panel.shown()
    panel.threshold.press("Home")
    at = eventually(panel.page, lambda: saved_html(notebook), lambda found: found != html)
    assert f"{threshold:g}" != "0"
    assert "threshold 0" in at
