"""A line in the crontab: there once, found again, gone again, and everything else byte for byte the same."""

import os
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.app.scheduling.base import Machine
from crosspost.app.scheduling.crontab import Crontab, line, own_lines
from crosspost.app.scheduling.job import Job
from crosspost.errors import ConfigError
from tests.app.scheduling.fakes import CRONTAB, program

NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
OWNER = "/home/me/Grüne Wiese 100%/config/crosspost.toml"
OTHERS = [
    b"",
    b"# my jobs\nMAILTO=me@example.org\n\n0 5 * * 1 tar -zcf /var/backups/home.tgz /home/ # 100\\%\n",
    b"# a tab\there, no UTF-8: \xff\xfe, a return\r\n@daily  true\n",
    b'@daily printf "two letters\\r" \b \\b\n',
    b"\n\n\n",
]


def job(every: int = 10, owner: str = OWNER, **more: object) -> Job:
    return Job(
        owner=owner,
        command=("/home/me/.local/bin/crosspost", "run", "--quiet", "--config", owner),
        every=every,
        environment=more.get("environment", {}),  # type: ignore[arg-type]
        log=str(more.get("log", "/tmp/crosspost-test/run.log")),
    )


def no(question: str) -> bool:
    raise AssertionError(f"nobody is to be asked: {question}")


@pytest.fixture(params=["fake", "Debian's"])
def cron(request: pytest.FixtureRequest, programs: Path, tmp_path: Path) -> Crontab:
    """The scheduler, over a strict fake and over the real program."""
    if request.param == "fake":
        program(programs, "crontab", CRONTAB)
    else:
        _real(programs, tmp_path)
    return Crontab(Machine(dict(os.environ), lambda: NOW))


def _real(programs: Path, tmp_path: Path) -> None:
    """The real program, with a spool of its own in a mount namespace: the crontab of who tests is never touched."""
    known = "/usr/bin:/bin:/usr/sbin:/sbin"
    real = os.environ.get("CROSSPOST_CRONTAB") or shutil.which("crontab", path=known)
    if real is None:
        pytest.skip("no crontab here: install cron, or name the one of an unpacked package in CROSSPOST_CRONTAB")
    spool = tmp_path / "spool"
    (spool / "cron/crontabs").mkdir(parents=True)
    inside = 'mount --bind "$0" /var/spool && exec "$@"'
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", inside, str(spool)]
    tried = subprocess.run([*alone, "true"], capture_output=True, text=True, check=False, env={"PATH": known})
    if tried.returncode:
        pytest.skip(f"no mount namespace of one's own here: {tried.stderr.strip()}")
    (programs / "crontab").write_text(f'#!/bin/sh\nPATH={known} exec {shlex.join([*alone, real])} "$@"\n', "utf-8")
    (programs / "crontab").chmod(0o755)


def shown() -> bytes:
    """The crontab as it is."""
    raw = {**os.environ, "VISUAL": "/bin/cat"}
    done = subprocess.run([shutil.which("crontab") or "", "-l"], capture_output=True, check=False)
    assert done.returncode in (0, 1)
    if done.returncode == 0:
        done = subprocess.run([shutil.which("crontab") or "", "-e"], capture_output=True, check=True, env=raw)
    return done.stdout


def put(text: bytes) -> None:
    subprocess.run([shutil.which("crontab") or "", "-"], input=text, check=True)


@pytest.mark.parametrize("others", OTHERS)
def test_in_and_out_leaves_everything_else_byte_for_byte(cron: Crontab, others: bytes) -> None:
    if others:
        put(others)
    assert cron.find(OWNER) is None
    assert cron.install(job(), no).changed
    now = shown()
    assert now.startswith(others)
    assert now.count(b"\n*/10 * * * * ") == 1
    assert cron.install(job(), no).changed is False
    assert shown() == now, "run again it changes nothing"
    found = cron.find(OWNER)
    assert found is not None
    assert (found.every, found.changed, found.asleep) == (10, False, "")
    assert found.next is not None
    assert found.next.astimezone(UTC) == datetime(2026, 11, 22, 12, 10, tzinfo=UTC)
    assert cron.remove(OWNER, no).changed
    assert shown() == others
    assert cron.remove(OWNER, no).changed is False


