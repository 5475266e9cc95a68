"""The platform's workflow on the page: choosing what to evaluate, and on which data."""

import pytest

from tests.browser.panel import START, WAIT, Panel, python


@pytest.fixture(scope="module")
def opened(open_lasting_notebook):
    """A notebook whose widget has an evaluation on screen; the tests of this module share it, in their order."""
    notebook = open_lasting_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    panel.calculate("few-inputs")
    panel.root.locator("[data-complete=true]").wait_for(timeout=WAIT)
    return notebook, panel


def test_a_new_dataset_is_checked_in_the_dialog_and_evaluated_with_what_was_chosen_there(opened):
    notebook, panel = opened
    panel.open_versions()
    name = "Evaluation dataset for version few-inputs"
    field = panel.root.get_by_role("combobox", name=name)
    field.click()
    panel.page.get_by_role("option", name="Evaluate with a new dataset…").click()
    dialog = panel.root.get_by_role("dialog", name="Evaluate version few-inputs with a new dataset")
    inner = dialog.get_by_role("combobox", name="Dataset", exact=True)
    inner.click()
    inner.fill("world territory")
    inner.press("Enter")
    dialog.get_by_role("list", name="Check").and_(panel.page.locator("[aria-busy=false]")).wait_for()
    latest = python(
        notebook,
        "import json\nprint(json.dumps(next(d['latest_version'] for d in w.datasets if d['id'] == 'territory-names')))",
    )
    assert latest[:8] in dialog.get_by_role("combobox", name="Dataset version").input_value()
    dialog.get_by_role("radio", name="Cross-validate").check()
    dialog.get_by_label("folds").fill("3")
    dialog.get_by_role("button", name="Calculate").click()
    dialog.wait_for(state="detached")
    panel.button("Calculate again version few-inputs").wait_for()
    asked = "r = w.run_states[0]\nprint(json.dumps([r['dataset_name'], r['method'], r['folds'], r['dataset_version']]))"
    assert python(notebook, f"import json\n{asked}") == [
        "territory-names (app world)",
        "cross-validation",
        3,
        latest,
    ]
    panel.open_versions()
    field.click()
    options = panel.page.get_by_role("listbox", name=name).get_by_role("option").all_inner_texts()
    assert "new dataset" in options[0]
    assert ["evaluated" in text for text in options[1:4]] == [True, True, False]
    assert "territory-names" in options[1]
    assert "cross-validated" in options[1]
    field.press("Escape")
    assert panel.root.get_by_role("table", name="Model versions").is_visible(), "Escape closed the list alone"
