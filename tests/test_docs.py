"""The site is built without a dead link, names every error, code and method, and what it shows of Python runs."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import matplotlib as mpl
import mlflow
import numpy as np
import pytest
from scipy import stats

from clarifai_eval_widget import EvalClient, Evaluation, EvalWidget, LocalServer, Progress, Run, __version__, errors
from clarifai_eval_widget.cli.exits import Exit
from clarifai_eval_widget.client.resources import App, Dataset, DatasetVersion, Model, ModelVersion
from clarifai_eval_widget.evaluation import EvaluationInfo
from clarifai_eval_widget.evaluation.codes import Code, Condition
from clarifai_eval_widget.evaluation.display import Display
from clarifai_eval_widget.evaluation.intervals import AucInterval
from clarifai_eval_widget.evaluation.relabelling import Relabelling
from clarifai_eval_widget.local import Step
from clarifai_eval_widget.operating_point import InfeasibleError, OperatingPoint
from clarifai_eval_widget.operating_point.criterion import Maximize, Objective
from tests.browser.screens import SURFACES, THEMES
from tests.local.support import toy_server
from tests.small_server import small_server

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-d", str(target / "cache"), str(DOCS), str(target / "site")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return target / "site"


def test_each_code_has_its_page_with_its_meaning_and_advice(site):
    listed = (site / "made/checks/index.html").read_text()
    for code in Code:
        assert f'href="{code}.html"' in listed
        page = re.sub(r"<[^>]+>", "", (site / f"made/checks/{code}.html").read_text())
        page = " ".join(page.replace("’", "'").replace("“", '"').replace("”", '"').replace("&quot;", '"').split())
        assert code.page.title in page
        assert code.page.meaning in page
        assert code.page.advice in page


def test_the_extra_that_builds_the_site_brings_what_its_references_import():
    import tomllib

    asked = re.search(r'pip install "\.\[(\w+)\]" && sphinx-build -W docs', (ROOT / "README.md").read_text())[1]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert "clarifai-eval-widget[local]" in extras[asked], "the page of LocalServer imports scikit-learn"
    assert {"scikit-learn", "joblib"} <= {re.split("[><=]", one)[0] for one in extras["local"]}


def test_the_reference_has_what_methods_return(site):
    pages = "".join(page.read_text() for page in (site / "made/api").glob("*.html"))
    returned = [App, Model, ModelVersion, Dataset, DatasetVersion, Run, Progress]
    returned += [EvaluationInfo, Display, Relabelling, AucInterval, Condition, Step, OperatingPoint]
    assert [one.__name__ for one in returned if not re.search(rf'id="[\w.]*\.{one.__name__}"', pages)] == []


@pytest.mark.parametrize(
    ("page", "of"), [("widget", EvalWidget), ("client", EvalClient), ("evaluation", Evaluation), ("local", LocalServer)]
)
def test_the_reference_has_every_public_method(site, page, of):
    html = (site / f"made/api/{page}.html").read_text()
    own = [name for name, value in vars(of).items() if not name.startswith("_") and getattr(value, "__doc__", None)]
    methods = [name for name in own if callable(getattr(of, name)) or isinstance(vars(of)[name], property)]
    assert len(methods) > 5
    missing = [name for name in methods if f'{of.__name__}.{name}"' not in html]
    assert missing == []


def test_every_command_is_described(site):
    page = (site / "made/cli.html").read_text()
    for command in ("demo", "serve", "evaluate", "show", "leaderboard"):
        assert f"clarifai-eval {command}" in page


def test_the_page_of_numbers_has_a_formula_or_a_meaning_for_every_figure_criterion_and_code():
    told = (DOCS / "numbers.md").read_text()
    e = Evaluation.from_scores(np.arange(40) % 3 == 0, (np.arange(40) * 7 % 41) / 40, ["cat"])
    columns = {*e.table(full=True), *e.probability_scores()} - {"name", "inputs"}
    assert {one for one in columns if not re.search(rf"`{one}[` ]", told)} == set()
    lines = [line for line in told.splitlines() if line.startswith("| `")]
    for criterion in {*get_args(Maximize), *get_args(Objective)}:
        assert any(f"`{criterion}`" in line for line in lines), criterion
    for bound in ("min_recall=", "min_precision=", "max_fpr=", "equal_error_rate=", "fp_cost=", "prevalence="):
        assert f"`{bound}" in told, bound
    for code in Code:
        assert f"| [{code}](made/checks/{code}.md) | {code.page.title} |" in told
    for figure in (
        "net_benefit",
        "partial_auc",
        "tpr_at_fpr",
        "precision_at_k",
        "deployment_prevalence",
        "abstain_point",
    ):
        assert hasattr(e, figure)
        assert any(line.startswith(f"| `{figure}`") for line in lines), figure


def test_the_formulas_of_the_page_of_numbers_give_what_the_package_gives():
    labels, scores = np.arange(40) % 3 == 0, (np.arange(40) * 7 % 41) / 40
    e = Evaluation.from_scores(labels, scores, ["cat"])
    point = e.operating_point("cat", maximize="mcc")
    tp, fp, fn, tn = point.tp, point.fp, point.fn, point.tn
    assert point.value == pytest.approx((tp * tn - fp * fn) / math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))
    benefit = e.net_benefit("cat", [0.25], threshold=point.threshold).model[0]
    share = labels.mean()
    assert benefit == pytest.approx(share * point.recall - (1 - share) * point.fpr * 0.25 / 0.75)
    row = e.probability_scores().loc["cat"]
    assert row.brier == pytest.approx(row.reliability - row.resolution + row.uncertainty)
    kept = np.clip(scores, np.finfo(float).eps, 1 - np.finfo(float).eps)
    assert row.log_loss == pytest.approx(-np.where(labels, np.log(kept), np.log(1 - kept)).mean())
    bins = np.minimum((scores * 10).astype(int), 9)
    distances, added = [], []
    for b in np.unique(bins):
        share_b, score_b, n = labels[bins == b].mean(), scores[bins == b].mean(), np.sum(bins == b)
        d, spread = abs(share_b - score_b), math.sqrt(share_b * (1 - share_b) / max(n - 1, 1))
        distances.append(n / 40 * d)
        added.append(n / 40 * (stats.foldnorm(d / spread, scale=spread).mean() - d if spread else 0))
    assert row.calibration_error == pytest.approx(sum(distances))
    assert row.calibration_error_debiased == pytest.approx(max(sum(distances) - sum(added), 0))


def test_troubleshooting_has_every_error_and_no_other():
    kinds = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)} - {"ServerStatus"}
    told = set(re.findall(r"^## (\w+Error)$", (DOCS / "troubleshooting.md").read_text(), re.MULTILINE))
    assert told == kinds | {InfeasibleError.__name__}


def test_each_fault_and_place_that_is_told_has_its_test():
    named = re.findall(r"`(test_\w+)` \|$", (DOCS / "platform.md").read_text(encoding="utf-8"), re.MULTILINE)
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in written] == []


def test_every_exit_code_is_told():
    told = re.findall(r"^\| (\d+) \|", (DOCS / "cli.md").read_text(), re.MULTILINE)
    assert list(map(int, told)) == sorted(Exit)


def test_every_kind_of_file_the_command_writes_is_told():
    from clarifai_eval_widget.cli.files import _WRITERS
    from clarifai_eval_widget.cli.parser import parser

    told = next(iter(parser()._subparsers._group_actions)).choices["show"].format_help()
    assert [suffix for suffix in _WRITERS if suffix not in told] == []


PAGES = sorted(path for folder in (ROOT, DOCS) for path in folder.glob("*.md"))
RUN = {"README.md", "elsewhere.md", "hosts.md", "index.md", "numbers.md", "platform.md", "using.md"}
"""Whose Python is run below; that of ``hosts.md`` is what the browser's tests run in marimo."""