def test_two_sites_are_two_blocks(cron: Crontab) -> None:
    other = "/home/me/Grüne Wiese 100%/config/crosspost.toml.alt"  # begins as the first one does
    cron.install(job(), no)
    first = shown()
    cron.install(job(30, other), no)
    assert shown().startswith(first)
    found = cron.find(other)
    assert found is not None
    assert found.every == 30
    cron.remove(other, no)
    assert shown() == first
    cron.install(job(30, other), no)
    cron.remove(OWNER, no)
    assert cron.find(OWNER) is None
    assert cron.find(other) is not None


def test_another_period_replaces_what_was_written_and_stays_in_its_place(cron: Crontab) -> None:
    cron.install(job(), no)
    put(shown() + b"1 1 * * * true\n")
    assert cron.install(job(120), no).changed
    assert shown().endswith(b"\n1 1 * * * true\n")
    found = cron.find(OWNER)
    assert found is not None
    assert found.line == "0 */2 * * *"


def test_what_a_person_changed_is_only_touched_when_they_agree(cron: Crontab) -> None:
    cron.install(job(), no)
    mine = shown().replace(b"*/10", b"7-59/10")
    put(mine)
    found = cron.find(OWNER)
    assert found is not None
    assert (found.changed, found.line, found.every) == (True, "7-59/10 * * * *", None)
    for touch in (lambda: cron.install(job(), lambda _: False), lambda: cron.remove(OWNER, lambda _: False)):
        with pytest.raises(ConfigError, match="nothing was changed"):
            touch()
        assert shown() == mine
    assert cron.install(job(), lambda _: True).changed
    assert b"\n*/10 " in shown()


def test_a_line_that_was_switched_off_by_hand_is_told(cron: Crontab) -> None:
    cron.install(job(), no)
    put(shown().replace(b"\n*/10", b"\n#*/10"))
    found = cron.find(OWNER)
    assert found is not None
    assert (found.asleep, found.next) == ("its line is gone, or is a comment now", None)


def test_half_a_block_is_not_guessed_at(cron: Crontab) -> None:
    cron.install(job(), no)
    whole = shown()
    put(b"".join(row for row in whole.splitlines(keepends=True) if b"crosspost end" not in row))
    with pytest.raises(ConfigError, match="has lost its last line"):
        cron.remove(OWNER, no)
    put(whole + whole)
    with pytest.raises(ConfigError, match="is there twice"):
        cron.install(job(), no)
    assert shown() == whole + whole


def test_a_line_of_ones_own_is_not_doubled_unasked(cron: Crontab) -> None:
    own = b"*/10 * * * *  cd /home/me && .venv/bin/crosspost run --quiet\n"
    put(own)
    with pytest.raises(ConfigError, match="your own line calls crosspost"):
        cron.install(job(), lambda _: False)
    assert shown() == own
    assert cron.own() == [own.decode().rstrip("\n")]
    assert cron.install(job(), lambda _: True).changed
    assert cron.own() == [own.decode().rstrip("\n")], "our own is none of theirs"


def test_who_may_not_use_cron_is_told_so(programs: Path) -> None:
    cron = Crontab(Machine(dict(os.environ), lambda: NOW))
    with pytest.raises(ConfigError, match="there is no `crontab` on this machine; install cron"):
        cron.install(job(), no)
    assert cron.find(OWNER) is None
    program(programs, "crontab", CRONTAB)
    (programs / "forbidden").touch()
    with pytest.raises(ConfigError, match=r"cannot be read: You \(me\) are not allowed"):
        cron.install(job(), no)


