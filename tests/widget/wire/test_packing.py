"""Payloads describe themselves, and hold what was put in."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clarifai_eval_widget.widget.wire.packing import Payload, Section, pack, unpack
from tests.widget.page import decode_sections

names = st.text(min_size=1, max_size=8)
values = st.one_of(
    arrays(np.float64, st.integers(0, 5)), arrays(np.float32, st.integers(0, 5)), arrays(np.uint32, st.integers(0, 5))
)
heads = st.dictionaries(names, st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5)), max_size=3)
sections = st.builds(Section, heads, st.dictionaries(names, values, max_size=3))


@given(names, st.integers(0, 2**40), st.dictionaries(names, sections, max_size=3))
def test_what_is_packed_is_what_comes_out_on_both_readings(run, revision, held):
    data = pack(Payload(run, revision, held))
    mine, (head, theirs) = unpack(data), decode_sections(data)
    assert (mine.run, mine.revision) == (head["run"], head["revision"]) == (run, revision)
    assert list(mine.sections) == list(theirs) == list(held)
    for name, section in held.items():
        assert mine.sections[name].head == theirs[name][0] == section.head
        for key, array in section.arrays.items():
            for read in (mine.sections[name].arrays[key], theirs[name][1][key]):
                assert read.dtype == array.dtype
                np.testing.assert_array_equal(read, array)


def test_arrays_start_at_multiples_of_eight():
    section = Section(
        {}, {"a": np.arange(3, dtype=np.uint32), "b": np.arange(3.0), "c": np.arange(1, dtype=np.float32)}
    )
    head, _ = decode_sections(pack(Payload("r", 1, {"x": section})))
    assert [entry["offset"] % 8 for entry in head["sections"]["x"]["arrays"].values()] == [0, 0, 0]


def test_no_count_goes_through_a_float():
    large = np.array([2**32 - 1, 2**31 + 1], np.uint32)
    assert unpack(pack(Payload("r", 1, {"x": Section({}, {"n": large})}))).sections["x"].arrays["n"].tolist() == [
        2**32 - 1,
        2**31 + 1,
    ]


@pytest.mark.parametrize("odd", [np.arange(3), np.zeros((2, 2)), np.array(["a"]), np.array([True])])
def test_arrays_that_the_page_cannot_read_are_refused_by_name(odd):
    with pytest.raises(TypeError, match="x/n"):
        pack(Payload("r", 1, {"x": Section({}, {"n": odd})}))


def test_a_number_that_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        pack(Payload("r", 1, {"x": Section({"auc": float("nan")})}))


WHOLE = pack(Payload("r", 1, {"x": Section({}, {"n": np.arange(300.0)})}))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x01", WHOLE[:4], WHOLE[:-1], WHOLE[:40], b"\0" + WHOLE[1:], struct.pack("<I", 0) + zlib.compress(b"")],
    ids=["none", "one byte", "no more than the length", "one less", "half", "another length", "nothing in it"],
)
def test_bytes_cut_short_are_refused(data):
    with pytest.raises(ValueError, match="head"):
        unpack(data)


def test_a_head_that_reaches_beyond_the_bytes_is_refused():
    inside = struct.pack("<I", 99) + b"{}"
    with pytest.raises(ValueError, match="says 99 bytes and only 2"):
        unpack(struct.pack("<I", len(inside)) + zlib.compress(inside))
