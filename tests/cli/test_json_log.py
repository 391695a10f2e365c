"""``--log json``: nothing but lines of JSON, whatever is in them, and no secret in any."""

import contextlib
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.cli import json_log, terminal
from crosspost.cli.json_log import FIELDS, JsonLog
from crosspost.config import secrecy
from crosspost.testing.harness import NETWORKS, Place

MANUAL = Path(__file__).parents[2] / "crosspost" / "manual" / "json.md"
NASTY = 'a\nb\r\n\x1b]52;c;x\x07 \u2028\u2029\x85\x9b2J \u202eabc\u2066 “Grüße” 日本 🌱 "quoted" \\ {}'


def lines(text: str) -> list[dict[str, Any]]:
    """Every line, in the broadest sense of the word, as JSON with known fields."""
    found = [json.loads(line) for line in text.splitlines()]
    for one in found:
        assert set(one) <= set(FIELDS)
        assert datetime.fromisoformat(one["time"]).tzinfo is not None
        assert {"level", "event", "command", "host", "process"} <= set(one)
    return found


@contextlib.contextmanager
def logged() -> Iterator[io.StringIO]:
    """Where everything is written meanwhile."""
    heard = io.StringIO()
    with contextlib.ExitStack() as stack:
        for each in (contextlib.redirect_stderr(heard), contextlib.redirect_stdout(io.StringIO())):
            stack.enter_context(each)
        stack.enter_context(terminal.quiet_terminal())
        stack.enter_context(terminal.quiet_logs())
        json_log.begin("worker")
        yield heard


def test_a_run_tells_each_delivery_and_its_end(place: Place) -> None:
    place.crosspost("run")
    file = place.new_post("2026-11-21-neu", "---\ntitle: 'Grüße 🌱'\n---\n\nEin Text.\n")
    place.new_post("2026-11-21-kaputt", "---\ntitle: [\n---\n")
    place.sandbox.fault("mastodon", "429")
    ran = place.crosspost("run", "--log", "json")
    assert ran.out == ""
    told = lines(ran.err)
    assert told[0]["event"] == "start"
    rows = {row["account"]: row for row in place.crosspost("status", "--json").json["latest"]}
    begun = {one["account"]: one for one in told if one["event"] == "delivery.begin"}
    ended = {one["account"]: one for one in told if one["event"] == "delivery.end"}
    assert set(begun) == set(NETWORKS) == set(ended)
    assert {one["post"] for one in begun.values()} == {file.stem[11:]}
    sent = ended["x"]
    assert (sent["state"], sent["url"], sent["delivery"]) == ("sent", rows["x"]["url"], rows["x"]["delivery"])
    assert sent["seconds"] > 0
    assert datetime.fromisoformat(sent["due"]) <= datetime.fromisoformat(sent["sent"])
    assert ended["mastodon"]["state"] == "planned"
    assert ended["mastodon"]["error"]
    (refused,) = [one for one in told if one["event"] == "post.refused"]
    assert refused["level"] == "error"
    assert refused["path"].endswith("kaputt.md")
    assert told[-1]["event"] == "run.end"
    assert (told[-1]["deliveries"], told[-1]["exit_code"]) == ({"planned": 1, "sent": 2}, ran.code)
    assert not terminal.logs(), "the next command of this process is not meant"


def test_json_on_standard_output_stays_one_document(place: Place) -> None:
    ran = place.crosspost("run", "--json", "--log", "json")
    assert json.loads(ran.out) == {"deliveries": [], "changes": [], "errors": []}
    assert lines(ran.err)[-1]["event"] == "run.end"


def test_what_ends_a_command_is_a_line_too(place: Place) -> None:
    place.config.write_text("[site\n", "utf-8")
    ran = place.crosspost("run", "--log", "json")
    assert ran.code == 2
    (error,) = [one for one in lines(ran.err) if one["level"] == "error"]
    assert "crosspost.toml" in error["message"]


