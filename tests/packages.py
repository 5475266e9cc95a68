"""Build sdist and wheel as they would be published, look inside, and use them: ``python -m tests.packages``.

The sdist is built from the checkout (Node comes as a build requirement); the wheel is built from that sdist on a PATH
without Node, as for a user on a platform without wheels. The wheel is then installed, alone, into two environments: with
the newest of its requirements, and with the lowest that it says will do; in both it must show and write an evaluation. In a
third, with the lowest of the extra ``local``, the embedded server must cross-validate a version of its samples; and both
must work with every other Python that is supported and found here; which is not found is said. With the newest of the extra
``demo`` the README's command must open JupyterLab, and nbconvert know the exporters by their names. The lowest of all extras
but ``test`` go into one environment, in which that, every host and the documentation's tools must work, too; with the
newest of those all other tests run.

The first environment is pip's, as a user's is; the others are uv's, which takes seconds for each where pip takes half a
minute, and as many are made at a time as there are processors.
"""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "clarifai_eval_widget"
BUNDLE = [f"{PACKAGE}/static/widget.js", f"{PACKAGE}/static/widget.css", f"{PACKAGE}/static/late.js"]
METADATA = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "licenses/THIRD_PARTY.md")
EXTRAS = ["demo", "docs", "hosts"]
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
UV = [sys.executable, "-m", "uv"]
NOT_IN_SDIST = re.compile(r"^(\.ci/|tests/data/figures/)")
# What a user of the bare installation does, in a folder and with an environment that know nothing of this checkout.
USE = """
import sys
from importlib.metadata import version
import clarifai_eval_widget
from clarifai_eval_widget import EvalClient, EvalWidget, Evaluation
assert ".venv" not in clarifai_eval_widget.__file__ and "site-packages" in clarifai_eval_widget.__file__
assert version("clarifai-eval-widget") == clarifai_eval_widget.__version__
assert "sklearn" not in sys.modules and "jupyterlab" not in sys.modules
import numpy as np
e = Evaluation.from_scores(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.35, 0.8]), concepts=["cat"])
assert e.table().loc["cat", "roc_auc"] == 1 and e.summary["macro_avg_roc_auc"] == 1
widget = EvalWidget(evaluation=e, threshold=0.4)
(data, metadata) = widget._repr_mimebundle_()
assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
assert len(widget._esm) > 50_000 and ".cew" in widget._css and len(widget.results) > 100
widget.figure().savefig("curves.png")
widget.save_html("report.html")
e.save("kept.pb")
assert Evaluation.load("kept.pb").table().equals(e.table())
try:
    EvalWidget.local()
except ImportError as error:
    assert 'pip install "clarifai-eval-widget[local]"' in str(error)
else:
    raise AssertionError("the embedded server needs its extra")
"""
# The same of the embedded server's extra: the sample apps' data are there, whatever embeds the texts, and one version is
# cross-validated.
USE_LOCAL = """
from clarifai_eval_widget import LocalServer
with LocalServer.with_samples() as server, server.client() as client:
    models = {app.id: client.models(app) for app in client.apps()}
    assert {"languages", "world", "digits", "mnist"} <= models.keys()
    for app in client.apps():
        assert client.datasets(app) and models[app.id], app
    version = next(one for one in client.model_versions(models["languages"][0]) if one.id == "few-inputs")
    evaluation = client.start_evaluation(version, params={"use_kfold": True}).result(timeout=240)
assert evaluation.num_inputs == 480 and evaluation.summary["macro_avg_roc_auc"] > 0.7
"""
# The README's command opens JupyterLab on the quickstart, and nbconvert knows the exporters by the names that the docs give.
USE_DEMO = """
import re, signal, subprocess, sys, time, urllib.error, urllib.request
from pathlib import Path
import nbformat
def read(url):
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=60) as page:
                return page.read()
        except urllib.error.URLError:  # it names its address shortly before it listens there
            time.sleep(0.1)
    raise AssertionError(f"nobody listens at {url}")
beside = Path(sys.executable).parent
demo = [beside / "clarifai-eval", "demo", "--no-browser", "--port=0", "--folder=demo"]
with subprocess.Popen(demo, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
    try:
        url = next(filter(None, (re.search(r"http://127[.]0[.]0[.]1:[1-9]\\S+token=\\w+", line) for line in running.stdout)))[0]
        assert b"JupyterLab" in read(url)
    finally:
        running.send_signal(signal.SIGTERM)
assert "/lab/tree/01_quickstart.ipynb" in url and Path("demo/01_quickstart.ipynb").exists(), url
cell = "from clarifai_eval_widget import *\\nimport ipywidgets\\n"
cell += "ipywidgets.VBox([RocPlot(Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.6], concepts=['cat']))])"
nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)]), "box.ipynb")
convert = [sys.executable, "-m", "nbconvert", "--log-level=ERROR", "--execute", "box.ipynb"]
for name, ending in (("eval-html", "html"), ("eval-slides", "slides.html")):
    subprocess.run([*convert, "--to", name], check=True)
    written = Path(f"box.{ending}").read_text(encoding="utf-8")
    assert "ROC AUC of cat" in written and "<iframe" in written, name
"""

