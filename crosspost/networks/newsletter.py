"""Mail to a list address, or one mail to each person on a list, through a mail server (SMTP submission).

Sources: RFC 5321 (SMTP), RFC 8314 (TLS), RFC 2369 and 8058 (unsubscribing), support.google.com/a/answer/14229414
(rules for bulk mail), checked 2026-11-22.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from crosspost.compose.formats import mail
from crosspost.errors import ConfigError, NotSent, Rejected, Unknown
from crosspost.model import Abilities, Doubt, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt
from crosspost.networks.base import Save
from crosspost.networks.linked_pictures import LinkedPictures
from crosspost.networks.mail.mail_common import mail_draft
from crosspost.networks.mail.mail_settings import Settings, addresses_of, people_of, sender_of
from crosspost.networks.mail.recipients import Journal, Recipient, Round, StoppedError, key_of, named
from crosspost.networks.mail.smtp_network import SmtpNetwork
from crosspost.transport.mail_server import Answer

if TYPE_CHECKING:
    from email.headerregistry import Address

    from crosspost.transport.smtp import Connection

#: one run sends for at most this long; a lease in the ledger lasts a little longer
TURN = timedelta(minutes=8)
#: with this many recipients in doubt a person must check before anybody else is sent a mail
_MANY_DOUBTS = 12
#: a recipient that is refused temporarily for this long is given up
PATIENCE = timedelta(days=3)


class Newsletter(LinkedPictures, SmtpNetwork):
    key = "newsletter"
    name = "Newsletter"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://www.rfc-editor.org/rfc/rfc5321",
        checked=date(2026, 11, 22),
    )
    #: nothing can be read back, so an unknown outcome stays unknown
    abilities = Abilities(card="none", mentions="nothing", read_back=False, digest=True)
    doubt = Doubt(
        url=False,
        look="ask whether the mail arrived, or look in the mail server's log",
        absent="It is sent again",
        guarded="Nobody who has had their turn gets it twice; the others follow",
        unproved="Whether a mail went out cannot be looked up",
    )
    one_by_one = True
    look = Look(layout="letter", bold_title=True)
    no_responses = "mails have no figures, and answers come to the sender's mailbox"
    Options = Settings
    example = """\
