"""Marks are written to the server from the page: shown first, off until ticked, then told."""

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.client.test_annotating import labels_of, uploaded
from tests.small_server import wait_until

SOON = 15_000  # milliseconds that an answer may take on a busy machine


@pytest.fixture
def shown(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    with uploaded() as (api, client, _):
        widget = EvalWidget(client, model="mood")
        wait_until(lambda: widget.versions and not widget.loading)
        widget.evaluate().result(timeout=60)
        wait_until(lambda: widget.evaluation is not None and widget.evaluation.complete)
        widget.relabels = {"r4": ["neg"], "r5": ["pos", "neg"]}
        yield api, BarePage(context.new_page(), widget)
        widget.close()
    context.close()


def test_what_will_be_written_is_shown_first_and_counts_in_the_next_evaluation_once_it_was_ticked_and_pressed(shown):
    api, bare = shown
    bare.root.locator("summary", has_text="Relabel").click()
    region = bare.root.get_by_role("region", name="Relabel")
    region.get_by_role("button", name="Write to the local server").click(timeout=SOON)
    dialog = bare.page.get_by_role("dialog", name="Write 2 annotations")
    changes = dialog.get_by_role("list", name="What will be written").get_by_role("listitem")
    expect(changes).to_have_text(["r4: is neg; is not pos", "r5: is neg"])
    expect(dialog).to_contain_text("local/kept")
    write = dialog.get_by_role("button", name="Write", exact=True)
    expect(write).to_have_attribute("aria-disabled", "true")
    write.click(force=True)
    expect(dialog).to_be_visible()
    assert labels_of(api, "r4") == {"pos"}
    dialog.get_by_role("checkbox").check()
    write.click()
    expect(dialog).to_have_count(0)
    wait_until(lambda: bare.widget.written is not None and not bare.widget.written["busy"])
    bare.push()
    expect(region.get_by_role("status")).to_contain_text("Labels of 2 inputs written", timeout=SOON)
    assert labels_of(api, "r4") == {"neg"}
    assert labels_of(api, "r5") == {"neg", "pos"}
    before = bare.widget.evaluation
    bare.root.get_by_role("button", name="Calculate again").click()
    wait_until(lambda: bare.widget.evaluation is not before and bare.widget.evaluation.complete)
    bare.push()
    after = bare.widget.evaluation
    assert [bool(one) for one in after.label_array[after.input_ids.index("r4")]] == [
        one == "neg" for one in after.concepts
    ]
    write = region.get_by_role("button", name="Write to the local server")
    expect(write).to_have_attribute("aria-disabled", "true", timeout=SOON)  # these labels say what is proposed
