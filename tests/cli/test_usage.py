"""A command that was called wrongly says in a plain sentence what is wrong, never in the words of click."""

import pytest

from crosspost.testing.harness import Place

SAID = {
    "plan --bogus": "“--bogus” is not an option of `crosspost plan`; `crosspost plan --help` lists them",
    "plan --day 3": "“--day” is not an option of `crosspost plan`; did you mean --days?",
    "plan --days x": "--days: “x” is not a whole number from 1 to 366",
    "plan --days 400": "--days: “400” is not a whole number from 1 to 366",
    "plan --days -3": "--days: “-3” is not a whole number from 1 to 366",
    "history --limit -1": "--limit: “-1” is not a whole number of 0 or more",
    "responses approve x": "NUMBER: “x” is not a whole number",
    "ledger pull --wait soon": "--wait: “soon” is not a number of 0 or more",
    "plan --days": "--days needs a value after it",
    "plan --json=3": "--json has no value; write nothing after it",
    "feed": "FILE is missing",
    "accounts add": "NETWORK is missing",
    "ledger copy": "--to is missing",
    "history nope.md": "`crosspost history` does not know what to do with “nope.md”",
    "schema nope": "“nope” is not possible here; write config or front-matter",
    "completion": "a word is missing: write bash, zsh or fish",
    "lint --format nope": "--format: “nope” is not possible here; write text, github, sarif or json",
    "worker --health abc": ("--health: “abc” is neither a port, such as 8787, nor an address, such as 0.0.0.0:8787"),
    "daemon --health 99999": (
        "--health: “99999” is neither a port, such as 8787, nor an address, such as 0.0.0.0:8787"
    ),
    "ledger restore": "“restore” is not a command of `crosspost ledger`; `crosspost ledger --help` lists them",
    "accounts addd": "“addd” is not a command of `crosspost accounts`; did you mean add?",
}


@pytest.mark.parametrize("call", SAID)
def test_what_is_wrong_with_a_call(place: Place, call: str) -> None:
    place.config = None  # type: ignore[assignment]  # nothing is added to the call
    ran = place.crosspost(*call.split())
    assert (ran.code, ran.out) == (2, "")
    *before, last = ran.err.strip().splitlines()
    assert last == f"Error: {SAID[call]}"
    assert not before or before[1].startswith("Try `crosspost ")


def test_a_group_alone_shows_its_help(place: Place) -> None:
    place.config = None  # type: ignore[assignment]  # nothing is added to the call
    ran = place.crosspost("accounts")
    assert ran.err.startswith("Usage: crosspost accounts")
    assert "Error" not in ran.err
