"""Mobilizon: a post that announces an event becomes that event.

Sources: framasoft/mobilizon 5.1.3 (GraphQL schema of events, addresses, media and persons; error.ex; the controller of
OAuth), docs.mobilizon.org; checked 2026-11-27. There is no key against repetition: the profile's own events are read.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import msgspec

from crosspost.compose.formats.article import ArticleOptions
from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown, Unsupported
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Picture, Post, Prepared, Receipt
from crosspost.networks import mobilizon_event
from crosspost.networks.article_network import Articles
from crosspost.networks.base import Save
from crosspost.networks.post_search import Page, moment, rows
from crosspost.networks.protocols.renewing_network import CREDENTIALS, Renewing
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

SHORTEST = 3  # characters of a title


class Options(ArticleOptions, frozen=True, kw_only=True):
    """``profile`` is the name of one of the account's profiles, ``group`` that of a group it speaks for.

    ``visibility`` is who sees the event; ``category`` is a word of the server's list, such as ``ARTS``.
    """

    carried: ClassVar = ("profile", "group")
    profile: str = ""
    group: str = ""
    visibility: Literal["public", "unlisted", "private"] = "public"
    category: str = ""


class Mobilizon(Renewing, Articles):
    key = "mobilizon"
    name = "Mobilizon"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF", "WEBP"), bytes=10_485_760),
        source="https://github.com/framasoft/mobilizon",
        checked=date(2026, 11, 27),
    )
    # a name in the text is linked, and told (federation/activity_pub/types/events.ex)
    abilities = Abilities(card="none", edit=True, delete=True, absence_after=60, mentions="fediverse")
    look = Look(layout="letter", brand=("#3a384c", "#cdcaea"), link=("#1e7d97", "#7fd0e6"), bold_title=True)
    Options = Options
    takes_along = False
    ids_of_server = True
    at_root: ClassVar = False
    edits: ClassVar = ("event",)
    example = """\