base_url = "smtps://smtp.example.org:465"   # smtps: TLS from the first byte; smtp://host:587: STARTTLS
sender = "Verein Beispiel <post@example.org>"
to = "rundbrief@lists.example.org"          # a list's address: one mail to it; or several: ["a@…", "b@…"]
# recipients = "people.csv"      # instead of `to`: a file of people, each gets a mail of their own
# unsubscribe = "https://example.org/leave?who={address}"   # where they leave the list, with one click
# at_once = 300                  # at most so many of them in one run; the rest follow in the next
# subject = "…"                  # instead of the post's title
# content = "teaser"             # title, description and link; "full": the whole post
# footer = "…"                   # at the end of every mail; {unsubscribe} in it is the recipient's address for leaving
# tls = "implicit"               # implicit, starttls or none; without it as base_url says
# insecure = false               # true: allow tls = "none" to another machine
# login = true                   # false: the server wants no name and password
"""
    hint = "content"
    schemes: ClassVar = ("smtps", "smtp")
    at_root: ClassVar = False
    needs: ClassVar = {
        "base_url": "smtps://smtp.example.org:465",
        "sender": "Verein Beispiel <post@example.org>",
        "to": "rundbrief@lists.example.org",
    }
    files: ClassVar = ("recipients",)
    at_home = True
    login = "crosspost.networks.logins.mail:MailLogin"
    credentials: ClassVar = {
        "username": "the login name at the mail server, often the mail address",
        "password": "the password, or an app password where the provider requires one",
    }

    @property
    def audience(self) -> str:
        """The list's address, or the recipients file."""
        to = (self.options.to,) if isinstance(self.options.to, str) else self.options.to
        return self.options.recipients or ",".join(sorted(to))

    @property
    def able(self) -> Abilities:
        """With a recipients file the journal ensures that a repetition sends to nobody twice."""
        if not self.options.recipients:
            return self.abilities
        return msgspec.structs.replace(self.abilities, idempotent_for=int(timedelta(days=30).total_seconds()))

    def connect(self) -> Identity:
        try:
            sender, where = sender_of(self.options, self.account), self._where(self.options)
        except ConfigError as error:
            raise NotSent(str(error)) from None
        with self._talking(), self._connection(where, self.options) as line:
            line.try_sender(sender.addr_spec)
        return Identity(id=sender.addr_spec, handle=sender.addr_spec, server=where.host)

    def compose(self, post: Post) -> Draft:
        return mail_draft(self, post)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Check the addresses and freeze the date. ``save`` is used until this delivery is published."""
        options = self._options(prepared)
        sender_of(options, self.account), self._where(options), people_of(options, self.account)
        remote = dict(prepared.remote)
        if "date" not in remote:
            remote["date"] = self.clock().isoformat()
            save("date", remote["date"])
        self._saving = (prepared.handle, save)
        return msgspec.structs.replace(prepared, remote=remote)

    def publish(self, prepared: Prepared) -> Receipt:
        options = self._options(prepared)
        with self._talking(), self._connection(self._where(options), options) as line:
            if options.recipients:
                return self._to_each(line, prepared)
            if prepared.begun is not None:  # only after a change of the config
                raise Unknown(f"{self.account}: an earlier attempt may be out; look in the mail server's log")
            sender, to = sender_of(options, self.account), addresses_of(options, self.account)
            message = self._message(prepared, to)
            refused = line.send(sender.addr_spec, [address.addr_spec for address in to], message)
        note = self._shown(f"refused: {_listed(refused)}") if refused else ""
        return self._receipt(prepared, note)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # a journal needs no clock
        """A mail cannot be looked up; with a recipients file, check whether everybody has had their turn."""
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
        people = {person.key(prepared.handle): person for person in people_of(self._options(prepared), self.account)}
        handle, save = self._saving

        def store(journal: Journal) -> None:
            if handle != prepared.handle:
                raise NotSent(f"{self.account}: this delivery was not prepared; nothing was sent")
            save("journal", journal.stored())

        return Round(Journal.of(prepared.remote), people, store)

    def _to_each(self, line: "Connection", prepared: Prepared) -> Receipt:
        """Send a message to everybody who has not had their turn.

        Once anybody may have it, an interruption raises :class:`Unknown`, so that the engine keeps the text and the
        journal, and continues later.
        """
        turn, began = self._round(prepared), self.clock()
        turn.journal.since = turn.journal.since or began.isoformat()
        turn.keep()

        def send(person: Recipient) -> None:
            message = self._message(prepared, [person.address], person)
            line.send(sender_of(self._options(prepared), self.account).addr_spec, [person.address.addr_spec], message)

        try:
            turn.write(send, most=self._options(prepared).at_once, go_on=lambda: self.clock() - began < TURN)
        except StoppedError as stopped:
            why = (
                f"{stopped.doubted} may or may not have it, the rest follows" if stopped.doubted else "the rest follows"
            )
            summary = f"{self.account}: {_mails(turn.journal.sent)} out, {why}: {stopped.cause}"
            raise Unknown(self._shown(summary)) if turn.out else self._meaning_of(stopped.cause) from None
        patient = began - datetime.fromisoformat(turn.journal.since) < PATIENCE
        if turn.left and (patient or turn.left != sorted(turn.journal.later)):
            summary = f"{self.account}: {_mails(turn.journal.sent)} out, {len(turn.left)} follow in the next run"
            raise Unknown(summary) if turn.out else NotSent(f"{self.account}: {turn.notes()}")
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
        key = next((known for known in journal.doubt if known == key or (len(who) >= 8 and known.startswith(who))), "")
        if not key:
            others = ", ".join(named(journal.doubt, people)) or "nobody"
            raise ConfigError(f"{self.account}: {who} is not in doubt; in doubt: {others}")
        if not has_it and key not in people:
            raise ConfigError(f"{self.account}: {who} is no longer in the recipients file and gets no mail")
        journal.decide(key, has_it=has_it, over=over, now=self.clock().isoformat())
        return {**prepared.remote, "journal": journal.stored()}

    def unfinished(self, prepared: Prepared) -> bool:
        """While people are still due; except when the server keeps failing, which leaves one more in doubt each
        time.
        """
        journal = Journal.of(prepared.remote)
        return bool(journal.due([*self._known(prepared)])) and len(journal.doubt) < _MANY_DOUBTS

    def _known(self, prepared: Prepared) -> dict[str, Recipient]:
        """The people in today's recipients file by journal key; {} when it cannot be read."""
        try:
            return {person.key(prepared.handle): person for person in people_of(self._options(prepared), self.account)}
        except ConfigError:
            return {}

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    _saving: tuple[str, Save] = ("", lambda *_: None)

    def _options(self, prepared: Prepared) -> Settings:
        """Content settings as frozen, delivery settings from today's config.

        A mail to a list stays one, and so does one to people: switching would send it again to people who may have it.
        """
        options: Settings = self.spoken(prepared.draft)
        if options.to and not self.options.to:
            return msgspec.structs.replace(options, recipients="")
        if not options.recipients and "journal" in prepared.remote:
            raise ConfigError(
                f"{self.account}: this mail was begun for the people in a `recipients` file: set that file again, "
                "or end it with `crosspost settle`"
            )
        return options

    def _message(self, prepared: Prepared, to: "list[Address]", who: Recipient | None = None) -> bytes:
        sender = sender_of(self._options(prepared), self.account)
        return mail.message(
            prepared.draft,
            sender=sender,
            to=to,
            date=datetime.fromisoformat(prepared.remote["date"]),
            message_id=mail.message_id(prepared.handle, sender.domain, who.address.addr_spec if who else ""),
            leave=who.leave if who else None,
        ).as_bytes()

    def _receipt(self, prepared: Prepared, note: str) -> Receipt:
        sender = sender_of(self._options(prepared), self.account)
        identity = mail.message_id(prepared.handle, sender.domain).strip("<>")
        return Receipt(id=identity, url=f"mid:{identity}", at=self.clock(), notes=(note,) if note else ())


def _mails(number: int) -> str:
    return "1 mail is" if number == 1 else f"{number} mails are"


def _listed(refused: dict[str, Answer]) -> str:
    return ", ".join(f"{address} ({answer.text})" for address, answer in refused.items())
