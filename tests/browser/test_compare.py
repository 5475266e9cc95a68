"""Runs are ticked, told apart, and lead to the inputs that only one of them gets right."""

import re

from playwright.sync_api import expect

from tests.browser.panel import START, Panel, eventually, python


def test_two_runs_are_compared_from_the_ticks_down_to_the_inputs(open_notebook):
    notebook = open_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    versions = python(notebook, "import json\nprint(json.dumps([row['id'] for row in w.versions[:2]]))")
    for version in versions:
        python(notebook, f"w.model_version = {version!r}\n_ = w.evaluate({{'use_kfold': False}}).result()\nprint(1)")
    panel.root.locator("[data-complete=true]").wait_for()
    panel.root.locator("summary", has_text="Compare").click()
    region = panel.root.get_by_role("region", name="Compare")
    for version in versions:
        region.get_by_role("checkbox", name=f"version {version}").check()
    verdict = region.get_by_role("list", name="Differences").locator("p").first
    expect(verdict).to_contain_text("paired on")
    eventually(panel.page, lambda: python(notebook, "print(len(w.compared))"), 2)
    told = python(
        notebook,
        "import json\na, b = w.compared['evaluation']\nfound = a.compare_overall(b)\n"
        "print(json.dumps([len(w.compared), found.difference, found.p_value, found.units]))",
    )
    expect(verdict).to_contain_text(f"{abs(told[1]):.3f}")
    assert ("cannot be told apart" in verdict.inner_text()) == (told[2] >= 0.05)
    headline = panel.root.get_by_role("region", name="Headline")
    expect(headline).to_contain_text(f"{abs(told[1]):.3f}")
    drawn = region.get_by_role("img", name="ROC curves compared").locator("path.cew-line[data-at]")
    for at in range(2):
        expect(drawn.nth(at)).to_have_attribute("d", re.compile("M"))
    rows = region.get_by_role("table", name="Differences by concept").get_by_role("row")
    expect(rows).to_have_count(1 + python(notebook, "print(len(w.evaluation.concepts))"))
    only = region.get_by_role("button", name=re.compile("A gets right and B wrong"))
    number = int(re.match(r"\d+", only.inner_text())[0])
    only.click()
    inputs = panel.root.get_by_role("list", name="Inputs")
    expect(inputs.get_by_role("listitem")).to_have_count(min(number, 25))
    eventually(panel.page, lambda: python(notebook, "print(len(w.selection))"), number)
    # And from Python: the other way round.
    python(notebook, "w.compare(b, a, names=['new', 'old'])\nprint(1)")
    expect(region.get_by_role("checkbox", name="new")).to_be_checked()
    expect(headline).to_contain_text("“old”")
