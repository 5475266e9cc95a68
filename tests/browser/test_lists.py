"""Lists of ten thousand to pick from: only the lines in view are drawn, the rest is read as it is scrolled or typed."""

import re

import pytest
from playwright.sync_api import expect

from clarifai_eval_widget import EvalWidget
from clarifai_eval_widget.client import transience
from tests.browser.bare import BarePage
from tests.client.stand_in import StandIn
from tests.small_server import small_server, wait_until
from tests.widget.platform.test_paging import evaluations

LATE = 20_000
"""Milliseconds that anything may take on a busy machine."""
JUDGES = {
    "Score this version": re.compile("trained version predicts these inputs"),
    "Cross-validate": re.compile("New heads are trained on parts of these data.*the recipe.*not this version"),
}
DRAWN = 40
"""Lines that may be on the page at once: those in view, and a few around them."""


@pytest.fixture
def opened(chromium):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    with StandIn() as server, server.client() as client:
        server.datasets = ["data", *(f"data-{n}" for n in range(10_000))]
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        yield BarePage(context.new_page(), widget), widget, server
        widget.close()
    context.close()


def picker(bare):
    bare.root.get_by_role("button", name="All versions").click()
    field = bare.root.get_by_role("combobox", name="Evaluation dataset for version v1")
    expect(field).to_be_visible(timeout=LATE)
    return field, bare.root.get_by_role("listbox", name="Evaluation dataset for version v1")


def until(bare, condition):
    """Wait for the kernel to have done something to its end, and let the page hear of it."""
    # While the page is told that a list is loaded it asks for no more of it: the end of that is what it has to hear.
    bare.until(lambda: condition() and not bare.widget.loading)


def test_the_dialog_of_a_new_dataset_opens_before_anything_was_evaluated(opened):
    bare, _, _ = opened
    field, lines = picker(bare)
    field.click()
    lines.get_by_role("option", name="Evaluate with a new dataset…").click()
    dialog = bare.root.get_by_role("dialog", name="Evaluate version v1 with a new dataset")
    expect(dialog).to_be_visible(timeout=LATE)
    for method, line in JUDGES.items():
        expect(dialog.get_by_role("radio", name=method)).to_be_visible(timeout=LATE)
        expect(dialog.get_by_text(line)).to_be_visible(timeout=LATE)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0, timeout=LATE)


def test_the_bar_offers_both_methods_and_says_in_a_line_what_the_chosen_one_judges(opened):
    bare, widget, _ = opened
    bare.root.get_by_role("button", name="All versions").click()  # folds them: there is a bar then
    method = bare.root.get_by_role("combobox", name="Method for version v1")
    for name, line in JUDGES.items():
        method.select_option(name)
        expect(method).to_have_attribute("title", line, timeout=LATE)
    until(bare, lambda: widget.choices[widget.versions[0]["key"]]["use_kfold"])
    expect(bare.root.get_by_text(JUDGES["Cross-validate"])).to_be_visible(timeout=LATE)
    lost = bare.root.get_by_text("The kernel was restarted or stopped", exact=True)
    bare.lose_kernel()
    for _ in ("folded", "laid out"):
        lost.click(trial=True, timeout=LATE)  # nothing lies over what went wrong
        bare.root.get_by_role("button", name="All versions").click()


def test_ten_thousand_datasets_are_scrolled_and_typed_through_with_few_lines_on_the_page(opened):
    bare, widget, server = opened
    field, lines = picker(bare)
    assert len(widget.datasets) == 1000
    field.click()
    expect(lines.get_by_role("option").first).to_be_visible(timeout=LATE)
    assert lines.get_by_role("option").count() < DRAWN
    server.calls.clear()
    lines.evaluate("list => { list.scrollTop = list.scrollHeight; }")
    until(bare, lambda: len(widget.datasets) == 2000)
    expect(lines.get_by_role("option").first).to_have_attribute(
        "aria-setsize", "2003", timeout=LATE
    )  # with the version trained on, and two more lines
    assert server.calls == {"ListDatasets": 1}
    assert lines.get_by_role("option").count() < DRAWN
    field.fill("data-9876")
    until(bare, lambda: any(row["id"] == "data-9876" for row in widget.datasets))
    found = lines.get_by_role("option", name="data-9876")
    expect(found).to_be_visible(timeout=LATE)
    assert server.calls == {"ListDatasets": 2}
    found.click()
    expect(field).to_have_value("data-9876", timeout=LATE)
    until(bare, lambda: widget.choices[widget.versions[0]["key"]]["dataset_key"] == "ann/app/data-9876")


