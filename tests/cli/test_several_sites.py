"""Several sites under one config: each is worked on by itself, and none stops or touches another."""

import json
import threading

import pytest

from crosspost.app.application import App
from crosspost.app.runner import RunControl
from crosspost.app.running import idle_stamp
from crosspost.cli import daemon, health_page, run_reports
from crosspost.cli.common import site_name
from crosspost.cli.each_site import one_by_one
from crosspost.errors import ConfigError, CrosspostError
from crosspost.testing.harness import Place
from tests.several_sites import Sites, run


def test_each_says_its_own_on_its_own_accounts_once(sites: Sites) -> None:
    for name in sites.tables:
        sites.post(name, "new")
    said = run(sites)
    run(sites)
    assert sites.out() == [
        ("club", "mastodon", "new"),
        ("club", "x", "new"),
        ("youth", "bluesky", "new"),
        ("youth", "x", "new"),
    ]
    assert said.index("━━ club") < said.index("━━ youth")


def test_one_site_is_named(sites: Sites) -> None:
    for name in sites.tables:
        sites.post(name, "new")
    run(sites, "--site", "youth")
    assert {site for site, _, _ in sites.out()} == {"youth"}
    run(sites, "--site", str(sites.place.root / "club"))
    assert {site for site, _, _ in sites.out()} == {"youth", "club"}
    assert "has no site “yuoth”; did you mean `youth`?" in run(sites, "--site", "yuoth", code=2)


def test_the_figures_of_a_site_that_runs_alone_have_its_name(sites: Sites) -> None:
    asked = health_page.every_site(sites.place.config, sites.place.root / "youth")
    assert [name for name, _ in health_page.named(asked)()] == ["youth"]
    each = health_page.every_site(sites.place.config, None)
    assert [name for name, _ in health_page.named(each)()] == ["club", "youth"]
    refused = health_page.named(lambda: [("club", ConfigError("no"))])()
    assert [name for name, _ in refused] == ["club"]


def test_a_post_may_name_an_account_or_a_network_of_another_site(sites: Sites) -> None:
    """Each of a thousand sites has an account on Mastodon, and `mastodon:` in a post means that of its own site."""
    sites.post("youth", "new", said="crosspost: {mastodon: {visibility: unlisted}, bluesky: {replies: nobody}}\n")
    run(sites)
    assert sites.out() == [("youth", "bluesky", "new"), ("youth", "x", "new")]
    refused = sites.place.crosspost(str(sites.post("youth", "new")), "--to", "mastodon")
    assert "the account mastodon does not say the posts of this site; its `accounts` name others" in refused.err
    sites.post("youth", "wrong", said="crosspost: {mastodon: {visiblity: unlisted}}\n")
    assert "there is no setting `visiblity` here; did you mean `visibility`?" in run(sites, code=1)


def test_a_file_tells_its_site(sites: Sites) -> None:
    files = [str(sites.post(name, "new")) for name in sites.tables]
    ran = sites.place.crosspost(*files, "--json")
    assert ran.code == 0
    assert len(json.loads(ran.out)["deliveries"]) == 4
    assert len(sites.out()) == 4
    shown = sites.place.crosspost("preview", files[1], "--json")
    assert {one["account"] for post in json.loads(shown.out) for one in post["accounts"]} == {"x", "bluesky"}


def test_a_file_of_no_site_stops_no_other(sites: Sites) -> None:
    lost = sites.place.write("elsewhere/_posts/2026-11-20-new.md", "---\ntitle: new\n---\nText.\n")
    ran = sites.place.crosspost(str(lost), str(sites.post("club", "new")))
    assert ran.code == 2
    assert "is in none of the sites" in ran.err
    assert {site for site, _, _ in sites.out()} == {"club"}


@pytest.mark.parametrize("command", ["status", "plan", "posts", "history", "run"])
def test_json_has_a_part_for_each_site(sites: Sites, command: str) -> None:
    assert set(json.loads(sites.place.crosspost(command, "--json").out)) == {"club", "youth"}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("acounts = []", "there is no setting `acounts`; did you mean `accounts`?"),
        ('accounts = ["xx"]', "there is no account `xx`; did you mean `x`?"),
        ("accounts = []", "`accounts` names none"),
        ('url = "ftp://a"', "`url`: "),
        ("live_check = 1", "expected true or false, found a whole number"),
    ],
)
@pytest.mark.parametrize("command", ["run", "status", "plan", "posts", "doctor", "lint"])
def test_a_wrong_site_is_told_with_its_line_and_the_others_go_on(
    sites: Sites, table: str, told: str, command: str
) -> None:
    sites.add("wrong", table)
    sites.post("club", "new")
    line = 1 + sites.place.config.read_text("utf-8").splitlines().index(table)
    offline = ["--offline"] if command == "doctor" else []
    ran = sites.place.crosspost(command, *offline)
    assert ran.code in (1, 2)
    said = " ".join((ran.out + ran.err).split())
    assert f"crosspost.toml:{line}" in said
    assert told in said or command == "lint"
    if command == "run":
        assert {site for site, _, _ in sites.out()} == {"club"}


