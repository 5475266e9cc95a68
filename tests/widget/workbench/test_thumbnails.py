"""Whatever an image is kept as, what travels is one that a browser shows, as a person would see it."""

import io

import numpy as np
import pytest
from PIL import Image

from clarifai_eval_widget.widget.workbench.thumbnails import is_image, smaller

RNG = np.random.default_rng(0)


def encoded(pixels, kind, **options):
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, kind, **options)
    return made.getvalue()


def colours(*shape):
    return RNG.integers(0, 255, (*shape, 3), dtype=np.uint8)


def shown(data, *, large=False):
    return Image.open(io.BytesIO(smaller(data, large=large)))


@pytest.mark.parametrize("kind", ["TIFF", "PPM"])
@pytest.mark.parametrize("large", [False, True])
def test_a_kind_that_browsers_do_not_show_is_made_one_that_they_do(kind, large):
    assert shown(encoded(colours(100, 100), kind), large=large).format == "JPEG"


def test_of_few_pixels_each_is_as_it_was():
    pixels = colours(8, 8)
    small = shown(encoded(pixels, "TIFF"))
    assert small.format == "PNG"
    assert np.array_equal(np.asarray(small), pixels)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_what_is_small_and_can_be_shown_travels_as_it_is(kind):
    data = encoded(colours(24, 24), kind)
    assert smaller(data, large=False) == data


@pytest.mark.parametrize("pixels", [RNG.integers(0, 4000, (400, 400)).astype(np.uint16), RNG.random((400, 400), "f4")])
def test_a_scan_of_more_than_256_greys_keeps_its_greys(pixels):
    pixels[:200] //= 4 if pixels.dtype == np.uint16 else 1
    greys = np.asarray(shown(encoded(pixels, "TIFF")).convert("L"), float)
    assert greys[:90].mean() < 80 < greys[102:].mean() < 180


def test_a_photograph_stands_upright_however_the_camera_was_held():
    exif = Image.Exif()
    exif[0x112] = 6  # turned by a quarter
    assert shown(encoded(colours(300, 600), "JPEG", exif=exif, quality=95)).size == (96, 192)


def test_what_lets_through_stands_on_white():
    clear = np.dstack([colours(400, 400), np.zeros((400, 400), np.uint8)])
    assert np.asarray(shown(encoded(clear, "PNG"))).min() > 250


def test_what_another_program_would_draw_is_no_image():
    assert not is_image(encoded(colours(24, 24), "EPS"))


def test_an_image_that_would_fill_the_memory_is_left_out(monkeypatch):
    monkeypatch.setattr("clarifai_eval_widget.widget.workbench.thumbnails._MOST_PIXELS", 150_000)
    assert smaller(encoded(colours(400, 400), "PNG"), large=False) == b""
