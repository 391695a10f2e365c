"""A secret in every encoding a library may have given it."""

import base64
import copy
import json
import pickle
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.config.credentials import Secret
from crosspost.config.secrecy import conceal, concealed, forms
from crosspost.transport.exchange import Exchange
from crosspost.transport.session import Session

TOKEN = 'k4n/ar+ie="ö%\\7'


@pytest.mark.parametrize("secret", ["k4n\udc80ar", "zwei Wörter\nund mehr", 'a&b<c>"d', "🐤łü-abc"])
def test_each_character_may_be_written_in_another_way(secret: str) -> None:
    """A library percent-encodes some characters, a message joins lines, bytes are shown as escapes."""
    data = secret.encode("utf-8", "surrogatepass")
    shown = [
        secret,
        quote(data, safe=":/&<>"),
        repr(data),
        " ".join(secret.split()),
        json.dumps(secret),
        "".join(letter if letter.isalnum() else f"&#{ord(letter)};" for letter in secret),
    ]
    conceal(secret)
    for text in shown:
        assert "***" in Session(secrets=[secret]).redact(text), text
        assert "***" in concealed(text)


def test_short_words_are_not_secrets() -> None:
    assert forms("abc") == []


@pytest.mark.parametrize(
    "said",
    [
        f"https://api.example.org/bot{TOKEN}/send",
        f"?access_token={quote(TOKEN, safe='')}&x=1",
        json.dumps({"token": TOKEN}),
        f"{ {'headers': TOKEN} }",
        *(base64.b64encode(f"{user}:{TOKEN}".encode()).decode() for user in ("", "a", "ab", "abc", "verein")),
        base64.urlsafe_b64encode(f"\0verein\0{TOKEN}\0".encode()).decode(),
    ],
)
def test_no_form_of_it_is_left(said: str) -> None:
    session = Session(secrets=[TOKEN])
    shown = session.redact(f"so it says: {said}")
    assert "***" in shown
    assert shown.startswith("so it says: ")
    assert not any(form in shown for form in forms(TOKEN))


@given(st.text(min_size=8, max_size=40), st.text(max_size=9))
def test_any_user_name_before_the_secret(secret: str, before: str) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    login = base64.b64encode(f"{before}:{secret}".encode("utf-8", "replace")).decode()
    assert Session(secrets=[secret]).redact(login) != login


def test_tokens_a_network_issues_are_concealed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.config.secrecy._concealed", {})
    Session(secrets=["verein"]).hide("eyJ-session-token")
    assert concealed("verein: Bearer eyJ-session-token") == "verein: Bearer ***"
    conceal("a-token-of-the-config")
    assert concealed("a-token-of-the-config") == "***"


def test_a_secret_goes_nowhere() -> None:
    secret = Secret(TOKEN)
    assert TOKEN not in f"{secret} {secret!r} {[secret]} {vars} {dir(secret)}"
    for write in (pickle.dumps, msgspec.json.encode, msgspec.msgpack.encode, json.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(secret)


def test_an_exchange_does_not_show_its_content() -> None:
    seen = Exchange(method="POST", url="/x", sent=True, status=200, headers={"a": TOKEN}, body=TOKEN.encode())
    assert TOKEN not in repr(seen)
    assert "k4n" not in f"{[seen]}"
