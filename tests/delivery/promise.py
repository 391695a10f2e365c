"""A network that does whatever it is told, with a memory that tells the truth; for the test of the promise."""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from crosspost.compose import Style
from crosspost.errors import AuthExpired, NotSent, RateLimited, Rejected, TurnedDown, UnderReview, Unknown
from crosspost.model import Abilities, Draft, Identity, Limits, Post, Prepared, Receipt, Value
from crosspost.networks.base import Network, Save
from crosspost.testing.harness import Clock
from crosspost.transport.exchange import Exchange

#: how long after it was taken a server may begin to show a post; the networks' ``absence_after`` is longer
LATE = timedelta(seconds=40)
ABILITIES = {
    "keyed": Abilities(idempotent_for=3000, absence_after=60, edit=True, delete=True),  # as Mastodon
    "proving": Abilities(absence_after=60, delete=True),  # as X
    "blind": Abilities(absence_after=None),  # as Telegram
}


class Killed(BaseException):
    """The process is gone at this point: nothing that follows it happens."""


@dataclass
class Stored:
    """A post on the server."""

    id: str
    key: str
    said: str
    at: datetime
    shown_at: datetime
    gone: bool = False
    #: how a network that looks at posts before it shows them decides; "" where it shows all
    verdict: str = ""


@dataclass
class Server:
    """One account's posts, and what goes wrong next: each name is used up by the request it hits.

    :ivar clock: the server's own clock, which is right
    """

    account: str
    clock: Clock
    posts: list[Stored] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, *names: str) -> str:
        """The next fault that is one of these."""
        with self.lock:
            found = next((name for name in self.faults if name in names), "")
            if found:
                self.faults.remove(found)
        return found

    def take(self, key: str, said: str, *, keyed: bool, late: bool) -> Stored:
        """Keep a post; with a key that was used lately it is the one of before."""
        now = self.clock()
        if keyed:
            for post in self.posts:
                if post.key == key and now - post.at < timedelta(seconds=3000):
                    return post
        shown = now + (LATE if late else timedelta(0))
        self.posts.append(Stored(f"{self.account}-{len(self.posts) + 1}", key, said, now, shown))
        return self.posts[-1]

    def out(self, link: str) -> list[Stored]:
        """The posts with this link that were not taken back or turned down; those that it still looks at count."""
        return [post for post in self.there(link) if not self.turned_down(post)]

    def there(self, link: str) -> list[Stored]:
        """What an account's list has, whoever sees it."""
        return [post for post in self.posts if post.said.endswith(f" {link}") and not post.gone]

    def waits(self, post: Stored) -> bool:
        """Whether it still looks at the post, and so shows it to nobody."""
        return bool(post.verdict) and self.clock() < post.shown_at

    def turned_down(self, post: Stored) -> bool:
        """Whether it has looked at the post and will not show it."""
        return post.verdict == "refused" and not self.waits(post)


