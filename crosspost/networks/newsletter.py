"""Mail to a list address, or one mail to each person of a list, through a mail server (SMTP submission).

Sources: RFC 5321 (SMTP), RFC 8314 (TLS), RFC 2369 and 8058 (leaving a list), support.google.com/a/answer/14229414
(rules for bulk mail), checked 2026-11-22.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.headerregistry import Address
from typing import Any, ClassVar, Literal

import msgspec

from crosspost.compose.formats import mail
from crosspost.config.credentials import variable
from crosspost.errors import AuthExpired, ConfigError, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.model import Abilities, Doubt, Draft, Identity, ImageLimits, Limits, Post, Prepared, Receipt
from crosspost.networks.base import Network, Save
from crosspost.networks.mail.mail_common import MailOptions, mail_draft
from crosspost.networks.mail.recipients import Journal, Recipient, Round, StoppedError, key_of, named, read
from crosspost.transport.smtp import Answer, Connection, MailServer, SmtpError, server

#: one run writes to people for at most this long: a lease in the ledger lasts a little longer
TURN = timedelta(minutes=8)
#: with so many in doubt a person must look before anybody else is written to
_MANY_DOUBTS = 12
#: who is refused "for the moment" for this long is given up
PATIENCE = timedelta(days=3)
#: characters of what a server says that are shown
_SHOWN = 1000


class Settings(MailOptions, frozen=True, kw_only=True):
    """``sender`` is the From address, ``to`` the list's address (or several: one mail that names them all), or
    ``recipients`` a file of people who get a mail each, at most ``at_once`` in one run. ``unsubscribe`` is an https
    address where they leave; ``{address}`` in it is theirs, and ``{unsubscribe}`` in the footer is that address.
    ``tls`` is taken from ``base_url`` unless set; ``insecure`` allows ``tls = "none"`` beyond this machine.
    ``login = false``: the server asks for none.
    """

    carried: ClassVar = ("recipients", "at_once", "tls", "insecure", "login")
    sender: str = ""
    to: str | tuple[str, ...] = ""
    recipients: str = ""
    unsubscribe: str = ""
    at_once: int = 300
    tls: Literal["", "implicit", "starttls", "none"] = ""
    insecure: bool = False
    login: bool = True


class Newsletter(Network):
    key = "newsletter"
    name = "Newsletter"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=1, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://www.rfc-editor.org/rfc/rfc5321",
        checked=date(2026, 11, 22),
    )
    #: nothing can be read back: what is in doubt stays in doubt
    abilities = Abilities(card="none", mentions="nothing", read_back=False, digest=True)
    doubt = Doubt(
        url=False,
        look="ask whether the mail came, or look into the mail server's log",
        absent="It is sent again",
        guarded="Who has had their turn gets it no second time; the others follow",
        unproved="Whether a mail went out cannot be looked up",
    )
    one_by_one = True
    Options = Settings
    hint = '# content = "full"              # the whole post instead of title, description and link'
    schemes: ClassVar = ("smtps", "smtp")
    at_root: ClassVar = False
    needs: ClassVar = {
        "base_url": "smtps://smtp.example.org:465",
        "sender": "Verein Beispiel <post@example.org>",
        "to": "rundbrief@lists.example.org",
    }
    files: ClassVar = ("recipients",)
    at_home = True
    credentials: ClassVar = {
        "username": "the login name at the mail server, often the mail address",
        "password": "the password, or an app password where the provider wants one",
    }

    @property
    def audience(self) -> str:
        """The list's address, or the file of those who get a mail each."""
        to = (self.options.to,) if isinstance(self.options.to, str) else self.options.to
        return self.options.recipients or ",".join(sorted(to))

    @property
    def able(self) -> Abilities:
        """With a recipients file the journal sees to it that a repetition writes to nobody twice."""
        if not self.options.recipients:
            return self.abilities
        return msgspec.structs.replace(self.abilities, idempotent_for=int(timedelta(days=30).total_seconds()))

    def connect(self) -> Identity:
        try:
            sender, where = self._sender(self.options), self._where(self.options)
        except ConfigError as error:
            raise NotSent(str(error)) from None
        with self._talking(), Connection(where, self._login(self.options)) as line:
            line.try_sender(sender.addr_spec)
        return Identity(id=sender.addr_spec, handle=sender.addr_spec, server=where.host)

    def compose(self, post: Post) -> Draft:
        return mail_draft(self, post)

    def draft(self, post: Post) -> Draft:
        """Pictures are shown from the web: no file has to be made to fit."""
        return self.compose(post)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Check addresses and freeze the date. ``save`` stays in use until this delivery is published."""
        options = self._options(prepared)
        self._sender(options), self._where(options), self._people(options)
        remote = dict(prepared.remote)
        if "date" not in remote:
            remote["date"] = self.clock().isoformat()
            save("date", remote["date"])
        self._saving = (prepared.handle, save)
        return msgspec.structs.replace(prepared, remote=remote)

    def publish(self, prepared: Prepared) -> Receipt:
        options = self._options(prepared)
        with self._talking(), Connection(self._where(options), self._login(options)) as line:
            if options.recipients:
                return self._to_each(line, prepared)
            if prepared.begun is not None:  # only a change of the config leads here
                raise Unknown(f"{self.account}: an earlier attempt may be out: the mail server's log knows")
            sender, to = self._sender(options), self._to(options)
            made = self._message(prepared, to)
            refused = line.send(sender.addr_spec, [one.addr_spec for one in to], made)
        note = self._shown(f"refused: {_listed(refused)}") if refused else ""
        return self._receipt(prepared, note)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # a journal needs no clock
        """A mail cannot be looked for; with a recipients file, whether everybody had their turn."""
        stored = prepared.remote.get("journal", {})
        if not self._options(prepared).recipients or not stored.get("reached") or stored.get("open"):
            return None
        try:
            turn = self._round(prepared)
        except ConfigError as error:
            raise NotSent(str(error)) from None
        return None if turn.left else self._all_done(prepared, turn)

    # ── one mail each ─────────────────────────────────────────────────────────────────────────────────────────────

    def _round(self, prepared: Prepared) -> Round:
        people = {one.key(prepared.handle): one for one in self._people(self._options(prepared))}
        handle, save = self._saving

        def store(journal: Journal) -> None:
            if handle != prepared.handle:
                raise NotSent(f"{self.account}: this delivery was not prepared; nothing was sent")
            save("journal", journal.stored())

        return Round(Journal.of(prepared.remote), people, store)

    def _to_each(self, line: Connection, prepared: Prepared) -> Receipt:
        """A message to everybody who has not had their turn. Once anybody may have it, the rest is "unknown": the
        engine then neither words it anew nor gives the journal up, and comes back."""
        turn, began = self._round(prepared), self.clock()
        turn.journal.since = turn.journal.since or began.isoformat()
        turn.keep()

        def send(who: Recipient) -> None:
            made = self._message(prepared, [who.address], who)
            line.send(self._sender(self._options(prepared)).addr_spec, [who.address.addr_spec], made)

        try:
            turn.write(send, most=self._options(prepared).at_once, go_on=lambda: self.clock() - began < TURN)
        except StoppedError as stopped:
            why = (
                f"{stopped.doubted} may or may not have it, the rest follows" if stopped.doubted else "the rest follows"
            )
            said = f"{self.account}: {_mails(turn.journal.sent)} out, {why}: {stopped.cause}"
            raise Unknown(self._shown(said)) if turn.out else self._meaning_of(stopped.cause) from None
        patient = began - datetime.fromisoformat(turn.journal.since) < PATIENCE
        if turn.left and (patient or turn.left != sorted(turn.journal.later)):
            said = f"{self.account}: {_mails(turn.journal.sent)} out, {len(turn.left)} follow in the next run"
            raise Unknown(said) if turn.out else NotSent(f"{self.account}: {turn.notes()}")
        return self._all_done(prepared, turn)

    def _all_done(self, prepared: Prepared, turn: Round) -> Receipt:
        if not turn.out:
            raise Rejected(f"{self.account}: {turn.notes()}")
        return self._receipt(prepared, turn.notes())

    def in_doubt(self, prepared: Prepared) -> tuple[str, ...]:
        doubt = Journal.of(prepared.remote).doubt
        return tuple(named(doubt, self._known(prepared))) if doubt else ()

    def decided(self, prepared: Prepared, who: str, *, has_it: bool, over: bool) -> dict[str, Any]:
        journal, people = Journal.of(prepared.remote), self._known(prepared)
        key = key_of(prepared.handle, who)
        key = next((one for one in journal.doubt if one == key or (len(who) >= 8 and one.startswith(who))), "")
        if not key:
            others = ", ".join(named(journal.doubt, people)) or "nobody"
            raise ConfigError(f"{self.account}: {who} is not in doubt; in doubt: {others}")
        if not has_it and key not in people:
            raise ConfigError(f"{self.account}: {who} is not in the recipients file any more and gets no mail")
        journal.decide(key, has_it=has_it, over=over, now=self.clock().isoformat())
        return {**prepared.remote, "journal": journal.stored()}

    def unfinished(self, prepared: Prepared) -> bool:
        """While people follow; unless the server breaks off again and again: each time costs somebody's certainty."""
        journal = Journal.of(prepared.remote)
        return bool(journal.due([*self._known(prepared)])) and len(journal.doubt) < _MANY_DOUBTS

    def _known(self, prepared: Prepared) -> dict[str, Recipient]:
        """The people of today's recipients file by their keys; nobody when it cannot be read."""
        try:
            return {one.key(prepared.handle): one for one in self._people(self._options(prepared))}
        except ConfigError:
            return {}

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    _saving: tuple[str, Save] = ("", lambda _key, _value: None)

    def _options(self, prepared: Prepared) -> Settings:
        """What was said when it was frozen, carried as the config says today. A mail to a list stays one, and one to
        people as well: the other kind would reach those a second time who may have it.
        """
        options: Settings = self.spoken(prepared.draft)
        if options.to and not self.options.to:
            return msgspec.structs.replace(options, recipients="")
        if not options.recipients and "journal" in prepared.remote:
            raise ConfigError(
                f"{self.account}: this mail was begun for the people of a `recipients` file: name that file again, "
                "or end it with `crosspost settle`"
            )
        return options

    def _sender(self, options: Settings) -> Address:
        return mail.address(options.sender, f"{self.account}: `sender`")

    def _to(self, options: Settings) -> list[Address]:
        said = (options.to,) if isinstance(options.to, str) else options.to
        return [mail.address(one, f"{self.account}: `to`") for one in said if one]

    def _people(self, options: Settings) -> list[Recipient]:
        """The people of the recipients file; none when the mail goes to a list address."""
        if bool(self._to(options)) == bool(options.recipients):
            raise ConfigError(f"{self.account}: set either `to` (a list's address) or `recipients` (a file)")
        leave = options.unsubscribe
        if leave and not leave.startswith("https://"):
            raise ConfigError(f"{self.account}: `unsubscribe` must begin with https://")
        return read(options.recipients, leave) if options.recipients else []

    def _where(self, options: Settings) -> MailServer:
        try:
            where = server(self.base_url, options.tls, insecure=options.insecure)
        except ValueError as error:
            raise ConfigError(f"{self.account}: {error}") from None
        connect, answer, whole = self.session.timeouts
        return msgspec.structs.replace(where, connect=connect, read=answer, deadline=whole)

    def _login(self, options: Settings) -> tuple[str, str] | None:
        return (self.secret("username"), self.secret("password")) if options.login else None

    def _message(self, prepared: Prepared, to: list[Address], who: Recipient | None = None) -> bytes:
        sender = self._sender(self._options(prepared))
        return mail.message(
            prepared.draft,
            sender=sender,
            to=to,
            date=datetime.fromisoformat(prepared.remote["date"]),
            message_id=mail.message_id(prepared.handle, sender.domain, who.address.addr_spec if who else ""),
            leave=who.leave if who else None,
        ).as_bytes()

    def _receipt(self, prepared: Prepared, note: str) -> Receipt:
        sender = self._sender(self._options(prepared))
        identity = mail.message_id(prepared.handle, sender.domain).strip("<>")
        return Receipt(id=identity, url=f"mid:{identity}", at=self.clock(), notes=(note,) if note else ())

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """The boundary for mail: what a server answered becomes one of the six delivery errors."""
        try:
            yield
        except SmtpError as error:
            raise self._meaning_of(error) from error

    def _shown(self, said: str) -> str:
        """A server's words, without a secret; these are taken out before anything is cut off."""
        return self.session.redact(said)[:_SHOWN]

    def _meaning_of(self, error: SmtpError) -> DeliveryError:
        said = self._shown(f"{self.account}: {error}")
        answer = error.answer
        if error.in_doubt:
            return Unknown(said)
        if answer is None:
            return NotSent(said)
        if error.stage == "login" or answer.code in (530, 534, 535, 538):
            names = " and ".join(variable(self.account, field) for field in self.credentials)
            return NotSent(said) if answer.code < 500 else AuthExpired(f"{said}; check {names}")
        worst = max((one.code for one in error.refused.values()), default=answer.code)
        mild = min((one.code for one in error.refused.values()), default=answer.code)
        if mild < 500 <= worst or worst < 500:
            return RateLimited(said) if answer.enhanced.startswith("4.7.") else NotSent(said)
        return Rejected(said)


def _mails(number: int) -> str:
    return "1 mail is" if number == 1 else f"{number} mails are"


def _listed(refused: dict[str, Answer]) -> str:
    return ", ".join(f"{address} ({answer.text})" for address, answer in refused.items())
