"""Names of sites that cannot be used stop nobody else."""

import json

import pytest

from crosspost.testing.harness import Place
from tests.several_sites import Sites, run


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("site",), "is the name of the site under [site]"),
        (("Club", "club"), "differ only in capitals"),
        (("a b",), "may only contain letters"),
        (("../up",), "may only contain letters"),
    ],
)
def test_names_that_cannot_be_used(place: Place, names: tuple[str, ...], told: str) -> None:
    text = "".join(f'[sites."{name}"]\npath = "../{number}"\n' for number, name in enumerate(names))
    place.config.write_text(f"{text}{place.config.read_text('utf-8')}", "utf-8")
    ran = place.crosspost("run")
    assert ran.code == 2
    assert told in " ".join(ran.err.split())


def test_a_name_that_cannot_be_used_stops_only_its_own_site(sites: Sites) -> None:
    sites.post("club", "new")
    good = sites.place.config.read_text("utf-8")
    names = ("we ird", "", "site", "a/b\x1b[31m", "נוער", "a\u202ebc", "Youth")
    tables = "".join(f"[sites.{json.dumps(name)}]\npath = '../{n}'\n" for n, name in enumerate(names))
    sites.place.config.write_text(f"{tables}{good}", "utf-8")
    said = run(sites, code=2)
    assert [one for one in sites.out() if one[2] == "new"] == [("club", "mastodon", "new"), ("club", "x", "new")]
    assert 'Error: sites."we ird": ' in said
    assert "not “we ird”" in said
    assert "`youth` and `Youth` differ only in capitals" in " ".join(said.split())
    assert "\x1b[31m" not in said
    status = json.loads(sites.place.crosspost("status", "--json").out)
    assert list(status) == [
        'sites."we ird"',
        'sites.""',
        "sites.site",
        'sites."a/b\\u001b[31m"',
        'sites."נוער"',
        'sites."a\\u202ebc"',
        "Youth",
        "club",
        "youth",
    ]
    assert "error" in status["sites.site"]
    sites.place.config.write_text(good, "utf-8")
    assert "works again" not in run(sites)
