"""The structured log of several sites: who filters its lines by a site misses nothing of it."""

import contextlib
import io
import json
from collections.abc import Callable

from crosspost.cli import json_log, terminal, worker
from tests.several_sites import Sites


def test_the_log_has_the_site_of_a_mistake_in_its_field(sites: Sites) -> None:
    """Who filters the lines by their site finds what is wrong with it."""
    sites.add("broken", 'accounts = ["nobody"]')
    (sites.place.root / "youth/_config.yml").write_text("a: [\n", "utf-8")
    for options in ((), ("--quiet",), ("--site", "broken"), ("--site", "youth")):
        lines = [json.loads(line) for line in sites.place.crosspost("run", "--log", "json", *options).err.splitlines()]
        errors = {one.get("site", ""): one["message"] for one in lines if one["level"] == "error"}
        assert set(errors) == ({options[1]} if options[1:] else {"broken", "youth"})
        assert not any(said.startswith(f"{name}: ") for name, said in errors.items())
        assert "site" not in lines[0]
    assert json_site(lambda: worker._wrong("youth", "[site] is bad")) == ("youth", "[sites.youth] is bad")


def json_site(tell: Callable[[], object]) -> tuple[str, str]:
    """Site and message of the line that is written by ``--log json``."""
    heard = io.StringIO()
    with contextlib.redirect_stderr(heard), terminal.quiet_terminal():
        json_log.begin("worker")
        tell()
    line = json.loads(heard.getvalue().splitlines()[-1])
    return line["site"], line["message"]
