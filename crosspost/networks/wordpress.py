"""WordPress: the whole article as HTML, with its pictures, on a site with an application password.

Sources: developer.wordpress.org/rest-api (posts, media, tags, users), WP-API/docs; checked 2026-11-26; and what a real
WordPress 6.1 answers. There is no key against repetition: each article gets a slug that no other delivery has, by which
it is found again.
"""

import base64
import html as entities
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from crosspost.compose.formats.article import ArticleOptions, html, own_slug, parts
from crosspost.errors import AuthExpired, DeliveryError, KeptUntil, Rejected
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Picture, Prepared, Receipt, Remark
from crosspost.networks.article_network import Articles
from crosspost.networks.base import Save
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from requests import Response

_ANY = "publish,future,draft,pending,private"
#: what somebody makes of an article that was to be published later, and is not any more
_WITHDRAWN = ("draft", "pending")
#: a file that it did not keep, with the status 500 (class-wp-rest-attachments-controller.php)
_NOT_KEPT = ("rest_upload_sideload_error", "rest_upload_unknown_error")
_NO_HEADER = ("rest_not_logged_in", "rest_cannot_create", "rest_cannot_edit", "rest_cannot_delete")


class Options(ArticleOptions, frozen=True, kw_only=True):
    """``status`` is what becomes of the article: published, or kept as a draft or for review.

    ``categories`` are the ids of categories.
    """

    status: Literal["publish", "draft", "pending", "private"] = "publish"
    categories: tuple[int, ...] = ()


