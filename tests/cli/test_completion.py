"""The Tab key: what is offered, in Python and in a real bash."""

import ast
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete, get_completion_class
from click.testing import CliRunner

from crosspost.cli.program import cli
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
def test_the_script_is_one_that_the_shell_reads(shell: str) -> None:
    kind = get_completion_class(shell)
    assert kind is not None
    said = CliRunner().invoke(cli, ["completion", shell])
    assert said.exit_code == 0
    if shell != "bash":
        assert said.output == ShellComplete.source(kind(cli, {}, "crosspost", "_CROSSPOST_COMPLETE")), "click's own"
    if (program := shutil.which(shell)) is not None:
        subprocess.run([program, "-n"], input=said.output, text=True, check=True)


@pytest.fixture
def tab(here: Place, tmp_path: Path) -> Callable[[str], list[str]]:
    """The words of a line after the Tab key, in a real bash on a terminal: the program notes with what it is called."""
    pty = pytest.importorskip("pty", reason="no terminals here")
    if (bash := shutil.which("bash")) is None:
        pytest.skip("no bash here")
    program, noted, start = tmp_path / "bin/crosspost", tmp_path / "noted", tmp_path / "bashrc"
    program.parent.mkdir()
    note = f"if '_CROSSPOST_COMPLETE' not in os.environ:\n    open({str(noted)!r}, 'w').write(repr(sys.argv[1:]))\n"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\n{note}else:\n    from crosspost.cli import main\n\n    main()\n"
    )
    program.chmod(0o755)
    script = CliRunner().invoke(cli, ["completion", "bash"]).output
    start.write_text(f'PATH="{program.parent}:$PATH"\n{script}', "utf-8")

    def words(line: str) -> list[str]:
        terminal, other = pty.openpty()
        command = [bash, "--noprofile", "--rcfile", str(start), "-i"]
        env = os.environ | {"TERM": "dumb", "LC_ALL": "C.UTF-8"}
        with subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, cwd=here.root, env=env, start_new_session=True
        ):
            os.close(other)
            os.write(terminal, f"crosspost preview {line}\t\nexit\n".encode())
            with contextlib.suppress(OSError):  # what a terminal says whose other end was closed
                while os.read(terminal, 4096):
                    pass
        os.close(terminal)
        assert noted.is_file(), "the line was done"
        said: list[str] = ast.literal_eval(noted.read_text("utf-8"))
        return said[1:]

    return words


def test_bash_completes_a_post_by_a_part_of_its_name(tab: Callable[[str], list[str]]) -> None:
    assert tab("wind") == ["site/_posts/2026-11-2"], "what both have in common"
    assert tab("windk") == ["site/_posts/2026-11-21-windkraft.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("slug", ['grüße an "alle"', "it's", "a * and $HOME `id`", "c,d;e & (f)", "back\\slash"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_bash_completes_any_name_as_one_word(
    here: Place, tab: Callable[[str], list[str]], slug: str, quote: str
) -> None:
    here.new_post(f"2026-11-22-zzz {slug}")
    assert tab(f"{quote}zzz") == [f"site/_posts/2026-11-22-zzz {slug}.md"]


@pytest.mark.parametrize("order", [("--version", "--json"), ("--json", "--version")])
def test_the_version_for_programs(order: tuple[str, str]) -> None:
    said = json.loads(CliRunner().invoke(cli, order).output)
    assert said["networks"] == registry.names()
    assert {"version", "python", "system", "sqlite", "ledger", "installer"} < set(said)
    assert CliRunner().invoke(cli, ["--json"]).exit_code == 2
