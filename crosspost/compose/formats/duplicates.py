"""Whether two accounts would say the same: some networks forbid identical posts from several accounts."""

from crosspost.compose.measure import normalise
from crosspost.compose.twitter_text import find_urls

_LINK = "\ufffc"  # stands for any link: two accounts may add their own parameters to the same address


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but spaces, line breaks and the addresses of their links."""
    return _words(one) == _words(other)


def repetition(network: str, account: str, other: str) -> str:
    """The sentence that refuses it, and what helps.

    :param network: the network's name, as its users know it
    :param account: the account that would repeat
    :param other: the account that says the same
    """
    return (
        f"{account}: {network}'s rules forbid the same post from several accounts (automation, duplicative content), "
        f"and {other} says the same. Give this account words of its own: "
        f"`text` under `crosspost: {account}:` in the post"
    )


def repetition_of_site(network: str, account: str) -> str:
    """The same where another site of the installation has said it. Which one is not for everybody who reads this."""
    return (
        f"{account}: {network}'s rules forbid the same post twice (automation, duplicative content), and another site "
        "of this installation has said the same lately. Give this post words of its own: `text` under "
        f"`crosspost: {account}:` in it"
    )


def _words(text: str) -> list[str]:
    pieces, at = [], 0
    for url in find_urls(text):
        pieces += [text[at : url.start], _LINK]
        at = url.end
    return normalise("".join([*pieces, text[at:]])).split()