def test_a_list_stays_open_under_the_keyboard_while_its_next_page_is_read(opened):
    bare, widget, server = opened
    field, lines = picker(bare)
    field.click()
    expect(lines.get_by_role("option").first).to_be_visible(timeout=LATE)
    server.faults["ListDatasets"] = [2.0]
    lines.evaluate("list => { list.scrollTop = list.scrollHeight; }")
    bare.until(lambda: "datasets" in widget.loading)
    field.press("PageUp", timeout=LATE)
    bare.page.keyboard.type("data-")
    expect(field).to_have_value("data-", timeout=LATE)
    assert "datasets" in widget.loading, "the page came before the keys"
    expect(lines.get_by_role("option").first).to_be_visible(timeout=LATE)


@pytest.fixture
def board(chromium):
    """A page on a server with evaluations of two models, and its leaderboard, opened."""
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    with small_server() as server, server.client() as client:
        server.train("shop", "other", dataset_id="reviews", version_id="only")
        for version in ("first", "second", "only"):
            client.start_evaluation(version, "offers", params={"use_kfold": False}).result(timeout=60)
        widget = EvalWidget(client, model="sentiment")
        wait_until(lambda: widget.versions and not widget.loading and widget.status == "evaluated")
        bare = BarePage(context.new_page(), widget)
        bare.root.get_by_role("button", name="Leaderboard").click()
        region = bare.root.get_by_role("region", name="Leaderboard")
        expect(region.get_by_role("table")).to_be_visible(timeout=LATE)
        yield bare, widget, region
        widget.close()
    context.close()


def test_the_leaderboard_sorts_filters_compares_and_views_evaluations_of_all_models(board):
    bare, widget, region = board
    rows = region.get_by_role("row").filter(has=bare.page.get_by_role("checkbox"))
    expect(rows).to_have_count(3, timeout=LATE)
    heads = ["Model", "Version", "Dataset", "Dataset version", "Method", "ROC AUC", "F1", "Precision", "Recall"]
    assert [region.get_by_role("columnheader", name=head, exact=True).count() for head in heads] == [1] * 9
    latest = next(row["latest_version"] for row in widget.datasets if row["id"] == "offers")
    for row in rows.all():
        expect(row.get_by_role("cell", name=latest[:8], exact=True)).to_be_visible(timeout=LATE)
    expect(region).to_contain_text("F1, precision and recall at threshold 0.5")
    areas = [row["roc_auc"] for row in [*widget.run_states, *widget.other_runs]]
    region.get_by_role("button", name="ROC AUC", exact=True).click()
    head = region.get_by_role("columnheader", name="ROC AUC")
    for way, best_first in (("descending", True), ("ascending", False)):
        expect(head).to_have_attribute("aria-sort", way, timeout=LATE)
        shown = region.get_by_role("button", name="View results of")
        expect(shown).to_have_text([f"{area:.3f}" for area in sorted(areas, reverse=best_first)], timeout=LATE)
        region.get_by_role("button", name="ROC AUC", exact=True).click()
    for width in (1000, 700, 420):
        bare.page.set_viewport_size({"width": width, "height": 900})
        for name in heads:
            sort = region.get_by_role("button", name=name, exact=True)
            sort.click()
            expect(region.locator("th[aria-sort]")).to_contain_text(name, timeout=LATE)
            whole = sort.evaluate("({ parentElement: th }) => th.scrollWidth <= th.clientWidth")
            assert whole, f"{name} or its arrow is cut at {width}"
    over = "box => box.scrollWidth - box.clientWidth"
    assert region.locator(".cew-leaderboard-rows").evaluate(over) == 0, "a figure is beside what is shown at 420"
    bare.page.set_viewport_size({"width": 1000, "height": 900})
    region.get_by_role("searchbox", name="Filter evaluations").fill("zzz")
    expect(region.get_by_text("Nothing matches “zzz”.")).to_be_visible(timeout=LATE)
    region.get_by_role("searchbox", name="Filter evaluations").fill("")
    for box in rows.get_by_role("checkbox").all()[:2]:
        box.check()
    expect(region.get_by_role("status")).to_contain_text("2 compared", timeout=LATE)
    until(bare, lambda: len(widget.comparison) == 2)
    region.get_by_role("searchbox", name="Filter evaluations").fill("other only")
    expect(rows).to_have_count(1, timeout=LATE)
    rows.get_by_role("button", name="View results of").click()
    expect(region).to_have_count(0, timeout=LATE)
    expect(bare.root.get_by_role("button", name="Leaderboard")).to_be_focused(timeout=LATE)
    until(bare, lambda: widget.model == "other" and widget.evaluation is not None)


