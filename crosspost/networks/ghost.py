"""Ghost: the whole article as HTML, first as a draft, then published by one request.

Sources: ghost.org/docs/admin-api (posts, images, token authentication), TryGhost/Docs; checked 2026-11-26. The draft
has a slug that no other delivery has, so its state can be read at any time. No mail is sent without the setting.
"""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Literal

import msgspec

from crosspost.compose.formats.article import ArticleOptions, html, own_slug, parts
from crosspost.errors import AuthExpired, DeliveryError, KeptUntil, Rejected, Unknown
from crosspost.model import Abilities, Identity, ImageLimits, Limits, Look, Picture, Prepared, Receipt, Remark
from crosspost.networks.article_network import Articles
from crosspost.networks.base import Save
from crosspost.networks.post_search import moment
from crosspost.transport.exchange import Exchange

_OUT = ("published", "sent", "scheduled")


class Options(ArticleOptions, frozen=True, kw_only=True):
    """``visibility`` is who may read the article.

    ``newsletter`` is the slug of a newsletter: the article is mailed to its members, which nothing takes back.
    """

    visibility: Literal["public", "members", "paid"] = "public"
    newsletter: str = ""


class Ghost(Articles):
    key = "ghost"
    name = "Ghost"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://ghost.org/docs/admin-api/",
        checked=date(2026, 11, 26),
    )
    #: the draft is there before publishing; whether it was published can be read at any time
    abilities = Abilities(
        card="none", edit=True, edit_keeps=("language",), delete=True, absence_after=0, mentions="nothing",
        ahead=(120, 366 * 86_400),  # it refuses times that are less than two minutes away
    )  # fmt: skip
    look = Look(layout="letter", brand=("#15171a", "#f4f4f5"), link=("#0b6e99", "#7fc8e8"), bold_title=True)
    Options = Options
    ids_of_server = True
    at_home = True
    style_defaults: ClassVar = {"gallery": True}  # the article's pictures come along
    example = """\
base_url = "https://blog.example.org"   # where you log in as admin
# content = "teaser"           # title, description and link; without it the whole article
# visibility = "members"       # public, members or paid
# newsletter = "weekly"        # mails it to the members of this newsletter, which nothing takes back
"""
    hint = "newsletter"
    at_root: ClassVar = False
    needs: ClassVar = {"base_url": "https://blog.example.org"}
    login = "crosspost.networks.logins.ghost:GhostLogin"
    credentials: ClassVar = {"admin_key": "the Admin API key of a custom integration (id:secret)"}

    def connect(self) -> Identity:
        with self.talking():
            self._call("GET", "posts/?limit=1&fields=id")
            site = self._call("GET", "site/")["site"]
        return Identity(id=str(site["url"]), handle=str(site["title"]), url=str(site["url"]))

    def remarks(self) -> list[Remark]:
        """Whether the newsletter of the settings is there; without it each article would be refused."""
        try:
            if self.options.newsletter:
                self._look_for(self.options.newsletter)
        except Rejected as error:
            said = str(error).removeprefix(f"{self.account}: ")
            return [Remark(said=said, todo=f"correct `newsletter` under [accounts.{self.account}]", weight="fail")]
        return []

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload the pictures, and make the draft, which nobody sees."""
        if "post" not in prepared.remote and (newsletter := self.spoken(prepared.draft).newsletter):
            self._look_for(newsletter)
        prepared = self.uploaded(prepared, save, self._upload)
        if {"post", "updated_at"} <= prepared.remote.keys():
            return prepared
        with self.talking():
            post = self._by_slug(prepared) or self._made(prepared)
        kept = {"post": post["id"], "updated_at": post["updated_at"]}
        save("post", kept["post"], ("updated_at", kept["updated_at"]))  # one without the other is of no use
        return msgspec.structs.replace(prepared, remote={**prepared.remote, **kept})

    def publish(self, prepared: Prepared) -> Receipt:
        newsletter = self.spoken(prepared.draft).newsletter
        query = f"?newsletter={newsletter}" if newsletter else ""
        change = {"status": "published", "updated_at": prepared.remote["updated_at"]}
        if prepared.show_at is not None:
            change |= {"status": "scheduled", "published_at": _stamp(prepared.show_at)}
        with self.talking(irreversible=True):
            post = self._call("PUT", f"posts/{prepared.remote['post']}/{query}", json={"posts": [change]})["posts"][0]
            if post.get("status") not in _OUT:
                raise self.unreadable("does not say that the article is published")
        return self._receipt(post, kept=prepared.show_at is not None)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # the slug is ours alone
        with self.talking():
            post = self._by_slug(prepared)
        if post is None or post.get("status") == "draft":
            return None
        if not post.get("status"):
            raise self.unreadable("without the article's status")
        return self._receipt(post, kept=prepared.may_be_kept)

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # told by what was uploaded
        with self.talking():
            now = self._call("GET", f"posts/{receipt.id}/")["posts"][0]
            change = self._article(prepared) | {"updated_at": now["updated_at"]}
            self._call("PUT", f"posts/{receipt.id}/?source=html", json={"posts": [change]})
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._call("DELETE", f"posts/{receipt.id}/")

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 409 and irreversible:
            return Unknown(message)  # it was changed since it was made: by our own request before, or by a person
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Ghost {self._token()}", "Accept-Version": "v5.0"}
        answer = self.session.request(method, f"{self.base_url}/ghost/api/admin/{path}", headers=headers, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def _token(self) -> str:
        """A token for one request, good for some minutes (RFC 7519, HS256)."""
        number, _, secret = self.secret("admin_key").partition(":")
        if self.session.ahead is None:  # a token is dated by the server's clock, which every answer tells
            self.session.get(f"{self.base_url}/ghost/api/admin/site/").raise_for_status()
        now = self.clock() - (self.session.ahead or timedelta())
        try:
            token = made_token(number, secret, int(now.timestamp()))
        except ValueError:
            raise AuthExpired(f"{self.account}: this is not an Admin API key; it looks like 6489…:ab12…") from None
        self.session.hide(secret, token)
        return token

    def _look_for(self, newsletter: str) -> None:
        """Ask for a newsletter: Ghost itself does so while it publishes, and then it says 500.

        :raises Rejected: when the site has none with this slug
        """
        with self.talking():
            found = self._call("GET", "newsletters/?filter=status:active&fields=slug&limit=100")["newsletters"]
            slugs = sorted(str(one["slug"]) for one in found)
        if newsletter not in slugs:
            there = ", ".join(f"“{slug}”" for slug in slugs) or "none"
            raise Rejected(f"{self.account}: Ghost has no newsletter “{newsletter}”. There is: {there}")

    def _upload(self, picture: Picture) -> str:
        fitted = self.fitted(picture)
        name = f"picture.{fitted.mime.rpartition('/')[2]}"
        with self.talking():
            kept = self._call(
                "POST", "images/upload/", data={"purpose": "image"}, files={"file": (name, fitted.data, fitted.mime)}
            )
            return str(kept["images"][0]["url"])

    def _by_slug(self, prepared: Prepared) -> dict[str, Any] | None:
        """The article of this delivery; None when there is none."""
        query = {"filter": f"slug:{own_slug(prepared.draft, prepared.handle)}", "limit": "1"}
        found = self._call("GET", "posts/", params=query)["posts"]
        if not isinstance(found, list):
            raise ValueError("the answer has no list of posts")
        return dict(found[0]) if found else None

    def _made(self, prepared: Prepared) -> dict[str, Any]:
        options = self.spoken(prepared.draft)
        draft = self._article(prepared) | {"status": "draft", "slug": own_slug(prepared.draft, prepared.handle)}
        draft["visibility"] = options.visibility
        return dict(self._call("POST", "posts/?source=html", json={"posts": [draft]})["posts"][0])

    def _article(self, prepared: Prepared) -> dict[str, Any]:
        draft = prepared.draft
        title, markdown = parts(draft)
        link = draft.link if draft.link and draft.link in draft.text else ""
        uploaded = [prepared.remote.get(f"media_{n}", "") for n in range(len(draft.images))]
        for picture, address in zip(draft.images, uploaded, strict=True):
            if address and picture.url:
                markdown = markdown.replace(picture.url, address)
        article: dict[str, Any] = {"title": title, "html": html(markdown, link)}
        article |= {"tags": list(draft.options.get("tags") or ())}
        article |= {"custom_excerpt": draft.options["excerpt"][:300]} if draft.options.get("excerpt") else {}
        article |= {"canonical_url": link} if link else {}
        if uploaded and uploaded[0]:
            article |= {"feature_image": uploaded[0], "feature_image_alt": draft.images[0].alt}
        return article

    def _receipt(self, post: dict[str, Any], *, kept: bool) -> Receipt:
        """The article's receipt.

        :param kept: it may have been handed over ahead of its time
        :raises KeptUntil: when Ghost keeps it until then
        """
        receipt = Receipt(id=self.id_of(post), url=str(post.get("url") or ""), at=self.clock())
        if not kept:
            return receipt
        if (at := moment(post.get("published_at"))) is None:
            raise self.unreadable("without the time at which the article is published")
        if post.get("status") == "scheduled":
            raise KeptUntil(f"{self.account}: Ghost has it and publishes it at its time", receipt.id, at)
        return msgspec.structs.replace(receipt, at=at)


def made_token(number: str, secret: str, seconds: int) -> str:
    """A token of Ghost's Admin API.

    :param number: the key's id
    :param secret: its secret, hex
    :param seconds: Unix time
    :raises ValueError: when the secret is none
    """
    try:
        key = binascii.unhexlify(secret)
    except binascii.Error:
        raise ValueError("not hex") from None
    if not number or not key:
        raise ValueError("empty")
    head = {"alg": "HS256", "kid": number, "typ": "JWT"}
    said = ".".join(_base64(json.dumps(part).encode()) for part in (head, _payload(seconds)))
    return f"{said}.{_base64(hmac.new(key, said.encode(), hashlib.sha256).digest())}"


def _stamp(moment: datetime) -> str:
    """A time as Ghost writes it."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _payload(seconds: int) -> dict[str, Any]:
    return {"iat": seconds, "exp": seconds + 280, "aud": "/admin/"}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
