"""A workflow in the site's repository: the sample with this site's names, safe to run, written once."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from crosspost.app.scheduling.github import default_branch, sample
from crosspost.testing.harness import Place, Ran

FILE = ".github/workflows/crosspost.yml"


@pytest.fixture
def repo(place: Place) -> Path:
    """The site with its config inside, under git."""
    root = place.root / "repo"
    shutil.move(place.root / "site", root)
    shutil.move(place.config.parent, root / "config")
    place.config = root / "config/crosspost.toml"
    text = place.config.read_text("utf-8").replace('path = "../site"', 'path = ".."')
    place.config.write_text(text, "utf-8")
    (root / ".git/refs/heads").mkdir(parents=True)
    (root / ".git/HEAD").write_text("ref: refs/heads/trunk\n", "utf-8")
    return root


@pytest.fixture
def schedule(place: Place, repo: Path, programs: Path) -> Callable[..., Ran]:
    return lambda *words: place.crosspost("schedule", *words)


def workflow(repo: Path) -> dict[Any, Any]:
    found = yaml.safe_load((repo / FILE).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_it_is_the_sample_with_this_sites_names(schedule: Callable[..., Ran], repo: Path) -> None:
    ran = schedule("install")
    assert ran.code == 0, "nothing else is here, so it is chosen"
    said = workflow(repo)
    assert said[True]["schedule"] == [{"cron": "17,47 * * * *"}]
    assert said[True]["push"]["branches"] == ["trunk"]
    (step,) = (one for one in said["jobs"]["crosspost"]["steps"] if one.get("name") == "Publish what is due")
    names = {name for name in step["env"] if name != "CROSSPOST_NOTIFY_HEARTBEAT"}
    assert {"CROSSPOST_X_CONSUMER_KEY", "CROSSPOST_MASTODON_ACCESS_TOKEN"} < names
    assert all(step["env"][name] == f"${{{{ secrets.{name} }}}}" for name in names)
    assert all(name in ran.out for name in names), "each secret is named"
    text = (repo / FILE).read_text("utf-8")
    assert 'echo "crosspost[facebook,mastodon,x]" > config/requirements.in' in text
    assert str(repo) not in text, "whose machine it was is nobody's business"


def test_again_it_changes_nothing_and_another_period_is_written(schedule: Callable[..., Ran], repo: Path) -> None:
    schedule("install", "--kind", "github")
    before = (repo / FILE).read_bytes()
    ran = schedule("install", "--json")
    assert (ran.code, ran.json["changed"], (repo / FILE).read_bytes()) == (0, False, before)
    assert schedule("install", "--every", "60").code == 0
    assert workflow(repo)[True]["schedule"] == [{"cron": "17 * * * *"}]
    assert [file.name for file in (repo / FILE).parent.iterdir()] == ["crosspost.yml"]
    assert "every 5 minutes" in schedule("install", "--every", "2").err


def test_what_a_person_changed_is_kept(
    schedule: Callable[..., Ran], repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    schedule("install")
    mine = (repo / FILE).read_text("utf-8").replace("timeout-minutes: 20", "timeout-minutes: 30")
    (repo / FILE).write_text(mine, "utf-8")
    for words in (("install", "--every", "60"), ("remove",)):
        ran = schedule(*words)
        assert ran.code == 2
        assert "give --yes" in ran.err
        assert (repo / FILE).read_text("utf-8") == mine
    ran = schedule("install", "--every", "60", "--yes")
    assert ran.code == 0
    assert any(file.read_text("utf-8") == mine for file in (repo / FILE).parent.iterdir())
    assert schedule("remove").code == 0
    assert not (repo / FILE).exists()


def test_one_that_somebody_else_wrote_stays(schedule: Callable[..., Ran], repo: Path) -> None:
    (repo / FILE).parent.mkdir(parents=True)
    (repo / FILE).write_text("name: mine\n", "utf-8")
    ran = schedule("install", "--kind", "github", "--yes")
    assert ran.code == 2
    assert "was not written by `crosspost schedule`; move it away first" in ran.err
    assert (repo / FILE).read_text("utf-8") == "name: mine\n"


def test_where_the_workflow_would_find_nothing_it_is_not_written(
    schedule: Callable[..., Ran], repo: Path, place: Place
) -> None:
    shutil.copy(place.config, place.root / "outside.toml")
    (repo / ".git").rename(repo / "no-git")
    assert "is in no git repository" in schedule("install", "--kind", "github").err
    (repo / "no-git").rename(repo / ".git")
    place.config.write_text(f'{place.config.read_text("utf-8")}\n[state]\nledger = "/srv/l.sqlite3"\n', "utf-8")
    assert (
        "the ledger's folder (/srv) is not in the website's repository" in schedule("install", "--kind", "github").err
    )
    assert not (repo / FILE).exists()


def test_an_auditor_finds_nothing_in_it(schedule: Callable[..., Ran], repo: Path) -> None:
    schedule("install")
    auditor = Path(sys.executable).with_name("zizmor")
    command = [auditor, "--offline", "--persona", "pedantic", "--no-progress", repo / FILE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_branch_is_what_the_remote_calls_its_own(repo: Path) -> None:
    assert default_branch(repo) == "trunk"
    (repo / ".git/refs/remotes/origin").mkdir(parents=True)
    (repo / ".git/refs/remotes/origin/HEAD").write_text("ref: refs/remotes/origin/main\n", "utf-8")
    assert default_branch(repo) == "main"


def test_a_config_at_another_place_is_named_everywhere(schedule: Callable[..., Ran], repo: Path, place: Place) -> None:
    (repo / "config").rename(repo / "social")
    place.config = repo / "social/crosspost.toml"
    assert schedule("install").code == 0
    text = (repo / FILE).read_text("utf-8")
    assert "--config social/crosspost.toml" in text
    assert "social/requirements.txt" in text
    assert 'crosspost ledger pull "${looked[@]}" --config social/crosspost.toml' in text
    assert "config/state" not in text


def test_the_sample_travels_with_the_package() -> None:
    assert sample().name == "github-workflow.yml"
    settings = Path(__file__).parents[3] / "pyproject.toml"
    assert '"config/github-workflow.yml" = "crosspost/_config/github-workflow.yml"' in settings.read_text("utf-8")