def blocks(page, folder=DOCS):
    return re.findall(r"^```python\n(.*?)^```$", (folder / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_no_page_shows_python_that_is_not_run():
    assert {path.name for path in PAGES if blocks(path.name, path.parent)} == RUN


@pytest.mark.parametrize("page", ["README.md", "docs/using.md"])
def test_a_user_without_an_account_can_type_what_is_shown(page, tmp_path):
    """In a process, a folder and a home of its own, with no token, from the first block to the last."""
    given = "labels, scores = [[1, 0], [0, 1], [1, 0], [0, 1]], [[0.9, 0.2], [0.3, 0.6], [0.4, 0.5], [0.1, 0.8]]\n"
    typed = [given, *blocks(Path(page).name, (ROOT / page).parent)]
    (tmp_path / "typed.py").write_text("".join(typed), encoding="utf-8")
    bare = {name: value for name, value in os.environ.items() if "CLARIFAI" not in name}
    done = subprocess.run(
        [sys.executable, "typed.py"],
        env={
            **bare,
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "MPLCONFIGDIR": mpl.get_configdir(),
            "MPLBACKEND": "agg",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "curves" in (tmp_path / "report.html").read_text(encoding="utf-8")


def anchors(page):
    """The anchors of a page's headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def texts(path):
    if path.suffix != ".ipynb":
        return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize("path", [*PAGES, *sorted((ROOT / "notebooks").glob("*.ipynb"))], ids=lambda path: path.name)
def test_no_link_within_the_repository_is_dead(path):
    """As the pages are read in the repository; the site's own are Sphinx's to check. Nothing outside is reached here."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", texts(path), re.MULTILINE):
        name, _, anchor = "".join(link).partition("#")
        if re.match(r"[a-z]+:", name) or name.startswith("made/"):
            continue
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append("".join(link))
    assert dead == []


def test_the_pictures_of_the_page_are_those_that_the_script_makes_each_small_and_told():
    shown = dict(re.findall(r"!\[([^\]]+)\]\(images/([^)]+)\)", (DOCS / "screens.md").read_text(encoding="utf-8")))
    made = {f"{surface}-{theme}.png" for surface in SURFACES for theme in THEMES}
    there = {path.name: path.stat().st_size for path in (DOCS / "images").iterdir()}
    assert set(shown.values()) == set(there) == made
    assert max(there.values()) <= 60_000
    assert len(shown) == len(made), "each has words of its own"


def test_the_example_of_the_numbers_computes_what_it_says():
    (example,) = blocks("numbers.md")
    exec(compile(example, "numbers.md", "exec"), {})


def test_what_is_shown_of_taking_it_elsewhere_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mpl.use("agg")
    labels = np.eye(2, dtype=bool).repeat(10, axis=0)
    e = Evaluation.from_scores(labels, np.random.default_rng(0).uniform(size=(20, 2)), concepts=["cat", "dog"])
    names = {"e": e, "w": EvalWidget(evaluation=e), "mlflow": mlflow}
    mlflow.set_tracking_uri(f"file:{tmp_path / 'runs'}")
    *others, hugging_face, tracking = blocks("elsewhere.md")
    offline = hugging_face.replace("ModelCard(card).validate()", "ModelCard(card).data.to_dict()")
    assert offline != hugging_face
    with mlflow.start_run() as started:
        for block in (*others, offline, tracking):
            exec(compile(block, "elsewhere.md", "exec"), names)
    kept = mlflow.get_run(started.info.run_id).data.metrics
    assert kept["macro_avg_roc_auc"] == e.summary["macro_avg_roc_auc"]
    assert Evaluation.load("evaluation.pb").table().equals(e.table())


def test_the_lines_of_the_tutorial_that_log_to_mlflow_are_those_that_are_run():
    *_, tracking = blocks("elsewhere.md")
    shown = texts(ROOT / "notebooks" / "06_any_model.ipynb").replace("logistic.", "e.")
    assert tracking.strip() in shown


def test_the_front_page_is_what_a_user_can_type(tmp_path):
    (example,) = blocks("index.md")
    imported, _, first, *rest = example.splitlines()
    assert first.startswith("w = EvalWidget()")
    with small_server() as server, server.client() as client:
        names = {}
        exec(imported, names)
        names["w"] = names["EvalWidget"](client, model="sentiment", dataset="offers")
        for line in rest:
            exec(line.replace('"de"', '"c1"'), names)
        assert names["w"].threshold == names["point"].threshold
        names["w"].close()


def test_a_script_of_bare_calls_runs_as_it_is_shown(capsys):
    toys = {
        '"languages"': '"zoo"',
        "language-classifier": "keeper",
        "territory-names": "more-animals",
        "LocalServer.with_samples()": "toy_server(joblib_backend='threading')",
    }
    typed = "".join(blocks("platform.md"))
    for shown, small in toys.items():
        assert shown in typed
        typed = typed.replace(shown, small)
    names = {"toy_server": toy_server}
    exec(compile(typed, "platform.md", "exec"), names)
    with names["server"], names["server"].client() as client:
        (run,) = client.evaluations()
        assert run.id == names["evaluation_id"]
        assert f"{run.id} keeper more-animals {run.roc_auc}" in capsys.readouterr().out
        assert len(names["found"].test_set) == 90
    names["channel"].close()


def test_the_version_stands_in_one_place_and_the_others_follow_it():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text()
    package, lock = (json.loads((ROOT / "js" / name).read_text()) for name in ("package.json", "package-lock.json"))
    assert "version" not in {**package, **lock, **lock["packages"][""]}


def test_the_pattern_for_marimo_is_the_one_that_is_tried_in_marimo():
    from tests.browser.hosts import MARIMO

    (pattern,) = blocks("hosts.md")
    tried = {line.strip() for line in MARIMO.splitlines()}
    assert [line for line in pattern.splitlines() if line.split("  #")[0].strip() not in tried] == []
