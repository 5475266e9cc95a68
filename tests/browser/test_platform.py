"""The platform's workflow on the page: choosing what to evaluate, and on which data."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.panel import eventually, python

NOT_THE_TOKEN = "m4rk3r-of-no-account"


def test_a_new_dataset_is_checked_in_the_dialog_and_evaluated_with_what_was_chosen_there(evaluated):
    notebook, panel = evaluated
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
    expect(dialog.get_by_role("combobox", name="Dataset version")).to_have_value(re.compile(re.escape(latest[:8])))
    dialog.get_by_role("radio", name="Cross-validate").check()
    dialog.get_by_label("folds").fill("3")
    dialog.get_by_role("button", name="Calculate").click()
    dialog.wait_for(state="detached")
    panel.button("Calculate again version few-inputs").wait_for()
    asked = "r = w.run_states[0]\nprint(json.dumps([r['dataset_name'], r['method'], r['folds'], r['dataset_version']]))"
    wanted = ["territory-names (app world)", "cross-validation", 3, latest]
    eventually(panel.page, lambda: python(notebook, f"import json\n{asked}"), wanted)
    panel.open_versions()
    field.click()
    listbox = panel.page.get_by_role("listbox", name=name)
    options = listbox.get_by_role("option")
    expect(options.nth(0)).to_contain_text("new dataset")
    expect(options.nth(1)).to_contain_text(re.compile("territory-names.*cross-validated", re.DOTALL))
    eventually(
        panel.page, lambda: ["evaluated" in text for text in options.all_inner_texts()[1:4]], [True, True, False]
    )
    field.press("Escape")
    expect(listbox).to_have_count(0)
    assert panel.root.get_by_role("table", name="Model versions").is_visible(), "Escape closed the list alone"


@pytest.mark.parametrize("width", [360, 700, 1000, 1400])
def test_at_every_width_the_platforms_controls_stay_within_the_page_and_names_on_a_line(evaluated, width):
    _, panel = evaluated
    with panel.width(width):
        found = panel.root.evaluate(
            """root => {
                const own = root.getBoundingClientRect();
                const all = root.querySelectorAll('.cew-header :is(button, input), .cew-bar :is(button, input, select)');
                // A closed form's fields have places too, which nobody sees.
                const controls = [...all].filter(one => one.checkVisibility());
                return {
                    over: root.scrollWidth - root.clientWidth,
                    outside: controls.filter(one => one.getBoundingClientRect().right > own.right + 1).length,
                    narrow: controls.filter(one => one.matches('input') && one.offsetWidth < 90).length,
                    banners: root.querySelectorAll('header, [role=banner], footer, main').length,
                };
            }"""
        )
    assert found == {"over": 0, "outside": 0, "narrow": 0, "banners": 0}


def test_a_token_goes_to_its_server_and_stays_in_no_trait_page_or_notebook(evaluated):
    notebook, panel = evaluated
    started = python(
        notebook,
        "import json\nfrom clarifai_eval_widget import LocalServer\nother = LocalServer.with_samples()\n"
        "print(json.dumps([other.base_url, other.user_id]))",
    )
    panel.root.locator(".cew-badge summary").click()
    dialog = panel.root.get_by_role("form", name="Change connection")
    token = dialog.get_by_label("Personal access token")
    expect(token).to_have_attribute("type", "password")
    dialog.get_by_label("User", exact=True).fill(started[1])
    dialog.get_by_label("Server").fill(started[0])
    token.fill(NOT_THE_TOKEN)
    dialog.get_by_role("button", name="Connect").click()
    dialog.get_by_text("refuses this token").wait_for()
    expect(token).to_have_value("")
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