# Every other host runs a block and shows it, as far as that can be seen without a browser.
USE_HOSTS = """
import socket, subprocess, sys, time, urllib.error, urllib.request
from pathlib import Path
import nbformat
block = "RocPlot(Evaluation.from_scores([1, 0, 1], [0.9, 0.2, 0.6], concepts=['cat']))"
program = f"import ipywidgets\\nfrom clarifai_eval_widget import *\\npage = ipywidgets.VBox([{block}])\\n"
Path("app.py").write_text(program)
nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(program + "page")]), "app.ipynb")
cell = f"    import marimo as mo\\n    from clarifai_eval_widget import Evaluation, RocPlot\\n    mo.ui.anywidget({block})\\n    return\\n"
Path("in_marimo.py").write_text(f"import marimo\\napp = marimo.App()\\n@app.cell\\ndef _():\\n{cell}")
subprocess.run([sys.executable, "-m", "marimo", "-q", "export", "html", "in_marimo.py", "-o", "exported.html"], check=True)
assert ".cew" in Path("exported.html").read_text(encoding="utf-8")
def shown_by(path, *command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with Path("host.log").open("w") as log:
        running = subprocess.Popen([sys.executable, "-m", *command, f"--port={port}"], stdout=log, stderr=subprocess.STDOUT)
    try:
        while running.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as page:
                    return page.read().decode()
            except urllib.error.URLError:  # not yet
                time.sleep(0.1)
    finally:
        running.terminate()
        running.wait()
        said = Path("host.log").read_text()
        assert "Traceback" not in said, said
    raise AssertionError(said)
assert "ROC AUC of cat" in shown_by("/", "voila", "app.ipynb", "--no-browser", "--Voila.ip=127.0.0.1")
options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token="]
assert "Jupyter Notebook" in shown_by("/notebooks/app.ipynb", "notebook", "app.ipynb", *options)
assert "solara" in shown_by("/", "solara", "run", "app.py", "--no-open", "--production")
"""
# A page of the reference, made by the tools with which the documentation is.
USE_DOCS = """
import subprocess, sys
from pathlib import Path
Path("site").mkdir()
Path("site/conf.py").write_text("extensions = ['myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon']\\nhtml_theme = 'furo'\\n")
body = "# Reference\\n\\n```{eval-rst}\\n.. autoclass:: clarifai_eval_widget.Evaluation\\n   :members: table\\n```\\n"
Path("site/index.md").write_text(body)
subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "site", "built"], check=True)
assert "roc_auc" in Path("built/index.html").read_text(encoding="utf-8")
"""


def _build(kind: str, source: Path, target: Path, *, path: str) -> Path:
    command = [sys.executable, "-m", "build", "--installer=uv", f"--{kind}", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, env={**os.environ, "PATH": path}, stdout=subprocess.DEVNULL)
    (built,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def _path_without_node() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not (Path(folder) / "node").exists())


def tracked(*folders: str) -> set[str]:
    """The files under version control, those that were added and not committed included; of the checkout or of folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *folders], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def different(name: str, inside: set[str], expected: set[str]) -> list[str]:
    """What an archive lacks, and what has no place in it."""
    wrong = [f"{one} is missing in the {name}" for one in sorted(expected - inside)]
    return wrong + [f"{one} has no place in the {name}" for one in sorted(inside - expected)]


def wrong_in_sdist(source: Path) -> list[str]:
    """Compare an unpacked sdist with the checkout: the files under version control, and the bundle."""
    inside = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    expected = {one for one in tracked() if not NOT_IN_SDIST.search(one)} | {*BUNDLE, "PKG-INFO"}
    return different("sdist", inside, expected)


def wrong_inside(wheel: Path) -> list[str]:
    """What a wheel lacks, has too much of, or says wrongly: the package, the bundle and the tutorials belong into it."""
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
        (name,) = (one for one in inside if one.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
        about = name.removesuffix("METADATA")
        scripts = archive.read(name.replace("METADATA", "entry_points.txt")).decode()
    tutorials = {f"{PACKAGE}/{one}" for one in tracked("notebooks") if one.endswith(".ipynb")}
    expected_files = tracked(PACKAGE) | tutorials | {*BUNDLE} | {about + one for one in METADATA}
    wrong = different("wheel", {one for one in inside if not one.endswith("/")}, expected_files)
    told = re.search(r'__version__ = "(.+)"', (ROOT / PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    expected = {
        "Version": told[1] if told else "",
        "License-Expression": "Apache-2.0",
        "Description-Content-Type": "text/markdown",
    }
    wrong += [f"{key} is {metadata[key]!r}, not {value!r}" for key, value in expected.items() if metadata[key] != value]
    wrong += [] if "clarifai-eval = clarifai_eval_widget.cli:main" in scripts else ["the command is missing"]
    wrong += [f"the exporter {one} is missing" for one in ("eval-html", "eval-slides") if f"{one} = " not in scripts]
    wrong += [] if "# clarifai-eval-widget" in str(metadata.get_payload()) else ["the README is missing"]
    return wrong


def lowest(extra: str = "") -> list[str]:
    """The lowest version of each requirement of the bare package, and of an extra with the extras that it names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(project["dependencies"])
    for name in _with_those_named(extra, project["optional-dependencies"]):
        asked += [one for one in project["optional-dependencies"][name] if not one.startswith("clarifai-eval-widget[")]
    return [one.replace(">=", "==") for one in asked]


