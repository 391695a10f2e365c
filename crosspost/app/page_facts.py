"""Completes posts with what only the web has: facts from their pages, and pictures that are not files of the site.

Both are asked for once, right before the first delivery of a post, and kept: what its page says in the ledger, the
pictures in a folder beside it. So a draft is the same whenever it is made, and asks nobody.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from crosspost.errors import CrosspostError, NotSent
from crosspost.model import Entry, Picture, Post
from crosspost.model.value import ready
from crosspost.sources.body_pictures import ShownPicture, candidates, large_enough
from crosspost.sources.picture_choice import BODY, PAGE
from crosspost.sources.post_language import language

if TYPE_CHECKING:
    from crosspost.ledger import Ledger
    from crosspost.ledger.handed_out import KnownOfPost
    from crosspost.markup.page_head import PageFacts
    from crosspost.media.picture_store import PictureStore

#: the place of ``[site] picture_from`` that this module serves
PAGE_PLACE = "page"
#: how long a post waits for a picture whose server does not answer; then it goes out without
PATIENCE = timedelta(hours=1)


class Pages:
    """Completes posts.

    :param load: reads a listed post fully; it is also given what the ledger knows, where that was asked before
    :param ledger: where it is remembered what pages say; None: nothing is
    :param folder: where fetched pictures are kept; None: none are
    :param picture_from: the places a picture may come from, in their order
    :param store: where other machines may have put what they fetched; asked only where something is fetched
    :param asks: whether it may ask the web; where not, a picture that was not fetched is left out, with a warning
    """

    def __init__(
        self,
        load: Callable[..., Post],
        ledger: "Ledger | None",
        folder: Path | None,
        picture_from: Sequence[str],
        *,
        asks: bool,
        store: "Callable[[], PictureStore | None]" = lambda: None,
    ) -> None:
        self._load, self._ledger, self._folder, self._asks = load, ledger, folder, asks
        self._order = list(picture_from)
        self._store = store
        self._lost: dict[str, str] = {}  # address of a picture → why there is none

    def load(self, entry: Entry, known: "KnownOfPost | None" = None) -> Post:
        """The post, completed with what is known; asks nobody.

        :param known: what the ledger knows just now; None: it is asked
        :raises PostRefused: when it cannot be understood
        """
        post = self._load(entry) if known is None else self._load(entry, known)
        return self._with_file(self._with_page(post, known))

    def complete(self, entry: Entry) -> Post:
        """The post with its picture, which is fetched where it is missing.

        :raises NotSent: when the picture's server does not answer now
        :raises PostRefused: when the post cannot be understood
        """
        if reason := self.fetch(entry):
            raise NotSent(reason)
        return self.load(entry)

    def learn(self, entry: Entry, says: "PageFacts") -> None:
        """Remember what a post's page says, as far as the post needs it."""
        try:
            post = self._load(entry)
        except CrosspostError:  # its delivery says what is wrong with it
            return
        if PAGE_PLACE not in self._order or self._goes_before(post):
            says = msgspec.structs.replace(says, picture="", alt="")
        if post.lang:
            says = msgspec.structs.replace(says, language="")
        if self._ledger is not None and says != type(says)():
            self._ledger.keep_fact(_fact(entry.url), msgspec.json.encode(says).decode())

    def fetch(self, entry: Entry) -> str:
        """Fetch the post's picture if it is only on the web; why it must wait for that, "" when it need not."""
        if self._folder is None:
            return ""
        try:
            while (picture := self.load(entry).thumbnail) is not None and not picture.path and picture.url:
                if reason := self._fetch(picture.url, self._folder, entry):
                    return reason
        except CrosspostError:  # its delivery says what is wrong with the post
            pass
        return ""

    def _fetch(self, url: str, folder: Path, entry: Entry) -> str:
        from crosspost.transport import page_check, picture_download

        host = (urlsplit(entry.url).hostname or "").removeprefix("www.")
        found = picture_download.fetch(
            url,
            folder,
            session=page_check.live_session(),
            allowed_hosts={host, f"www.{host}"} if host else (),
            store=self._store(),
        )
        if found.path:
            return ""
        if found.again and self._may_wait(url):
            return f"its picture cannot be fetched: {found.reason}"
        self._lost[url] = found.reason
        return ""

    def _may_wait(self, url: str) -> bool:
        """Whether the server of a picture has not been silent for too long."""
        if self._ledger is None:
            return False
        name, now = f"picture:{url}", self._ledger.clock()
        since = self._ledger.fact(name)
        if not since:
            self._ledger.keep_fact(name, now.isoformat())
        return not since or now - datetime.fromisoformat(since) < PATIENCE

    # ── completing ────────────────────────────────────────────────────────────────────────────────────────────────

    def _with_page(self, post: Post, asked: "KnownOfPost | None") -> Post:
        """With the language the page names, and its picture where that goes before the post's."""
        known = ""
        if asked is not None and asked.url == post.url:
            known = asked.page
        elif self._ledger is not None and post.url:
            known = self._ledger.fact(_fact(post.url))
        if not known:
            return post
        from crosspost.markup.page_head import PageFacts  # nobody looked at most pages

        try:
            says = msgspec.json.decode(known, type=ready(PageFacts))
        except msgspec.DecodeError:
            return post
        if not post.lang:
            post = msgspec.structs.replace(post, lang=language(says.language))
        if not says.picture or PAGE_PLACE not in self._order or self._goes_before(post):
            return post
        picture = Picture(url=says.picture, alt=says.alt)
        return msgspec.structs.replace(post, thumbnail=picture, picture_from=PAGE)

    def _goes_before(self, post: Post) -> bool:
        """Whether what the post itself says of its picture goes before what its page says."""
        source = post.picture_from
        if not source:
            return False
        place = (
            "body" if source == BODY else "defaults" if source.startswith("defaults: ")
            else "site" if source.startswith("_config.yml: ") else "keys"
        )  # fmt: skip
        return place not in self._order or self._order.index(place) < self._order.index(PAGE_PLACE)

    def _with_file(self, post: Post) -> Post:
        """With the file of a picture that is only on the web."""
        if post.picture_from == BODY:
            post = self._with_body_picture(post)
        picture = post.thumbnail
        if picture is None or picture.path or not picture.url:
            return post
        if path := self._stored(picture.url):
            return msgspec.structs.replace(post, thumbnail=msgspec.structs.replace(picture, path=path))
        lost = self._lost.get(picture.url)
        if lost is None and self._asks:
            return post
        said = f"goes out without its picture: {lost}" if lost else (
            f"{picture.url} is fetched when the post goes out, so it is not shown here"
        )  # fmt: skip
        lost_pictures = (*post.lost_pictures, said) if lost else post.lost_pictures
        return msgspec.structs.replace(
            post, thumbnail=None, warnings=(*post.warnings, said), lost_pictures=lost_pictures
        )

    def _with_body_picture(self, post: Post) -> Post:
        """With the first picture of the text that is large enough, now that some have been fetched."""
        shown = [ShownPicture(image.url, image, not image.path) for image in post.images]
        for picture in candidates(post.body, shown):
            path = picture.path or self._stored(picture.url)
            if picture.url in self._lost or (path and not large_enough(path)):
                continue
            return msgspec.structs.replace(post, thumbnail=picture)
        return msgspec.structs.replace(post, thumbnail=None, picture_from="")

    def _stored(self, url: str) -> str:
        from crosspost.transport import picture_download  # few pictures are only on the web

        return picture_download.stored(url, self._folder) if self._folder is not None else ""


def _fact(url: str) -> str:
    from crosspost.ledger.facts import PAGE

    return f"{PAGE}{url}"