def test_the_leaderboard_is_left_by_escape_and_moves_nothing_below_it(board):
    bare, _, region = board
    where = "root => root.querySelector('.cew-launcher').getBoundingClientRect().top"
    opened = bare.root.evaluate(where)
    region.get_by_role("searchbox").press("Escape")
    expect(region).to_have_count(0, timeout=LATE)
    assert bare.root.evaluate(where) == opened


def test_a_list_that_is_whole_has_no_more_to_read(opened):
    bare, widget, server = opened
    server.datasets = server.datasets[:7]
    widget._platform.refresh()
    until(bare, lambda: server.calls["ListDatasets"] == 2 and not widget.loading)
    field, lines = picker(bare)
    field.click()
    expect(lines.get_by_role("option").first).to_be_visible(timeout=LATE)
    assert "being read" not in lines.inner_text()


def test_more_versions_are_read_by_the_button_under_the_table(opened):
    bare, widget, server = opened
    server.models[0] = ("model", [f"v{n}" for n in range(150, 0, -1)])
    widget._platform.refresh()
    until(bare, lambda: len(widget.versions) == 101 and not widget.loading)  # with the one that was there
    expect(bare.root.get_by_text("The newest 101 are listed.")).to_be_visible(timeout=LATE)
    bare.root.get_by_role("button", name="More versions").press("Enter")
    until(bare, lambda: len(widget.versions) == 150 and not widget.loading)
    expect(bare.root.get_by_role("button", name="All are listed")).to_be_focused(timeout=LATE)


def test_the_leaderboard_reads_older_evaluations_when_it_is_asked_to(opened):
    bare, widget, server = opened
    server.evaluations, server.questions = evaluations(1500, of="another"), 0
    bare.root.get_by_role("button", name="Refresh").click()
    until(bare, lambda: len(widget.other_runs) == 1000 and not widget.loading)
    bare.root.get_by_role("button", name="Leaderboard").click()
    region = bare.root.get_by_role("region", name="Leaderboard")
    expect(region.get_by_role("status")).to_contain_text("1,000 evaluations", timeout=LATE)
    region.get_by_role("button", name="Read older ones").press("Enter")
    until(bare, lambda: len(widget.other_runs) == 1500 and not widget.loading)
    expect(region.get_by_role("status")).to_contain_text("1,500 evaluations", timeout=LATE)
    expect(region.get_by_role("button", name="All are listed")).to_be_focused(timeout=LATE)


@pytest.fixture
def shared(opened):
    """A page on a server of ten thousand datasets, and an organisation with an app and a model of the same ids."""
    bare, widget, server = opened
    server.only_of, server.unknown_owners = {"some-org": ["data", "theirs"]}, {"nobody"}
    return bare, widget, server


def test_an_app_of_another_owner_is_opened_by_what_is_typed_or_pasted(shared):
    bare, widget, _ = shared
    field = bare.root.get_by_role("combobox", name="App")
    field.fill("nobody/app")
    field.press("Enter")
    expect(bare.root.get_by_text("no app 'nobody/app' that this key may read")).to_be_visible(timeout=LATE)
    expect(field).to_have_value("app", timeout=LATE)
    field.fill("https://clarifai.com/some-org/app/models/model")
    expect(bare.root.get_by_role("option", name="Look up https://clarifai.com/some-org/app")).to_be_visible()
    field.press("Enter")
    until(bare, lambda: widget.versions and widget.versions[0]["key"] == "some-org/app/model/v1" and not widget.loading)
    expect(field).to_have_value("some-org/app", timeout=LATE)
    field.click()
    lines = bare.root.get_by_role("listbox", name="App").get_by_role("option")
    expect(lines).to_have_text(["app", "some-org/app"], timeout=LATE)


