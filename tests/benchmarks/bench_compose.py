"""How many drafts a second one core composes: 5,000 posts on 10 accounts, beside encoding the same posts as JSON.

    python tests/benchmarks/bench_compose.py

Both run alternately in one process, and the medians are compared. Then X's weighted length of texts of 400 characters,
beside a count that knows neither links nor emoji, and beside X's own JavaScript where it is at hand (``make
test-twitter-text`` fetches it).
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from crosspost.compose import Style, compose
from crosspost.compose.twitter_text import weight
from crosspost.config import registry
from crosspost.model import Post
from tests import twitter_text_js

POSTS, ACCOUNTS, ROUNDS = 5000, 10, 3
TEXTS = 5000
WORDS = """
die der und Wind Sonne Straße Grüße Energie Verein Treffen über für morgen heute wir haben gebaut gerechnet gestritten
Balkonkraftwerk Erneuerbare Fischtreppe Mühle Wasserrad Gäste können kommen bezahlen wann jetzt steht fest Näheres
the council decided on Tuesday that every roof may carry solar panels without another permit
""".split()  # noqa: SIM905  # one text is easier to add to


def sentences(random: Random, length: int) -> str:
    """German and English sentences of about so many characters."""
    text = ""
    while len(text) < length:
        words = random.choices(WORDS, k=random.randint(5, 14))
        text += " ".join(words).capitalize() + random.choice([". ", ". ", "! ", ", aber ", " – "])
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,–") + "."


def posts(count: int, description: tuple[int, int]) -> list[Post]:
    """Posts whose descriptions have between so many characters."""
    random = Random(1)
    return [
        Post(
            id=str(number),
            path=f"_posts/{number}.md",
            url=f"https://tal.example.org/2026/11/{number}/{'-'.join(random.choices(WORDS, k=4)).lower()}.html",
            title=sentences(random, random.randint(25, 70)),
            date=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number),
            description=sentences(random, random.randint(*description)),
            body="\n\n".join(sentences(random, random.randint(200, 600)) for _ in range(4)),
            lang="de",
            tags=tuple(random.sample(["Wind", "Erneuerbare Energien", "C++", "Verein", "Solar"], 3)),
        )
        for number in range(count)
    ]


def seconds(run: Callable[[], object]) -> float:
    """Processor seconds: other programs on the same core do not count."""
    begun = time.process_time()
    run()
    return time.process_time() - begun


def drafts(name: str, some: list[Post], networks: list[str]) -> None:
    """Print drafts a second, and the time beside JSON's for the same posts as often."""
    classes = [registry.load(network) for network in networks]
    style = Style()

    def ours() -> None:
        for post in some:
            for cls in classes:
                compose(post, account=cls.key, network=cls.key, limits=cls.limits, abilities=cls.abilities, style=style)

    def base() -> None:
        for plain in map(msgspec.to_builtins, some):
            for _ in classes:
                json.dumps(plain, ensure_ascii=False)

    times = [(seconds(ours), seconds(base)) for _ in range(ROUNDS)]
    mine, least = (statistics.median(column) for column in zip(*times, strict=True))
    count = len(some) * len(classes)
    sys.stdout.write(f"{name:>34}: {count / mine:,.0f} drafts a second, {mine / least:.1f} × json.dumps\n")


def naive(text: str) -> int:
    return sum(1 if char < "\u1100" else 2 for char in text)


def weights() -> None:
    """Print how X's length compares with the least, and with X's own code."""
    random = Random(2)
    extra = [" https://example.org/a/b?c=d#e", " main.py", " 👨‍👩‍👧‍👦🇩🇪", " 風力発電", " #Tag @name", ""]
    texts = [sentences(random, 360) + "".join(random.choices(extra, k=2)) for _ in range(TEXTS)]
    times = [(seconds(lambda: list(map(weight, texts))), seconds(lambda: list(map(naive, texts)))) for _ in range(5)]
    mine, least = (statistics.median(column) for column in zip(*times, strict=True))
    rate = TEXTS / mine
    sys.stdout.write(f"{'weighted length':>34}: {rate:,.0f} texts a second, {mine / least:.2f} × a naive count\n")
    if reason := twitter_text_js.missing():
        sys.stdout.write(f"{'twitter-text in node':>34}: not available, {reason}\n")
        return
    official = twitter_text_js.ask(texts)
    taken = official.seconds
    same = sum(a == b for a, b in zip(official.weights, map(weight, texts), strict=True))
    sys.stdout.write(
        f"{'twitter-text in node':>34}: {TEXTS / taken:,.0f} texts a second; ours {taken / mine:.2f} × its rate, "
        f"the same number for {same} of {TEXTS}\n"
    )


def main() -> None:
    known = registry.names()
    ten = [known[number % len(known)] for number in range(ACCOUNTS)]
    usual, long = posts(POSTS, (100, 300)), posts(POSTS // 10, (1400, 1600))
    drafts("usual posts, ten accounts", usual, ten)
    drafts("1,500-character descriptions, ten", long, ten)
    drafts("1,500-character descriptions, X", long, ["x"])
    weights()


if __name__ == "__main__":
    main()
