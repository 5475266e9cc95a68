"""A concept that the stops all concepts share do not serve is led along stops of its own."""

import numpy as np
from playwright.sync_api import expect

from tests.browser.panel import Panel, eventually
from tests.widget.workbench.test_outline import OUTLINE
from tests.widget.workbench.test_stops import apart


def test_an_arrow_key_moves_the_recall_of_a_concept_by_a_hundredth_at_most(open_bare):
    bare = open_bare(apart(), concept="c7", threshold=7.5 / 40)
    panel, evaluation = Panel(bare), bare.widget.evaluation
    sweep = bare.root.get_by_role("img", name="Threshold sweep").locator("path.cew-sweep-recall")
    # Its own stops are here, and what its sweep is drawn through.
    eventually(bare.page, lambda: {"stops", "outline"} <= {one.get("panel") for one in bare.asked})
    drawn = OUTLINE.encode(evaluation, {"concept": "c7"}).arrays
    corners = 1 + int((~np.isnan(drawn["recall"])).sum())  # the first one twice
    eventually(bare.page, lambda: (sweep.get_attribute("d") or "").count(","), corners)
    last = float(evaluation.table(7.5 / 40).loc["c7", "recall"])
    for _ in range(6):
        before = panel.shown_threshold()
        panel.threshold.press("ArrowRight")
        now = eventually(bare.page, panel.shown_threshold, lambda shown, before=before: shown > before)
        figure = bare.root.get_by_role("group", name="Counts at the threshold").locator("[data-name=tp]")
        row = evaluation.table(now).loc["c7"]
        expect(figure).to_have_attribute("data-value", str(int(row["tp"])))
        assert abs(row["recall"] - last) <= 0.01
        last = float(row["recall"])
    # What else moves with it is counted by Python.
    eventually(bare.page, lambda: bare.widget.threshold, now)
    table = bare.root.get_by_role("table", name="Concepts")
    expect(table.locator("td[data-column]", has_text="…")).to_have_count(0)