def test_a_dataset_of_another_owner_is_found_by_what_is_pasted_in_the_row_or_typed_in_the_dialog(shared):
    bare, widget, _ = shared
    field, lines = picker(bare)
    field.fill("https://clarifai.com/some-org/app/datasets/theirs")
    expect(lines.get_by_role("option").first).to_have_text("Look up https://clarifai.com/some-org/app/datasets/theirs")
    field.press("Enter")
    dialog = bare.root.get_by_role("dialog", name="Evaluate version v1 with a new dataset")
    dataset = dialog.get_by_role("combobox", name="Dataset", exact=True)
    until(bare, lambda: widget.preview is not None and widget.preview["dataset_key"] == "some-org/app/theirs")
    expect(dataset).to_have_value("theirs", timeout=LATE)
    dataset.fill("some-org/app/missing")
    dataset.press("Enter")
    until(bare, lambda: widget.preview["asked"] == "some-org/app/missing")
    expect(dialog.get_by_role("list", name="Check")).to_contain_text("There is no dataset 'missing'", timeout=LATE)
    calculate = dialog.get_by_role("button", name="Calculate")
    expect(calculate).to_have_attribute("aria-disabled", "true")
    dataset.fill("some-org/app/data")
    dataset.press("Enter")
    until(bare, lambda: widget.preview["dataset_key"] == "some-org/app/data")
    expect(dataset).to_have_value("data", timeout=LATE)
    expect(calculate).to_have_attribute("aria-disabled", "false", timeout=LATE)
    calculate.click()
    until(bare, lambda: widget.run_states and widget.run_states[0]["dataset_name"] == "data (app some-org/app)")


@pytest.mark.parametrize(
    ("ours", "name", "told"), [(True, "Cancel", "cancelled"), (False, "Stop watching", "not watched")]
)
def test_a_run_is_cancelled_on_the_local_server_and_no_longer_watched_on_the_platform(
    chromium, monkeypatch, ours, name, told
):
    context = chromium.new_context(viewport={"width": 1000, "height": 900})
    with StandIn(questions=10_000) as server, server.client() as client:
        server.says_it_is_ours = ours
        widget = EvalWidget(client)
        wait_until(lambda: widget.versions and not widget.loading)
        widget.evaluate()
        bare = BarePage(context.new_page(), widget)
        button = bare.root.get_by_role("button", name=name, exact=True)
        expect(bare.root.get_by_role("button", name=re.compile("^(Cancel|Stop watching)$"))).to_have_count(
            1, timeout=LATE
        )
        expect(button).to_have_attribute("title", re.compile(f"^{name} the evaluation of version v1"))
        monkeypatch.setattr(transience, "LONGEST_PAUSE", 0.1)
        monkeypatch.setattr(transience, "GRACE_SECONDS", 0.0)
        server.faults["GetEvaluation"] = [11005] * 10_000
        until(bare, lambda: widget.run_states[0]["error"])
        retry = bare.root.get_by_role("button", name="Retry version v1")
        expect(retry.locator("..")).to_have_text("Retry\u2715", timeout=LATE)  # and nothing printed over it
        server.faults["GetEvaluation"] = []
        until(bare, lambda: widget.run_states[0]["status"] == "evaluating" and not widget.run_states[0]["error"])
        button.click()
        until(bare, lambda: widget.run_states[0]["cancelled"])
        expect(bare.root).to_contain_text("No longer watched: the server may go on" if not ours else told, timeout=LATE)
        widget.close()
    context.close()


def test_evaluations_of_one_version_on_the_same_data_are_told_apart_in_the_chips_and_in_the_leaderboard(board):
    bare, widget, region = board
    widget.model_version = "first"
    widget.dataset = "market/offers"
    widget.evaluate({"use_kfold": False}).result(timeout=60)
    until(bare, lambda: widget.run_states[0]["status"] == "evaluated" and len(widget.run_states) == 3)
    names = [f"Compare sentiment first on offers (app market), version {{}}, scored, run {n}" for n in (2, 1)]
    latest = next(row["latest_version"] for row in widget.datasets if row["id"] == "offers")[:8]
    for name in names:
        expect(region.get_by_role("checkbox", name=name.format(latest), exact=True)).to_be_visible(timeout=LATE)
    for number in (1, 2):
        cell = region.get_by_role("cell", name=f"scored, run {number}", exact=True)
        assert cell.evaluate("td => getComputedStyle(td).whiteSpace") == "normal"
        assert cell.evaluate("td => td.scrollWidth <= td.clientWidth")
    region.get_by_role("button", name="Close").click()
    bare.root.get_by_role("button", name="All versions").click()
    row = bare.root.get_by_role("row", name="first")
    for number in (1, 2):
        chip = row.get_by_role("button", name=re.compile(rf"View results of version first.* scored · run {number}"))
        expect(chip).to_have_count(1, timeout=LATE)
