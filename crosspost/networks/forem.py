"""dev.to, and every other Forem: the whole article in Markdown, with the site's own page as its canonical address.

Sources: developers.forem.com/api/v1, forem/forem (articles controller, models/article.rb, rack_attack.rb); checked
2026-11-26. A canonical address is unique on the whole site, so the account's own articles tell whether ours is out.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from crosspost.compose.formats.article import ArticleOptions, parts
from crosspost.compose.picture_selection import on_the_web
from crosspost.errors import DeliveryError, RateLimited, Rejected, Unknown, Unsupported
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt
from crosspost.networks.article_network import Articles
from crosspost.networks.base import Save
from crosspost.networks.linked_pictures import LinkedPictures
from crosspost.networks.post_search import Page, moment
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import retry_at

_BODY, _TAGS, _TAG = 819_200, 4, 30
#: words of a refusal that another article is in the way; and those that name what is wrong
_TAKEN = ("already been taken", "already been used")
_NAMED = ("title", "body", "tag", "canonical", "description", "image", "must be json", "series")


class Options(ArticleOptions, frozen=True, kw_only=True):
    """``series`` is the name of a series, ``organization`` the id of an organization to publish for."""

    series: str = ""
    organization: int = 0


class Forem(LinkedPictures, Articles):
    key = "forem"
    name = "dev.to"
    limits = Limits(
        text=0,
        unit="code-points",
        also=(("utf-8", _BODY),),
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://developers.forem.com/api/v1",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="none", alt_text=False, edit=True, edit_keeps=("images", "language"), delete=True, absence_after=60,
        mentions="names",  # in the article: MarkdownProcessor makes links of them, and whoever is named is told
    )  # fmt: skip
    look = Look(layout="letter", brand=("#0a0a0a", "#f5f5f5"), link=("#3b49df", "#93a0ff"), bold_title=True)
    Options = Options
    takes_along = False
    ids_of_server = True
    example = """\
# content = "teaser"           # title, description and link; without it the whole article
# series = "Garden diary"      # the name of a series
# organization = 123           # the id of an organization to publish for
"""
    hint = "content"
    home = "https://dev.to"
    login = "crosspost.networks.logins.forem:ForemLogin"
    credentials: ClassVar = {"api_key": "an API key (Settings > Extensions > DEV Community API Keys)"}

    def connect(self) -> Identity:
        with self.talking():
            me = self._call("GET", "users/me")
            name = str(me["username"])
            return Identity(id=str(me["id"]), handle=f"@{name}", url=f"{self.page(self.base_url, '/forem')}/{name}")

    def compose(self, post: Post) -> Draft:
        """The main picture goes along as its address on the site, as do those in the text.

        :raises Unsupported: when the article is longer than the server takes
        """
        draft = super().compose(post)
        if len(draft.text.encode()) > _BODY:
            raise Unsupported(f"{self.account}: {self.name} does not accept an article of more than {_BODY} bytes")
        return on_the_web(draft)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        try:
            with self.talking(irreversible=True):
                return self._receipt(self._call("POST", "articles", self._article(prepared.draft)))
        except Rejected as error:
            # it may be ours: an answer was lost, and now the article is in its own way
            if any(word in str(error) for word in _TAKEN) and self._is_ours(_canonical(prepared.draft)):
                raise Unknown(f"{error} by an article of yours") from None
            raise

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The article with our canonical address; without one, the one with our title that is new enough."""
        title, link = parts(prepared.draft).title, _canonical(prepared.draft)

        def same(one: dict[str, Any]) -> bool | None:
            if one.get("published") is False:
                return False
            if not isinstance(one.get("title"), str) or (link and one.get("canonical_url") is None):
                return None
            if link and one["canonical_url"] != link:
                return False
            return bool(one["title"].split() == title.split())

        with self.talking():
            page = Page(self._articles())
        found = self.search(
            [page],
            since,
            at=lambda one: moment(one.get("published_at")),
            same=same,
            shows=lambda one: (one.get("title"), self._receipt(one).url),
        )
        return self._receipt(found) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # its address is enough
        with self.talking():
            self._call("PUT", f"articles/{receipt.id}", self._article(prepared.draft))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Makes it a draft again: there is no deletion."""
        with self.taking_back():
            self._call("PUT", f"articles/{receipt.id}", {"published": False})

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 429:
            return RateLimited(
                message, retry_at(exchange.headers, self.clock()) or self.clock() + timedelta(seconds=30)
            )
        if exchange.status == 422 and irreversible and not any(word in message.lower() for word in _NAMED):
            return Unknown(message)  # seen although an article was made
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, method: str, path: str, article: dict[str, Any] | None = None, **query: Any) -> Any:
        headers = {"api-key": self.secret("api_key"), "Accept": "application/vnd.forem.api-v1+json"}
        body = {"json": {"article": article}} if article is not None else {}
        answer = self.session.request(method, f"{self.base_url}/api/{path}", headers=headers, params=query, **body)
        answer.raise_for_status()
        return answer.json()

    def _article(self, draft: Draft) -> dict[str, Any]:
        title, markdown = parts(draft)
        options = self.spoken(draft)
        said: dict[str, Any] = {"title": title, "body_markdown": markdown, "published": True, "tags": _tags(draft)}
        said |= {"canonical_url": link} if (link := _canonical(draft)) else {}
        said |= {"description": draft.options["excerpt"]} if draft.options.get("excerpt") else {}
        said |= {"main_image": draft.images[0].url} if draft.images else {}
        said |= {"series": options.series} if options.series else {}
        return said | ({"organization_id": options.organization} if options.organization else {})

    def _articles(self) -> list[dict[str, Any]]:
        """The account's articles, newest first."""
        articles = self._call("GET", "articles/me/all", per_page=1000)
        if not isinstance(articles, list):
            raise ValueError("the answer is not a list")
        return articles

    def _is_ours(self, link: str) -> bool:
        """Whether the account has an article with this canonical address."""
        with self.talking():
            return any(one.get("canonical_url") == link for one in self._articles())

    def _receipt(self, article: dict[str, Any]) -> Receipt:
        return Receipt(id=self.id_of(article), url=str(article.get("url") or ""), at=self.clock())


def _tags(draft: Draft) -> list[str]:
    """At most four tags, of letters and digits alone."""
    found = (re.sub(r"[^a-z0-9]", "", str(tag).lower())[:_TAG] for tag in draft.options.get("tags") or ())
    return list(dict.fromkeys(filter(None, found)))[:_TAGS]


def _canonical(draft: Draft) -> str:
    """The address of the site's own page, unless the account says none."""
    return draft.link if draft.link and draft.link in draft.text else ""
