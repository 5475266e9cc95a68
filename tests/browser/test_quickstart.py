"""The main job in a real JupyterLab: calculate, watch, drag, read back, reload."""

import itertools
import json

import pytest

from tests.browser.conftest import NOTEBOOKS
from tests.browser.panel import START, WAIT, Panel, python

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
            assert f"fold {fold} of 5" in panel.root.get_by_role("region", name="Results").inner_text()
        inputs, expected = python(notebook, AUC_SO_FAR)
        assert panel.roc_area() == pytest.approx(expected, abs=1e-5)  # the macro curve is thinned for drawing
        paths.append((inputs, panel.roc_path()))
    assert [inputs for inputs, _ in paths] == sorted({inputs for inputs, _ in paths})
    assert all(before != after for (_, before), (_, after) in itertools.pairwise(paths))
    panel.button("View results of version few-inputs").wait_for()
    assert panel.progressbar.count() == 0


@pytest.fixture(scope="module")
def evaluated(open_lasting_notebook):
    """A notebook whose widget has an evaluation on screen; the tests of this module share it."""
    notebook = open_lasting_notebook([START])
    notebook.run_cell(0)
    panel = Panel(notebook)
    panel.wait_for_versions()
    panel.calculate("few-inputs")
    panel.button("View results of version few-inputs").wait_for(timeout=WAIT)
    panel.root.locator("[data-complete=true]").wait_for()
    panel.page.wait_for_timeout(500)  # the page has settled: what is pressed next stays where it is
    return notebook, panel


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
        shown.append((panel.shown_threshold(), [int(panel.figure(name)) for name in ("tp", "fp", "fn", "tn")]))

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
    panel.page.wait_for_timeout(400)
    assert python(notebook, "print(w.threshold)") == panel.shown_threshold()


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
    panel.page.wait_for_timeout(400)  # the last position is on its way to Python: let it arrive before the next test


def test_a_threshold_set_in_python_is_shown_exactly_and_not_snapped(evaluated):
    notebook, panel = evaluated
    panel.choose_concept("fr")
    threshold = 0.1234567
    notebook.run_code(notebook.spare(1), f"w.threshold = {threshold}")
    panel.page.wait_for_function(
        "root => root.querySelector('[role=slider]').ariaValueNow === '0.1234567'", arg=panel.root.element_handle()
    )
    shown = [int(panel.figure(name)) for name in ("tp", "fp", "fn", "tn")]
    assert [shown] == counts_in_python(notebook, "fr", [threshold])
    assert python(notebook, "import json; print(json.dumps([w.threshold, w.concept]))") == [threshold, "fr"]


def test_everything_is_found_again_after_a_page_reload(evaluated):
    notebook, panel = evaluated
    panel.choose_concept("it")
    panel.threshold.focus()
    for _ in range(3):
        panel.threshold.press("PageDown")
    panel.page.wait_for_timeout(400)
    before = [panel.shown_threshold(), panel.chosen_concept(), panel.roc_path(), panel.figure("tp")]
    notebook.save_and_reload()
    panel.roc.wait_for()
    assert [panel.shown_threshold(), panel.chosen_concept(), panel.roc_path(), panel.figure("tp")] == before
    assert panel.button("View results of version few-inputs").count() == 1


def test_two_views_stay_in_step(evaluated):
    notebook, panel = evaluated
    notebook.run_code(notebook.spare(1), "w")
    second = Panel(notebook, 1)
    second.roc.wait_for()
    assert second.roc_path() == panel.roc_path()
    panel.threshold.focus()
    panel.threshold.press("PageUp")
    assert second.shown_threshold() == panel.shown_threshold()
    assert second.figure("tp") == panel.figure("tp")
    second.choose_concept("sv")
    assert panel.chosen_concept() == "sv"


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
        assert root.get_by_role(role, name=name, exact=True).count() == 1, (role, name)
    assert panel.button("View results of version few-inputs").count() == 1
    description = panel.page.evaluate(
        "root => [...root.querySelectorAll('[role=img]')].map(e => "
        "document.getElementById(e.getAttribute('aria-describedby')).textContent)",
        root.element_handle(),
    )
    assert all(len(sentence) > 40 and "0." in sentence for sentence in description)
    assert "Evaluation finished" in panel.live_text()


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
    assert panel.page.evaluate(cells) == before
    dataset = panel.root.get_by_role("combobox", name="Evaluation dataset for version all-inputs")
    notebook.command_mode()
    dataset.focus()
    chosen = dataset.input_value()
    for keys in (["ArrowDown", "ArrowDown", "Enter"], ["ArrowDown", "ArrowUp", "Enter"]):
        for key in keys:
            panel.page.keyboard.press(key)
        changed, chosen = chosen, dataset.input_value()
        assert changed != chosen
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
    assert panel.roc_area() == pytest.approx(5 / 6, abs=1e-6)
    assert panel.root.get_by_role("table", name="Model versions").count() == 0
    assert json.loads(panel.figure("tp")) == 4
