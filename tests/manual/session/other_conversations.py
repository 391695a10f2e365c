"""What a person answers on the networks that came later; see :mod:`.conversations`."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.manual.session.acts import NAME, Acts, Agree, Answer

#: where the server is one of the questions
ASK_FOR_THE_SERVER = ("nostr", "lemmy", "ntfy", "wordpress", "ghost", "mobilizon", "micropub")


def _own_app(own: Mapping[str, Any]) -> Acts:
    """The app, and the page on which the person agrees."""
    return [
        Answer("The client ID of the app?", own["app"]["client_id"], pasted=True),
        Answer("Its client secret?", own["app"]["client_secret"], pasted=True),
        Answer("The callback address of the app?"),
        Agree(),
    ]


OTHERS: Mapping[str, Callable[[Mapping[str, Any]], Acts]] = {
    "nostr": lambda own: [
        Answer("Which relay?", own["base_url"]),
        Answer("The private key", own["credentials"]["private_key"], pasted=True),
        Answer("A Blossom server for pictures?"),
        NAME,
    ],
    "lemmy": lambda own: [
        Answer("Which server is the account on?", own["base_url"]),
        Answer("The account's name?", own["handle"]),
        Answer("Its password?", own["password"], pasted=True),
        Answer("Which community?", own["settings"]["community"]),
        NAME,
    ],
    "ntfy": lambda own: [
        Answer("Which server?", own["base_url"]),
        Answer("The access token", own["credentials"]["token"], pasted=True),
        Answer("Which topic?", own["settings"]["topic"]),
        NAME,
    ],
    "forem": lambda own: [Answer("The API key?", own["credentials"]["api_key"], pasted=True), NAME],
    "wordpress": lambda own: [
        Answer("The address of your WordPress?", own["base_url"]),
        Answer("Your login name there?", own["credentials"]["username"]),
        Answer("The application password?", own["credentials"]["password"], pasted=True),
        NAME,
    ],
    "ghost": lambda own: [
        Answer("The address at which you log in to your Ghost?", own["base_url"]),
        Answer("Its Admin API key?", own["credentials"]["admin_key"], pasted=True),
        NAME,
    ],
    "mobilizon": lambda own: [Answer("Which server is the account on?", own["base_url"]), Agree(), NAME],
    "tumblr": lambda own: [*_own_app(own), Answer("Number?", "1"), NAME],
    "pinterest": lambda own: [*_own_app(own), Answer("Number?", "1"), NAME],
    "google_business": lambda own: [
        Answer("The client ID of the app?", own["app"]["client_id"], pasted=True),
        Answer("Its client secret?", own["app"]["client_secret"], pasted=True),
        Agree(),
        Answer("Number?", "1"),
        NAME,
    ],
    "whatsapp": lambda own: [Answer("The link of your channel?", own["settings"]["channel"]), NAME],
    "micropub": lambda own: [
        Answer("The address of your home page?", own["settings"]["me"]),
        Answer("Number?", "1"),
        Agree(),
        NAME,
    ],
    "apprise": lambda own: [Answer("The service's Apprise address?", own["credentials"]["url"], pasted=True), NAME],
}
