"""``crosspost lint``: each mistake with its file, line and column, in every format, and nothing asked or changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from crosspost.testing.harness import Place

BAD = """\
---
title: Windkraft
describtion: Ein Satz.
thumbnail: /images/fehlt.jpg
crosspost:
  mastodon: { visibilty: unlisted }
---

Text.
"""
STRICT = """\
---
title: Ein Beet
thumbnail: /images/beet.jpg
crosspost: { x: { require_alt: true } }
---

Text.
"""


def findings(place: Place, *more: str, code: int | None = None) -> list[dict[str, Any]]:
    done = place.crosspost("lint", "--format", "json", *more)
    rows: list[dict[str, Any]] = json.loads(done.out)
    assert done.code == (code if code is not None else int(any(one["level"] == "error" for one in rows)))
    return rows


def spot(rows: list[dict[str, Any]], said: str) -> tuple[str, int, int, str]:
    (one,) = [row for row in rows if said in row["said"]]
    return Path(one["path"]).name, one["line"], one["column"], one["level"]


def test_a_place_without_a_mistake_has_no_errors(place: Place) -> None:
    done = place.crosspost("lint")
    assert done.code == 0
    assert "error" not in done.out


def test_a_setting_that_does_not_exist_is_named_where_it_stands(place: Place) -> None:
    place.new_post("2026-11-20-bad", BAD)
    rows = findings(place, code=1)
    assert spot(rows, "no setting `visibilty`") == ("2026-11-20-bad.md", 6, 15, "error")
    assert "2026-11-20-bad.md:6" not in json.dumps([row["said"] for row in rows]), "the place is not said twice"


def test_what_is_lost_is_a_warning_with_the_accounts_it_is_lost_on(place: Place) -> None:
    place.new_post("2026-11-20-bad", BAD.replace("visibilty", "visibility"))
    rows = findings(place)
    assert spot(rows, "there is no file")[1:3] == (4, 12)
    assert spot(rows, "nothing reads the key “describtion”") == ("2026-11-20-bad.md", 3, 1, "warning")
    (lost,) = [row for row in rows if "there is no file" in row["said"]]
    assert len(lost["accounts"]) > 1
    assert len(set(lost["accounts"])) == len(lost["accounts"])


def test_what_a_network_refuses_is_an_error_of_that_account(place: Place) -> None:
    place.new_post("2026-11-20-strict", STRICT)
    (one,) = [row for row in findings(place, code=1) if row["rule"] == "refused"]
    assert one["accounts"] == ["x"]


def test_a_mistake_in_the_config_is_named_where_it_stands(place: Place) -> None:
    text = place.config.read_text("utf-8").replace(
        "[accounts.mastodon]\n", '[accounts.mastodon]\nvisibility = "publik"\n'
    )
    place.config.write_text(text, "utf-8")
    line = text.splitlines().index('visibility = "publik"') + 1
    rows = findings(place, code=1)
    assert spot(rows, "publik")[1:] == (line, 1, "error")
    assert findings(place, str(place.config), code=1) == [row for row in rows if row["rule"] == "config"]


@pytest.mark.parametrize("broken", ["[site\n", "[sit]\npath = '.'\n", "[accounts.x]\nnetwork = 'xx'\n"])
def test_a_config_that_cannot_be_read_is_one_error(place: Place, broken: str) -> None:
    place.config.write_text(broken, "utf-8")
    rows = findings(place, code=1)
    assert {row["rule"] for row in rows} == {"config"}
    assert rows[0]["line"] >= 1


def test_only_the_files_that_are_named_are_looked_at(place: Place) -> None:
    bad = place.new_post("2026-11-20-bad", BAD)
    good = place.new_post("2026-11-21-good", "---\ntitle: Gut\nlang: de\n---\n\nText.\n")
    assert not [row for row in findings(place, str(good)) if row["level"] == "error"]
    assert [row["rule"] for row in findings(place, str(good), str(bad), code=1) if row["level"] == "error"] == ["post"]


@pytest.mark.parametrize("name", ["nope.md", "_config.yml"])
def test_a_file_that_is_no_post_is_an_error(place: Place, name: str) -> None:
    (one,) = findings(place, str(place.root / "site" / name), code=1)
    assert (one["rule"], one["line"], one["column"]) == ("post", 1, 1)


def test_with_strict_a_warning_is_enough(place: Place) -> None:
    file = str(place.new_post("2026-11-20-bad", BAD.replace("visibilty", "visibility")))
    assert place.crosspost("lint", file).code == 0
    assert place.crosspost("lint", "--strict", file).code == 1


def test_what_is_out_is_not_looked_at_again(place: Place) -> None:
    place.new_post("2026-11-20-bad", BAD.replace("visibilty", "visibility"))
    assert findings(place)
    place.crosspost("run", "--backfill")
    assert findings(place) == []


def test_nothing_is_asked_and_nothing_changed(place: Place) -> None:
    place.new_post("2026-11-20-bad", BAD)
    before = {file: file.stat().st_mtime_ns for file in place.root.rglob("*") if file.is_file()}
    findings(place)
    assert {file: file.stat().st_mtime_ns for file in place.root.rglob("*") if file.is_file()} == before
    assert place.sandbox.requests == []


def test_the_formats_say_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    place.new_post("2026-11-20-bad, 100%: süß", BAD)
    rows = [row for row in findings(place) if row["rule"] == "post"]
    github = place.crosspost("lint", "--format", "github").out.splitlines()
    (line,) = [one for one in github if one.startswith("::error")]
    assert line.startswith(
        "::error file=site/_posts/2026-11-20-bad%2C 100%25%3A süß.md,line=6,col=15,title=crosspost post::"
    )
    sarif = json.loads(place.crosspost("lint", "--format", "sarif").out)
    (run,) = sarif["runs"]
    (result,) = [one for one in run["results"] if one["level"] == "error"]
    where = result["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "site/_posts/2026-11-20-bad%2C%20100%25%3A%20s%C3%BC%C3%9F.md"
    assert where["region"] == {"startLine": 6, "startColumn": 15}
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    text = place.crosspost("lint").out
    assert "site/_posts/2026-11-20-bad, 100%: süß.md:6:15: error: " in text
    assert all(one["said"] in text for one in rows)


def test_a_site_that_is_named_from_here_is_not_named_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.new_post("2026-11-21-kaputt", "---\ntitle: x\n\nno end\n")
    monkeypatch.chdir(place.root)
    place.config = Path("config/crosspost.toml")
    rows = [row for row in findings(place) if "kaputt" in row["path"]]
    assert [(row["path"], row["said"]) for row in rows] == [
        (
            "site/_posts/2026-11-21-kaputt.md",
            'the front matter has no closing "---" line; write one below its last line',
        )
    ]


EVERYTHING = """\
---
title: Ein Beet
describtion: Ein Satz.
date: 2026-11-20
tags: {a: b}
crosspost:
  skip: maybe
  poll: { option: [a], multiple: 3 }
  mastodon: { visibilty: unlisted, langage: de }
  bluesky: { langage: de }
