"""``crosspost init`` and ``crosspost demo`` write configs, and nothing of a person's is ever lost to them."""

import io
import re
import shutil
from pathlib import Path

import pytest

from crosspost.app.user_files import Kept
from crosspost.config import settings_file
from crosspost.networks.bluesky import Bluesky
from crosspost.networks.logins.bluesky import BlueskyLogin
from crosspost.testing.harness import NETWORKS, Clock, Place
from tests.app.scheduling.conftest import home, programs
from tests.app.scheduling.fakes import CRONTAB, program

__all__ = ["home", "programs"]

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
    assert settings_file.read(place.config).accounts == {}
    assert "crosspost accounts add NETWORK" in ran.out


def test_the_accounts_that_are_asked_for_are_connected_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    known = place.sandbox.accounts()["bluesky"]
    monkeypatch.setattr(Bluesky, "home", known["base_url"])
    monkeypatch.setattr(BlueskyLogin, "_server_of", lambda login, _handle: login.base_url)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"verein.test\n{known['credentials']['app_password']}\n\n"))
    place.config.unlink()
    ran = place.crosspost("init", "--site", "site", "--account", "bluesky", "--account", "listmonk")
    assert ran.code == 1, "nobody answered for listmonk"
    assert list(settings_file.read(place.config).accounts) == ["bluesky"]
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
    assert place.crosspost(FILE).code == 3, "what is posted by hand waits for somebody"
    assert {post["network"] for post in place.sandbox.posts()} >= set(NETWORKS)
    assert not (place.root / "config/state/ledger.sqlite3").exists()
    assert (place.root / "config/secrets.sandbox.env").stat().st_mode & 0o777 == 0o600


def test_without_a_config_the_sandbox_has_a_file_of_its_own_too(place: Place) -> None:
    place.config = place.root / "neu/crosspost.toml"
    assert place.crosspost("init", "--site", "site", "--sandbox", place.sandbox.url).code == 0
    assert place.crosspost(FILE).code == 3, "what is posted by hand waits for somebody"
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


def test_what_was_found_is_shown(place: Place) -> None:
    place.config.unlink()
    place.new_post("2026-11-01-stumm", place.post.read_text("utf-8").replace("![Ein Hochbeet im Regen]", "![]"))
    place.new_post("2026-11-02-kaputt", "---\ntitle: [\n---\n")
    place.new_post("2026-11-03-entwurf", "---\ntitle: Entwurf\npublished: false\n---\n")
    out = " ".join(place.crosspost("init", "--site", "site").out.split())
    assert "The site in site: 2 posts, 1 that the site does not publish, 1 that cannot be read" in out
    assert "Address https://tal.example.org, language de, time zone Europe/Berlin." in out
    assert "Pictures from thumbnail (2). Descriptions from description (2)." in out
    assert "1 of 2 posts has a picture without an alt text." in out


def test_the_site_is_found_from_inside_and_from_beside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, config in (
        (".", "config/crosspost.toml"), ("site", "site/_crosspost/crosspost.toml"),
        ("site/_posts", "site/_crosspost/crosspost.toml"),
    ):  # fmt: skip
        for old in ("config", "site/_crosspost"):
            shutil.rmtree(place.root / old, ignore_errors=True)
        monkeypatch.chdir(place.root / folder)
        place.config = None  # type: ignore[assignment]  # no --config
        assert place.crosspost("init").code == 0
        assert settings_file.read(place.root / config).beside(settings_file.read(place.root / config).site.path) == (
            place.root / "site"
        )


