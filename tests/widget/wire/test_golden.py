"""What Python packs is what it packed when the page's tests read it."""

import json
import zlib

import numpy as np
import pytest

from clarifai_eval_widget.widget.wire.packing import pack, unpack
from tests.widget import golden


@pytest.fixture(scope="module")
def today():
    return golden.payloads()


def names():
    return sorted(path.stem for path in golden.WIRE.glob("*.bin") if path.stem != "from_page")


def test_every_golden_payload_is_still_made(today):
    assert names() == sorted(today)


@pytest.mark.parametrize("name", names())
def test_todays_encoder_still_gives_these_bytes(today, name):
    stored = (golden.WIRE / f"{name}.bin").read_bytes()
    told = json.loads((golden.WIRE / f"{name}.json").read_text())
    if told is None:
        assert stored == today[name] == b""
        return
    # Packing is exact to the byte; only figures that were summed may differ by rounding on another processor.
    # How zlib gets there is its own affair, and differs from one build of it to the next.
    assert inside(pack(unpack(stored))) == inside(pack(golden.from_plain(told))) == inside(stored)
    assert len(inside(today[name])) == pytest.approx(len(inside(stored)), abs=64)
    compare(golden.plain(today[name]), told)


def inside(data):
    return zlib.decompress(data[4:])


def compare(now, then):
    assert (now["run"], now["revision"]) == (then["run"], then["revision"])
    assert list(now["sections"]) == list(then["sections"])
    for section, expected in zip(now["sections"].values(), then["sections"].values(), strict=True):
        assert rounded(section["head"]) == rounded(expected["head"])
        assert list(section["arrays"]) == list(expected["arrays"])
        for one, other in zip(section["arrays"].values(), expected["arrays"].values(), strict=True):
            assert one["type"] == other["type"]
            if one["type"] == "u4":
                assert one["values"] == other["values"]
            else:
                got, want = (np.array(values["values"], float) for values in (one, other))
                np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-15, equal_nan=True)


def rounded(head):
    return json.loads(json.dumps(head), parse_float=lambda text: round(float(text), 12))


def test_replies_are_still_the_ones_the_page_reads():
    assert golden.replies() == json.loads((golden.WIRE / "replies.json").read_text())


def test_rates_are_still_the_ones_the_page_derives():
    told = json.loads((golden.WIRE / "rates.json").read_text())
    assert json.loads(json.dumps(golden.rates())) == told