def _with_those_named(extra: str, extras: dict[str, list[str]]) -> list[str]:
    named = [one.split("[")[1].rstrip("]") for one in extras.get(extra, []) if one.startswith("clarifai-eval-widget[")]
    return [*([extra] if extra else []), *(found for name in named for found in _with_those_named(name, extras))]


def other_pythons() -> dict[str, Path]:
    """Interpreters of other supported minor versions, newest first; of pyenv, which may hold them off the path, too."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [path for minor in range(11, 15) if (path := shutil.which(f"python3.{minor}"))]
    found = {}
    for candidate in [*sorted(map(str, root.glob("3.*/bin/python"))), *named]:
        asked = [candidate, "-c", "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"]
        version = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()
        if version in SUPPORTED and version != f"3.{sys.version_info.minor}":
            found[version] = Path(candidate)
    return dict(sorted(found.items(), reverse=True))


def use(
    wheel: Path | str,
    folder: Path,
    requirements: list[str],
    code: str = USE,
    interpreter: Path = Path(sys.executable),
    *,
    by_pip: bool = False,
) -> str:
    """Install a wheel in an empty environment and use it there; the versions it got."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    making = [interpreter, "-m", "venv"] if by_pip else [*UV, "venv", "-q", f"--python={interpreter}"]
    pip = [python, "-m", "pip"] if by_pip else [*UV, "pip"]
    there = [] if by_pip else [f"--python={python}"]
    subprocess.run([*making, folder], check=True, env=environment)
    subprocess.run([*pip, "install", "-q", *there, wheel, *requirements], check=True, env=environment, cwd=folder)
    subprocess.run([python, "-c", code], check=True, env=environment, cwd=folder)
    if code is USE:
        shown = [python.with_name("clarifai-eval"), "show", "kept.pb", "--fail-under=macro_avg_roc_auc=1"]
        subprocess.run(shown, check=True, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    freezing = [*pip, "freeze", *there]
    frozen = subprocess.run(freezing, check=True, env=environment, capture_output=True, text=True, cwd=folder)
    direct = {re.split(r"[=<>~\[;]", one)[0].lower() for extra in ("local", *EXTRAS) for one in lowest(extra)}
    return ", ".join(line for line in frozen.stdout.lower().splitlines() if line.split("==")[0] in direct)


def try_out(wheel: Path, work: Path) -> None:
    """Use a wheel in all of the environments, and say what each has got; the first that fails ends it."""
    together = sorted({one for extra in EXTRAS for one in lowest(extra)})  # their newest is what the tests run with
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tried = {"newest": pool.submit(use, wheel, work / "newest", [], by_pip=True)}
        tried["lowest"] = pool.submit(use, wheel, work / "lowest", lowest())
        tried["lowest with the extra local"] = pool.submit(
            use, wheel, work / "lowest-local", lowest("local"), USE_LOCAL
        )
        used = USE_DEMO + USE_HOSTS + USE_DOCS
        tried[f"lowest of the extras {', '.join(EXTRAS)}"] = pool.submit(
            use, wheel, work / "lowest-extras", together, used
        )
        tried["newest of the extra demo"] = pool.submit(use, f"{wheel}[demo]", work / "newest-demo", [], USE_DEMO)
        others = other_pythons()
        here = {*others, f"3.{sys.version_info.minor}"}
        if absent := [version for version in SUPPORTED if version not in here]:
            print(f"Not on this machine, so not tried: Python {', '.join(absent)}", flush=True)
        for version, python in others.items():
            tried[f"Python {version}"] = pool.submit(use, wheel, work / version, [], USE, python)
            with_extra, folder = f"{wheel}[local]", work / f"{version}-local"
            tried[f"Python {version} with the extra local"] = pool.submit(
                use, with_extra, folder, [], USE_LOCAL, python
            )
        try:
            for name, versions in tried.items():
                print(f"{name}: {versions.result()}", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sdist = _build("sdist", ROOT, work / "sdist", path=os.environ["PATH"])
        with tarfile.open(sdist) as archive:
            archive.extractall(work / "source", filter="data")
        (source,) = (work / "source").iterdir()
        wrong = wrong_in_sdist(source)
        wheel = _build("wheel", source, work / "wheel", path=_path_without_node())
        wrong += wrong_inside(wheel)
        if wrong:
            raise SystemExit(f"{wheel.name}: {'; '.join(wrong)}")
        print(f"{sdist.name}: {sdist.stat().st_size / 1024:.0f} KB, {wheel.name}: {wheel.stat().st_size / 1024:.0f} KB")
        try_out(wheel, work)


if __name__ == "__main__":
    main()
