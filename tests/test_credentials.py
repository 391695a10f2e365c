"""Tokens come from where the user put them, and show up nowhere else."""

import pickle
from pathlib import Path

import pytest

from crosspost.credentials import Credentials, Secret, variable
from crosspost.errors import ConfigError


def revealed(secret: Secret | None) -> str | None:
    return secret.reveal() if secret is not None else None


def test_name_of_the_variable() -> None:
    assert variable("mastodon-verein", "access_token") == "CROSSPOST_MASTODON_VEREIN_ACCESS_TOKEN"


def test_a_secret_never_prints_itself() -> None:
    secret = Secret("hush")
    assert "hush" not in f"{secret} {secret!r} {[secret]} {vars} %s" % secret
    with pytest.raises(TypeError):
        pickle.dumps(secret)


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
    with pytest.raises(ConfigError, match=r"secrets\.env:2: expected NAME=value") as caught:
        Credentials({}, file).get("a", "b")
    assert "this-is-a-token" not in str(caught.value)


def test_unreadable_files_are_told(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_bytes(b"A=\xff\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        Credentials({}, file).get("a", "b")
    with pytest.raises(ConfigError, match="CROSSPOST_A_B_FILE names"):
        Credentials({"CROSSPOST_A_B_FILE": str(tmp_path / "none")}).get("a", "b")


def test_warns_when_others_can_read(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.touch(0o600)
    file.chmod(0o600)
    assert Credentials({}, file).exposed() == ""
    file.chmod(0o644)
    assert "chmod 600" in Credentials({}, file).exposed()