def test_every_text_stays_on_its_line_and_is_not_changed() -> None:
    with logged() as log:
        terminal.event("delivery.end", account=NASTY, post=NASTY, error=NASTY, url="", why=None)
        sys.stderr.write(f"Warning: {NASTY}\n")
        sys.stdout.write("\x1b[1mbold\x1b[0m\n")
        sys.stderr.write("\udce9.md is no UTF-8\n")
        logging.getLogger("some.library").warning("it says %s", NASTY)
    _, event, warning, plain, file, record = lines(log.getvalue())
    assert event["account"] == event["post"] == event["error"] == NASTY
    assert not {"url", "why"} & set(event)
    assert (warning["level"], warning["message"]) == ("warning", NASTY)
    assert (plain["level"], plain["message"]) == ("info", "bold")
    assert file["message"] == "<E9>.md is no UTF-8"
    assert (record["event"], record["logger"]) == ("log", "some.library")
    assert record["message"] == f"it says {NASTY}"
    assert not terminal.OBEYED.search(log.getvalue().replace("\n", ""))


@pytest.mark.parametrize("secret", ["s3cret-tököñ", 'qu"o\\te\n', "level", "x&y=z%20", "日本語の秘密"])
def test_no_secret_gets_through(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrecy, "_concealed", secrecy.Concealed([secret]))
    with logged() as log:
        terminal.event("delivery.end", state="sent", error=f"it was {secret}!", account=secret, deliveries={secret: 1})
        sys.stderr.write(f"Error: {secret}!\n")
        try:
            raise ValueError(secret)
        except ValueError:
            logging.getLogger("some.library").exception("with %s", secret)
    told = lines(log.getvalue())
    assert [one["event"] for one in told] == ["start", "delivery.end", "message", "log"], "the fields are still there"
    assert (told[1]["state"], told[1]["error"], told[1]["account"]) == ("sent", "it was ***!", "***")
    assert "ValueError" in told[3]["exception"]
    values = json.dumps([{key: each for key, each in one.items() if key != "level"} for one in told[1:]])
    assert not any(form in values for form in secrecy.forms(secret))


@pytest.mark.parametrize(
    ("said", "level", "message"),
    [
        ("Error: no", "error", "no"),
        ("Refused: no", "error", "no"),
        ("Warning: oh", "warning", "oh"),
        ("Errors: 2", "info", "Errors: 2"),
    ],
)
def test_how_a_sentence_begins_is_its_level(said: str, level: str, message: str) -> None:
    heard = io.StringIO()
    print(said, file=json_log._Spoken(heard, JsonLog(heard, "run"), "info"))
    (line,) = lines(heard.getvalue())
    assert (line["level"], line["message"]) == (level, message)


def test_lines_that_are_written_together_are_lines_of_the_log_too() -> None:
    with logged() as log:
        sys.stderr.writelines(["half of ", "one\n", "Warning: two\n"])
    assert [(one["level"], one["message"]) for one in lines(log.getvalue())[1:]] == [
        ("warning", "half of one"),
        ("warning", "two"),
    ]


@pytest.mark.parametrize("field", ["time", "level", "event", "command", "state", "kind", "network", "logger"])
def test_a_secret_that_is_also_a_word_of_ours_hides_none(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrecy, "_concealed", secrecy.Concealed(["worker"]))
    told = json.loads(json_log.as_line({field: "worker", "account": "worker"}))
    assert told == {field: "worker", "account": "***"}


def test_threads_do_not_cut_each_other_s_lines() -> None:
    heard = io.StringIO()
    out = json_log._Spoken(heard, JsonLog(heard, "worker"), "info")

    def speak(word: str) -> None:
        for _ in range(200):
            print(word, word, file=out)

    threads = [threading.Thread(target=speak, args=(word,)) for word in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [one["message"] for one in lines(heard.getvalue())]
    assert {word: said.count(f"{word} {word}") for word in ("one", "two", "three")} == dict.fromkeys(
        ("one", "two", "three"), 200
    )


def test_the_time_is_utc() -> None:
    heard = io.StringIO()
    before = datetime.now(UTC)
    JsonLog(heard, "run").event("start", due=before)
    (line,) = lines(heard.getvalue())
    assert line["time"].endswith("Z")
    assert abs((datetime.fromisoformat(line["time"]) - before).total_seconds()) < 5
    assert datetime.fromisoformat(line["due"]) == before


def test_the_manual_has_every_field_and_event() -> None:
    text = MANUAL.read_text("utf-8").partition("\n## Logs")[2]
    assert [f"| `{name}` | {said} |" for name, said in FIELDS.items() if f"| `{name}` | {said} |" not in text] == []
    sources = "".join(file.read_text("utf-8") for file in Path(json_log.__file__).parent.glob("*.py"))
    for name in ("start", "delivery.begin", "delivery.end", "change", "post.refused", "run.end", "message", "log"):
        assert f'"{name}"' in sources
        assert f"| `{name}` |" in text
