"""A Signal group, through signal-cli's JSON-RPC daemon or signal-cli-rest-api.

Sources: signal-cli(1), signal-cli-jsonrpc(5), github.com/bbernhard/signal-cli-rest-api, checked 2026-11-22.

Signal has no history that can be queried, and a message's timestamp cannot be chosen in advance, so a delivery with an
unknown outcome is held for a person.
"""

import base64
import logging
import unicodedata
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from crosspost.compose.fit import shorten
from crosspost.compose.formats.message_entities import title_span
from crosspost.errors import AuthExpired, DeliveryError, Rejected
from crosspost.model import (
    Abilities,
    Card,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Post,
    Prepared,
    Receipt,
    Value,
)
from crosspost.networks.base import Network, Save
from crosspost.networks.forms import form
from crosspost.networks.protocols.signal_rpc import Group, Preview, SignalMessage, Wire, wire
from crosspost.transport.exchange import Exchange

log = logging.getLogger("crosspost.networks")

_DESCRIPTION = 300  # characters of a link preview; the apps show about two lines


class Options(Value, frozen=True, kw_only=True):
    """``number`` is the account's phone number (+49…), ``group`` the group's name or id.

    ``kind`` is "rest" for signal-cli-rest-api.
    """

    carried: ClassVar = ("number", "group", "kind")
    number: Annotated[str, form(r"\+\d+", 'the number as it is dialled from abroad, such as "+4915112345678"')] = ""
    group: str = ""
    kind: Literal["json-rpc", "rest"] = "json-rpc"


class Signal(Network):
    key = "signal"
    name = "Signal"
    limits = Limits(
        text=2000,  # longer texts are sent as a file, of which the apps show only the beginning
        unit="utf-8",
        # the request contains the picture in Base64; the apps scale pictures to about this size, too
        images=ImageLimits(count=10, bytes=1_000_000, max_width=1600, max_height=1600),
        source="https://github.com/AsamK/signal-cli/blob/master/man/signal-cli.1.adoc",
        checked=date(2026, 11, 22),
    )
    abilities = Abilities(
        card="client",
        alt_text=False,
        edit=True,
        edit_keeps=("language",),
        delete=True,
        absence_after=None,
        read_back=False,
        mentions="nothing",
        permalink=False,
    )
    doubt = Doubt(look="look at the group", url=False)
    look = Look(
        layout="chat",
        brand=("#3a76f0", "#3a76f0"),
        link=("#2c58c3", "#8fb0ff"),
        bubble=("#e9e9eb", "#2b2c30"),
        bold_title=True,
    )
    no_responses = "Signal keeps no figures, and answers come to the chat"
    Options = Options
    at_home = True
    example = """\
base_url = "http://localhost:8080"   # signal-cli's daemon; also "tcp://localhost:7583" or "unix:/run/signal-cli/socket"
number = "+4915112345678"        # the account in signal-cli
group = "Friends of the valley"  # the group's name, or its id
# kind = "rest"                  # base_url is a signal-cli-rest-api
"""
    hint = "kind"
    schemes: ClassVar = ("https", "http", "tcp", "unix", "rest+http", "rest+https")
    at_root: ClassVar = False
    needs: ClassVar = {"number": "+4915112345678", "group": "the group's name or id"}
    login = "crosspost.networks.logins.signal:SignalLogin"
    credentials: ClassVar[dict[str, str]] = {}
    no_secrets = "no token; whoever reaches signal-cli's address sends in the account's name: keep it to yourself"
    home = "http://localhost:8080"

    def connect(self) -> Identity:
        for field in ("number", "group"):
            if not getattr(self.options, field):
                raise AuthExpired(f"{self.account}: `{field}` is missing: set it in [accounts.{self.account}]")
        with self.talking():
            groups = self._wire().groups()
        group = self._chosen(groups)
        return Identity(id=group.id, handle=group.name or group.id)

    def compose(self, post: Post) -> Draft:
        """A single picture goes into the link preview; several, or one without a preview, are attached."""
        draft = super().compose(post)
        if draft.card is None or len(draft.images) > 1:
            return msgspec.structs.replace(draft, card=None)
        card = msgspec.structs.replace(draft.card, image=next(iter(draft.images), None))
        return msgspec.structs.replace(draft, images=(), card=card)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        self._message(prepared.draft)  # finds unusable pictures before the post counts as begun
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        message, group = self._message(prepared.draft), self.me()
        with self.talking(irreversible=True):
            sent = self._wire().send(group.id, message)
        for failure in sent.failures:
            log.warning("%s: the message is out, but %s", self.account, failure)
        return Receipt(id=str(sent.timestamp), url="", at=self.clock(), notes=sent.failures)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # nothing can be looked up
        """Always None: what an account sent cannot be looked up."""
        return None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        message = self._message(prepared.draft)._replace(edits=int(receipt.id))
        with self.talking():
            sent = self._wire().send(self.me().id, message)
        return msgspec.structs.replace(receipt, notes=sent.failures)

    def delete(self, receipt: Receipt) -> None:
        with self.talking():
            self._wire().delete(self.me().id, int(receipt.id))

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: signal-cli says: {self.sentence(exchange)}"
        if exchange.status == 421:  # the daemon accepts only the host name it was bound to
            return Rejected(f"{message}. Write the host in base_url exactly as in the daemon's --http option")
        return self._wire().explain(message, exchange, irreversible=irreversible, now=self.clock())

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _wire(self) -> Wire:
        return wire(self.session, self.base_url, self.options.number, self.options.kind)

    def _chosen(self, groups: list[Group]) -> Group:
        """Find the configured group, by id or full name."""
        wanted = self.options.group
        name = unicodedata.normalize("NFC", wanted)
        found = [group for group in groups if group.id == wanted]
        found = found or [group for group in groups if unicodedata.normalize("NFC", group.name) == name]
        where = f"{self.account}: {self.options.number}"
        if not found:
            known = ", ".join(f"“{group.name}”" for group in groups if group.member) or "none"
            raise AuthExpired(f"{where} has no group “{wanted}”; its groups: {known}")
        if len(found) > 1:
            ids = ", ".join(group.id for group in found)
            raise AuthExpired(f"{where} has {len(found)} groups called “{wanted}”; set `group` to the id: {ids}")
        if not found[0].member:
            raise AuthExpired(f"{where} is not a member of the group “{found[0].name}”")
        return found[0]

    def _message(self, draft: Draft) -> SignalMessage:
        return SignalMessage(
            text=draft.text,
            bold=title_span(draft),
            preview=self._preview(draft.card) if draft.card is not None and draft.card.url in draft.text else None,
            attachments=tuple(self._data_uri(picture) for picture in draft.images),
        )

    def _preview(self, card: Card) -> Preview:
        description = shorten(card.description, lambda text: len(text) <= _DESCRIPTION, _DESCRIPTION)
        image = self._data_uri(card.image) if card.image is not None else ""
        return Preview(card.url, card.title or card.url, description, image)

    def _data_uri(self, picture: Picture) -> str:
        """A data URI (RFC 2397), because a path would have to be on the daemon's machine."""
        fitted = self.fitted(picture)
        data = base64.b64encode(fitted.data).decode()
        return f"data:{fitted.mime};filename=picture.{fitted.format.lower()};base64,{data}"
