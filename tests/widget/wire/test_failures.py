"""Errors as the page shows them."""

import pytest

from clarifai_eval_widget.errors import ConnectionLostError, EvalError, RequirementsError, ServerStatus
from clarifai_eval_widget.widget.wire.failures import failure


def test_errors_carry_the_servers_words_to_the_page():
    shown = failure(EvalError("told", status=ServerStatus(21316, "Inputs needed", "cat has 3", "req-1")))
    assert (shown["title"], shown["message"], shown["req_id"]) == ("Inputs needed", "cat has 3", "req-1")
    assert failure(ConnectionLostError("gone"))["title"] == "The server is gone"


@pytest.mark.parametrize(("kind", "retry"), [(ConnectionLostError, True), (RequirementsError, False)])
def test_the_same_again_is_offered_only_where_it_may_help(kind, retry):
    assert failure(kind("told"))["retry"] is retry
