"""Is the picture on the web? And which addresses are on the web at all."""

import socket
from typing import Any

import pytest

from crosspost.transport.addresses import refusal
from crosspost.transport.page_check import Live, check_picture, live_session
from tests.raw_server import RawServer, reply
from tests.transport.live_pages import PNG, asked, page, paths, reason

# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "picture",
    [PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"\0\0\0\x1cftypavif",
     b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='x'/>"],
)  # fmt: skip
def test_pictures(picture: bytes) -> None:
    answers = paths({"/a/": page("Grüße aus dem Tal"), "/p": reply("200 OK", picture, "Content-Type: text/plain")})
    assert isinstance(asked(answers, picture="SITE/p"), Live)


@pytest.mark.parametrize("body", [b"", b"<html><svg></svg></html>", b"not a picture", b"<!---->" * 500])
def test_not_a_picture(body: bytes) -> None:
    answers = paths({"/a/": page("Grüße aus dem Tal"), "/p": reply("200 OK", body, "Content-Type: image/png")})
    assert "not with a picture" in reason(asked(answers, picture="SITE/p"))


def test_a_missing_picture() -> None:
    assert "answers 404" in reason(asked(paths({"/a/": page("Grüße aus dem Tal")}), picture="SITE/p"))


def test_a_picture_in_a_private_network_is_not_fetched() -> None:
    with RawServer(reply("200 OK", PNG)) as server:
        found = check_picture(server.url, session=live_session())
        assert server.requests == []
    assert "in a private network" in reason(found)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_addresses_that_are_not_on_the_web(address: str) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(0, 0, 0, "", ("93.184.215.14", 0)), (0, 0, 0, "", (address, 0))]

    assert "in a private network" in refusal("https://pictures.example.net/a.png", resolve=resolve)
    assert refusal("https://pictures.example.net/a.png", ["pictures.example.net"], resolve) == "", "the site itself"


def test_addresses_on_the_web() -> None:
    for address in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"):
        rows = [(0, 0, 0, "", (address, 443))]
        assert refusal("https://pictures.example.net/a.png", resolve=lambda *_, rows=rows, **__: rows) == ""


def test_an_unknown_host() -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror("no")

    assert "DNS" in refusal("https://nowhere.example.net/", resolve=unknown)
    assert "DNS" in refusal("https://nowhere.example.net/", resolve=lambda *_, **__: [])
    assert "DNS" in refusal(f"https://{'a' * 300}.example.net/")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1"])
def test_other_spellings_of_this_machine(host: str) -> None:
    assert refusal(f"http://{host}/") != ""
