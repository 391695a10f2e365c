"""An account on X that logged in with OAuth 2.0, whose tokens are renewed."""

from typing import Any

from crosspost.testing import Place

SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})
EXCHANGE = "POST /2/oauth2/token"


def stand_in(place: Place) -> Any:
    return place.sandbox.networks["x"]


def write_tokens(place: Place, **without: bool) -> dict[str, str]:
    given = stand_in(place).issue("verein", SCOPES, place.clock())
    values = {
        "bearer_token": given["access_token"], "refresh_token": given["refresh_token"],
        **place.sandbox.accounts()["x"]["app"],
    }  # fmt: skip
    lines = [f"CROSSPOST_X_{name.upper()}={value}\n" for name, value in values.items() if name not in without]
    place.secrets.write_text("".join(lines), "utf-8")
    return values


def kept(place: Place) -> dict[str, Any]:
    return place.app.vault().get("x")


def exchanges(place: Place) -> int:
    return len(place.sandbox.requests_to("x", EXCHANGE))


def post(place: Place, text: str = "") -> None:
    """As a run does, each time with an adapter of its own."""
    if text:
        place.post.write_text(f"---\ntitle: {text}\n---\n\n{text}.\n", "utf-8")
    network = place.network("x")
    network.publish(place.prepared(network))
