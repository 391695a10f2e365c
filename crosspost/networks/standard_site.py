"""Keeps a record of each article beside the posts about it (standard.site), to which a post's card refers.

Nothing here is the post itself: every request may be repeated, and none of them can make a post go out or be in doubt.
What exactly stands in the records is in :mod:`.standard_site_record`.

Sources: standard.site/docs, github.com/bluesky-social/atproto lexicons/app/bsky/embed/external.json,
checked 2026-11-26.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from crosspost.errors import AuthExpired, DeliveryError, MediaError, NotSent, RateLimited, Rejected
from crosspost.model import Card, Picture, Post, Prepared
from crosspost.networks.base import Save
from crosspost.networks.bluesky_record import COLLECTION
from crosspost.networks.protocols.xrpc import Xrpc, error_of
from crosspost.networks.standard_site_record import (
    DOCUMENT,
    PUBLICATION,
    Article,
    base_of,
    document_record,
    key_of,
    path_of,
    publication_key,
    publication_record,
)

#: for so long a post waits for the record of its article; then it goes out with an ordinary card
PATIENCE = timedelta(hours=1)

#: address and checksum of a record (com.atproto.repo.strongRef)
Reference = dict[str, str]


class StandardSite(Xrpc):
    """Base of an adapter that can keep such records, as the setting ``standard_site`` says."""

    @abstractmethod
    def cover(self, picture: Picture) -> dict[str, Any]:
        """Upload a picture.

        :raises MediaError: when it cannot be used
        """

    def publication_uri(self) -> str:
        """The address of the site's record, also before there is one.

        :raises Unsupported: for a site without an address
        """
        return self._uri(PUBLICATION, publication_key(base_of(self.site())))

    def document_uri(self, url: str) -> str:
        """The address of an article's record, also before there is one.

        :raises Unsupported: for an article that can have none
        """
        path_of(url, self.site())
        return self._uri(DOCUMENT, key_of(url))

    def refer(self, prepared: Prepared, card: Card, remote: Mapping[str, Any], save: Save) -> dict[str, Any]:
        """What a card refers to: the records of its article and of the site, which are written where they are missing.

        :param remote: what the post has on the server so far
        :returns: ``refs``, or ``why`` there are none
        :raises NotSent: when the server does not answer now, for an hour at most
        """
        thumb = remote.get("media_0", {}).get("blob")
        date = prepared.dated or self.clock()
        labels = self.spoken(prepared.draft).labels
        article = Article(url=card.url, title=card.title, description=card.description, date=date, labels=labels)
        try:
            return {"refs": [self._write(article, cover=thumb, anew=False), self._publication()]}
        except (AuthExpired, RateLimited):  # they stop the post itself, too
            raise
        except NotSent as error:
            since = remote.get("article_since")
            if since is None:
                save("article_since", self.clock().isoformat())
            if since is None or self.clock() - datetime.fromisoformat(since) < PATIENCE:
                raise
            return {"why": str(error)}
        except DeliveryError as error:
            return {"why": str(error)}

    def keep_article(self, post: Post, receipt: str) -> None:
        """Have the record of an article say what the article says, and name the post about it.

        :param receipt: the post's id on the network
        :raises DeliveryError: when it cannot be written
        """
        from crosspost import markup  # a preview needs none of it

        article = Article(
            url=post.url,
            title=post.title,
            date=post.date,
            description=post.description or post.excerpt,
            text=markup.to_text(post.body),
            tags=post.tags,
            labels=self.options.labels,
        )
        there = self._get(COLLECTION, receipt.rpartition("/")[2])
        about = {"uri": str(there["uri"]), "cid": str(there["cid"])} if there is not None else None
        self._write(article, cover=self._picture(post), about=about)

    def remove_article(self, url: str) -> None:
        """Delete the record of an article; one that is not there is no error."""
        where = {"repo": self.me().id, "collection": DOCUMENT, "rkey": key_of(url)}
        there = self._get(DOCUMENT, where["rkey"])
        if there is not None and self._is_of(there["value"], url):
            self.call("POST", "com.atproto.repo.deleteRecord", json=where)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _picture(self, post: Post) -> dict[str, Any] | None:
        try:
            return self.cover(post.thumbnail) if post.thumbnail is not None else None
        except MediaError:  # the post itself tells
            return None

    def _write(
        self, article: Article, *, cover: Mapping[str, Any] | None, about: Reference | None = None, anew: bool = True
    ) -> Reference:
        """Write an article's record.

        :param about: reference to the post about it
        :param anew: whether one that is there is written again
        """
        site, publication = self.site(), self._publication()["uri"]

        def build(there: Mapping[str, Any]) -> Mapping[str, Any]:
            if there and not self._is_of(there, article.url):
                raise Rejected(
                    f"{self.account}: another article has the record {self._uri(DOCUMENT, key_of(article.url))}: "
                    f"{there.get('path')}; give one of them another slug"
                )
            if there and not anew:
                return there
            return document_record(article, site, publication, there, now=self.clock(), cover=cover, post=about)

        return self._put(DOCUMENT, key_of(article.url), build)

    def _is_of(self, document: Mapping[str, Any], url: str) -> bool:
        """Whether a record is that of this very article."""
        mine = (self.publication_uri(), path_of(url, self.site()))
        return (document.get("site"), document.get("path")) == mine

    def _publication(self) -> Reference:
        site = self.site()
        return self._put(PUBLICATION, publication_key(base_of(site)), lambda there: publication_record(site, there))

    def _put(self, collection: str, rkey: str, build: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Reference:
        """Write a record where it is not so already.

        :param build: makes it of what is there
        """
        there = self._get(collection, rkey)
        value = there["value"] if there is not None else {}
        record = build(value)
        if there is not None and record == value:
            return {"uri": str(there["uri"]), "cid": str(there["cid"])}
        body = {
            "repo": self.me().id,
            "collection": collection,
            "rkey": rkey,
            "record": record,
            "swapRecord": there["cid"] if there is not None else None,  # nobody else wrote meanwhile
        }
        answer = self.call("POST", "com.atproto.repo.putRecord", json=body)
        if not answer.get("uri") or not answer.get("cid"):
            raise NotSent(f"{self.account}: the server wrote the record {rkey}, but does not say its checksum")
        return {"uri": str(answer["uri"]), "cid": str(answer["cid"])}

    def _get(self, collection: str, rkey: str) -> dict[str, Any] | None:
        where = {"repo": self.me().id, "collection": collection, "rkey": rkey}
        try:
            found = self.call("GET", "com.atproto.repo.getRecord", params=where)
        except Rejected:
            if error_of(self.session.last) == "RecordNotFound":
                return None
            raise
        if not isinstance(found.get("value"), dict) or not found.get("uri") or not found.get("cid"):
            raise NotSent(f"{self.account}: the server returns no record {rkey}, but does not say that there is none")
        return found

    def _uri(self, collection: str, rkey: str) -> str:
        return f"at://{self.me().id}/{collection}/{rkey}"
