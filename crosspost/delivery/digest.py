"""Digests: one mail a week or a month instead of one a post.

What is new on an account with a digest is noted as ``skipped`` with the reason :data:`WAITING`. When a week or month is
over, what waits is gathered into a post of its own, ``digest/ACCOUNT/PERIOD``, which then goes the way of every post:
one row in the ledger, one frozen draft, exactly once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from crosspost.errors import PostRefused
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Entry, Override, Overrides, Post, Value
from crosspost.schedule import Schedule, due

Kind = Literal["weekly", "monthly"]

WAITING = "waits for the digest"
_PREFIX = "digest/"
_TITLES = {"de": "Neues von {site}", "en": "News from {site}", "es": "Novedades de {site}", "fr": "Nouvelles de {site}"}


class Digest(Value, frozen=True, kw_only=True):
    """One account's digest: how often, in which zone weeks and months end, its title ("" for the usual one), and when
    the account speaks (None: at once)."""

    kind: Kind
    timezone: tzinfo
    title: str = ""
    schedule: Schedule | None = None


class DigestSite(Value, frozen=True, kw_only=True):
    """What a digest says about the site it is of."""

    url: str
    title: str
    lang: str


def is_digest(post: str) -> bool:
    """Whether a post id is that of a digest."""
    return post.startswith(_PREFIX)


def last_period(kind: Kind, now: datetime, zone: tzinfo) -> tuple[str, datetime]:
    """Name and end of the last week (``2026-W47``, Monday to Sunday) or month (``2026-11``) that is over.

    :param now: with a zone
    :returns: the end is the first moment that belongs to the next period
    """
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "weekly":
        end = (midnight.replace(tzinfo=None) - timedelta(days=midnight.weekday())).replace(tzinfo=zone)
        year, week, _ = (end - timedelta(days=1)).isocalendar()
        return f"{year}-W{week:02}", end
    end = midnight.replace(day=1)
    return f"{end - timedelta(days=1):%Y-%m}", end


def next_period(kind: Kind, now: datetime, zone: tzinfo) -> tuple[str, datetime]:
    """Name and end of the week or month that is running: what is new in it goes out then."""
    begun = last_period(kind, now, zone)[1].replace(tzinfo=None)
    later = begun + timedelta(days=7) if kind == "weekly" else (begun + timedelta(days=32)).replace(day=1)
    end = later.replace(tzinfo=zone)
    return last_period(kind, end, zone)[0], end


def gather(
    ledger: Ledger, networks: Mapping[str, str], digests: Mapping[str, Digest], site: DigestSite
) -> dict[str, Entry]:
    """Plan the digest of every period that is over and has something to tell.

    :param networks: account name → network
    :returns: digest entries that are planned and not out yet, by id
    """
    now = ledger.clock()
    for account, digest in digests.items():
        name, end = last_period(digest.kind, now, digest.timezone)
        entry = _entry(f"{_PREFIX}{account}/{name}", account, site, now)
        if ledger.waiting(account, WAITING, end):
            found = due(digest.schedule or Schedule(), now, history=ledger.moments(account, planned=True), now=now)
            why = f"the {digest.kind} digest" + ("" if found.at == now else f", {found.why}")
            ledger.add([(entry, account, networks[account], "planned", found.at, why)])
            # After the row: when we stop in between, the next run gathers for the row that is there already.
            ledger.gather(account, WAITING, end, into=entry.id)
    return planned(ledger, site)


def planned(ledger: Ledger, site: DigestSite) -> dict[str, Entry]:
    """Digest entries that are planned and not out yet, by id."""
    rows = [row for row in ledger.deliveries(states=["planned", "unknown", "held"]) if is_digest(row.post)]
    return {row.post: _entry(row.post, row.account, site, row.due_at) for row in rows}


def loader(
    ledger: Ledger,
    site: DigestSite,
    digests: Mapping[str, Digest],
    listed: Mapping[str, Entry],
    load: Callable[[Entry], Post],
) -> Callable[[Entry], Post]:
    """``load`` that also makes digests out of the posts gathered for them.

    :param listed: every entry of the source by id
    """

    def load_any(entry: Entry) -> Post:
        if not is_digest(entry.id):
            return load(entry)
        account = entry.id.split("/")[1]
        rows = ledger.deliveries(account=account, states=["skipped"])
        members = [load(listed[row.post]) for row in rows if row.why == entry.id and row.post in listed]
        if not members:
            raise PostRefused(entry.id, "every post of this digest is gone from the site; there is nothing to send")
        given = digests[account].title if account in digests else ""
        return _post(entry, sorted(members, key=lambda post: post.date), site, given)

    return load_any


def noted(delivery: Delivery) -> bool:
    """Whether a delivery is only noted, for a digest that comes or has come."""
    return delivery.state == "skipped" and (delivery.why == WAITING or is_digest(delivery.why))


def _entry(post: str, account: str, site: DigestSite, date: datetime) -> Entry:
    title = post.removeprefix(_PREFIX)
    return Entry(id=post, path=post, url=site.url, date=date, title=title, overrides=Overrides(only=(account,)))


def _post(entry: Entry, members: list[Post], site: DigestSite, given: str) -> Post:
    """The digest as a post: every member with title, description, picture and link."""
    usual = _TITLES.get(site.lang.split("-")[0].lower(), _TITLES["en"])
    title = (given or usual).replace("{site}", site.title or site.url)
    account = entry.id.split("/")[1]
    overrides = Overrides(only=(account,), targets={account: Override(settings={"content": "full"})})
    pictures = [post.thumbnail for post in members if post.thumbnail is not None]
    return Post(
        id=entry.id,
        path=entry.path,
        url=site.url,
        title=title,
        date=entry.date or members[-1].date,
        description=" · ".join(post.title for post in members),
        body="\n\n".join(_section(post) for post in members),
        lang=site.lang,
        site=site.title,
        images=tuple(pictures),
        overrides=overrides,
    )


def _section(post: Post) -> str:
    """One post in Markdown; its words are text there, not markup."""
    picture = post.thumbnail
    image = f"![{_plain(picture.alt)}](<{picture.url}>)\n\n" if picture is not None and picture.url else ""
    return f"## [{_plain(post.title)}](<{post.url}>)\n\n{image}{_plain(post.description or post.excerpt)}"


def _plain(text: str) -> str:
    """Text for Markdown, with everything that could be markup escaped (CommonMark §2.4)."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!<>&|~" else sign for sign in " ".join(text.split()))
