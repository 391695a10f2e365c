"""``crosspost count``: as a user runs it, in its own process."""

import json
import subprocess
import sys

import pytest

from crosspost.compose import length
from crosspost.config import registry


def count(*arguments: str, text: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "crosspost", "count", *arguments]
    return subprocess.run(command, input=text, capture_output=True, check=False)


def test_a_writer_sees_what_is_left() -> None:
    ran = count("x", text="Grüße! https://example.org/ein/langer/weg/zu/einem/beitrag\n".encode())
    assert (ran.returncode, ran.stdout.decode().strip()) == (0, "30 of 280 (x), 250 left")


def test_a_writer_sees_what_is_over() -> None:
    ran = count("x", text=("漢" * 141).encode())
    assert (ran.returncode, ran.stdout.decode().strip()) == (1, "282 of 280 (x), 2 over")


def test_every_line_is_counted_as_it_is() -> None:
    texts = ["", "ü", "zwei\nZeilen\n", "👨‍👩‍👧‍👦", "\ud83d", "x" * 300, "\u2028"]
    ran = count("x", "--jsonl", text="".join(json.dumps(text) + "\n" for text in texts).encode())
    assert ran.returncode == 0
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["length"] for line in found] == [0, 1, 12, 2, 2, 300, 2]
    assert found[5] == {"length": 300, "limit": 280, "unit": "x", "over": 20}


@pytest.mark.parametrize("network", registry.names())
def test_every_network_counts_in_its_own_unit(network: str) -> None:
    text = "Grüße 漢字 👩🏽‍🚀 https://example.org/a"
    ran = count(network, "--jsonl", text=json.dumps(text).encode())
    limits = registry.load(network).limits
    found = json.loads(ran.stdout)
    assert (found["length"], found["limit"], found["unit"]) == (length(text, limits), limits.text or None, limits.unit)
    assert [(one["unit"], one["limit"]) for one in found.get("also", [])] == list(limits.also)


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["nirgends"], b"", "there is no network called"),
        (["x"], b"Gr\xfc\xdfe", "the text is not UTF-8: byte 3"),
        (["x", "--jsonl"], b'"a"\n{}\n', "line 2 is not a JSON string"),
        (["x", "--jsonl"], b'"a\n', "line 1 is not a JSON string"),
    ],
)
def test_what_cannot_be_counted_ends_in_a_sentence(arguments: list[str], text: bytes, said: str) -> None:
    ran = count(*arguments, text=text)
    assert ran.returncode == 2
    assert said in ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
