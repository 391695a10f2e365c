"""The Tab key: what is offered, in Python and in a real bash."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete, get_completion_class
from click.testing import CliRunner

from crosspost.cli import cli
from crosspost.config import registry
from crosspost.testing.harness import Place


def offered(*line: str) -> dict[str, str]:
    """What is offered for the last word of a line: value → kind."""
    shell = ShellComplete(cli, {}, "crosspost", "_CROSSPOST_COMPLETE")
    return {one.value: one.type for one in shell.get_completions([*line[:-1]], line[-1])}


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Inside a site with a config and some posts."""
    place.new_post("2026-11-20-sonne-und-wind")
    place.new_post("2026-11-21-windkraft")
    monkeypatch.chdir(place.root)
    monkeypatch.setenv("CROSSPOST_CONFIG", str(place.config))
    return place


def test_commands_and_their_options(here: Place) -> None:
    assert set(offered("sch")) == {"schedule", "schema"}
    assert {"--to", "--html", "--json"} <= set(offered("preview", "--"))
    assert set(offered("accounts", "re")) == {"renew", "remove"}
    assert "publish" in offered("")


@pytest.mark.parametrize(
    "line", [("preview", "--to"), ("history", "--to"), ("accounts", "renew"), ("edit", "--account")]
)
def test_accounts_and_the_networks_they_are_on(here: Place, line: tuple[str, ...]) -> None:
    text = (
        here.config.read_text("utf-8") + '\n[accounts.verein]\nnetwork = "mastodon"\nbase_url = "https://s.example"\n'
    )
    here.config.write_text(text, "utf-8")
    found = offered(*line, "")
    assert {"verein", "mastodon"} <= set(found)
    assert offered(*line, "ver") == {"verein": "plain"}
    assert offered(*line, "zzz") == {}


@pytest.mark.parametrize("line", [("count",), ("accounts", "add"), ("init", "--account")])
def test_every_network(here: Place, line: tuple[str, ...]) -> None:
    assert set(offered(*line, "")) == set(registry.names())


@pytest.mark.parametrize("line", [(), ("preview",), ("publish",), ("update",), ("cancel",), ("edit",), ("lint",)])
def test_posts_by_any_part_of_their_names_newest_first(here: Place, line: tuple[str, ...]) -> None:
    posts = "site/_posts"
    both = [f"{posts}/2026-11-21-windkraft.md", f"{posts}/2026-11-20-sonne-und-wind.md"]
    assert list(offered(*line, "wind")) == both
    assert list(offered(*line, "SONNE")) == both[1:]
    assert offered(*line, "site/_po") == {"site/_po": "file"}, "the shell goes on"
    assert offered(*line, "nirgends") == {"nirgends": "file"}


def test_deliveries_that_wait_and_topics(here: Place) -> None:
    assert offered("settle", "") == {}
    here.sandbox.fault("facebook", "cut-before")
    here.crosspost("run", "--backfill")
    rows = here.crosspost("status", "--json").json["open"]
    held = [str(row["delivery"]) for row in rows if row["state"] in ("held", "unknown")]
    assert held
    assert set(offered("settle", "")) == set(held)
    assert "pictures" in offered("help", "pi")


@pytest.mark.parametrize("broken", ["[site", "[accounts.x]\nnetwork = 3\n"])
def test_a_config_with_a_mistake_offers_nothing_and_fails_nowhere(here: Place, broken: str) -> None:
    here.config.write_text(broken, "utf-8")
    assert offered("preview", "--to", "") == {}
    assert offered("preview", "wind") == {}
    assert offered("settle", "") == {}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_clicks_own(shell: str) -> None:
    kind = get_completion_class(shell)
    assert kind is not None
    said = CliRunner().invoke(cli, ["completion", shell])
    assert said.exit_code == 0
    assert said.output == ShellComplete.source(kind(cli, {}, "crosspost", "_CROSSPOST_COMPLETE"))
    if (program := shutil.which(shell)) is not None:
        subprocess.run([program, "-n"], input=said.output, text=True, check=True)


def test_bash_completes(here: Place, tmp_path: Path) -> None:
    if (bash := shutil.which("bash")) is None:
        pytest.skip("no bash here")
    program = tmp_path / "bin/crosspost"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom crosspost.cli import main\n\nmain()\n")
    program.chmod(0o755)
    script = (
        f'PATH="{program.parent}:$PATH"\neval "$(crosspost completion bash)"\n'
        "COMP_WORDS=(crosspost preview wind); COMP_CWORD=2; _crosspost_completion crosspost\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=True, cwd=here.root)
    assert done.stdout.split() == ["site/_posts/2026-11-21-windkraft.md", "site/_posts/2026-11-20-sonne-und-wind.md"]


@pytest.mark.parametrize("order", [("--version", "--json"), ("--json", "--version")])
def test_the_version_for_programs(order: tuple[str, str]) -> None:
    said = json.loads(CliRunner().invoke(cli, order).output)
    assert said["networks"] == registry.names()
    assert {"version", "python", "system", "sqlite", "ledger", "installer"} < set(said)
    assert CliRunner().invoke(cli, ["--json"]).exit_code == 2
