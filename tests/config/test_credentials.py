"""Tokens are read from where the user put them, and appear nowhere else."""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.app.token_keys import keys_of
from crosspost.config.credentials import Credentials, Secret, variable
from crosspost.errors import ConfigError
from crosspost.testing.harness import Place


def revealed(secret: Secret | None) -> str | None:
    return secret.reveal() if secret is not None else None


def test_name_of_the_variable() -> None:
    assert variable("mastodon-verein", "access_token") == "CROSSPOST_MASTODON_VEREIN_ACCESS_TOKEN"


def test_a_secret_never_prints_itself() -> None:
    secret = Secret("hush")
    assert "hush" not in f"{secret} {secret!r} {[secret]} {vars} %s" % secret
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.fixture(autouse=True)
def _private() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_order_environment_then_named_file_then_secrets_file_then_keyring(tmp_path: Path) -> None:
    named = tmp_path / "token"
    named.write_text("from-named\n")
    file = tmp_path / "secrets.env"
    file.write_text("CROSSPOST_M_A=from-file\n")
    name = "CROSSPOST_M_A"
    ring = {name: "from-ring"}.get
    every = Credentials({name: "from-env", f"{name}_FILE": str(named)}, file, lambda _, n: ring(n))
    assert revealed(every.get("m", "a")) == "from-env"
    assert revealed(Credentials({f"{name}_FILE": str(named)}, file).get("m", "a")) == "from-named"
    assert revealed(Credentials({}, file).get("m", "a")) == "from-file"
    assert revealed(Credentials({}, None, lambda _, n: ring(n)).get("m", "a")) == "from-ring"
    assert Credentials({}, tmp_path / "missing.env").get("m", "a") is None


def test_secrets_file_forms(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text(
        "\ufeff# a comment\n\nexport CROSSPOST_A_T='q=#u'\nCROSSPOST_B_T = plain # note\n"
        'CROSSPOST_C_T="ü"\nCROSSPOST_D_T=\n',
        "utf-8",
    )
    credentials = Credentials({}, file)
    assert [revealed(credentials.get(name, "t")) for name in "abcd"] == ["q=#u", "plain", "ü", None]


def test_a_bad_line_is_named_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("A=1\nthis-is-a-token\n")
    with pytest.raises(ConfigError, match=r"secrets\.env:2: write each token as NAME=value") as caught:
        Credentials({}, file).get("a", "b")
    assert "this-is-a-token" not in str(caught.value)


def test_unreadable_files_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_bytes(b"A=\xff\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        Credentials({}, file).get("a", "b")
    with pytest.raises(ConfigError, match="CROSSPOST_A_B_FILE names"):
        Credentials({"CROSSPOST_A_B_FILE": str(tmp_path / "none")}).get("a", "b")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666])
def test_a_file_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "my secrets.env"
    file.write_text("CROSSPOST_A_B=token")
    file.chmod(mode)
    with pytest.raises(ConfigError, match=r"so it is not used: chmod 600 '.*my secrets.env'"):
        Credentials({}, file).get("a", "b")
    assert Credentials({"CROSSPOST_A_B": "env"}, file).get("a", "b") is not None, "who does not need it is not stopped"
    file.chmod(0o600)
    Credentials({}, file).check()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_run_says_what_to_type_and_sends_nothing(place: Place) -> None:
    place.secrets.chmod(0o644)
    ran = place.crosspost("run")
    assert ran.code == 2
    assert f"chmod 600 {place.secrets}" in ran.err
    assert place.sandbox.requests == []


