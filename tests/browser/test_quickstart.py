"""The main job in a real JupyterLab: calculate, watch, drag, read back, reload."""

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NOTEBOOKS
from tests.browser.panel import Panel, eventually, python, wait_for_frame

AUC_SO_FAR = """
import json
from sklearn.metrics import roc_auc_score
e = w.evaluation
print(json.dumps([len(e.score_array), roc_auc_score(e.label_array, e.score_array, average="macro")]))
"""


def test_the_quickstart_runs_and_calculate_grows_the_roc_fold_by_fold(open_notebook, gate):
    notebook = open_notebook(NOTEBOOKS / "01_quickstart.ipynb")
    notebook.run_all()
    panel = Panel(notebook)
    notebook.run_code(notebook.spare(2), gate.code())
    panel.calculate("few-inputs")
    paths = []
    for fold in range(1, 6):
        gate.let_through("few-inputs", fold)
        panel.wait_for_folds(fold)
        if fold < 5:
            expect(panel.root.get_by_role("region", name="Results")).to_contain_text(f"fold {fold} of 5")
        inputs, expected = python(notebook, AUC_SO_FAR)
        # The macro curve is thinned for drawing.
        eventually(panel.page, panel.roc_area, pytest.approx(expected, abs=1e-5))
        paths.append((inputs, panel.roc_path()))
    assert [inputs for inputs, _ in paths] == sorted({inputs for inputs, _ in paths})
    assert all(before != after for (_, before), (_, after) in itertools.pairwise(paths))
    panel.button("View results of version few-inputs").wait_for()
    expect(panel.progressbar).to_have_count(0)


def counts_in_python(notebook, concept, thresholds):
    return python(
        notebook,
        f"""
import json
tables = [w.evaluation.table(threshold=t).loc[{concept!r}] for t in {thresholds!r}]
print(json.dumps([[int(table[name]) for name in ("tp", "fp", "fn", "tn")] for table in tables]))
""",
    )


def test_the_slider_shows_pythons_counts_at_fifty_positions_and_is_read_back(evaluated):
    notebook, panel = evaluated
    panel.choose_concept("de")
    slider = panel.threshold
    slider.scroll_into_view_if_needed()
    box = panel.root.locator(".cew-slider-rail").bounding_box()
    shown = []

    def note():
        threshold, *counts = panel.shown()
        shown.append((threshold, counts))

    middle = box["y"] + box["height"] / 2
    assert 0 < middle < panel.page.viewport_size["height"]
    panel.page.mouse.move(box["x"] + 1, middle)
    panel.page.mouse.down()
    for step in range(30):
        panel.page.mouse.move(box["x"] + box["width"] * (step + 0.5) / 30, middle)
        note()
    panel.page.mouse.up()
    slider.focus()
    for key in ["ArrowLeft"] * 8 + ["PageDown"] * 4 + ["ArrowRight"] * 6 + ["Home", "End"]:
        slider.press(key)
        note()
    assert len(shown) == 50
    thresholds = [threshold for threshold, _ in shown]
    assert len(set(thresholds)) > 40
    assert (thresholds[-2], thresholds[-1]) == (0, 1)
    assert [counts for _, counts in shown] == counts_in_python(notebook, "de", thresholds)
    slider.press("PageDown")
    wait_for_frame(panel.page)
    eventually(panel.page, lambda: python(notebook, "print(w.threshold)"), panel.shown_threshold())


def test_marker_and_counts_follow_the_slider_within_one_frame(evaluated):
    notebook, panel = evaluated
    panel.choose_concept("de")
    frames = panel.page.evaluate(
        """async root => {
            const slider = root.querySelector('[role=slider]');
            const rail = root.querySelector('.cew-slider-rail').getBoundingClientRect();
            const frame = () => new Promise(done => requestAnimationFrame(() => done()));
            const count = name => Number(root.querySelector(`[data-name=${name}]`).dataset.value);
            const seen = [];
            for (let i = 1; i <= 40; i++) {
                const at = rail.left + rail.width * i / 42;
                slider.dispatchEvent(new PointerEvent('pointermove', { clientX: at, buttons: 1, bubbles: true }));
                await frame();
                seen.push({
                    threshold: Number(slider.getAttribute('aria-valuenow')),
                    rule: parseFloat(root.querySelector('.cew-rule').getAttribute('x1')) / 100,
                    dot: parseFloat(root.querySelector('.cew-dot-roc').getAttribute('cx')) / 100,
                    counts: ['tp', 'fp', 'fn', 'tn'].map(count),
                });
            }
            return seen;
        }""",
        panel.root.element_handle(),
    )
    thresholds = [frame["threshold"] for frame in frames]
    assert len(set(thresholds)) == 40
    assert [frame["counts"] for frame in frames] == counts_in_python(notebook, "de", thresholds)
    for frame in frames:
        _, fp, _, tn = frame["counts"]
        assert frame["rule"] == pytest.approx(frame["threshold"], abs=1e-4)
        assert frame["dot"] == pytest.approx(fp / (fp + tn), abs=1e-4)
    # The last position is on its way to Python: let it arrive before the next test.
    eventually(panel.page, lambda: python(notebook, "print(w.threshold)"), thresholds[-1])