def test_a_site_whose_folder_is_gone_stops_no_other(sites: Sites) -> None:
    sites.add("moved")
    (sites.place.root / "moved").rename(sites.place.root / "away")
    sites.post("youth", "new")
    assert "moved: " in run(sites, code=2)
    assert {site for site, _, _ in sites.out()} == {"youth"}


def test_a_damaged_ledger_stops_only_its_site(sites: Sites) -> None:
    sites.ledger("club").write_bytes(b"no ledger" * 1000)
    for name in sites.tables:
        sites.post(name, "new")
    assert "club: " in run(sites, code=1)
    assert {site for site, _, _ in sites.out()} == {"youth"}


def test_somebody_is_told_of_a_wrong_site_once_and_when_it_is_over(sites: Sites) -> None:
    """By the notices of the first site that can be used."""
    notify = '\n[notify]\nmail_to = "a@example.org"\nmail_from = "b@example.org"\nsmtp = "smtp://127.0.0.1:9"\n'
    sites._rest += f'{notify}login = false\ntls = "none"\n'
    sites.add("wrong", "acounts = []")
    for _ in range(2):
        run(sites, code=2)
    told = json.loads(sites.place.crosspost("status", "--json", "--site", "club").out)["told"]
    assert [one["matter"] for one in told] == ["site:wrong"]
    assert "did you mean `accounts`?" in told[0]["said"]
    sites.add("wrong", "")
    run(sites)
    assert json.loads(sites.place.crosspost("status", "--json", "--site", "club").out)["told"] == []


def test_what_is_about_one_site_asks_which(sites: Sites) -> None:
    for command in (
        ["note", "Hello"],
        ["stats"],
        ["feed", "out.xml"],
        ["history", "--csv"],
        ["plan", "--ics", "p.ics"],
    ):
        ran = sites.place.crosspost(*command)
        assert ran.code == 2, command
        assert "--site NAME" in " ".join(ran.err.split()), command
        assert "club, youth" in ran.err


def test_what_is_about_the_installation_works_without_a_name(sites: Sites) -> None:
    listed = sites.place.crosspost("accounts", "list", "--json")
    assert listed.code == 0
    assert {row["name"] for row in json.loads(listed.out)["accounts"]} == {"x", "mastodon", "bluesky"}


def test_an_account_that_only_some_sites_have(sites: Sites) -> None:
    sites.post("club", "new")
    run(sites)
    out = json.loads(sites.place.crosspost("history", "--to", "mastodon", "--json").out)
    assert set(out) == {"club"}
    assert sites.place.crosspost("history", "--to", "nobody").code == 2


