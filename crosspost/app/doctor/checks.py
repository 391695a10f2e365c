"""What `crosspost doctor` finds out: one sentence a matter, with what to do. Nothing is sent and nothing is changed."""

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from crosspost import tracing
from crosspost.app.manual import network_page
from crosspost.config.credentials import called, variable
from crosspost.delivery.clock_skew import span
from crosspost.errors import AuthExpired, ConfigError, CrosspostError, LedgerError, NotSent
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.model import Identity
    from crosspost.networks.base import Network
    from crosspost.transport.exchange import Exchange

#: a clock that is wrong by more signs requests that are refused, and posts at another time than was said
_SKEW = timedelta(seconds=60)
_SIGNED = timedelta(minutes=5)
#: what is left of a login when that is told
_SOON = timedelta(days=14)


class Finding(Value, frozen=True, kw_only=True):
    """One line of the report; ``about`` is a room of the app or an account, ``todo`` "" when there is nothing."""

    state: Literal["ok", "warn", "fail"]
    about: str
    said: str
    todo: str = ""


def ok(about: str, said: str) -> Finding:
    return Finding(state="ok", about=about, said=said)


def warn(about: str, said: str, todo: str = "") -> Finding:
    return Finding(state="warn", about=about, said=said, todo=todo)


def fail(about: str, said: str, todo: str = "") -> Finding:
    return Finding(state="fail", about=about, said=said, todo=todo)


# ── config and tokens ─────────────────────────────────────────────────────────────────────────────────────────────


def config(app: "App") -> tuple[list[Finding], list[str]]:
    """The config, and the names of the accounts whose settings can be used."""
    found, usable = [], []
    for name in app.accounts():
        try:
            app.checked(name)
            usable.append(name)
        except ConfigError as error:
            found.append(fail("config", str(error), "correct that line"))
    try:
        app.schedules()
    except CrosspostError as error:
        found.append(fail("config", str(error), "correct that line"))
    file = app.settings.file if app.settings is not None else "no config"
    if not app.accounts():
        found.append(
            fail("config", f"{file}: no account is switched on", "`crosspost accounts add NETWORK` connects one")
        )
    return found or [ok("config", f"{file}: {', '.join(usable)}")], usable


def secrets_file(app: "App") -> Finding | None:
    """Why the secrets file is not used, if it is not: then no account has its token."""
    try:
        app.credentials.check()
    except ConfigError as error:
        said, _, todo = str(error).rpartition(": ")
        return fail("secrets", said, todo) if todo.startswith("chmod") else fail("secrets", str(error))
    return None


def secrets(app: "App", names: Sequence[str]) -> list[Finding]:
    """Accounts without any token; whether one is good, only its network knows."""
    found = []
    for name in names:
        cls, _, _ = app.checked(name)
        try:
            known = app.secrets(name, cls)
            for field, secret in known.items():
                if secret.wrong:
                    said = f"{called(secret, name, field)} cannot be used: {secret.wrong}"
                    if secret.command:
                        found.append(fail("secrets", f"{name}: {said}", "run the command in a terminal to see what"))
                    else:
                        found.append(fail("secrets", said, f"correct it in {app.credentials.place}"))
            if cls.credentials and not known:
                wanted = " or ".join(variable(name, field) for field in cls.credentials)
                found.append(warn("secrets", f"{name} has no token", f"set {wanted} in {app.credentials.place}"))
        except ConfigError as error:
            found.append(fail("secrets", str(error)))
    return found or [ok("secrets", f"in {app.credentials.place}")]


# ── asking the networks ───────────────────────────────────────────────────────────────────────────────────────────


def accounts(app: "App", names: Sequence[str]) -> Iterator[Finding]:
    """Ask each network who we are, all at the same time, and compare its clock with ours."""
    if not names:
        return
    with _warnings() as heard, ThreadPoolExecutor(max_workers=len(names)) as pool:
        told = False  # one machine has one clock
        for found in pool.map(tracing.carried(partial(_account, app, heard=heard)), names):
            yield from (one for one in found if not (told and one.about == "clock"))
            told = told or any(one.about == "clock" for one in found)