def test_a_threshold_set_in_python_is_shown_exactly_and_not_snapped(evaluated):
    notebook, panel = evaluated
    panel.choose_concept("fr")
    threshold = 0.1234567
    notebook.run_code(notebook.spare(1), f"w.threshold = {threshold}")
    eventually(panel.page, panel.shown, [threshold, *counts_in_python(notebook, "fr", [threshold])[0]])
    held = "import json; print(json.dumps([w.threshold, w.concept]))"
    eventually(panel.page, lambda: python(notebook, held), [threshold, "fr"])


def test_everything_is_found_again_after_a_page_reload(evaluated):
    notebook, panel = evaluated
    panel.choose_concept("it")
    panel.threshold.focus()
    for _ in range(3):
        panel.threshold.press("PageDown")

    def on_page():
        return [panel.shown(), panel.chosen_concept(), panel.roc_path()]

    before = on_page()
    held = "import json; print(json.dumps([w.threshold, w.concept]))"
    eventually(panel.page, lambda: python(notebook, held), [before[0][0], "it"])
    notebook.save_and_reload()
    panel.roc.wait_for()
    eventually(panel.page, on_page, before)
    expect(panel.button("View results of version few-inputs")).to_have_count(1)


def test_two_views_stay_in_step(evaluated):
    notebook, panel = evaluated
    notebook.run_code(notebook.spare(1), "w")
    second = Panel(notebook, 1)
    second.roc.wait_for()
    eventually(panel.page, second.roc_path, panel.roc_path())
    before = panel.shown()
    panel.threshold.press("PageUp")
    moved = eventually(panel.page, panel.shown, lambda shown: shown[0] > before[0])
    eventually(panel.page, second.shown, moved)
    second.choose_concept("sv")
    panel.wait_for_concept("sv")


def test_parts_have_the_names_a_screen_reader_says(evaluated):
    _, panel = evaluated
    root = panel.root
    panel.open_versions()
    for role, name in [
        ("combobox", "App"),
        ("combobox", "Model"),
        ("table", "Model versions"),
        ("combobox", "Evaluation dataset for version few-inputs"),
        ("button", "Calculate version all-inputs"),
        ("table", "Concepts"),
        ("region", "Headline"),
        ("tablist", "Curves"),
        ("tab", "ROC"),
        ("tab", "Scores"),
        ("spinbutton", "Threshold value"),
        ("slider", "Threshold"),
        ("img", "ROC curve"),
        ("img", "Threshold sweep"),
        ("group", "Counts at the threshold"),
    ]:
        expect(root.get_by_role(role, name=name, exact=True)).to_have_count(1)
    expect(panel.button("View results of version few-inputs")).to_have_count(1)

    def descriptions():
        return root.evaluate(
            "root => [...root.querySelectorAll('[role=img]')].map(e => "
            "document.getElementById(e.getAttribute('aria-describedby')).textContent)"
        )

    eventually(panel.page, descriptions, lambda said: said and all(len(one) > 40 and "0." in one for one in said))
    expect(root.locator("[aria-live=polite]").first).to_contain_text("Evaluation finished")


def test_no_key_pressed_in_the_widget_reaches_the_notebook(evaluated):
    notebook, panel = evaluated
    cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type).join()"
    before = panel.page.evaluate(cells)
    panel.open_versions()
    controls = [
        panel.threshold,
        panel.root.get_by_role("button", name="Refresh"),
        panel.button("View results of version few-inputs"),
        panel.root.locator("summary").first,
    ]
    for control in controls:
        notebook.command_mode()
        control.focus()
        for key in ["j", "k", "d", "d", "m", "b", "x"]:
            panel.page.keyboard.press(key)
    wait_for_frame(panel.page)  # a key that reached the notebook has changed it by then: it does so at once
    assert panel.page.evaluate(cells) == before
    dataset = panel.root.get_by_role("combobox", name="Evaluation dataset for version all-inputs")
    notebook.command_mode()
    dataset.focus()
    chosen = dataset.input_value()
    for keys in (["ArrowDown", "ArrowDown", "Enter"], ["ArrowDown", "ArrowUp", "Enter"]):
        for key in keys:
            panel.page.keyboard.press(key)
        chosen = eventually(panel.page, dataset.input_value, lambda value, last=chosen: value != last)
    wait_for_frame(panel.page)
    assert panel.page.evaluate(cells) == before


def test_a_classifier_of_ones_own_is_shown_without_a_server(open_notebook):
    code = """
from clarifai_eval_widget import EvalWidget, Evaluation
labels = ["cat", "dog", "cat", "dog", "cat"]
scores = [[0.9, 0.1], [0.4, 0.6], [0.35, 0.65], [0.2, 0.8], [0.7, 0.3]]
w = EvalWidget(evaluation=Evaluation.from_scores(labels, scores, concepts=["cat", "dog"]))
w"""
    notebook = open_notebook([code])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.roc.wait_for()
    eventually(panel.page, panel.roc_area, pytest.approx(5 / 6, abs=1e-6))
    eventually(panel.page, lambda: panel.figure("tp"), "4")
    expect(panel.root.get_by_role("table", name="Model versions")).to_have_count(0)