@pytest.mark.parametrize(
    "pasted",
    [
        "„{}“", "“{}”", "«{}»", "'{}'", '"{}"', "\u200b{}\ufeff", "{}\u00a0", " {}\r\n", "Bearer {}", "bearer  {}",
        "Authorization: Bearer {}", "“Bearer {}”", "{}\u200b", "<{}>", "\"<{}> \"\n",
    ],
)  # fmt: skip
def test_characters_copied_along_with_a_token_are_removed(pasted: str) -> None:
    name = "CROSSPOST_M_ACCESS_TOKEN"
    assert revealed(Credentials({name: pasted.format("abc-D_1")}).get("m", "access_token")) == "abc-D_1"
    assert revealed(Credentials({name: pasted.format("abc\u200b-D_1")}).get("m", "access_token")) == "abc-D_1"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("abc\ndef", "a line break inside it"), ("abc def", "a space inside it"), ("abc\u00a0def", "an unusual kind"),
        ("abc“def", "a curly quote"), ("aЬc", "another alphabet"), ("ab\x07c", "a control character"),
        ("abcü", "another alphabet"),
    ],
)  # fmt: skip
def test_an_impossible_token_is_refused_without_showing_a_character(value: str, why: str) -> None:
    credentials = Credentials({"CROSSPOST_M_ACCESS_TOKEN": value})
    with pytest.raises(ConfigError, match="CROSSPOST_M_ACCESS_TOKEN cannot be used") as caught:
        credentials.get("m", "access_token")
    message = str(caught.value)
    assert why in message
    assert not any(char in message for char in value if not char.isascii())
    assert "abc" not in message


def test_what_a_command_prints_is_not_called_by_a_variable_that_nobody_set(place: Place) -> None:
    name = variable("mastodon", "access_token")
    given = "".join(f"{line}\n" for line in place.secrets.read_text("utf-8").splitlines() if not line.startswith(name))
    place.secrets.write_text(given, "utf-8")
    config = place.config.read_text("utf-8")
    command = 'token_cmd = "echo Access denied: verein"'
    place.config.write_text(config.replace("[accounts.mastodon]\n", f"[accounts.mastodon]\n{command}\n"), "utf-8")
    with pytest.raises(ConfigError, match=r"^what its `token_cmd` prints cannot be used: it has a space inside it"):
        Credentials({}, commands={"m": "echo Access denied"}).get("m", "access_token")
    for ran in (place.crosspost(str(place.post)), place.crosspost("doctor", "--offline")):
        said = " ".join(f"{ran.out}{ran.err}".split())
        assert "what its `token_cmd` prints cannot be used" in said, ran
        assert name not in said
        assert "denied" not in said
    key = Credentials({}, commands={"tokens": {"key": "echo Access denied"}})
    with pytest.raises(ConfigError, match=r"^what `key_cmd` under \[secrets\] prints cannot be used: it has a space"):
        keys_of(key)


def test_a_password_may_have_spaces_and_every_alphabet() -> None:
    for password in ("Grüße aus Köln", "пароль", '"quoted', "a'b c"):
        assert revealed(Credentials({"CROSSPOST_N_PASSWORD": password}).get("n", "password")) == password
    with pytest.raises(ConfigError, match="an unusual kind of space"):
        Credentials({"CROSSPOST_N_PASSWORD": "abcd\u00a0efgh"}).get("n", "password")


def test_a_token_that_cannot_be_used_stops_only_its_account(place: Place) -> None:
    text = place.secrets.read_text("utf-8")
    name = variable("mastodon", "access_token")
    old = next(line for line in text.splitlines() if line.startswith(name))
    place.secrets.write_text(text.replace(old, f"{name}=ab“cd"), "utf-8")
    ran = place.crosspost(str(place.post))
    assert ran.code == 1
    assert f"{name} cannot be used, because it has a curly quote" in ran.out
    assert "codec" not in ran.out + ran.err
    assert sorted(post["network"] for post in place.sandbox.posts()) == ["facebook", "x"]
    assert f"{name} cannot be used" in place.crosspost("doctor", "--offline").out


def test_a_pipe_as_secrets_file_is_reported_without_waiting(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    os.mkfifo(file, 0o600)
    with pytest.raises(ConfigError, match="a pipe, a socket or a device"):
        Credentials({}, file).check()


def test_a_secrets_file_is_looked_at_each_time_and_parsed_when_it_changed(tmp_path: Path) -> None:
    file, name = tmp_path / "secrets.env", variable("x", "access_token")
    for value in ("first", "other"):  # of equal length, within one tick of the clock
        file.write_text(f"{name}={value}\n")
        assert [revealed(Credentials({}, file).get("x", "access_token")) for _ in range(2)] == [value, value]
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by other users"):
        Credentials({}, file).get("x", "access_token")
