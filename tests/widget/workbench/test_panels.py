"""Panels are found by their modules' names, each under its own."""

import dataclasses

import pytest

from clarifai_eval_widget.widget.workbench import panels
from clarifai_eval_widget.widget.workbench.panels import histogram, roc


@pytest.fixture
def found_anew():
    panels.all_panels.cache_clear()
    yield panels.all_panels
    panels.all_panels.cache_clear()


def test_every_panel_is_found_under_the_name_of_its_module(found_anew):
    found = found_anew()
    assert found["histogram"] is histogram.PANEL
    assert list(found) == sorted(panel.name for panel in found.values())


@pytest.mark.parametrize("name", ["histogramme", roc.PANEL.name], ids=["of its own", "of another panel"])
def test_a_panel_with_a_name_other_than_its_modules_is_refused(found_anew, monkeypatch, name):
    monkeypatch.setattr(histogram, "PANEL", dataclasses.replace(histogram.PANEL, name=name))
    with pytest.raises(ValueError, match=rf"panels/histogram\.py is named '{name}': name it 'histogram'"):
        found_anew()