def test_of_several_sites_one_is_chosen(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.config.unlink()
    shutil.copytree(place.root / "site", place.root / "zweite")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    place.config = None  # type: ignore[assignment]  # no --config
    assert "give --site DIR" in place.crosspost("init").err
    monkeypatch.setattr("sys.stdin", io.StringIO("2\n"))
    assert place.crosspost("init").code == 0
    assert 'path = "../zweite"' in (place.root / "config/crosspost.toml").read_text("utf-8")


def test_what_the_site_does_not_say_is_said_by_flags(place: Place) -> None:
    place.config.unlink()
    place.write("site/_config.yml", "title: Das Tal\n")
    given = ("--url", "tal.example.org/", "--lang", "de_AT", "--timezone", "Europe/Vienna")
    assert place.crosspost("init", "--site", "site", *given).code == 0
    said = settings_file.read(place.config).site
    assert (said.url, said.lang, said.timezone) == ("https://tal.example.org", "de-AT", "Europe/Vienna")
    ran = place.crosspost("init", "--site", "site", "--force", "--timezone", "Europe/Wien")
    assert (ran.code, "there is no time zone “Europe/Wien”" in ran.err) == (2, True)


def test_tokens_that_jekyll_would_publish_are_warned_of(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root / "site")
    (place.root / "site/.git").mkdir()
    place.config = None  # type: ignore[assignment]  # no --config
    err = place.crosspost("init", "--config", "config/crosspost.toml").err
    assert "Jekyll copies it onto the web, tokens included. Add `config` to `exclude:`" in err
    assert "secrets*.env\nstate/\n" in (place.root / "site/config/.gitignore").read_text("utf-8")
    place.write("site/config/secrets.env", "").chmod(0o600)
    assert "fail  secrets" in place.crosspost("doctor", "--offline").out
    place.write("site/_config.yml", "url: https://tal.example.org\nexclude: [vendor, config/]\n")
    assert "fail  secrets" not in place.crosspost("doctor", "--offline").out
    assert "Jekyll copies" not in place.crosspost("init", "--force").err


def test_inside_a_jekyll_site_the_config_is_where_jekyll_does_not_copy_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = place.root / "site/_posts"
    monkeypatch.chdir(below)
    place.config = None  # type: ignore[assignment]  # no --config
    ran = place.crosspost("init")
    assert "Wrote ../_crosspost/crosspost.toml for the site in" in ran.out
    assert "Jekyll does not copy it onto the web" in " ".join(ran.out.split())
    assert ran.err == ""
    monkeypatch.chdir(place.root / "site")
    place.write("site/_crosspost/secrets.env", "").chmod(0o600)
    doctor = place.crosspost("doctor", "--offline").out
    assert "_crosspost/crosspost.toml: no account is switched on" in doctor, "it is found without --config"
    assert "fail  secrets" not in doctor
    again = place.crosspost("init")
    assert "_crosspost/crosspost.toml exists already" in again.err


def test_where_nothing_is_copied_the_config_is_where_it_always_was(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("site/_config.yml", "url: https://tal.example.org\nexclude: [config]\n")
    monkeypatch.chdir(place.root / "site")
    place.config = None  # type: ignore[assignment]  # no --config
    assert "Wrote config/crosspost.toml for" in place.crosspost("init").out


def test_a_schedule_is_installed_when_it_is_wanted(place: Place, programs: Path) -> None:
    program(programs, "crontab", CRONTAB)
    place.config.unlink()
    ran = place.crosspost("init", "--site", "site", "--schedule", "crontab")
    assert ran.code == 0
    assert "A line in your crontab calls crosspost every 10 minutes." in ran.out
    assert str(place.config) in (programs / "crontab.txt").read_text("utf-8")
    (programs / "crontab.txt").unlink()
    ran = place.crosspost("init", "--site", "site", "--force", "--schedule", "none")
    assert "crosspost schedule install" in ran.out
    assert not (programs / "crontab.txt").exists()


def test_the_folder_of_the_posts_stands_for_its_site(place: Place) -> None:
    place.config.unlink()
    assert place.crosspost("init", "--site", "site/_posts").code == 0
    assert 'path = "../site"' in place.config.read_text("utf-8")


@pytest.mark.parametrize(("folder", "near"), [(".", "perhaps --site site"), ("leer", "name the folder with")])
def test_a_folder_without_any_sign_of_a_site_is_refused(place: Place, folder: str, near: str) -> None:
    place.config.unlink()
    (place.root / "leer").mkdir()
    ran = place.crosspost("init", "--site", folder)
    assert ran.code == 2
    assert f"{folder} is not a site: there is no _config.yml" in ran.err
    assert near in ran.err
    assert not place.config.exists()
