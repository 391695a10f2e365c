"""A log-in asks for the right to read what others wrote only of an account that says ``responses = true``."""

from typing import Any

import pytest

from crosspost.app.accounts.add import log_in
from crosspost.sandbox.networks.meta.long_tokens import LongTokens
from crosspost.sandbox.networks.meta.user_tokens import issued
from crosspost.testing import Place
from tests.app.accounts.meta import app_of
from tests.app.accounts.visitor import Visitor

#: network, the rest of its table, and the permission that is meant
RIGHTS = [
    ("facebook", {}, "pages_read_user_content"),
    ("instagram", {"login": "facebook"}, "instagram_manage_comments"),
    ("instagram", {"login": "instagram"}, "instagram_business_manage_comments"),
    ("threads", {}, "threads_manage_insights"),
]


def rights(bare: Place, network: str, known: dict[str, Any]) -> frozenset[str]:
    """The permissions of the token that renewing the account ends with."""
    by_page = network == "facebook" or known.get("login") == "facebook"
    person = Visitor({"way": "site", "page": "Verein Beispiel", **app_of(bare, "facebook" if by_page else network)})
    (found,) = log_in(bare.app, network, person, base_url=bare.sandbox.url, known={"page": "x"} | known)
    token = found.secrets["access_token"]
    if by_page:
        return issued(bare.sandbox.store)[token].scopes
    stand_in = bare.sandbox.networks[network]
    assert isinstance(stand_in, LongTokens)
    return stand_in.lives[token].scopes or frozenset()


@pytest.mark.parametrize(("network", "known", "right"), RIGHTS)
@pytest.mark.parametrize("said", [{}, {"responses": False}])
def test_only_who_wants_it_is_asked_for_more(
    bare: Place, network: str, known: dict[str, Any], right: str, said: dict[str, Any]
) -> None:
    found = rights(bare, network, known | said)
    assert found
    assert right not in found


@pytest.mark.parametrize(("network", "known", "right"), RIGHTS)
def test_who_wants_it_is_asked_for_it(bare: Place, network: str, known: dict[str, Any], right: str) -> None:
    assert right in rights(bare, network, known | {"responses": True})