class WordPress(Articles):
    key = "wordpress"
    name = "WordPress"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://developer.wordpress.org/rest-api/reference/posts/",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="none", edit=True, edit_keeps=("language",), delete=True, absence_after=60, mentions="nothing",
        ahead=(300, 366 * 86_400),  # it takes any time to come, and publishes at once what comes too late
    )  # fmt: skip
    look = Look(layout="letter", brand=("#21759b", "#21759b"), link=("#1b6485", "#72bfe0"), bold_title=True)
    Options = Options
    ids_of_server = True
    at_home = True
    style_defaults: ClassVar = {"gallery": True}  # the article's pictures come along
    example = """\
base_url = "https://blog.example.org"
# content = "teaser"           # title, description and link; without it the whole article
# status = "draft"             # publish, draft, pending or private
# categories = [3]             # the ids of categories
"""
    hint = "status"
    at_root: ClassVar = False
    needs: ClassVar = {"base_url": "https://blog.example.org"}
    login = "crosspost.networks.logins.wordpress:WordPressLogin"
    credentials: ClassVar = {
        "username": "the login name (not the name of the password)",
        "password": "an application password, from the profile's page",
    }

    def connect(self) -> Identity:
        with self.talking():
            me = self._call("GET", "users/me", params={"context": "edit"})
            return Identity(id=str(me["id"]), handle=str(me.get("name") or me["username"]), url=self.base_url)

    def remarks(self) -> list[Remark]:
        with self.talking():
            able = self._call("GET", "users/me", params={"context": "edit"}).get("capabilities") or {}
        lacks = [right for right in ("publish_posts", "upload_files") if able and not able.get(right)]
        todo = "give the user the role Author"
        return [Remark(said=f"its user does not have the right {right}", todo=todo, weight="fail") for right in lacks]

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload the pictures, and make the tags that are missing."""
        prepared = self.uploaded(prepared, save, self._upload)
        if "tags" in prepared.remote:
            return prepared
        with self.talking():
            tags = [self._tag(str(name)) for name in prepared.draft.options.get("tags") or ()]
        save("tags", tags)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "tags": tags})

    def publish(self, prepared: Prepared) -> Receipt:
        options = self.spoken(prepared.draft)
        article = self._article(prepared) | {"status": options.status}
        article["slug"] = own_slug(prepared.draft, prepared.handle)
        if prepared.show_at is not None:
            article |= {"status": "future", "date_gmt": f"{prepared.show_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"}
        if options.categories:
            article["categories"] = list(options.categories)
        with self.talking(irreversible=True):
            return self._receipt(self._call("POST", "posts", json=article), kept=prepared.show_at is not None)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # the slug is ours alone
        slug = own_slug(prepared.draft, prepared.handle)
        with self.talking():
            # as readers see it: what this user may not edit would be left out of the answer for editors
            found = self._call("GET", "posts", params={"slug": slug, "status": _ANY})
            if not isinstance(found, list):
                raise ValueError("the answer is not a list")
            if not found or (prepared.taken and found[0]["status"] in _WITHDRAWN):
                return None
            return self._receipt(found[0], kept=prepared.may_be_kept)

    def not_ahead(self, draft: Draft) -> str:
        status = self.spoken(draft).status
        return "" if status == "publish" else f"`status` is “{status}”, so WordPress never publishes it by itself"

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # told by what was uploaded
        with self.talking():
            self._call("POST", f"posts/{receipt.id}", json=self._article(prepared))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Put it into the bin, from which the site's people can take it back."""
        with self.taking_back():
            self._call("DELETE", f"posts/{receipt.id}")

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        answer = exchange.json()
        code = str(answer.get("code", "")) if isinstance(answer, dict) else ""
        # a wrong password makes a visitor of us, to whom drafts are "forbidden": with the status 400
        nobody = exchange.status == 400 and b"rest_forbidden_status" in exchange.body
        if (exchange.status == 401 and code in _NO_HEADER) or nobody:
            return AuthExpired(
                f"{self.account}: {self.name} says: {self.sentence(exchange)}. If name and password are right, the "
                "web server drops the header with the login: see `crosspost help wordpress`"
            )
        # its words are in the site's language; only where its disk is the trouble they name a folder
        if exchange.status == 500 and code in _NOT_KEPT and "/" not in str(answer.get("message") or "/"):
            return Rejected(
                f"{self.account}: {self.name} does not take the picture: {self.sentence(exchange)}. Use another one, "
                "or `images = false`"
            )
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._asked(method, path, **more)
        answer.raise_for_status()
        return answer.json()  # a page of HTML, such as a captcha's, is not an answer

    def _asked(self, method: str, path: str, **more: Any) -> "Response":
        headers = self._login() | more.pop("headers", {})
        return self.session.request(method, f"{self.base_url}/wp-json/wp/v2/{path}", headers=headers, **more)

    def _login(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.secret('username')}:{self.secret('password')}".encode()).decode()
        self.session.hide(pair)
        return {"Authorization": f"Basic {pair}"}

    def _upload(self, picture: Picture) -> str:
        """Id and address of the uploaded picture."""
        fitted = self.fitted(picture)
        name = f"picture.{fitted.mime.rpartition('/')[2]}"
        headers = {"Content-Type": fitted.mime, "Content-Disposition": f'attachment; filename="{name}"'}
        with self.talking():
            kept = self._call("POST", "media", data=fitted.data, headers=headers)
            number, address = int(kept["id"]), str(kept["source_url"])
            if picture.alt:
                self._call("POST", f"media/{number}", json={"alt_text": picture.alt})
        return f"{number} {address}"

    def _tag(self, name: str) -> int:
        """The id of a tag, which is made when there is none.

        Names are kept as HTML: the search does not find "Salt & Pepper", which is there as "Salt &amp; Pepper".
        """
        for tag in self._call("GET", "tags", params={"search": name, "per_page": 100}):
            if entities.unescape(str(tag["name"])).casefold() == name.casefold():
                return int(tag["id"])
        made = self._asked("POST", "tags", json={"name": name})
        if made.status_code == 400 and made.json().get("code") == "term_exists":
            return int(made.json()["data"]["term_id"])
        made.raise_for_status()
        return int(made.json()["id"])

    def _article(self, prepared: Prepared) -> dict[str, Any]:
        draft = prepared.draft
        title, markdown = parts(draft)
        article: dict[str, Any] = {"title": title, "excerpt": draft.options.get("excerpt") or ""}
        uploaded = [prepared.remote.get(f"media_{n}", "").partition(" ")[::2] for n in range(len(draft.images))]
        for picture, (number, address) in zip(draft.images, uploaded, strict=True):
            if number and picture.url:
                markdown = markdown.replace(picture.url, address)
        article["content"] = html(markdown, draft.link if draft.link and draft.link in draft.text else "")
        if uploaded and uploaded[0][0]:
            article["featured_media"] = int(uploaded[0][0])
        return article | ({"tags": prepared.remote["tags"]} if "tags" in prepared.remote else {})

    def _receipt(self, post: dict[str, Any], *, kept: bool) -> Receipt:
        """The article's receipt.

        :param kept: it may have been handed over ahead of its time
        :raises KeptUntil: when WordPress keeps it until then
        """
        receipt = Receipt(id=self.id_of(post), url=str(post.get("link") or ""), at=self.clock())
        if not kept:
            return receipt
        at = datetime.fromisoformat(str(post["date_gmt"])).replace(tzinfo=UTC)  # without a zone, as the name says
        if post["status"] == "future":
            raise KeptUntil(f"{self.account}: WordPress has it and publishes it at its time", receipt.id, at)
        return msgspec.structs.replace(receipt, at=at)

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"[?&]p=(\d+)$", url)
        return found[1] if found else ""
