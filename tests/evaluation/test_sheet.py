"""What is written as CSV opens as text: nothing in it is run, and nothing of it is lost."""

import io

import pandas as pd
import pytest

from clarifai_eval_widget.evaluation.writing.sheet import to_csv


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "=1+1",
        "@SUM(1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        "\n=1",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text):
    frame = pd.DataFrame({"name": [text], text: [0.5]}, index=pd.Index([text], name="input"))
    read = pd.read_csv(io.StringIO(to_csv(frame), newline=""), dtype={"input": str, "name": str})
    assert [*read["input"], *read["name"], read.columns[2]] == [f"'{text}".replace("\r", "\n")] * 3


@pytest.mark.parametrize("text", ["-7", "+1", "-kxb_2", "- not nice", "a=b", "naïve", "+49 30 1234"])
def test_ids_numbers_and_words_stay_as_they_are(text):
    frame = pd.DataFrame({"name": [text, None], "score": [-0.25, float("nan")], "count": [-3, 4]})
    assert to_csv(frame, index=False) == frame.to_csv(index=False)


def test_an_index_is_written_with_its_name_and_types_are_kept():
    frame = pd.DataFrame({"tp": [1, 2], "f1": [0.1, float("nan")]}, index=pd.Index(["a", "b"], name="concept"))
    frame["ok"] = pd.array([True, None], "boolean")
    assert to_csv(frame) == frame.to_csv()


def test_what_utf_8_cannot_hold_is_escaped():
    assert to_csv(pd.DataFrame({"name": ["\udcffa"]}), index=False).encode() == b"name\n\\udcffa\n"
