"""What Instagram (Instagram Login) and Threads promise about their tokens of 60 days."""

import contextlib
import logging
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from crosspost.config.credentials import Secret
from crosspost.errors import AuthExpired, NotSent
from crosspost.networks.base import Network
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing.harness import Place
from tests.delivery.engine_runs import Runs

REFRESH = "GET /refresh_access_token"


class Renews:
    """Mix it into the test of a network whose configured token is one that is renewed."""

    key: ClassVar[str]

    def refreshes(self, place: Place) -> int:
        return len(place.sandbox.requests_to(self.key, REFRESH))

    def lives(self, place: Place) -> dict[str, Any]:
        """token → its life, in the order in which they were made."""
        return place.sandbox.networks[self.key].lives  # type: ignore[attr-defined,no-any-return]  # of these stand-ins only

    def kept(self, place: Place) -> dict[str, Any]:
        return place.app.vault().get(self.key)

    def connected(self, place: Place, **later: float) -> str:
        """Connect as the first run of a later day does; the token that is used from now on."""
        place.clock.pass_by(**later)
        network = place.network(self.key)
        assert network.connect().id
        return self.used(network)

    def used(self, network: Network) -> str:
        return str(network._graph().access_token)  # type: ignore[attr-defined]  # of these networks only

    def configured(self, place: Place) -> str:
        return place.network(self.key).secret("access_token")

    def holds_none(self, place: Place, text: str) -> None:
        assert not [token for token in self.lives(place) if token in text]

    # ── the way it should go ──────────────────────────────────────────────────────────────────────────────────────

    def test_refresh_gives_a_token_and_its_life(self, network: Network, place: Place) -> None:
        place.clock.pass_by(hours=24)
        token, lasts = network.refresh()  # type: ignore[attr-defined]  # of these networks only
        assert isinstance(token, Secret)
        assert token.reveal() != self.configured(place)
        assert lasts == timedelta(days=60)
        place.sandbox.fault(self.key, "expired-token", match=REFRESH)
        with pytest.raises(AuthExpired):
            network.refresh()  # type: ignore[attr-defined]  # the same

    def test_renewed_when_known_for_a_day_then_when_half_is_gone(self, place: Place) -> None:
        first = self.connected(place)
        assert first == self.configured(place)
        assert self.kept(place)["since"] == "2026-11-22T12:00:00Z"
        assert self.connected(place, hours=23) == first
        assert self.refreshes(place) == 0, "a token must be a day old"
        second = self.connected(place, hours=2)
        assert second == list(self.lives(place))[-1] != first
        assert self.connected(place, days=1) == self.connected(place, days=28) == second
        assert self.refreshes(place) == 1
        third = self.connected(place, days=2)
        assert third == list(self.lives(place))[-1] != second
        assert self.refreshes(place) == 2

    def test_lives_on_long_after_the_configured_token(self, place: Place) -> None:
        self.connected(place)
        for later in ({"hours": 25}, {"days": 40}, {"days": 40}, {"days": 59}):
            self.connected(place, **later)
        network = place.network(self.key)
        network.publish(place.prepared(network))
        assert len(place.sandbox.posts(self.key)) == 1

    def test_a_token_first_seen_late_is_renewed_all_the_same(self, place: Place) -> None:
        """Its real age is not known: the first day it may be renewed is soon enough, and the safe one."""
        self.connected(place, days=40)
        assert self.connected(place, hours=25) != self.configured(place)

    def test_a_renewed_token_is_on_the_disk_before_it_is_used(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.connected(place)
        place.clock.pass_by(hours=25)
        network = place.network(self.key)
        put, seen = network.vault.put, []

        def watched(account: str, values: dict[str, Any]) -> None:
            last = place.sandbox.requests_to(self.key)[-1]
            seen.append((f"{last['method']} {last['path']}", self.used(network)))
            put(account, values)

        monkeypatch.setattr(network.vault, "put", watched)
        network.connect()
        assert seen == [(REFRESH, self.configured(place))]
        assert self.used(network) == self.kept(place)["token"]
        (file,) = (place.root / "config/state/sessions").glob("*.json")
        assert file.stat().st_mode & 0o777 == 0o600

    # ── whose token it is ─────────────────────────────────────────────────────────────────────────────────────────

    def test_a_new_credential_ends_the_old_session(self, place: Place) -> None:
        self.connected(place)
        old = self.connected(place, hours=25)
        other = list(self.lives(place))[1]
        place.secrets.write_text(place.secrets.read_text().replace(self.configured(place), other))
        assert self.connected(place) == other
        assert not self.kept(place)["token"]
        assert self.connected(place, hours=25) not in (old, other)

    def test_a_new_setting_does_not(self, place: Place) -> None:
        """Else a changed setting would send us back to a configured token that is dead."""
        self.connected(place)
        self.connected(place, hours=25)
        token = self.connected(place, days=40)
        place.clock.pass_by(days=40)
        place.config.write_text(place.config.read_text() + 'background = "#004400"\n')
        assert self.used(place.network(self.key)) == token
        self.connected(place)

    @pytest.mark.parametrize("damage", [{"since": "gestern"}, {"since": "2026-11-22T12:00:00"}, {"until": None}])
    def test_a_damaged_entry_is_replaced(self, place: Place, damage: dict[str, Any]) -> None:
        self.connected(place)
        place.app.vault().put(self.key, self.kept(place) | damage)
        assert self.connected(place, hours=25) == self.configured(place)
        assert self.connected(place, hours=25) != self.configured(place)

    # ── when it fails ─────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize(
        "fault",
        ["500-before", "500-after", "bad-json", "html-503", "cut-before", "half-answer", "expired-token", "429"],
    )
    def test_a_failed_refresh_is_a_warning(self, place: Place, caplog: pytest.LogCaptureFixture, fault: str) -> None:
        self.connected(place)
        before = self.kept(place)
        place.sandbox.fault(self.key, fault, match=REFRESH)
        assert self.connected(place, hours=25) == self.configured(place)
        assert self.kept(place) == before
        (said,) = [record.getMessage() for record in caplog.records if "renewed" in record.getMessage()]
        assert said.startswith(f"{self.key}: ")
        assert "until 2027-01-21" in said
        assert f"CROSSPOST_{self.key.upper()}_ACCESS_TOKEN" in said
        self.holds_none(place, caplog.text)
        assert self.connected(place, days=1) == self.kept(place)["token"], "the next day it works"

    @pytest.mark.parametrize(
        "answer",
        [
            {"access_token": "geheim-und-neu", "expires_in": "bald"},
            {"access_token": "geheim-und-neu", "expires_in": 1e300},
            {"access_token": ["geheim-und-neu"], "expires_in": 5_184_000},
            {"access_token": " ", "expires_in": 5_184_000},
            {"token_type": "bearer", "expires_in": 5_184_000},
            ["geheim-und-neu"],
            None,
        ],
    )
    def test_an_answer_without_sense_replaces_nothing(
        self, place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, answer: object
    ) -> None:
        self.connected(place)
        token = self.connected(place, hours=25)
        monkeypatch.setattr(place.sandbox.networks[self.key], "refreshed", lambda _: Reply.json(answer))
        assert self.connected(place, days=40) == token == self.kept(place)["token"]
        assert "could not be renewed" in caplog.text
        if isinstance(answer, dict) and isinstance(answer.get("access_token"), str):
            assert "geheim" not in caplog.text
        self.holds_none(place, caplog.text)

    def test_a_token_that_cannot_be_kept_is_not_used(
        self, place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.connected(place)
        place.clock.pass_by(hours=25)
        network = place.network(self.key)

        def full(*_: object) -> None:
            raise NotSent(f"{self.key}: its login cannot be kept: No space left on device")

        monkeypatch.setattr(network.vault, "put", full)
        assert network.connect().id
        assert self.used(network) == self.configured(place)
        assert "No space left" in caplog.text

    def test_a_dead_token_is_for_a_person(self, place: Place) -> None:
        self.connected(place)
        place.clock.pass_by(days=61)
        with pytest.raises(AuthExpired, match="Create a new access token"):
            place.network(self.key).connect()
        assert self.refreshes(place) == 0

    def test_a_renewed_token_dies_too(self, place: Place) -> None:
        self.connected(place)
        token = self.connected(place, hours=25)
        place.clock.pass_by(days=61)
        with pytest.raises(AuthExpired) as dead:
            place.network(self.key).connect()
        self.holds_none(place, str(dead.value))
        assert self.kept(place)["token"] == token

    def test_a_wrong_token_is_for_a_person(self, place: Place) -> None:
        place.secrets.write_text(f"CROSSPOST_{self.key.upper()}_ACCESS_TOKEN=von-gestern\n")
        for later in (0, 25):
            place.clock.pass_by(hours=later)
            with pytest.raises(AuthExpired) as wrong:
                place.network(self.key).connect()
            assert "von-gestern" not in str(wrong.value)
        assert self.refreshes(place) == 0

    def test_a_revoked_token_is_for_a_person_and_a_new_one_helps(self, place: Place) -> None:
        runs = Runs(place)
        self.connected(place)
        revoked = self.connected(place, hours=25)
        for token in (revoked, self.configured(place)):
            del self.lives(place)[token]
        place.sandbox.store.accounts[self.key, "verein"].credentials.clear()
        runs.run()
        state = runs.ledger.account(self.key)
        assert state.paused_for == "auth"
        assert revoked not in state.paused_why
        other = next(iter(self.lives(place)))
        place.secrets.write_text(f"CROSSPOST_{self.key.upper()}_ACCESS_TOKEN={other}\n")
        runs.run()
        assert runs.states() == {self.key: "sent"}
        runs.ledger.close()

    def test_a_renewed_token_is_in_no_message_log_or_ledger(
        self, place: Place, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        runs = Runs(place)
        publishes = place.sandbox.networks[self.key].publishes
        self.connected(place)
        said = []
        for fault in ("500-before", "expired-token", "cut-after"):
            place.sandbox.fault(self.key, fault, match=publishes)
            runs.run()
            place.clock.pass_by(hours=25)
            network = place.network(self.key)
            place.sandbox.fault(self.key, "expired-token", match="GET /*/*")
            with contextlib.suppress(AuthExpired):
                network.connect()
            place.sandbox.faults.clear()
            said += [str(delivery) for delivery in runs.ledger.deliveries()]
            said.append(str(runs.ledger.account(self.key)))
        runs.ledger.close()
        assert len(self.lives(place)) > 2, "one was renewed meanwhile"
        self.holds_none(place, caplog.text + "".join(said))
        for file in place.root.rglob("*"):
            if file.is_file() and file.name != "secrets.env" and file.parent.name != "sessions":
                self.holds_none(place, file.read_bytes().decode("latin-1"))
