"""What a person answers, network by network, when their accounts are connected."""

from collections.abc import Callable, Mapping
from typing import Any

from crosspost.sandbox import Sandbox
from tests.manual.session.acts import NAME, Acts, Agree, Answer
from tests.manual.session.browser import SITE
from tests.manual.session.other_conversations import ASK_FOR_THE_SERVER, OTHERS


def _app(number: str, secret: str, own: Mapping[str, Any]) -> Acts:
    return [Answer(number, own["app_id"], pasted=True), Answer(secret, own["app_secret"], pasted=True)]


#: network → the answers, given what the sandbox knows of the account, and the sandbox's address
_ACTS: Mapping[str, Callable[[Mapping[str, Any], str], Acts]] = {
    "mastodon": lambda _, url: [Answer("Which server is the account on?", url), Agree(), NAME],
    "bluesky": lambda own, _: [
        Answer("Your handle?", own["credentials"]["handle"]),
        Answer("The app password?", own["credentials"]["app_password"], pasted=True),
        NAME,
    ],
    "x": lambda own, _: [
        Answer("Number?", "3"),
        Answer("The client ID of the app?", own["app"]["client_id"], pasted=True),
        Answer("Its client secret", own["app"]["client_secret"], pasted=True),
        Answer("The callback address of the app?"),
        Agree(),
        NAME,
    ],
    "linkedin": lambda own, _: [
        Answer("Number?", "1"),
        Answer("Number?", "1"),
        Answer("The client ID of the app?", own["app"]["client_id"], pasted=True),
        Answer("Its client secret?", own["app"]["client_secret"], pasted=True),
        Answer("The callback address of the app?"),
        Agree(),
        NAME,
    ],
    "facebook": lambda own, _: [
        Answer("Connect the Instagram account that is linked to the Page too?", "n"),
        *_app("The App ID of your app at Meta?", "Its App secret?", own),
        Answer("Number?", "1"),
        Agree(),
        Answer("Number?", "1"),
        NAME,
    ],
    "instagram": lambda own, _: [
        Answer("Number?", "2"),
        Answer("Number?", "2"),
        *_app("The Instagram app ID of your app at Meta?", "The secret beside it?", own),
        Answer("The address of a page of yours that begins with https://?", SITE),
        Agree(lands=True),
        NAME,
    ],
    "threads": lambda own, _: [
        Answer("Number?", "2"),
        *_app("The Threads App ID of your app at Meta?", "The secret beside it?", own),
        Answer("The address of a page of yours that begins with https://?", SITE),
        Agree(lands=True),
        NAME,
    ],
    "telegram": lambda own, _: [
        Answer("The bot's token?", own["credentials"]["bot_token"], pasted=True),
        Answer("Your channel's @name", own["settings"]["chat"]),
        NAME,
    ],
    "signal": lambda own, _: [
        Answer("The address of signal-cli's daemon?", own["base_url"]),
        Answer("Number?", "1"),
        Answer("Are you in the group already? Enter lists your groups."),
        Answer("Number?", "1"),
        NAME,
    ],
    "newsletter": lambda own, _: [
        Answer("Who sends the mails?", own["settings"]["sender"]),
        Answer("The mail server?", own["base_url"]),
        Answer("The login name there?"),
        Answer("The password?", own["credentials"]["password"], pasted=True),
        Answer("Who gets the mails?", own["settings"]["to"]),
        Answer("Send a test mail"),
        NAME,
    ],
    "listmonk": lambda own, _: [
        Answer("The address of your listmonk?", own["base_url"]),
        Answer("The API user's name?", own["credentials"]["username"]),
        Answer("Its access token?", own["credentials"]["token"], pasted=True),
        Answer("Number?", "1"),
        NAME,
    ],
    "discord": lambda own, _: [Answer("The webhook's address", own["credentials"]["webhook"], pasted=True), NAME],
    "matrix": lambda own, _: [
        Answer("The account's name?", own["handle"]),
        Answer("Its password?", own["credentials"]["password"], pasted=True),
        NAME,
    ],
    "slack": lambda own, _: [
        Answer("The bot's token", own["credentials"]["token"], pasted=True),
        Answer("Write /invite @crosspost in the channel, then press Enter."),
        NAME,
    ],
    "misskey": lambda _, url: [Answer("Which server is the account on?", url), Agree(), NAME],
}
#: networks where the server is one of the questions
_ASKS_FOR_IT = ("mastodon", "signal", "newsletter", "listmonk", "misskey", *ASK_FOR_THE_SERVER)


def conversations(sandbox: Sandbox) -> dict[str, tuple[str, Acts]]:
    """Network → what a person types to begin, and their answers."""
    known = sandbox.accounts()
    answers = {network: acts(known[network], sandbox.url) for network, acts in _ACTS.items()}
    answers |= {network: acts(known[network]) for network, acts in OTHERS.items()}
    where = {network: "" if network in _ASKS_FOR_IT else f" --base-url {sandbox.url}" for network in answers}
    return {network: (f"crosspost accounts add {network}{where[network]}", acts) for network, acts in answers.items()}
