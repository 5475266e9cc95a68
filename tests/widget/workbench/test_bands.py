"""The page's bands are those of the uncertainty room."""

import numpy as np
import pytest

from clarifai_eval_widget import metrics, uncertainty
from clarifai_eval_widget.errors import RequirementsError
from clarifai_eval_widget.widget.workbench.panels import all_panels
from tests.widget import golden


def test_the_bands_are_those_that_uncertainty_gives():
    evaluation = golden.cross_validated()
    made = all_panels()["bands"].encode(evaluation, {"concept": "cat"})
    roc = uncertainty.roc_band(evaluation.counts("cat"), confidence_level=0.95)
    sweep = uncertainty.sweep_band(evaluation.counts("cat"), metrics.HUNDREDTHS, confidence_level=0.95)
    np.testing.assert_allclose(made.arrays["tpr_low"], roc.tpr_low, rtol=1e-6)
    np.testing.assert_allclose(made.arrays["f1_high"], sweep.f1[1], rtol=1e-6)
    assert made.head["roc_method"] == roc.method
    assert made.head["sweep_method"] == sweep.method


def test_a_concept_without_a_roc_says_why_it_has_no_band():
    made = all_panels()["bands"].encode(golden.never_positive(), {"concept": "never"})
    assert made.head["reason"]
    assert np.isnan(made.arrays["tpr_low"]).all()


def test_rates_alone_have_no_band():
    evaluation = golden.platform_rates()
    with pytest.raises(RequirementsError, match="exact counts"):
        all_panels()["bands"].encode(evaluation, {"concept": evaluation.concepts[0]})
