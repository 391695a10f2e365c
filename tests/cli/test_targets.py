"""A post that names nobody, or says what nobody reads, is told with its line and not sent; the others go on."""

import re

import pytest

from crosspost.testing.harness import Place

MORE = """
[accounts.verein]
network = "mastodon"
base_url = "https://social.example"
enabled = false
"""


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    place.config.write_text(place.config.read_text("utf-8") + MORE, "utf-8")


def post(place: Place, said: str) -> str:
    file = place.new_post("2026-11-21-neu", f"---\ntitle: Neu\n{said}\n---\n\nText.\n")
    return str(file)


@pytest.mark.parametrize(
    ("said", "line", "hint"),
    [
        ("crosspost:\n  Mastodon: {skip: true}", 4, "did you mean `mastodon`?"),
        ("crosspost:\n  mastadon: {skip: true}", 4, "did you mean `mastodon`?"),
        ("crosspost: {MASTODON: false}", 3, "did you mean `mastodon`?"),
        ("crosspost:\n  only: [x, mastadon]", 4, "only: there is no account “mastadon”; did you mean `mastodon`?"),
        ("crosspost:\n  only: Verein", 4, "did you mean `verein`?"),
        ("crosspost:\n  only: nobody", 4, "known: x, mastodon, facebook, verein"),
        ("crosspost:\n  only: []", 4, "only: is empty"),
        ("crosspost:\n  skp: true", 4, "did you mean `skip`?"),
        (
            "crosspost:\n  pictures: [/a.jpg]",
            4,
            "`pictures` is not said below crosspost: but at the front matter's left edge",
        ),
        ("crosspost:\n  event: {start: 2026-12-24 18:00}", 4, "`event` is not said below crosspost:"),
        ("crosspost:\n  mastodon:\n    pictures: [a.jpg]", 5, "`pictures` is not said below crosspost:"),
        (
            "crosspost:\n  visibility: {x: y}",
            4,
            "`visibility` is a setting of an account; write it below the account's",
        ),
        (
            "crosspost:\n  gallery: true",
            4,
            "is a setting of an account; write it below the account's name, such as `x`",
        ),
        ("crosspost:\n  Only: [x]", 4, "did you mean `only`?"),
        ("crosspost:\n  mastodon:\n    skp: true", 5, "mastodon: there is no setting `skp` here; did you mean `skip`?"),
        ("crosspost:\n  mastodon:\n    txt: Hallo", 5, "did you mean `text`?"),
        ("crosspost:\n  verein:\n    visiblity: direct", 5, "did you mean `visibility`?"),
        ("crosspost:\n  mastodon:\n    visibility: publik", 5, 'did you mean "public"?'),
        ("crosspost:\n  mastodon:\n    hashtags: 'no'", 5, "expected true or false"),
        ("crosspost:\n  blue-sky: {skip: true}", 4, "did you mean `bluesky`?"),
    ],
)
def test_it_is_not_sent_until_it_is_right(place: Place, said: str, line: int, hint: str) -> None:
    place.crosspost("run")
    file = post(place, said)
    where = f"{file}:{line}: "
    place.new_post("2026-11-21-gut")
    ran = place.crosspost("run")
    assert ran.code == 1
    assert where in ran.err
    assert hint in ran.err
    assert {row["text"].split()[0] for row in place.sandbox.posts()} == {"gut"}
    assert len(place.sandbox.posts()) == 3
    for command in ([file], ["preview", file], ["posts"], ["doctor", "--offline"]):
        ran = place.crosspost(*command)
        seen = ran.out + ran.err
        assert re.sub(r"\s+", " ", hint) in re.sub(r"\s+", " ", seen), command
        assert f":{line}: " in seen
    assert len(place.sandbox.posts()) == 3
    post(place, "")
    place.crosspost("run")
    assert len(place.sandbox.posts()) == 6


@pytest.mark.parametrize(
    "said",
    [
        "crosspost: {bluesky: {skip: true}}",
        "crosspost: {only: [x, bluesky, telegram]}",
        "crosspost: {verein: {visibility: direct}}",
        "crosspost: {mastodon: {content-warning: Regen, hashtags: false}}",
    ],
)
def test_a_known_network_without_an_account_and_an_account_that_is_off_are_fine(place: Place, said: str) -> None:
    file = post(place, said)
    assert place.crosspost(file).code == 0
    assert place.crosspost("preview", file).err == ""


def test_a_slip_in_the_defaults_of_the_site_says_that_it_is_there(place: Place) -> None:
    config = place.root / "site/_config.yml"
    values = "defaults:\n  - scope: {path: ''}\n    values: {crosspost: {mastadon: {skip: true}}}\n"
    config.write_text(config.read_text("utf-8") + values, "utf-8")
    ran = place.crosspost(str(place.post))
    assert ran.code == 1
    assert "did you mean `mastodon`?" in ran.err
    assert "_config.yml" in ran.err


