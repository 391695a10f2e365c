"""Accounts on Meta's networks whose token lacks permissions."""

from datetime import timedelta

from crosspost.config.credentials import Secret
from crosspost.networks.base import Network
from crosspost.sandbox.networks.facebook.login import PERMISSIONS
from crosspost.sandbox.networks.meta.authorization import Authorization
from crosspost.sandbox.networks.meta.long_tokens import Life
from crosspost.sandbox.networks.meta.user_tokens import Issued, issued
from crosspost.testing.harness import Place

NARROW = "sandbox-narrow-token"


def without(place: Place, key: str, *lacking: str) -> Network:
    """The account with a token that lacks these permissions."""
    stand_in, now = place.sandbox.networks[key], place.clock()
    if key == "threads":
        assert isinstance(stand_in, Authorization)
        stand_in.lives[NARROW] = Life("verein", now, scopes=frozenset(stand_in.scopes) - {*lacking})
    else:
        scopes = frozenset(PERMISSIONS) - {*lacking}
        issued(place.sandbox.store)[NARROW] = Issued("PAGE", "verein", scopes, now, now + timedelta(days=60))
    network = place.network(key)
    network._credentials = {"access_token": Secret(NARROW)}
    return network
