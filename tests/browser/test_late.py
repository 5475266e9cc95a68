"""What the page does not start with: asked for when it is needed, on the same Preact, and told when it cannot be had."""

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from tests.browser.bare import BarePage
from tests.browser.test_choose import evaluation

LATE = 10_000  # milliseconds that a part may take on a busy machine


class Watched(BarePage):
    """Counts what is asked for, and refuses the first few askings for what comes late."""

    def __init__(self, page, widget, *, refuse=0):
        self.asked = []
        self.refuse = refuse
        super().__init__(page, widget)

    def _called(self, what, content):
        if what == "send":
            self.asked.append(content["action"])
            if content["action"] == "late" and self.refuse:
                self.refuse -= 1
                error = {"code": 0, "title": "Cut off", "message": "", "details": "", "req_id": "", "retry": True}
                return {"reply": {"id": content["id"], "error": error}, "buffers": [], "state": {}}
        return super()._called(what, content)


@pytest.fixture
def open_bare(chromium):
    contexts, wrong = [], []

    def open_it(**options):
        contexts.append(chromium.new_context(viewport={"width": 1000, "height": 900}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return Watched(page, EvalWidget(evaluation=evaluation(), concept="de"), **options)

    yield open_it
    assert wrong == []
    for context in contexts:
        context.close()


def open_matrix(bare):
    bare.root.locator("summary", has_text="Confusion matrix").click()


def test_a_panel_that_comes_late_is_opened_and_follows_the_slider(open_bare):
    bare = open_bare()
    expect(bare.root.get_by_role("img", name="ROC curve")).to_be_visible(timeout=LATE)
    open_matrix(bare)
    grid = bare.root.get_by_role("grid", name="Confusion matrix")
    expect(grid).to_be_visible(timeout=LATE)
    before = grid.inner_text()
    bare.root.get_by_role("slider", name="Threshold", exact=True).press("PageUp")
    expect(grid).not_to_have_text(before, timeout=LATE)
    assert bare.asked.count("late") == 1
    painted = "grid => getComputedStyle(grid.querySelector('button, td')).getPropertyValue('position')"
    assert grid.evaluate(painted)
    assert bare.root.locator("style").count() == 1, "its style comes with it, into the root it is shown in"


def test_it_is_ready_a_moment_after_the_first_curves_though_nobody_opened_it(open_bare):
    bare = open_bare()
    expect(bare.root.locator("style")).to_have_count(1, timeout=LATE)
    assert bare.asked.count("late") == 1
    open_matrix(bare)
    expect(bare.root.get_by_role("grid", name="Confusion matrix")).to_be_visible(timeout=LATE)
    assert bare.asked.count("late") == 1


def test_what_could_not_be_loaded_says_so_and_comes_by_retry(open_bare):
    bare = open_bare(refuse=1)
    open_matrix(bare)
    notice = bare.root.get_by_role("group", name="This part of the page could not be loaded")
    expect(notice).to_contain_text("Cut off", timeout=LATE)
    notice.get_by_role("button", name="Retry").click()
    expect(bare.root.get_by_role("grid", name="Confusion matrix")).to_be_visible(timeout=LATE)
    expect(notice).to_have_count(0)


def test_a_page_that_forbids_blobs_takes_it_by_a_data_address(open_bare):
    bare = open_bare()
    bare.page.evaluate("URL.createObjectURL = () => 'blob:null/nothing-is-here'")
    open_matrix(bare)
    expect(bare.root.get_by_role("grid", name="Confusion matrix")).to_be_visible(timeout=LATE)


TWICE = """async () => {
    const read = async id => {
        const packed = Uint8Array.from(atob(document.getElementById(id).textContent), one => one.charCodeAt(0));
        return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    };
    const address = "data:text/javascript;charset=utf-8," + encodeURIComponent(await read("cew-bundle"));
    const { openFile } = await import(address);
    document.getElementById("cew-main").replaceChildren();
    for (const _ of [1, 2]) {
        const el = document.createElement("div");
        document.body.append(el);
        openFile(el, JSON.parse(await read("cew-baked")), () => read("cew-late"));
    }
}"""


def test_two_pages_of_one_module_keep_apart(chromium, tmp_path):
    path = EvalWidget(evaluation=evaluation(), concept="de").save_html(tmp_path / "report.html")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.get_by_role("slider", name="Threshold").wait_for()
    page.evaluate(TWICE)
    grids = []
    for k in (0, 1):
        page.locator(".cew").nth(k).locator("summary", has_text="Confusion matrix").click()
        grids.append(page.locator(".cew").nth(k).get_by_role("grid", name="Confusion matrix"))
        expect(grids[k]).to_be_visible(timeout=LATE)
    before = grids[0].inner_text()
    page.locator(".cew").nth(1).get_by_role("slider", name="Threshold", exact=True).press("PageUp")
    expect(grids[1]).not_to_have_text(before, timeout=LATE)
    assert grids[0].inner_text() == before
    page.close()
