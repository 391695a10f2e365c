"""Google Business Profile: a project that Google has approved by hand, a "Desktop app", an account and a place."""

import pytest

from crosspost.errors import AuthExpired, ConfigError
from crosspost.networks.logins.google_business import GoogleBusinessLogin
from crosspost.testing import Place
from tests.app.accounts.conftest import Connect, nothing_was_written, steps_in_the_manual
from tests.app.accounts.visitor import Visitor


def answers(place: Place) -> dict[str, str | list[str]]:
    own = place.sandbox.accounts()["google_business"]
    return {**own["app"], "location": str(own["settings"]["location"])}


def test_it_is_connected_without_a_callback_address_and_renewed(bare: Place, connect: Connect) -> None:
    person = Visitor(answers(bare))
    connect("google_business", person)
    assert "redirect" not in person.asked, "a desktop app may come back to any port"
    assert person.offered["location"] == ["Garten", "Hofladen"]
    assert "approve your project by hand" in " ".join(person.heard)
    bare.name_the_ledger()
    config = bare.config.read_text("utf-8").replace(
        "[accounts.google_business]", "[accounts.google_business]\nimages = false"
    )
    bare.config.write_text(config, "utf-8")
    for _ in range(2):
        bare.clock.pass_by(days=20)
        adapter = bare.network("google_business")
        adapter.publish(bare.prepared(adapter))
    assert len(bare.sandbox.posts("google_business")) == 2
    bare.clock.pass_by(days=400)
    with pytest.raises(AuthExpired, match="accounts renew google_business"):
        bare.network("google_business").connect()


def test_a_project_that_is_not_approved_is_told_and_nothing_is_written(bare: Place, connect: Connect) -> None:
    bare.sandbox.networks["google_business"].settings["approved"] = False
    with pytest.raises(ConfigError, match=r"Quota exceeded.* until it has approved your project by hand: wait"):
        connect("google_business", Visitor(answers(bare)))
    assert nothing_was_written(bare)


def test_the_manual_names_the_same_steps() -> None:
    assert steps_in_the_manual("google_business", GoogleBusinessLogin.steps) == []
