"""The platform's workflow on the page: choosing what to evaluate, and on which data."""

import json

import pytest

from tests.browser.panel import START, WAIT, Panel, python

NOT_THE_TOKEN = "m4rk3r-of-no-account"


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


def set_width(panel, pixels):
    panel.root.evaluate("(root, pixels) => { root.style.width = pixels ? `${pixels}px` : ''; }", pixels)
    panel.page.wait_for_timeout(200)


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


@pytest.mark.parametrize("width", [360, 700, 1000, 1400])
def test_at_every_width_the_platforms_controls_stay_within_the_page_and_names_on_a_line(opened, width):
    _, panel = opened
    set_width(panel, width)
    found = panel.root.evaluate(
        """root => {
            const own = root.getBoundingClientRect();
            const controls = [...root.querySelectorAll('.cew-header :is(button, input), .cew-bar :is(button, input, select)')];
            return {
                over: root.scrollWidth - root.clientWidth,
                outside: controls.filter(one => one.getBoundingClientRect().right > own.right + 1).length,
                narrow: controls.filter(one => one.matches('input') && one.offsetWidth < 90).length,
                banners: root.querySelectorAll('header, [role=banner], footer, main').length,
            };
        }"""
    )
    set_width(panel, 0)
    assert found == {"over": 0, "outside": 0, "narrow": 0, "banners": 0}


def test_a_token_goes_to_its_server_and_stays_in_no_trait_page_or_notebook(opened):
    notebook, panel = opened
    started = python(
        notebook,
        "import json\nfrom clarifai_eval_widget import LocalServer\nother = LocalServer.with_samples()\n"
        "print(json.dumps([other.base_url, other.user_id]))",
    )
    panel.root.locator(".cew-badge summary").click()
    dialog = panel.root.get_by_role("form", name="Change connection")
    token = dialog.get_by_label("Personal access token")
    assert token.get_attribute("type") == "password"
    dialog.get_by_label("User", exact=True).fill(started[1])
    dialog.get_by_label("Server").fill(started[0])
    token.fill(NOT_THE_TOKEN)
    dialog.get_by_role("button", name="Connect").click()
    dialog.get_by_text("refuses this token").wait_for()
    assert token.input_value() == ""
    secret = python(notebook, "import json\nprint(json.dumps(other.pat))", spare=1)
    notebook.run_code(notebook.spare(1), "None")  # its output held the token
    dialog.get_by_label("User", exact=True).fill(started[1])
    dialog.get_by_label("Server").fill(started[0])
    token.fill(secret)
    dialog.get_by_role("button", name="Connect").click()
    python(notebook, "import time\nwhile w._platform.client.settings.pat != other.pat: time.sleep(0.1)\nprint(1)")
    panel.wait_for_versions()
    state = python(
        notebook,
        "import json\nprint(json.dumps([str(w.get_state()), repr(w), str(w.runs), w._platform.client.settings.pat == other.pat]))",
    )
    page = panel.page.evaluate("() => document.documentElement.outerHTML")
    notebook.command("docmanager:save", wait=True)
    saved = "".join(path.read_text() for path in notebook._server.root.glob("*.ipynb"))
    for key in (NOT_THE_TOKEN, secret):
        assert all(key not in json.dumps(one) for one in [*state[:3], page, saved])
    assert state[3], "it is the one used all the same"