def test_a_config_that_changes_is_seen_although_the_listing_is_remembered(place: Place) -> None:
    place.crosspost("run")
    file = post(place, "crosspost: {verein: {skip: true}}")
    assert place.crosspost("run").code == 0
    place.config.write_text(place.config.read_text("utf-8").replace("accounts.verein", "accounts.andere"), "utf-8")
    ran = place.crosspost("run")
    assert f"{file}:3: crosspost: there is no account “verein”" in ran.err


def test_an_old_post_that_names_a_removed_account_is_not_told_at_each_run(place: Place) -> None:
    file = post(place, "crosspost: {verein: {skip: true}}")
    place.crosspost("run")
    place.config.write_text(place.config.read_text("utf-8").replace("accounts.verein", "accounts.andere"), "utf-8")
    place.crosspost("run")
    ran = place.crosspost("run")
    assert str(file) not in ran.out + ran.err
    assert "there is no account “verein”" in place.crosspost("posts").out


def test_a_removed_account_is_told_once_and_stops_nothing(place: Place) -> None:
    place.crosspost("run")
    file = post(place, "crosspost: {mastodon-alt: {skip: true, visibility: unlisted}, x: {skip: true}}")
    base = place.sandbox.accounts()["mastodon"]["base_url"]
    before = place.config.read_text("utf-8")
    added = f'{before}\n[accounts.mastodon-alt]\nnetwork = "mastodon"\nbase_url = "{base}"\n'
    token = f"CROSSPOST_MASTODON_ALT_ACCESS_TOKEN={place.sandbox.accounts()['mastodon']['credentials']['access_token']}"
    place.secrets.write_text(f"{place.secrets.read_text('utf-8')}\n{token}\n", "utf-8")
    place.config.write_text(added, "utf-8")
    place.crosspost("run")
    place.config.write_text(before, "utf-8")
    ran = place.crosspost("run")
    assert ran.code == 0
    assert f"Warning: {file} names the account “mastodon-alt” under `crosspost:`" in ran.err
    assert "take “mastodon-alt” out of these files, or put the account back with `crosspost accounts add`" in ran.err
    again = place.crosspost("run")
    assert (again.code, again.err) == (0, "")
    assert f"{file} names the account “mastodon-alt”" in place.crosspost("doctor", "--offline").out
    post(place, "crosspost: {mastodon-allt: {skip: true}}")
    assert "there is no account “mastodon-allt”" in place.crosspost("posts").out, "what nobody ever knew is misspelt"


def test_an_account_that_comes_back_and_goes_again_is_told_again(place: Place) -> None:
    place.crosspost("run")
    before = place.config.read_text("utf-8")
    new = post(place, "crosspost: {only: [facebook]}")
    text = before.partition("[accounts.facebook]")
    without = text[0] + "[accounts." + text[2].partition("[accounts.")[2]
    for config, told in ((without, True), (without, False), (before, False), (without, True)):
        place.config.write_text(config, "utf-8")
        assert (new in place.crosspost("run").err) == told


def test_a_post_that_waits_for_a_digest_is_told_when_it_goes_wrong(place: Place) -> None:
    mail = place.sandbox.accounts()["newsletter"]["base_url"]
    text = place.config.read_text("utf-8").partition("[accounts.")[0]
    settings = 'sender = "a@example.org"\nto = "b@example.org"\ndigest = "weekly"\n'
    place.config.write_text(f'{text}[accounts.newsletter]\nbase_url = "{mail}"\n{settings}', "utf-8")
    place.crosspost("run")
    file = post(place, "lang: de")
    assert place.crosspost("run").code == 0, "it waits for the digest"
    post(place, "crosspost: {newslettr: {skip: true}}")
    assert str(file) in place.crosspost("run").err


def test_without_a_config_only_what_is_plainly_a_slip_is_told(place: Place) -> None:
    place.config.unlink()
    place.config = None  # type: ignore[assignment]  # the harness then names none
    assert "did you mean `mastodon`?" in place.crosspost("preview", post(place, "crosspost: {Mastodon: false}")).err
    assert place.crosspost("preview", post(place, "crosspost: {mein-verein: false}")).err == ""


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Mastodon", "did you mean mastodon?"),
        ("MASTADON", "did you mean mastodon?"),
        ("verein", "switched off"),
        ("x,mastodon", "write --to once for each"),
    ],
)
def test_unknown_accounts_of_to(place: Place, name: str, hint: str) -> None:
    ran = place.crosspost(str(place.post), "--to", name)
    assert ran.code == 2
    assert hint in ran.err
    assert place.sandbox.posts() == []
