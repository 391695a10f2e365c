"""A secret in every encoding a library may have given it."""

import base64
import copy
import html
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.config.credentials import Secret
from crosspost.config.secrecy import Concealed, _pattern, conceal, concealed, forms, hidden
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


LETTERS = st.text(st.sampled_from('aB3-_ +/=%&<ü\n🐤"\\\\'), min_size=1, max_size=14)


def shown(secret: str) -> st.SearchStrategy[str]:
    """A text in which a secret is, in one of the ways it may be written."""
    data = secret.encode("utf-8")
    ways = [*forms(secret), repr(data), html.escape(secret), " ".join(secret.split())]
    ways += [base64.b64encode(before + data).decode() for before in (b"", b"a", b"ab", b"abc:")]
    return st.sampled_from([*ways, "".join(f"&#{ord(letter)};" for letter in secret), secret])


@given(st.lists(LETTERS, min_size=1, max_size=6), st.data())
def test_looking_up_finds_what_a_search_for_each_one_finds(secrets: list[str], data: st.DataObject) -> None:
    """No text keeps a secret because it was not looked for: the lookup leaves out only what cannot be there."""
    pieces = [data.draw(shown(secret)) for secret in data.draw(st.lists(st.sampled_from(secrets), max_size=4))]
    text = data.draw(LETTERS).join(pieces)
    expected = text
    for secret in sorted(set(secrets), key=len, reverse=True):
        expected = _pattern(secret).sub("***", expected)
    assert hidden(text, sorted(set(secrets), key=len, reverse=True)) == expected


def test_one_of_ten_thousand_secrets_is_found_without_a_pattern_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("crosspost.config.secrecy._pattern", lambda secret: asked.append(secret) or _pattern(secret))
    many = [f"{number * 7919:x}-token-{number}" for number in range(10_000, 20_000)]
    monkeypatch.setattr("crosspost.config.secrecy._concealed", Concealed(many))
    assert (
        concealed("s1: 2026-11-28-nine: sent https://m.example/17") == "s1: 2026-11-28-nine: sent https://m.example/17"
    )
    assert concealed(f"Bearer {many[777]} and {quote(many[778])}") == "Bearer *** and ***"
    assert len(asked) < 10


def test_secrets_that_threads_add_at_the_same_time_are_all_hidden() -> None:
    known = Concealed()
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(known.add, [f"secret-{number:05}" for number in range(2000)]):
            pass
    assert all(f"secret-{number:05}" in known.perhaps(f"it is secret-{number:05}.") for number in range(2000))


def test_tokens_a_network_issues_are_concealed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.config.secrecy._concealed", Concealed())
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
