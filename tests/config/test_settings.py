"""The config: typed, and every mistake is reported with file, line and the nearest known key."""

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.config import settings_file, toml_text
from crosspost.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    file = folder / "crosspost.toml"
    file.write_text(text, "utf-8")
    return file


def test_settings_are_read(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '[site]\npath = "../site"\n[run]\nmax_per_run = 5\n[accounts.mastodon]\nbase_url = "https://a.example"\n'
        'visibility = "unlisted"\n[accounts.zweites]\nnetwork = "mastodon"\nenabled = false\n',
    )
    config = settings_file.read(file)
    assert config.site.path == "../site"
    assert config.run.max_per_run == 5
    assert config.accounts["mastodon"].network == "mastodon"
    assert config.accounts["mastodon"].own == {"visibility": "unlisted"}
    assert config.accounts["zweites"].network == "mastodon"
    assert not config.accounts["zweites"].enabled
    assert config.beside("x/y") == tmp_path / "x/y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[site]\npth = 'x'\n", r"crosspost\.toml:2: there is no setting `pth`; did you mean `path`\?"),
        ("[sight]\n", r":1: there is no setting `sight`; did you mean `site`\?"),
        ("\n[run]\n\nmax_per_run = 'x'\n", r":4: `max_per_run`: expected a whole number, found text in quotes"),
        ("[run]\nmax_per_run = 1\n= 2\n", r":3: the line cannot be read"),
        ("[accounts]\nx = 1\n", r":2: write the account as a table: \[accounts\.x\]"),
        ("accounts = 1\n", r":1: write accounts as \[accounts\.NAME\] tables"),
        ("[sites.jügend]\n", r":1: .* a name in brackets may only contain letters from a to z, .*, not “ü”"),
        ("[accounts.mastodon/de]\n", r":1: .* a name in brackets may only contain .*, not “/”"),
        ("[accounts.my blog]\n", r":1: .* a name in brackets may only contain .*, not a blank"),
        ("[accounts.x\n", r":1: .* the closing \] of the line is missing"),
        ("site = 1\n", r":1: write the settings one a line"),
        ("[accounts.'a b']\n", r"an account's name may only contain letters"),
        ("[accounts.x]\ntimeout = 'a'\n", r":2: `timeout`: expected a number"),
    ],
)
def test_mistakes_are_reported(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_file.read(write(tmp_path, text))


def test_place_of_a_key(tmp_path: Path) -> None:
    config = settings_file.read(
        write(tmp_path, '[accounts.a]\nnetwork="x"\n\n[accounts.b]\nnetwork = "mastodon"\nlink="none"\n')
    )
    assert config.place("accounts", "b", "link").endswith(":6")
    assert config.place("accounts", "b", "missing").endswith(":4")
    assert config.place("nothing") == str(config.file)


def test_places_are_found_quickly_in_the_config_of_an_agency(tmp_path: Path) -> None:
    """A look at each of a thousand sites asks for several: walking the text for each took most of the look's time."""
    lines = "".join(f'[accounts.a{number}]\nnetwork = "mastodon"\n' for number in range(5000))
    begun = time.process_time()
    places = [toml_text.place(Path("c"), lines, ("accounts", f"a{number}", "network")) for number in range(1000)]
    assert time.process_time() - begun < 2  # with a walk for each of them half a minute
    assert places[-1] == "c:2000"


def test_unreadable(tmp_path: Path) -> None:
    file = tmp_path / "crosspost.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        settings_file.read(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        settings_file.read(tmp_path)


def test_where_the_config_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings_file.find(None, {}) is None
    (tmp_path / "config").mkdir()
    file = write(tmp_path / "config", "")
    assert settings_file.find(None, {}) == Path("config/crosspost.toml")
    assert settings_file.find(None, {"CROSSPOST_CONFIG": str(file)}) == file
    assert settings_file.find(file, {}) == file
    with pytest.raises(ConfigError, match="does not exist"):
        settings_file.find(Path("none.toml"), {})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert settings_file.find(None, {}, tmp_path) == file


@given(st.text(max_size=200))
def test_any_text_is_settings_or_an_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(text, "utf-8", errors="ignore")
    with contextlib.suppress(ConfigError):
        settings_file.read(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[site]\nurl = https://example.org\n", r":2: the line cannot be read: text needs quotes; write url = \"…\""),
        ("[site]\nurl = „https://example.org“\n", r":2: .*typographic quotes"),
        ("[run]\nbackfill = True\n", r":2: .*write true or false, not True"),
        ("[run]\nmax_per_run: 3\n", r":2: .*write = between"),
        ('[site]\npath = "C:\\Users\\me"\n', r":2: .*write the path with / "),
        ("[accounts.x]\n[accounts.x]\n", r":2: .*two tables \[accounts\.x\]"),
        ("[run]\nevery = 1\nmax_per_run = 2\nevery = 3\n", r":4: .*appears twice"),
        ('[site]\nurl = "https://example.org\n', r":2: .*closing quote"),
        ('[site]\nurl = "a" b\n', r":2: .*after the value"),
        ('[site]\nurl = "a",\n', r":2: .*there is a comma at the end; remove it"),
        ('[site]\nurl = "a"; # b\n', r":2: .*there is a semicolon at the end; remove it"),
        ("[site],\n", r":1: .*there is a comma at the end; remove it"),
        ("[run]\nbackfill = True,\n", r":2: .*write true or false, not True"),
        ("[run]\nmax_per_run = 2, every = 3\n", r":2: .*a comma does not begin another setting; write each"),
        ('[site]\naccounts = "x", "y"\n', r':2: .*in brackets; write accounts = \["x", "y"\]'),
        ('[site]\npath, = "x"\n', r":2: .*there is a comma after path; write = between"),
        ("path,\n", r":1: .*there is a comma after path; write = between"),
        ("[sites.x,]\n", r":1: .*there is a comma in the brackets; remove it"),
        ("[site]]\n", r":1: .*there is a \] too many"),
        ('[site]\naccounts = [\n"a"\n"b"]\n', r":4: .*closing \] of a list is missing, or a comma between"),
        ("[[run]]\n", r":1: two brackets, \[\[run\]\], begin a list, and there is none here; write \[run\]$"),
        ("[[run]\n", r":1: .*two brackets, \[\[run\]\], begin a list"),
        ("[[accounts.x]]\n", r":1: two brackets, .*; write \[accounts\.x\]$"),
        ("[sites.x]\n[[sites.x]]\n", r":2: .*two brackets, .*; write \[sites\.x\]$"),
        ("[[sites.x]] # one\n[site]\nurl = 3,\n", r":3: .*there is a comma at the end"),
    ],
)
def test_mistakes_in_toml_are_explained_in_plain_words(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_file.read(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[accounts.x]\non_edit = 'updat'\n", r':2: `on_edit`: “updat” .*; write "update", "ask" or "ignore"; did you'),
        ("[accounts.x]\ndigest = 'daily'\n", r':2: `digest`: “daily” is not .*; write "weekly" or "monthly"'),
        ("[accounts.x]\non_edit = true\n", r':2: `on_edit`: write "update", "ask" or "ignore", found true or false'),
        ("[daemon]\nevery = 1\n", r":2: `every`: expected a whole number of at least 5"),
        ("[notify]\nmail_to = 5\n", r":2: `mail_to`: expected .*text in quotes.*, found a whole number"),
        ("[Site]\npath = 'x'\n", r":1: there is no setting `Site`; did you mean `site`\?"),
        ("[site]\nbase-url = 'x'\n", r":2: there is no setting `base-url`; did you mean `baseurl`\?"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_answered_with_the_allowed_ones(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_file.read(write(tmp_path, text))


def test_a_config_in_utf_16_is_recognised(tmp_path: Path) -> None:
    file = tmp_path / "crosspost.toml"
    file.write_bytes("[site]\n".encode("utf-16"))
    with pytest.raises(ConfigError, match="UTF-16 text; save it as UTF-8"):
        settings_file.read(file)
