"""``crosspost init`` and ``crosspost demo`` write configs, and nothing of a person's is ever lost to them."""

import io
import re
from pathlib import Path

import pytest

from crosspost.app.user_files import Kept
from crosspost.config import settings
from crosspost.networks.bluesky import Bluesky
from crosspost.networks.logins.bluesky import BlueskyLogin
from crosspost.testing.harness import NETWORKS, Clock, Place

FILE = "site/_posts/2026-11-20-gruesse.md"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)


def kept(folder: Path) -> list[str]:
    """What every file of a folder says, by no name."""
    return [file.read_text("utf-8") for file in folder.iterdir() if file.is_file()]


def test_a_config_is_not_written_over_without_force(place: Place) -> None:
    before = kept(place.config.parent)
    ran = place.crosspost("init", "--site", "site")
    assert ran.code == 2
    assert "--force writes a new one and keeps a copy" in ran.err
    assert kept(place.config.parent) == before


def test_force_keeps_a_copy_each_time_and_touches_no_token(place: Place) -> None:
    config, secrets = place.config.read_text("utf-8"), place.secrets.read_text("utf-8")
    said = place.crosspost("init", "--site", "site", "--force").out
    place.config.write_text("# second\n", "utf-8")
    place.crosspost("init", "--site", "site", "--force")
    assert {config, "# second\n"} <= set(kept(place.config.parent))
    (copy,) = re.findall(r"What it was before is in (\S+)\.\n", said)
    assert Path(copy).read_text("utf-8") == config
    assert place.secrets.read_text("utf-8") == secrets


def test_no_account_is_written_that_nobody_asked_for(place: Place) -> None:
    place.config.unlink()
    ran = place.crosspost("init", "--site", "site")
    assert ran.code == 0
    assert settings.read(place.config).accounts == {}
    assert "crosspost accounts add NETWORK" in ran.out


def test_the_accounts_that_are_asked_for_are_connected_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    known = place.sandbox.accounts()["bluesky"]
    monkeypatch.setattr(Bluesky, "home", known["base_url"])
    monkeypatch.setattr(BlueskyLogin, "_server_of", lambda login, _handle: login.base_url)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"verein.test\n{known['credentials']['app_password']}\n\n"))
    place.config.unlink()
    ran = place.crosspost("init", "--site", "site", "--account", "bluesky", "--account", "listmonk")
    assert ran.code == 1, "nobody answered for listmonk"
    assert list(settings.read(place.config).accounts) == ["bluesky"]
    assert "listmonk is not connected yet: crosspost accounts add listmonk" in " ".join(ran.out.split())
    assert "Your newest post, as it would go out" in ran.out
    assert "Grüße aus dem Tal" in ran.out


def test_a_network_nobody_knows_is_told_before_anything_is_written(place: Place) -> None:
    place.config.unlink()
    ran = place.crosspost("init", "--site", "site", "--account", "blusky")
    assert ran.code == 2
    assert "bluesky" in ran.err
    assert not place.config.exists()


def test_tokens_without_a_config_are_kept_too(place: Place) -> None:
    place.config.unlink()
    before = place.secrets.read_text("utf-8")
    assert place.crosspost("init", "--site", "site").code == 0
    assert place.secrets.read_text("utf-8").startswith(before)


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_sandbox_config_goes_beside_the_real_one(place: Place, force: tuple[str, ...]) -> None:
    before = (place.config.read_text("utf-8"), place.secrets.read_text("utf-8"))
    ran = place.crosspost("init", "--site", "site", "--sandbox", place.sandbox.url, *force)
    assert ran.code == 0
    assert (place.config.read_text("utf-8"), place.secrets.read_text("utf-8")) == before
    beside = place.root / "config/crosspost.sandbox.toml"
    assert f"--config {beside}" in ran.out
    place.config = beside
    assert place.crosspost(FILE).code == 0
    assert {post["network"] for post in place.sandbox.posts()} >= set(NETWORKS)
    assert not (place.root / "config/state/ledger.sqlite3").exists()
    assert (place.root / "config/secrets.sandbox.env").stat().st_mode & 0o777 == 0o600


def test_without_a_config_the_sandbox_has_a_file_of_its_own_too(place: Place) -> None:
    place.config = place.root / "neu/crosspost.toml"
    assert place.crosspost("init", "--site", "site", "--sandbox", place.sandbox.url).code == 0
    assert place.crosspost(FILE).code == 0
    assert not (place.root / "neu/secrets.env").exists()
    assert "--force" in place.crosspost("init", "--site", "site", "--sandbox", place.sandbox.url).err
    ran = place.crosspost("init", "--site", "site", "--sandbox", place.sandbox.url, "--force")
    assert ran.code == 0
    assert [file.name for file in (place.root / "neu").glob("*.toml")] == ["crosspost.toml"]


@pytest.mark.long
def test_the_demo_writes_over_no_config(place: Place) -> None:
    before = (place.config.read_text("utf-8"), place.secrets.read_text("utf-8"))
    assert place.crosspost("demo").code == 0
    assert (place.config.read_text("utf-8"), place.secrets.read_text("utf-8")) == before


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.toml"
    file.write_text("old", "utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        Kept(Clock()()).write(file, "new")
    assert file.read_text("utf-8") == "old"
    assert not list(tmp_path.glob(".*"))


def test_a_link_to_the_config_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("old", "utf-8")
    (tmp_path / "a.toml").symlink_to("real.toml")
    Kept(Clock()()).write(tmp_path / "a.toml", "new")
    assert (tmp_path / "a.toml").is_symlink()
    assert (tmp_path / "real.toml").read_text("utf-8") == "new"
