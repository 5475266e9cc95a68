"""On the page, inputs that stand at addresses, and a host that drops the buffers of messages."""

import re

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.client.media_server import media_server, png
from tests.widget.workbench.test_media import connect, hosted_evaluation

SOON = 10_000  # milliseconds that an answer may take on a busy machine


@pytest.fixture
def server():
    with media_server({f"/small/users/me/{row}": png((row, 0, 0), (8, 8)) for row in range(6)}) as running:
        running.pages["/large/users/me/4"] = png((4, 0, 0), (8, 8))
        yield running


@pytest.fixture(params=[False, True], ids=["buffers", "dropped"])
def bare(chromium, server, request):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    widget = EvalWidget(evaluation=hosted_evaluation(server.at), concept="cat")
    connect(widget, server)
    yield BarePage(context.new_page(), widget, drops_buffers=request.param)
    context.close()
    widget.close()


def test_thumbnails_come_through_python_and_a_failed_one_says_why_and_is_tried_again(bare, server):
    image = server.pages.pop("/small/users/me/2")
    bare.root.locator("summary", has_text="Inputs").click()
    inputs = bare.root.get_by_role("list", name="Inputs")
    expect(inputs.get_by_role("listitem")).to_have_count(2, timeout=SOON)
    expect(inputs.get_by_role("img", name="Input input-4")).to_have_js_property("naturalWidth", 8, timeout=SOON)
    expect(inputs).to_contain_text("does not have it", timeout=SOON)
    server.pages["/small/users/me/2"] = image
    inputs.get_by_role("button", name="Load input input-2 again").click()
    expect(inputs.get_by_role("img", name="Input input-2")).to_have_js_property("naturalWidth", 8, timeout=SOON)
    as_text = [one.get("base64", False) for one in bare.asked if one["action"] in ("panel", "media")]
    assert as_text[-1] is bare.drops_buffers
    # Every request was answered once: one that was asked anew, as text, is the first that lacked its buffers.
    first, *later = [(one["action"], one.get("panel")) for one in bare.asked if one["action"] != "media"]
    assert later.count(first) == bare.drops_buffers
    assert len(later) - bare.drops_buffers == len(set(later) - {first})


def test_a_small_scan_is_drawn_large_in_whole_pixels(bare):
    bare.root.locator("summary", has_text="Inputs").click()
    bare.root.get_by_role("button", name="Open input input-4").click(timeout=SOON)
    scan = bare.root.get_by_role("dialog").get_by_role("img", name="Input input-4")
    expect(scan).to_have_class(re.compile("cew-input-pixels"), timeout=SOON)
    expect(scan).to_have_css("image-rendering", "pixelated")
    assert {scan.bounding_box()[side] for side in ("width", "height")} == {256}