base_url = "https://mobilizon.example"   # takes only posts with event: in their front matter
# profile = "garden"             # another of the account's profiles than its first
# group = "valley"               # the group whose event it is
# content = "teaser"             # title, description and link; without it the whole article
# visibility = "unlisted"        # public, unlisted or private
# category = "ARTS"              # a word of the server's list
"""
    hint = "group"
    needs: ClassVar = {"base_url": "https://mobilizon.example"}
    login = "crosspost.networks.logins.mobilizon:MobilizonLogin"
    credentials: ClassVar = CREDENTIALS
    exchange = "/oauth/token"

    def connect(self) -> Identity:
        with self.talking():
            return self.first_asked(self._who)

    @property
    def audience(self) -> str:
        return str(self.options.group)

    def compose(self, post: Post) -> Draft:
        """The article; when and where stand below the title, as a reader sees them there.

        :raises Unsupported: for a post without an event, or with too short a title
        """
        if post.event is None:
            raise Unsupported(f"{self.account}: {self.name} takes events, and this post has no `event:`")
        draft = super().compose(post)
        title, _, rest = draft.text.partition("\n\n")
        if len(title) < SHORTEST:
            raise Unsupported(f"{self.account}: a title has at least {SHORTEST} characters there")
        text = "\n\n".join(filter(None, (title, post.event.line, rest)))
        options = draft.options | {"event": msgspec.to_builtins(post.event)}
        return msgspec.structs.replace(draft, text=text, length=len(text), options=options)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload the event's own picture; those in the text stay where they are on the web."""
        own = msgspec.structs.replace(prepared.draft, images=prepared.draft.images[:1])
        made = self.uploaded(msgspec.structs.replace(prepared, draft=own), save, self._upload)
        return msgspec.structs.replace(made, draft=prepared.draft)

    def publish(self, prepared: Prepared) -> Receipt:
        fields = self._fields(prepared) | self._picture(prepared) | self._organizer()
        with self.talking(irreversible=True):
            return self._receipt(self._call(mobilizon_event.mutation("createEvent", fields), fields)["createEvent"])

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The newest event with our address, title and beginning that was made since then."""
        ours = self._fields(prepared)
        with self.talking():
            found = self.search(
                self._own(),
                since,
                at=lambda event: moment(event.get("insertedAt")),
                same=lambda event: mobilizon_event.is_ours(event, ours),
                shows=lambda event: (event.get("title"), self._receipt(event).url),
            )
        return self._receipt(found) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        fields = self._fields(prepared) | (self._picture(prepared) if pictures else {}) | {"eventId": receipt.id}
        # said also when it is the default: before this edit it may have been otherwise
        fields["options"] = fields.get("options", {}) | mobilizon_event.shows_time(prepared.draft)
        with self.talking():
            self._call(mobilizon_event.mutation("updateEvent", fields), fields)["updateEvent"]["id"]  # it must be there
        return receipt

    def delete(self, receipt: Receipt) -> None:
        try:
            with self.talking():
                self._call(mobilizon_event.DELETE, {"id": receipt.id})
        except Rejected:
            if not any(error.get("status_code") == 404 for error in _errors(self.session.last)):
                raise

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        """GraphQL tells refusals with status 200: each error has a status of its own, or the request was not begun."""
        errors, message = _errors(exchange), f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 401:
            return AuthExpired(f"{message}. {self.again}")
        if exchange.status != 200 or not errors:
            return None
        told = {error.get("status_code") for error in errors}
        if "too many requests" in message.lower() or 429 in told:
            return RateLimited(message, retry_at(exchange.headers, self.clock()))
        if 401 in told:
            return AuthExpired(f"{message}. {self.again}")
        if 403 in told:
            return AuthExpired(f"{message}. The profile or the login may not do this. {self.again}")
        begun = any(error.get("path") for error in errors)
        if told & {400, 404, 422} or not begun:
            return Rejected(message)
        return Unknown(message) if irreversible else NotSent(message)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, query: str, variables: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
        """The data of an answer without errors.

        :raises ValueError: for errors, which :meth:`explain` tells apart
        """
        return self._data(self.sent("POST", "/api", headers, json={"query": query, "variables": variables}))

    @staticmethod
    def _data(answer: Any) -> dict[str, Any]:
        if answer.get("errors"):
            raise ValueError("errors")
        return dict(answer["data"])

    def _who(self, headers: dict[str, str]) -> Identity:
        with self.talking():
            found = self._call(mobilizon_event.ME, {}, headers)
            me, wanted = found["loggedPerson"], self.options.profile
            if wanted:
                me = next((one for one in found["identities"] if one["preferredUsername"] == wanted), None)
            if not me or not me.get("id"):
                why = f"has no profile “{wanted}”" if wanted else "does not say whose token this is"
                raise AuthExpired(f"{self.account}: {self.name} {why}")
            group = (
                self._call(mobilizon_event.GROUP, {"name": self.options.group}, headers)["group"]
                if self.options.group
                else None
            )
            handle = f"@{me['preferredUsername']}" + (f" for {self.options.group}" if group else "")
            return Identity(
                id=str(me["id"]), handle=handle, url=str((group or me).get("url") or ""),
                server=f"group {group['id']}" if group else "",
            )  # fmt: skip

    def _group(self, headers: dict[str, str]) -> dict[str, Any] | None:
        """The group it speaks for; None for the profile itself."""
        if not (name := self.options.group):
            return None
        group = self._call(mobilizon_event.GROUP, {"name": name}, headers)["group"]
        if not group or not group.get("id"):
            raise AuthExpired(f"{self.account}: {self.name} does not know the group “{name}”; correct `group`")
        return dict(group)

    def _fields(self, prepared: Prepared) -> dict[str, Any]:
        return mobilizon_event.fields_of(prepared.draft, self.spoken(prepared.draft))

    def _organizer(self) -> dict[str, str]:
        me = self.me()
        return {"organizerActorId": me.id} | ({"attributedToId": me.server.removeprefix("group ")} if me.server else {})

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        name = f"picture.{fitted.mime.rpartition('/')[2]}"
        told = {"file": "picture", "name": name, "alt": picture.alt or None, "actor": self.me().id}
        form = {"query": mobilizon_event.UPLOAD, "variables": msgspec.json.encode(told).decode()}
        with self.talking():
            answer = self.sent("POST", "/api", data=form, files={"picture": (name, fitted.data, fitted.mime)})
            return self.id_of(self._data(answer)["uploadMedia"])

    @staticmethod
    def _picture(prepared: Prepared) -> dict[str, Any]:
        media = prepared.remote.get("media_0")
        return {"picture": {"mediaId": media}} if media and prepared.draft.images else {}

    def _own(self) -> Iterator[Page]:
        """The profile's own events, newest first."""
        page = 0
        while True:
            page += 1
            asked = {"id": self.me().id, "page": page, "limit": mobilizon_event.PAGE}
            found = self._call(mobilizon_event.OWN, asked)["person"]["organizedEvents"]
            events = rows(found, "elements")
            yield Page(events, more=int(found["total"]) > page * mobilizon_event.PAGE)
            if not events:
                return

    def _receipt(self, event: dict[str, Any]) -> Receipt:
        url = event.get("url") or (f"{self.base_url}/events/{event['uuid']}" if event.get("uuid") else "")
        return Receipt(id=self.id_of(event), url=str(url), at=self.clock())


def _errors(exchange: Exchange | None) -> list[dict[str, Any]]:
    """The errors in an answer."""
    answer = exchange.json() if exchange is not None else None
    found = answer.get("errors") if isinstance(answer, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