def test_a_refused_crontab_changes_nothing(programs: Path) -> None:
    program(programs, "crontab", CRONTAB.replace("new = sys.stdin.buffer.read()", 'end(1, "disk full\\n")'))
    with pytest.raises(ConfigError, match="cannot be changed, and is as it was: disk full"):
        Crontab(Machine(dict(os.environ), lambda: NOW)).install(job(), no)


def test_what_cannot_be_read_as_it_is_is_not_written_back(programs: Path) -> None:
    program(programs, "crontab", CRONTAB.replace('case ["-e"]', 'case ["-E"]'))
    (programs / "crontab.txt").write_bytes(b"# a return\r\n")
    with pytest.raises(ConfigError, match="does not show as they are; nothing was changed"):
        Crontab(Machine(dict(os.environ), lambda: NOW)).install(job(), no)
    assert (programs / "crontab.txt").read_bytes() == b"# a return\r\n"


def test_a_line_that_cron_would_cut_is_refused() -> None:
    with pytest.raises(ConfigError, match="too long for a line of cron"):
        line(job(owner=f"/{'x' * 1000}"), mail=True)


@pytest.mark.parametrize(
    ("above", "sendmail", "mails"),
    [("", False, False), ("", True, True), ('MAILTO=""\n', True, False), ("MAILTO=\nMAILTO=a@b.example\n", True, True)],
)
def test_what_a_run_says_goes_by_mail_or_into_a_file(
    programs: Path, tmp_path: Path, above: str, sendmail: bool, mails: bool
) -> None:
    program(programs, "crontab", CRONTAB)
    if shutil.which("sendmail", path="/usr/sbin:/usr/lib") is not None and not sendmail:
        pytest.skip("this machine sends mail")
    if sendmail:
        program(programs, "sendmail", "")
    if above:
        put(above.encode())
    cron = Crontab(Machine(dict(os.environ), lambda: NOW))
    log = tmp_path / "neu/Ordner %/run.log"
    done = cron.install(job(log=log), no)
    assert ("run.log" not in shown().decode()) == mails
    assert (str(log) in " ".join(done.notes)) != mails
    assert log.parent.is_dir() != mails, "the shell opens the file before crosspost makes folders"


def as_cron_runs_it(written: str) -> str:
    """What cron hands to the shell: everything up to a bare %, each \\% a % (crontab(5), entry.c and do_command.c)."""
    command, escaped, out = written.split(" ", 5)[5], False, ""
    for letter in command:
        if escaped:
            out += letter if letter in "%\\" else f"\\{letter}"
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "%":
            break
        else:
            out += letter
    return out


@given(
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="\\\0/"), min_size=1, max_size=30)
)
def test_every_path_arrives_as_it_is(name: str) -> None:
    words = [sys.executable, "-c", "import sys; print(*map(ascii, sys.argv[1:]))", f"/srv/{name}/a.toml"]
    home = {"PATH": f"/opt/{name}:/usr/bin"}
    made = Job(owner="/a", command=tuple(words), every=10, environment=home, log=f"/dev/../dev/{name}")
    said = shlex.split(as_cron_runs_it(line(made, mail=True)))
    assert said == [f"PATH=/opt/{name}:/usr/bin", *words]
    assert shlex.split(as_cron_runs_it(line(made, mail=False)))[-2] == f"/dev/../dev/{name}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0 * * * * crosspost run\n", 1),
        ("# 0 * * * * crosspost run\n", 0),
        ("0 * * * * '/home/a b/crosspost' run --quiet\n", 1),
        ("0 * * * * crosspost preview\n0 * * * * mycrosspost-thing\n", 0),
        ("# crosspost begin /a (x)\n0 * * * * crosspost run\n# crosspost end /a\n0 * * * * crosspost run\n", 1),
    ],
)
def test_lines_that_call_crosspost(text: str, number: int) -> None:
    assert len(own_lines(text)) == number