---

Text.
"""


def test_every_mistake_of_a_post_is_told_at_once_by_lint_and_by_a_run(place: Place) -> None:
    file = place.new_post("2026-11-20-all", EVERYTHING)
    told = [(row["line"], row["said"]) for row in findings(place, str(file), code=1)]
    errors = [
        (5, "tags: should be words or a list, such as [garden, climate]"),
        (7, "crosspost: skip: should be true or false"),
        (8, "crosspost: poll: does not know “option”; did you mean `options`?"),
        (8, "crosspost: poll: multiple: should be true or false"),
        (9, "crosspost: mastodon: there is no setting `visibilty` here; did you mean `visibility`?"),
        (
            9,
            "crosspost: mastodon: there is no setting `langage` here; did you mean `language`? The same below bluesky",
        ),
    ]
    misspelt = (3, "nothing reads the key “describtion”; did you mean `description`?")
    assert sorted(told) == sorted([misspelt, *errors])
    ran = place.crosspost("run", "--backfill")
    assert [line.strip() for line in ran.err.splitlines() if "all.md:" in line] == [
        f"{'Refused: ' if line == 5 else ''}{file}:{line}: {said}" for line, said in errors
    ]


def test_every_mistake_of_the_config_is_told_at_once(place: Place) -> None:
    text = place.config.read_text("utf-8")
    wrong = text.replace("[accounts.mastodon]\n", "[accounts.mastodon]\nenabled = 'x'\ndigest = 3\n")
    place.config.write_text(f"{wrong}\n[telemetry]\nmetric = 3\n", "utf-8")
    assert [row["rule"] for row in findings(place, code=1)] == ["config"] * 3
    own = "templat = 1\ndelay = 'soon'\nquiet = 'always'\nlong = 'x'\n"
    wrong = "".join(
        f"{line}{own}" if line in ("[accounts.mastodon]\n", "[accounts.x]\n") else line
        for line in text.splitlines(keepends=True)
    )
    place.config.write_text(wrong, "utf-8")
    told = [row["said"] for row in findings(place, code=1) if row["rule"] == "config"]
    assert [said.partition(";")[0] for said in told] == [
        "there is no setting `templat`",
        "`delay`: “soon” is not a duration",
        "`quiet`: “always” is not a range of two times",
        "`long`: “x” is not allowed here",
    ]
    later = max(wrong.splitlines().index(f"[accounts.{name}]") for name in ("mastodon", "x")) + 2
    assert told[0].endswith(f"The same in line {later}")
