"""Addresses people paste, and the ones they get wrong."""

import pytest

from clarifai_eval_widget.client.addresses import (
    ApiAddress,
    WebAddress,
    parse_api_address,
    parse_app_address,
    parse_web_address,
)
from clarifai_eval_widget.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://api.clarifai.com", ApiAddress("api.clarifai.com", 443, secure=True)),
        ("https://api.clarifai.com/", ApiAddress("api.clarifai.com", 443, secure=True)),
        ("api.clarifai.com", ApiAddress("api.clarifai.com", 443, secure=True)),
        ("private.example:8443", ApiAddress("private.example", 8443, secure=True)),
        ("http://127.0.0.1:18080", ApiAddress("127.0.0.1", 18080, secure=False)),
        ("http://[::1]:50051/", ApiAddress("::1", 50051, secure=False)),
        ("localhost:18080", ApiAddress("localhost", 18080, secure=False)),
        ("  http://box:1  ", ApiAddress("box", 1, secure=False)),
    ],
)
def test_api_addresses_are_read_with_scheme_port_slash_and_brackets(text, expected):
    assert parse_api_address(text) == expected


@pytest.mark.parametrize(
    "text", ["", "https://", "ftp://host", "https://host/v2", "http://host:port", "http://host:99999"]
)
def test_a_wrong_api_address_is_refused_with_an_example(text):
    with pytest.raises(InvalidRequestError, match=r"looks like https://api\.clarifai\.com"):
        parse_api_address(text)


def test_an_ipv6_address_keeps_its_brackets_for_grpc():
    address = parse_api_address("http://[::1]:50051")
    assert address.netloc == "[::1]:50051"
    assert address.is_loopback
    assert str(address) == "http://[::1]:50051"


def test_web_addresses_of_models_and_datasets_are_read():
    model = parse_web_address("https://clarifai.com/ann/pets/models/cats/versions/abc123")
    assert model == WebAddress("ann", "pets", "models", "cats", "abc123")
    dataset = parse_web_address("https://clarifai.com/ann/pets/datasets/photos")
    assert dataset == WebAddress("ann", "pets", "datasets", "photos", "")
    assert parse_web_address("cats") is None


@pytest.mark.parametrize(
    "text",
    [
        "https://clarifai.com/ann/pets/models/cats/versions/v1/",
        " HTTPS://Clarifai.COM/ann/pets/models/cats/versions/v1?tab=evaluate#roc ",
        "clarifai.com/ann/pets/models/cats/versions/v1",
        "WWW.Clarifai.com:443/ann/pets/models/cats/versions/v1/?page=/a/b",
    ],
)
def test_an_address_is_read_as_it_is_pasted(text):
    assert parse_web_address(text) == WebAddress("ann", "pets", "models", "cats", "v1")
    assert parse_app_address(text) == ("ann", "pets")


@pytest.mark.parametrize(
    ("text", "expected"), [("ann/pets/", ("ann", "pets")), ("ann/50%25", ("ann", "50%25")), ("pets", None)]
)
def test_a_name_with_its_owner_is_taken_literally(text, expected):
    assert parse_app_address(text) == expected
    assert parse_web_address(text) is None


@pytest.mark.parametrize("text", ["ann/pets?tab=1", "ann/pets#roc", "ann/pets?x/y", "ann/pets/x", "/"])
def test_what_is_neither_a_name_nor_an_address_is_not_taken_for_an_app(text):
    with pytest.raises(InvalidRequestError, match="names no app"):
        parse_app_address(text)


def test_another_web_address_is_refused_with_the_form_expected():
    with pytest.raises(InvalidRequestError, match=r"expected https://clarifai.com/USER/APP/models/MODEL"):
        parse_web_address("https://clarifai.com/ann/pets/workflows/w")


@pytest.mark.parametrize("read", [parse_api_address, parse_app_address, parse_web_address])
def test_what_only_looks_like_an_address_is_refused_in_words(read):
    with pytest.raises(InvalidRequestError, match="x/y"):
        read("http://[x/y/z")


@pytest.mark.parametrize(
    "address",
    ["https://ann:m4rk3r@clarifai.com/ann/app/models/m", "https://m4rk3r@clarifai.com/x", "m4rk3r@clarifai.com/a/b"],
)
@pytest.mark.parametrize("parse", [parse_web_address, parse_app_address])
def test_a_web_address_with_a_key_in_it_is_refused_and_not_quoted(parse, address):
    with pytest.raises(InvalidRequestError, match="no user and no key") as info:
        parse(address)
    assert "m4rk3r" not in str(info.value)
