"""The structured log of several sites: who filters its lines by a site misses nothing of it."""

import ast
import contextlib
import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import crosspost
from crosspost.cli import json_log, terminal, worker
from tests.several_sites import Sites

#: what runs in a thread about no site, and why
NO_SITE = {
    "cli/ending.py": "says that the process ends",
    "config/secret_command.py": "waits for the output of a command",
    "daemon/health_server.py": "answers whoever asks how the process is",
    "transport/loopback.py": "answers the browser of somebody who logs in",
    "transport/shared_timer.py": "hangs up on servers that are too slow",
    "web/background_work.py": "does one piece of work after the other; each names its site",
    "web/serving.py": "answers browsers; each request has its site",
    "workers/claim_queue.py": "takes what is next of any site; Worker names the site of each",
    "workers/worker.py": "looks at one site after the other; each look names its site",
}


def test_what_a_library_tells_has_site_account_and_delivery(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts are worked on in threads of their own, and a library knows nothing of crosspost."""
    asked = requests.Session.request

    def request(self: requests.Session, method: str, url: str, **kwargs: Any) -> requests.Response:
        logging.getLogger("library").warning("%s %s", method, url)
        return asked(self, method, url, **kwargs)

    monkeypatch.setattr(requests.Session, "request", request)
    sites.post("club", "new")
    sites.post("youth", "new")
    sites.place.clock.pass_by(minutes=10)
    told = [json.loads(line) for line in sites.place.crosspost("run", "--log", "json").err.splitlines()]
    heard = [one for one in told if one.get("logger") == "library"]
    assert {(one["site"], one["account"]) for one in heard} == {
        ("club", "x"), ("club", "mastodon"), ("youth", "x"), ("youth", "bluesky"),
    }  # fmt: skip
    sent = {one["delivery"]: (one["site"], one["account"]) for one in told if one["event"] == "delivery.end"}
    posted = {one["delivery"]: (one["site"], one["account"]) for one in heard if "delivery" in one}
    assert len(sent) >= 2, "the sites have ledgers of their own, so numbers may be the same"
    assert set(posted) == set(sent)
    assert "site" not in told[0], "the end of it leaves nothing behind"


def test_whoever_gives_work_to_a_thread_says_what_it_is_about() -> None:
    """Else the lines of that thread could not be told apart."""
    room = Path(crosspost.__file__).parent
    bare = {
        file.relative_to(room).as_posix()
        for file in room.rglob("*.py")
        if not {"sandbox", "testing"} & set(file.relative_to(room).parts)
        for work in handed_over(ast.parse(file.read_text("utf-8")))
        if "carried(" not in work
    }
    assert bare == set(NO_SITE)


def handed_over(tree: ast.Module) -> Iterator[str]:
    """What is given to threads and pools, with where its names come from."""
    made = {
        target.id: ast.unparse(one.value)
        for one in ast.walk(tree)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr == "Thread":
            work = next(one.value for one in call.keywords if one.arg == "target")
        elif call.func.attr == "submit" or (call.func.attr == "map" and ast.unparse(call.func.value) == "pool"):
            work = call.args[0]
        else:
            continue
        said = ast.unparse(work)
        yield made.get(said, said)


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
