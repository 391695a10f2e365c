"""Addresses in a config: read where the meaning is clear, else an error with file, line and key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.config import server_address, settings_file
from crosspost.errors import ConfigError
from crosspost.testing.harness import Place

WEB = ("https", "http")
SERVER = "https://social.example"


def of_account(written: str) -> str:
    return server_address.of_account(written, schemes=WEB, at_root=True)


@pytest.mark.parametrize(
    "written",
    [
        "social.example", "https://social.example/", "HTTPS://Social.Example", "@me@social.example",
        "me@social.example", "acct:me@social.example", "https://social.example/@me", "https://social.example/home",
        "https://social.example/web/timelines/home", "https://social.example/settings/applications?x=1#top",
        "https:/social.example", "https//social.example", "https:social.example", "https:///social.example",
        "  https://social.example\u200b\u00a0", "\ufeffhttps://social.example", "„https://social.example“",
        "“social.example”", "<https://social.example>", "https://@me@social.example", "https://social.example.",
    ],
)  # fmt: skip
def test_spellings_of_the_same_server(written: str) -> None:
    assert of_account(written) == SERVER


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://grün.example", "https://xn--grn-ioa.example"),
        ("https://social.example:8443/@me", "https://social.example:8443"),
        ("localhost:3000/", "http://localhost:3000"),
        ("http://192.168.1.4:8080", "http://192.168.1.4:8080"),
        ("http://gotosocial:8080", "http://gotosocial:8080"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
    ],
)
def test_other_servers(written: str, meant: str) -> None:
    assert of_account(written) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("http://social.example", "unencrypted.*https://social.example"),
        ("https://social.example/fedi", "after the server's name"),
        ("https://me:hush@social.example", "user name or password"),
        ("https://social example", "space"),
        ("https://social.example:99999", "not a valid address"),
        ("https://", "not a valid server name"),
        ("https://social..example", "not a valid server name"),
        ("ftp://social.example", "must begin with https://"),
        (" „“ ", "empty"),
        ("https://soc\x07ial.example", "control character"),
    ],
)
def test_unclear_addresses_are_explained(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        of_account(written)
    assert "hush" not in str(caught.value)


def test_mail_servers_and_signal_have_their_own_kinds_of_address() -> None:
    mail = ("smtps", "smtp")
    assert (
        server_address.of_account("smtp.example.org:465", schemes=mail, at_root=False) == "smtps://smtp.example.org:465"
    )
    assert (
        server_address.of_account("smtp.example.org:587", schemes=mail, at_root=False) == "smtp://smtp.example.org:587"
    )
    for wrong in ("smtp.example.org", "https://mail.example.org", "smtps://me:pw@smtp.example.org", "me@example.org"):
        with pytest.raises(ValueError, match=r"mail server|secrets file"):
            server_address.of_account(wrong, schemes=mail, at_root=False)
    signal = (*WEB, "tcp", "unix", "rest+http", "rest+https")
    for right in ("tcp://localhost:7583", "unix:/run/signal-cli/socket", "rest+http://localhost:8080"):
        assert server_address.of_account(right, schemes=signal, at_root=False) == right


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("example.org", "https://example.org"),
        ("https://example.org/blog/", "https://example.org/blog"),
        ("http://example.org/index.html", "http://example.org"),
        ("https://grün.example/", "https://grün.example"),
        ("localhost:4000", "http://localhost:4000"),
        ("localhost", "http://localhost"),
        ("intranet:8080", "http://intranet:8080"),
        ("http://intranet", "http://intranet"),
        ("https:/example", "https://example"),
        ("[::1]", "http://[::1]"),
    ],
)
def test_of_a_site(written: str, meant: str) -> None:
    assert server_address.of_site(written) == meant


@pytest.mark.parametrize("written", ["verein", "verein/", "/blog", "//verein", "https", "httpd"])
@pytest.mark.parametrize("table", ["site", "sites.club"])
def test_a_word_is_not_the_address_of_a_site(tmp_path: Path, written: str, table: str) -> None:
    """Links such as http://verein/post would lead nowhere."""
    file = tmp_path / "crosspost.toml"
    text = f'[{table}]\nurl = "{written}"\n[accounts.x]\n'
    said = f"crosspost.toml:2: `url`: “{written}” is not the address of a site; write it whole, such as https://"
    if table == "site":
        with pytest.raises(ConfigError, match=said):
            settings_file.parse(text, file)
    else:
        assert said in settings_file.parse(text, file).wrong_sites["club"]


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error(written: str) -> None:
    for read in (of_account, server_address.of_site):
        try:
            found = read(written)
        except ValueError as error:
            found, message = "", str(error)
        assert found or message.isprintable()
        if found:
            assert found.startswith(("https://", "http://"))
            assert read(found) == found  # the result is read as itself


def test_the_config_says_file_line_and_key(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    text = place.config.read_text("utf-8")
    address = place.sandbox.url
    for command in (["run"], [str(place.post)], ["preview", str(place.post)], ["doctor", "--offline"]):
        place.config.write_text(text.replace(address, "http://x.example/", 1), "utf-8")
        ran = place.crosspost(*command)
        assert ran.code in (1, 2)
        output = ran.out + ran.err
        assert f"{place.config}:4: " in output
        assert "`base_url`" in output
        assert "https://x.example" in output
    place.config.write_text(text.replace("[site]\n", '[site]\nurl = "@me@social.example"\n'), "utf-8")
    assert "crosspost.toml:2: `url`: “@me@social.example” is an account" in place.crosspost("posts").err
    assert place.sandbox.posts() == []


def test_a_mistyped_server_address_stops_nothing_else(place: Place) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace(place.sandbox.url, f" {place.sandbox.url.removeprefix('http://')}/ "), "utf-8")
    assert place.crosspost(str(place.post)).code == 0
    assert len(place.sandbox.posts()) == 3