def _account(app: "App", name: str, heard: dict[int, list[str]]) -> list[Finding]:
    said: list[str] = []
    heard[threading.get_ident()] = said
    try:
        network = app.network(name)
        me = network.connect()
    except AuthExpired as error:
        return [fail(name, str(error), _renew(app, name))]
    except NotSent as error:
        if isinstance(error.__cause__, ConfigError | LedgerError):  # no network was asked, and it says what to do
            return [fail(name, str(error))]
        return [fail(name, str(error), "try again later; if it stays, check base_url and your network")]
    except CrosspostError as error:
        return [fail(name, str(error))]
    software = f" ({me.server})" if me.server and me.server not in network.base_url else ""
    who = f"{me.handle or me.id} on {network.base_url}{software}"
    if why := _objection(app, network, me):
        return [fail(name, why, "nothing is sent there until then")]
    mark = network.label.removeprefix(name)  # what stands behind the name of one in the sandbox
    if network.by_hand:
        return [ok(name, f"{network.name}{mark} is posted to by hand, at {me.url}"), *_remarks(network)]
    last, now = network.session.last, datetime.now(UTC)
    end = login_end(name, me.expires_at, app.clock(), ends=network.token_ends)
    found = [ok(name, f"{network.name}{mark} knows us: {who}, id {me.id}"), *end]
    told = f"{me.expires_at:%Y-%m-%d}" if me.expires_at is not None and end[0].state != "ok" else ""
    found += [warn(name, one) for one in said if not (told and told in one)]  # the line about the end says that too
    return [*found, *_remarks(network), *clock(name, last, now)]


def login_end(about: str, end: datetime | None, now: datetime, *, ends: bool) -> list[Finding]:
    """Until when a login is good, and what to do about it.

    :param ends: whether the network's logins end at all; None for ``end`` is unknown then
    """
    if end is None:
        return [ok(about, "no end of its login is known" if ends else "its login does not end by itself")]
    left = end - now
    said = f"its login ends on {end:%Y-%m-%d}, in {span(max(left, timedelta()))}"
    return [ok(about, said) if left > _SOON else warn(about, said, f"`crosspost accounts renew {about}`")]


def _remarks(network: "Network") -> list[Finding]:
    """Rights that are missing, and what the server asks of accounts like this one."""
    try:
        remarks = network.remarks()
    except CrosspostError as error:
        return [warn(network.account, f"it cannot be asked what the login may do: {error}")]
    return [Finding(state=one.weight, about=network.account, said=one.said, todo=one.todo) for one in remarks]


def _renew(app: "App", name: str) -> str:
    """What to do for a login that is refused: which credentials it needs, and where they are to be had."""
    cls, _, _ = app.checked(name)
    wanted = [f"{variable(name, field)} ({what})" for field, what in cls.credentials.items()]
    page = network_page(app.accounts()[name].network)
    more = f"; {page} says how to get them" if page else ""
    anew = f"; or set it again in {app.credentials.place}: {', '.join(wanted)}{more}" if wanted else ""
    return f"`crosspost accounts renew {name}`{anew}"


def _objection(app: "App", network: "Network", me: "Identity") -> str:
    """Why who answers is not who this account was so far; "" when it is, or nothing is known."""
    from crosspost.app.ledger_access import no_ledger_yet, open_ledger
    from crosspost.delivery import network_users

    try:
        if app.settings is None or no_ledger_yet(app):
            return ""
        ledger = open_ledger(app, read_only=True)
    except CrosspostError:  # the ledger's own line tells
        return ""
    try:
        ledger.configured = frozenset(app.settings.accounts)
        return network_users.objection(network_users.user_of(network, me), network.account, ledger)
    finally:
        ledger.close()


def clock(about: str, last: "Exchange | None", now: datetime) -> list[Finding]:
    """Compare this machine's clock with the Date of an answer (RFC 9110 section 6.6.1)."""
    written = last.headers.get("date", "") if last is not None else ""
    try:
        there = parsedate_to_datetime(written).astimezone(UTC)
    except ValueError:
        return []
    wrong = now - there
    if abs(wrong) <= _SKEW:
        return []
    which = "ahead of" if wrong > timedelta() else "behind"
    said = f"this machine's clock is {span(abs(wrong))} {which} that of {about}"
    return [(fail if abs(wrong) > _SIGNED else warn)("clock", said, "set the clock (timedatectl set-ntp true)")]


@contextlib.contextmanager
def _warnings() -> Iterator[dict[int, list[str]]]:
    """What adapters log as warnings meanwhile, by thread: a token that ends soon, one that could not be renewed."""
    heard: dict[int, list[str]] = {}

    class Hears(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.setdefault(record.thread or 0, []).append(record.getMessage())

    log, handler = logging.getLogger("crosspost.networks"), Hears(logging.WARNING)
    before = log.propagate
    log.addHandler(handler)
    log.propagate = False
    try:
        yield heard
    finally:
        log.removeHandler(handler)
        log.propagate = before