class Obedient(Network):
    """Says a title and a link to its :class:`Server`."""

    key, name = "obedient", "Obedient"
    limits = Limits(text=500, unit="code-points", source="https://example.org/", checked=date(2026, 11, 25))
    abilities = Abilities()

    class Options(Value, frozen=True, kw_only=True):
        """There are none."""

    credentials = {}  # noqa: RUF012  # the shape of every adapter

    def __init__(self, server: Server, kind: str, clock: Clock) -> None:
        super().__init__(
            account=server.account,
            base_url="https://obedient.example",
            options=self.Options(),
            style=Style(),
            credentials={},
            session=SimpleNamespace(last=None, redact=str, ahead=None, limits={}),  # type: ignore[arg-type]  # nothing is asked over HTTP
            clock=clock,
        )
        self.server, self.abilities = server, ABILITIES[kind]  # type: ignore[misc]  # each account is another network

    def answered(self) -> None:
        """An answer came, and told the server's time."""
        self.session.ahead = self.clock() - self.server.clock()

    def connect(self) -> Identity:
        self.answered()
        return Identity(id=self.account, handle=self.account)

    def compose(self, post: Post) -> Draft:
        text = f"{post.title} {post.url}"
        return Draft(
            account=self.account,
            network=self.key,
            text=text,
            length=len(text),
            limit=500,
            unit="code-points",
            link=post.url,
        )

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        fault = self.server.fault("upload-refused", "upload-lost", "killed-while-uploading")
        if fault == "killed-while-uploading":
            raise Killed
        if fault == "upload-refused":
            raise Rejected(f"{self.account}: the picture is refused")
        if fault == "upload-lost":
            raise NotSent(f"{self.account}: the upload broke off")
        save("media_0", "picture")
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        fault = self.server.fault(*PUBLISHING)
        self.session.last = _ANSWERED  # whatever comes now comes after the request
        if fault in NOT_TAKEN:
            raise NOT_TAKEN[fault]
        keyed = self.able.idempotent_for > 0
        self.answered()
        late = fault.endswith("late") or fault.startswith("examined")
        stored = self.server.take(prepared.handle, prepared.draft.text, keyed=keyed, late=late)
        if fault.startswith("examined") and stored.shown_at > self.server.clock():
            stored.verdict = "refused" if "refused" in fault else "shown"
        self._examined(stored, lost=fault.endswith("lost"))
        if fault.startswith("lost"):
            raise Unknown(f"{self.account}: no answer")
        if fault.startswith("odd"):
            raise ValueError("a shape nobody foresaw")
        if fault.startswith("killed"):
            raise Killed
        if fault == "no-receipt":
            return None  # type: ignore[return-value]  # a mistake of an adapter, after the post went out
        return Receipt(id=stored.id, url=f"https://obedient.example/{stored.id}", at=self.clock())

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        fault = self.server.fault("blind-look", "killed-while-looking")
        if fault == "killed-while-looking":
            raise Killed
        if fault == "blind-look":
            raise NotSent(f"{self.account}: the server does not answer")
        self.answered()
        start = self.search_start(since)
        there = self.server.there(prepared.draft.link)
        for post in sorted(there, key=self.server.turned_down):  # what may be seen goes before what nobody will see
            if post.at >= start and (not prepared.taken or post.id == prepared.taken):
                self._examined(post, lost=False)
                if post.shown_at > self.server.clock():
                    continue
                return Receipt(id=post.id, url=f"https://obedient.example/{post.id}", at=post.at)
        return None

    def _examined(self, post: Stored, *, lost: bool) -> None:
        """What the network says of a post that it looks at before it shows it."""
        if lost:
            raise Unknown(f"{self.account}: no answer")
        if self.server.waits(post):
            raise UnderReview(f"{self.account}: it still looks at it", post.id)
        if self.server.turned_down(post):
            raise TurnedDown(f"{self.account}: it does not show it")

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        for post in self.server.posts:
            if post.id == receipt.id:
                post.said = prepared.draft.text
        return receipt

    def delete(self, receipt: Receipt) -> None:
        for post in self.server.posts:
            if post.id == receipt.id:
                post.gone = True


_ANSWERED = Exchange(method="POST", url="https://obedient.example/", sent=True, status=200)
#: what can become of the irreversible request when the server does not take the post
NOT_TAKEN: dict[str, Any] = {
    "refused": Rejected("the server says no"),
    "unreached": NotSent("the server cannot be reached"),
    "limited": RateLimited("too many posts", None),
    "token-ended": AuthExpired("the token has ended"),
    "lost-before": Unknown("no answer"),
    "odd-before": ValueError("a shape nobody foresaw"),
    "killed-before": Killed(),
}
#: … and when it does
TAKEN = (
    *("lost", "lost-late", "odd", "odd-late", "killed", "killed-late", "late", "no-receipt"),
    *("examined", "examined-refused", "examined-lost", "examined-refused-lost"),
)
PUBLISHING = (*NOT_TAKEN, *TAKEN)
FAULTS = (*PUBLISHING, "upload-refused", "upload-lost", "killed-while-uploading", "blind-look", "killed-while-looking")
