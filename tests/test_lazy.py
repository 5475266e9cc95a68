"""Public names are imported when they are asked for: once, and only those that a room has."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOMS = ["clarifai_eval_widget", *(f"clarifai_eval_widget.{room}" for room in ("evaluation", "local", "widget"))]


@pytest.mark.parametrize("name", ROOMS)
def test_a_name_that_was_asked_for_is_kept(name):
    room = import_module(name)
    for public in room.__all__:
        first = getattr(room, public)
        assert first.__name__ == public
        assert vars(room)[public] is first


@pytest.mark.parametrize("name", ROOMS)
def test_a_name_that_is_not_there_is_said_with_its_room(name):
    with pytest.raises(AttributeError, match=f"^module '{name}' has no attribute 'Evalution'$"):
        import_module(name).Evalution  # noqa: B018 - asking is the test


@pytest.mark.parametrize("name", ROOMS)
def test_a_type_checker_sees_no_getattr_that_would_pass_every_name(name):
    tree = ast.parse(Path(import_module(name).__file__).read_text(encoding="utf-8"))
    seen = [
        node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "not TYPE_CHECKING")
    ]
    assert not [node for node in seen if "__getattr__" in ast.unparse(node)]
