"""A number leads to its inputs; one of them opens large, is marked as mislabelled, and the curves follow."""

import re

from playwright.sync_api import expect

from tests.browser.panel import Panel, eventually, python

GIVEN = """
import numpy as np
from clarifai_eval_widget import Evaluation, EvalWidget
rng = np.random.default_rng(1)
labels = np.random.default_rng(7).random((300, 5)) < 0.2
scores = np.clip(0.35 * labels + 0.6 * rng.random((300, 5)), 0, 1)
w = EvalWidget(evaluation=Evaluation.from_scores(labels, scores, concepts=list("abcde"), input_ids=[f"input {r}" for r in range(300)]))
w
"""


def test_from_a_number_to_an_input_that_is_relabelled_and_back_to_the_curves(open_notebook):
    notebook = open_notebook([GIVEN])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.root.locator("[data-complete=true]").wait_for()
    panel.choose_concept("b")
    counts = panel.root.get_by_role("group", name="Counts at the threshold")
    counts.get_by_role("button", name=re.compile("^False pos. .*: show the inputs$")).click()
    inputs = panel.root.get_by_role("list", name="Inputs")
    expect(inputs.get_by_role("listitem")).not_to_have_count(0)
    eventually(panel.page, lambda: python(notebook, "print(len(w.selection))"), int(panel.figure("fp")))
    expect(inputs).to_be_in_viewport()  # what was asked for is in view
    # Large, by keyboard: the next one, and back to where the focus was.
    opener = inputs.get_by_role("button", name="Open input").first
    opener.click()
    dialog = panel.root.get_by_role("dialog")
    expect(dialog.get_by_role("group", name="Should be labelled").get_by_role("checkbox")).to_have_count(5)
    first = dialog.get_attribute("aria-label")
    dialog.press("ArrowRight")
    expect(dialog).not_to_have_attribute("aria-label", first)
    dialog.get_by_role("checkbox", name="e", exact=True).check()
    dialog.press("Escape")
    expect(dialog).to_have_count(0)
    inputs.get_by_role("button", name="is mislabelled").first.click()
    held = "import json\nprint(json.dumps(w.relabels))"
    marked = eventually(panel.page, lambda: python(notebook, held), lambda relabels: len(relabels) == 2)
    assert [labels for labels in marked.values() if "e" in labels]
    panel.root.locator("summary", has_text="Relabel").click()
    region = panel.root.get_by_role("region", name="Relabel")
    expect(region).to_contain_text("as proposed")
    region.get_by_role("button", name="Curves beside the old").click()
    compare = panel.root.get_by_role("region", name="Compare")
    expect(compare.get_by_role("img", name="ROC curves compared")).to_be_visible()
    told = python(
        notebook,
        "import json\nafter = w.relabelling.after\nprint(json.dumps([w.evaluation.roc_auc('b'), after.roc_auc('b')]))",
    )
    expect(compare).to_contain_text(f"AUC {told[1]:.3f}")
    for input_id in marked:
        region.get_by_role("button", name=f"Unmark {input_id}", exact=True).click()
    eventually(panel.page, lambda: python(notebook, held), {})
