"""What commands print on a terminal of 80 and of 120 columns: nothing broken, each thing said once, in one order."""

import contextlib
import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost import cli
from crosspost.cli.commands import PLACES
from crosspost.cli.layout import cells
from crosspost.cli.progress_printer import ProgressPrinter
from crosspost.cli.reports import View
from crosspost.ledger import Delivery
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

ALL = ("x", "mastodon", "facebook", "linkedin", "threads", "bluesky", "telegram", "signal", "newsletter", "listmonk")
LONG = "Ein langer Titel, der weiter und weiter geht, weil niemand ihm Einhalt gebot, bis er drei Zeilen füllt"
POSTS = {
    "2026-11-21-ein-sehr-langer-name-den-jemand-gewaehlt-hat-ohne-ans-ende-zu-denken": LONG,
    "2026-11-21-cjk": "日本語の長い題名は端末で二倍の幅を取りますから折り返しの計算が難しいのです本当にそうなのですよ",
    "2026-11-22-rtl": "عنوان طويل جدا باللغة العربية لكي نرى كيف يظهر في سطر واحد في الطرفية هنا",
}


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Ten accounts; posts that are out, in doubt, refused, waiting and still to go out."""
    clock = Clock()
    with Sandbox(clock=clock) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setattr("crosspost.cli.common.now", clock)
        place = Place(tmp_path_factory.mktemp("busy"), sandbox, networks=ALL, clock=clock)
        place.crosspost("run")
        for name, title in POSTS.items():
            place.new_post(name, f"---\ntitle: {title}\ntags: [Donaudampfschifffahrt]\n---\n\nText.\n")
        place.new_post("2026-11-22-spaeter", '---\ntitle: Später\ncrosspost: {at: "2026-11-24 09:00"}\n---\nText\n')
        place.new_post("2026-11-22-kaputt", "---\ntitle: A: B\n---\n\nT\n")
        sandbox.fault("facebook", "500-before")
        sandbox.fault("telegram", "500-before")
        sandbox.fault("mastodon", "expired-token", times=50)
        place.crosspost("run")
        yield place


def on_a_terminal(place: Place, width: int, *arguments: str) -> str:
    """What a command shows there: standard output and error, without colours and what was wiped out again."""
    return screen(written_on_a_terminal(place, width, *arguments))


def written_on_a_terminal(place: Place, width: int, *arguments: str) -> str:
    """What a command writes there, with all controls."""
    out = Terminal(io.BytesIO(), "utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        patch.setenv("COLUMNS", str(width))
        patch.setattr("crosspost.cli.common.now", place.clock)
        patch.setattr("crosspost.cli.preview_text._console", lambda: None)
        with contextlib.suppress(SystemExit):
            cli.main([*arguments, "--config", str(place.config)])
    return out.buffer.getvalue().decode()  # type: ignore[attr-defined]  # it is a BytesIO


def screen(written: str) -> str:
    """What stands on the terminal in the end."""
    lines: list[str] = []
    for piece in re.split(r"(\x1b\[\d+A\r\x1b\[J)", written):
        if up := re.fullmatch(r"\x1b\[(\d+)A\r\x1b\[J", piece):
            lines = lines[: -int(up[1])]
            continue
        lines += re.sub(r"\x1b\[[0-9;]*m", "", piece).split("\n")[:-1]
    return "\n".join(lines)


COMMANDS = [
    ("status",),
    ("posts",),
    ("plan",),
    ("history",),
    ("run", "--dry-run"),
    ("doctor", "--offline"),
    ("preview", "2026-11-21-cjk.md"),
    ("preview", "2026-11-21-ein-sehr-langer-name-den-jemand-gewaehlt-hat-ohne-ans-ende-zu-denken.md"),
    ("publish", "2026-11-20-gruesse.md", "--dry-run"),
    ("responses", "fetch"),
    ("responses", "2026-11-20-gruesse.md"),
    ("responses",),
    ("webmentions",),
    ("stats",),
    ("feed", "/nowhere/feed.xml"),
    ("settle", "99999", "--not-sent"),
    ("images", "--all", "--check"),
    ("ledger", "verify"),
    ("unpublish", "nobody-knows-a-file-of-this-name.md", "--yes"),
    ("update", "2026-11-20-gruesse.md"),
    ("retry", "nobody@mastodon"),
    ("cancel", "nobody-knows-a-file-of-this-name.md"),
    ("approve", "--list"),
    ("edit", "2026-11-20-gruesse.md", "--account", "nobody", "--text", "Anders"),
    ("move", "2026-11-20-gruesse.md", "--at", "yesterday 9:00", "--yes"),
    ("skip", "nobody-knows-a-file-of-this-name.md", "--yes"),
    ("note", "Beet 3 ist fertig, kommt und schaut es euch an!", "--at", "yesterday 9:00"),
    ("count", "Beet 3 ist fertig, kommt und schaut es euch an! https://tal.example.org/2026/11/20/gruesse.html"),
    ("lint",),
    ("check", "--base", "main"),
    ("links",),
    ("backlog",),
    ("accounts", "list"),
    ("accounts", "test"),
    ("tokens", "list"),
    ("notify", "--test"),
    ("schedule", "install", "--kind", "github"),
    ("import", "nobody-knows-a-file-of-this-name.csv"),
    ("help",),
    ("help", "delivery"),
]
#: commands that wait or ask, or write for programs
OTHERS = {"daemon", "worker", "web", "mcp", "sandbox", "demo", "init", "completion", "schema"}


def test_every_command_is_looked_at() -> None:
    assert {command[0] for command in COMMANDS} | OTHERS >= set(PLACES)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_colours_are_for_a_terminal_that_wants_them(busy: Place, command: tuple[str, ...]) -> None:
    posts = busy.root / "site/_posts"
    arguments = [str(posts / part) if part.endswith(".md") else part for part in command]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1")
        assert not re.search(r"\x1b\[\d+(;\d+)*m", written_on_a_terminal(busy, 80, *arguments))
    plain = busy.crosspost(*arguments)
    assert "\x1b" not in plain.out + plain.err, "a pipe has no control characters"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_lines_fit_and_nothing_is_broken(busy: Place, command: tuple[str, ...], width: int) -> None:
    posts = busy.root / "site/_posts"
    arguments = [str(posts / part) if part.endswith(".md") else part for part in command]
    shown = on_a_terminal(busy, width, *arguments)
    plain = busy.crosspost(*arguments)
    assert shown.strip()
    for line in shown.splitlines():
        # only a single word that no line could hold is longer
        assert cells(line) <= width or len(line.split()) == 1, line
    for whole in re.findall(r"https?://\S+|[\w/.-]+\.(?:md|toml|env|sqlite3)\b", plain.out + plain.err):
        assert whole in shown, "links and file names stay whole"
    words = re.findall(r"[A-Za-zäöüß]{4,}", plain.out)
    assert set(words) <= set(re.findall(r"[A-Za-zäöüß]{4,}", shown)), "words stay whole"


@pytest.mark.parametrize("command", [("status",), ("run", "--dry-run"), ("history",), ("posts",), ("plan",)])
def test_the_order_is_always_that_of_the_config(busy: Place, command: tuple[str, ...]) -> None:
    rank = {name: number for number, name in enumerate(ALL)}
    for paragraph in busy.crosspost(*command).out.split("\n\n"):
        grouped: dict[str, list[int]] = {}
        for line in paragraph.splitlines():
            if line.startswith("  ") and not line.startswith("     "):
                names = [name for name in re.findall(r"[a-z]+", line) if name in rank]
                assert [rank[name] for name in names[:1]] == sorted(rank[name] for name in names[:1])
                grouped.setdefault("", []).extend(rank[name] for name in names[:1])
        assert grouped.get("", []) == sorted(grouped.get("", []))


def test_the_same_reason_is_said_once_for_all_its_accounts(busy: Place) -> None:
    out = busy.crosspost("status").out
    assert out.count("tomorrow 09:00") + out.count("Tuesday 09:00") == 1
    assert ", ".join(f"{name} (sandbox)" for name in ALL) in out


def test_a_preview_says_a_warning_once(place: Place) -> None:
    place.post.write_text(place.post.read_text("utf-8").replace("/images/beet.jpg", "/images/gone.jpg"), "utf-8")
    out = place.crosspost("preview", str(place.post)).out
    lost = [line for line in out.splitlines() if "gone.jpg" in line and "warning" in line]
    assert len(lost) == len(set(lost))
    assert lost[0].startswith("x, mastodon, facebook: warning: ")


def test_titles_from_right_to_left_stand_alone(busy: Place) -> None:
    lines = busy.crosspost("history").out.splitlines()
    assert POSTS["2026-11-22-rtl"] in lines


# ── progress ──────────────────────────────────────────────────────────────────────────────────────────────────────


def row(account: str, post: str = "eins", state: Any = "sent", **more: Any) -> Delivery:
    moment = Clock()()
    known = {"id": 1, "network": "x", "part": 1, "due_at": moment, "attempts": 1, "updated_at": moment}
    return Delivery(post=post, account=account, state=state, url=f"https://{account}.example/1", **(known | more))


def test_lines_come_in_one_order_as_soon_as_they_can(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ProgressPrinter(View(["a", "b", "c"], clock=Clock()))
    progress.expect([row("c"), row("a"), row("b"), row("a", "zwei")])
    progress.report(row("b"))
    assert capsys.readouterr().out == ""
    progress.report(row("a"))
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[1:]] == ["a", "b"], (
        "at once, not at the end"
    )
    progress.done("c")
    progress.report(row("a", "zwei"))
    progress.end()
    assert capsys.readouterr().out == "\nzwei\n  sent      a  https://a.example/1\n"


def test_from_many_threads_each_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"account{number}" for number in range(30)]
    progress = ProgressPrinter(View(names, clock=Clock()))
    rows = [row(name, post) for post in ("eins", "zwei") for name in names]
    progress.expect(rows)
    workers = [threading.Thread(target=progress.report, args=(one,)) for one in reversed(rows)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    progress.end()
    lines = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert lines == names * 2


def test_what_follows_unexpectedly_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ProgressPrinter(View(["a", "b"], clock=Clock()))
    progress.expect([row("a")])
    progress.report(row("a"))
    progress.report(row("a", part=2))
    progress.report(row("a", state="held", error="look"))
    progress.report(row("a", state="held", error="look"))
    progress.end()
    out = capsys.readouterr().out
    assert "a (part 2)" in out
    assert out.count("look") == 1


def test_on_a_terminal_who_is_at_work_is_shown_and_wiped_out(place: Place) -> None:
    shown = on_a_terminal(place, 80, "publish", str(place.post))
    lines = shown.splitlines()
    assert lines[0].startswith("Grüße aus dem Tal")
    told = [line for line in lines[1:] if "sent" in line]
    assert [line.split()[:2] for line in told] == [["sent", name] for name in place.networks]
    place.clock.pass_by(minutes=1)
    again = on_a_terminal(place, 80, "publish", str(place.post))
    assert again.count("already sent") == 3


def test_a_pipe_has_stable_lines_without_any_control(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    ran = place.crosspost("publish", str(place.post))
    assert "\x1b" not in ran.out
    assert len(ran.out.splitlines()) == 1 + len(list(place.networks))
    assert Path(place.post).exists()