def test_an_existing_installation_gets_a_second_site(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ledger and its keys stay; what is out is not sent again, and nothing old of the new site goes out."""
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.name_the_ledger()
    place.crosspost("run")
    place.new_post("2026-11-21-first")
    place.crosspost("run")
    before = len(place.sandbox.posts())
    text = place.config.read_text("utf-8")
    place.write("second/_config.yml", "url: https://second.example\ntitle: Second\n")
    place.write("second/_posts/2026-11-21-first.md", "---\ntitle: first\n---\nAnother.\n")
    place.config.write_text(text.replace("[site]", '[sites.second]\npath = "../second"\n\n[site]'), "utf-8")
    for _ in range(2):
        place.clock.pass_by(minutes=10)
        assert place.crosspost("run").code == 0
    assert len(place.sandbox.posts()) == before == 3
    place.new_post("2026-11-22-more")
    place.write("second/_posts/2026-11-22-more.md", "---\ntitle: more\n---\nAnother.\n")
    place.crosspost("run")
    assert len(place.sandbox.posts()) == before + 6
    status = json.loads(place.crosspost("status", "--json").out)
    assert list(status) == ["site", "second"]
    assert sum(row["sent"] for row in status["site"]["accounts"]) == 6


def test_a_site_that_is_taken_out_takes_nothing_back(sites: Sites) -> None:
    sites.place.config.write_text(
        sites.place.config.read_text("utf-8").replace("[accounts.x]", '[accounts.x]\non_delete = "unpublish"'), "utf-8"
    )
    for name in sites.tables:
        sites.post(name, "new")
    run(sites)
    del sites.tables["club"]
    sites.write()
    for _ in range(3):
        sites.place.clock.pass_by(hours=2)
        assert sites.place.crosspost("run").code == 0
    assert len(sites.out()) == 4


def test_sites_that_wait_share_the_places_of_a_day(sites: Sites) -> None:
    text = sites.place.config.read_text("utf-8").replace("[accounts.x]", "[accounts.x]\nmax_per_day = 2")
    sites.place.config.write_text(text, "utf-8")
    for name in sites.tables:
        for number in range(3):
            sites.post(name, f"fair{number}")
    run(sites)
    days, said = [], []
    for _ in range(2):
        before = set(sites.out())
        sites.place.clock.pass_by(days=1)
        said += [run(sites), run(sites)]  # what a site leaves to another one, it takes a little later
        days.append(sorted(site for site, network, _ in set(sites.out()) - before if network == "x"))
    assert days == [["club", "youth"], ["youth", "youth"]], said
    assert [one for one in sites.out() if one[1] == "x" and one[2] == "old"] == []


def test_two_sites_with_the_same_posts_say_them_once(sites: Sites) -> None:
    sites.tables["copy"] = ""
    sites.write()
    sites.place.config.write_text(sites.place.config.read_text("utf-8").replace("../copy", "../club"), "utf-8")
    sites.post("club", "new")
    assert "it has the same posts as [sites.club]" in " ".join(run(sites, code=2).split())
    assert [one for one in sites.out() if one[1] == "x"] == [("club", "x", "new")]


def test_a_skipped_post_names_the_table_of_its_site(sites: Sites) -> None:
    sites.tables["youth"] = 'accounts = ["x", "bluesky"]\nsource = "built"\nbuilt = "out"\nposts = "blog"'
    sites.write()
    page = "<html><head><title>T</title></head><body><article><p>Text</p></article></body></html>"
    sites.place.write("youth/out/other/index.html", page)
    for options in ((), ("--json",)):
        said = sites.place.crosspost("posts", "--site", "youth", *options)
        assert "it is not in blog, which [sites.youth] posts names" in " ".join(said.out.split()), said


def test_a_site_whose_stamp_answers_says_so_below_its_name(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, True, True, False, True, True])  # the first of three is asked for all sites together
    monkeypatch.setattr(idle_stamp, "still", lambda *_: next(answers))
    assert run(sites) == "━━ club\nNothing is due.\n\n━━ youth\nNothing is due.\n"
    assert run(sites, "--quiet") == ""


def test_a_daemon_looks_at_a_site_again_only_when_something_changed_or_a_person_wants_it(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_stamp, "FRESH", -(10**12))  # files count as old at once
    monkeypatch.setattr(daemon, "now", sites.place.clock)
    looked: list[str] = []
    really = run_reports.run_and_show

    def watched(app: App, *others: object, **named: object) -> int:
        looked.append(site_name(app))
        return really(app, *others, **named)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(run_reports, "run_and_show", watched)
    wanted = threading.Event()

    def tick() -> list[str]:
        looked.clear()
        assert daemon._work_on_each(sites.place.config, RunControl(), {}, wanted) == 0
        return sorted(looked)

    for _ in range(3):  # what a first look writes is looked at once more
        tick()
    assert tick() == []
    wanted.set()
    assert (tick(), wanted.is_set()) == (["club", "youth"], False)
    tick()
    sites.post("youth", "new")
    assert tick() == ["youth"]
    assert {(site, title) for site, _, title in sites.out()} == {("youth", "new")}


def test_where_nothing_was_tried_nothing_works_again(sites: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    """A site whose stamp answers may be as wrong as before."""
    answers: list[int | CrosspostError | None] = [CrosspostError("oh"), None, CrosspostError("oh"), 0]
    told: dict[str, str] = {}

    def work(_: object) -> int | None:
        answer = answers.pop(0)
        if isinstance(answer, CrosspostError):
            raise answer
        return answer

    codes = [one_by_one([("club", sites.place.app)], work, quiet=True, told=told) for _ in range(4)]
    said = capsys.readouterr()
    assert codes == [1, 0, 1, 0]
    assert (said.err.count("club: oh"), said.out.count("works again")) == (1, 1)
