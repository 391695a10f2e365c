"""The plan of an agency's day, from a seed: who speaks by which rules, and which post appears when."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

#: the day, in the zone of every site
BEGIN = datetime(2026, 11, 25, tzinfo=UTC)
NETWORKS = ("mastodon", "misskey", "bluesky", "telegram", "slack")
SLOTS = (time(9), time(12, 30), time(18))
QUIET = (time(22), time(7))
JITTER = timedelta(minutes=10)
GAP, MOST = timedelta(hours=2), 2
#: what holds a post of an account back, by its rule
HELD_BY = ("nothing", "slots", "quiet hours", "gap or limit a day")
#: the rules themselves, as they stand in the config
RULES = (
    "",
    f"slots = {[f'Mon-Sun {one:%H:%M}' for one in SLOTS]}",
    f'quiet = "{QUIET[0]:%H:%M}-{QUIET[1]:%H:%M}"\njitter = "{JITTER // timedelta(minutes=1)}m"',
    f'min_gap = "{GAP // timedelta(hours=1)}h"\nmax_per_day = {MOST}',
)


def rule_of(number: int) -> int:
    """Which of the rules a site's account has; each network meets each of them."""
    return (number + number // len(NETWORKS)) % len(RULES)


class Account(NamedTuple):
    """One of a site's accounts: ``number`` counts from 0 and decides its network and its rules."""

    site: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.site}-{self.number}"

    @property
    def identity(self) -> str:
        """What it is called on its network: letters and digits, as each of them takes."""
        return f"site{self.site[1:]}x{self.number}"

    @property
    def network(self) -> str:
        return NETWORKS[self.number % len(NETWORKS)]

    @property
    def rules(self) -> str:
        return RULES[rule_of(self.number)]


class Post(NamedTuple):
    """A post: its site, its name, when its file appears, and the moment that it names for itself, if it does."""

    site: str
    name: str
    appears: datetime
    date: datetime | None

    @property
    def first(self) -> datetime:
        """The moment before which nobody may say it."""
        return max(self.appears, self.date or self.appears)

    @property
    def text(self) -> str:
        date = f"date: {self.date:%Y-%m-%d %H:%M:%S} +0000\n" if self.date is not None else ""
        return f"---\ntitle: {self.name}\n{date}---\n\nWhat is to be said of {self.name}.\n"


def accounts(sites: int, each: int) -> list[Account]:
    return [Account(f"s{site}", number) for site in range(sites) for number in range(each)]


def posts(sites: int, each: float, seed: int) -> list[Post]:
    """The posts of the day, the earliest first; a tenth of them name a later moment.

    :param each: how many a site has on average
    """
    chance = random.Random(seed)
    return sorted(_of_all(sites, each, chance), key=lambda post: post.appears)


def _of_all(sites: int, each: float, chance: random.Random) -> Iterator[Post]:
    for site in range(sites):
        for number in range(int(each) + (chance.random() < each % 1)):
            appears = BEGIN + timedelta(seconds=chance.uniform(60, 86_400))
            later = (appears + timedelta(hours=chance.uniform(1, 6))).replace(microsecond=0)
            yield Post(f"s{site}", f"S{site}P{number}", appears, later if chance.random() < 0.1 else None)
