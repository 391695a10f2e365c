"""The commands do the same for a Hugo site and for one that was built: from doctor to the post that is out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crosspost.testing.harness import Place

URL = "https://tal.example.org"


def hugo(place: Place, name: str, day: str) -> Path:
    place.write("site/hugo.toml", f'baseURL = "{URL}/"\ntitle = "Das Tal"\ntimeZone = "Europe/Berlin"\n')
    front = f'+++\ntitle = "Titel {name}"\ndate = {day}T09:00:00+01:00\ndescription = "Worte zu {name}."\n+++\n'
    return place.write(f"site/content/posts/{name}.md", f"{front}\nText von {name}.\n")


def mounted(place: Place, name: str, day: str) -> Path:
    file = hugo(place, name, day)
    mount = '[[module.mounts]]\nsource = "notes"\ntarget = "content/posts"\n'
    place.write("site/hugo.toml", f'baseURL = "{URL}/"\ntitle = "Das Tal"\ntimeZone = "Europe/Berlin"\n{mount}')
    return file.replace(place.write(f"site/notes/{name}.md", ""))


def built(place: Place, name: str, day: str) -> Path:
    place.write(
        "site/public/index.html", f'<html lang="de"><title>Das Tal</title><a href="/posts/{name}/">x</a></html>'
    )
    return place.write(
        f"site/public/posts/{name}/index.html",
        f'<!doctype html><html lang="de"><head><title>Titel {name}</title><meta property="og:type" content="article">'
        f'<link rel="canonical" href="{URL}/posts/{name}/"><meta name="description" content="Worte zu {name}.">'
        f'<meta property="article:published_time" content="{day}T09:00:00+01:00"></head>'
        f"<body><article><h1>Titel {name}</h1><p>Text von {name}.</p></article></body></html>",
    )


@pytest.fixture(params=[hugo, mounted, built], ids=["hugo", "mounted", "built"])
def write(request: pytest.FixtureRequest, place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Write a post of the site."""
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    for file in (place.post, place.root / "site/_config.yml"):
        file.unlink()
    place.post.parent.rmdir()
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[site]\n", f'[site]\nurl = "{URL}"\n', 1), "utf-8")

    def written(name: str, day: str) -> Path:
        file: Path = request.param(place, name, day)
        return file

    written("alt", "2026-11-01")
    return written


def test_from_doctor_to_the_post_that_is_out(place: Place, write: Callable[[str, str], Path]) -> None:
    found = {one["about"]: one for one in place.crosspost("doctor", "--json", "--offline").json["findings"]}
    assert "1 post" in found["site"]["said"], found
    assert place.crosspost("run").code == 0
    file = write("neu", "2026-11-22")
    rows = {row["url"]: row for row in place.crosspost("posts", "--json").json}
    assert sorted(rows) == [f"{URL}/posts/alt/", f"{URL}/posts/neu/"]
    shown = place.crosspost("preview", str(file), "--to", "mastodon").out
    assert "Titel neu" in shown
    assert f"{URL}/posts/neu/" in shown.replace("\n", "")
    assert {line["url"] for line in place.crosspost("plan", "--json").json} == {f"{URL}/posts/neu/"}
    assert place.crosspost("publish", str(file), "--to", "mastodon").code == 0
    assert place.crosspost("run").code == 0
    assert [len(place.sandbox.posts(name)) for name in ("x", "mastodon", "facebook")] == [1, 1, 1]
    (said,) = place.sandbox.posts("mastodon")
    assert "Titel neu" in str(said)
    assert f"{URL}/posts/neu/" in str(said)


def test_an_edit_is_followed_and_a_deletion_too(place: Place, write: Callable[[str, str], Path]) -> None:
    place.crosspost("run")
    file = write("neu", "2026-11-22")
    place.crosspost("run")
    place.clock.pass_by(minutes=5)
    file.write_text(file.read_text("utf-8").replace("Titel neu", "Titel anders"), "utf-8")
    place.crosspost("run")
    changes = place.crosspost("status", "--json").json["changes"]
    assert {(one["kind"], one["account"]) for one in changes} >= {("edit", "mastodon"), ("edit", "facebook")}
    assert place.crosspost("update", str(file), "--to", "mastodon").code == 0
    (said,) = place.sandbox.posts("mastodon")
    assert "Titel anders" in str(said)
    assert place.crosspost("unpublish", str(file), "--yes", "--to", "mastodon").code == 0
    assert place.sandbox.posts("mastodon") == []
