"""Whatever a server answers: a receipt, or one of the six delivery errors, and never a wrong one."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosspost.config import registry
from crosspost.config.vault import Vault
from crosspost.errors import DeliveryError, NotSent, Rejected, Unknown
from crosspost.model import Identity, Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.networks.nostr_events import last_of
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.faults import meant
from crosspost.testing.harness import Clock, Place, Saved, served
from crosspost.transport.connection_guard import GuardedAdapter
from crosspost.transport.websocket import WebSocketAdapter
from tests.fuzz import strategies
from tests.fuzz.profile import EXAMPLES

pytestmark = pytest.mark.long

#: the newsletter speaks SMTP, see test_lines.py; where people post by hand nobody is asked
HTTP = [name for name in registry.NETWORKS if name not in ("newsletter", "whatsapp")]
#: Apprise reads the answers itself and tells us only yes or no
READ = [name for name in HTTP if name != "apprise"]


class Spoiling(GuardedAdapter):
    """Passes requests on to the sandbox and changes the answer to one of them, or to all from that one on."""

    def __init__(self, spoils: list[strategies.Spoil], number: int, *, onwards: bool) -> None:
        """``spoils`` change one answer each, in turn."""
        super().__init__()
        self.spoils, self.number, self.onwards = spoils, number, onwards
        self._relays = WebSocketAdapter(last_of)
        self.count = 0
        self.changed: list[tuple[str, int, int]] = []
        """METHOD /path, the status that was sent, the status that arrived"""

    def listen(self, session: requests.Session) -> None:
        """Stand between a network and the sandbox."""
        for scheme in ("http://", "ws://"):
            session.mount(scheme, self)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        to_relay = str(request.url).startswith("ws")
        answer = (self._relays if to_relay else super()).send(request, *args, **kwargs)
        self.count += 1
        if self.count - 1 != self.number and not (self.onwards and self.count > self.number):
            return answer
        body, headers = answer.raw.read(decode_content=False), dict(answer.headers)
        answer.close()
        status, more, said = self.spoils[len(self.changed) % len(self.spoils)](answer.status_code, body)
        path = (request.url or "").split("?")[0].split("/", 3)[-1]
        self.changed.append((f"{request.method} /{path}", answer.status_code, status))
        raw = urllib3.HTTPResponse(
            io.BytesIO(said), {**headers, "Content-Length": str(len(said)), **more}, status, preload_content=False
        )
        return self.build_response(request, raw)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=Clock(), tokens="fixed") as server:  # a seed does the same in another process
        yield server


@pytest.fixture(scope="module")
def places(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    root = tmp_path_factory.mktemp("fuzz")
    with served(root) as url:
        yield {name: _place(root, name, f"{url}/{name}/site", sandbox) for name in HTTP}


def _place(root: Path, name: str, url: str, sandbox: Sandbox) -> Place:
    place = Place(root / name, sandbox, networks=[name], url=url)
    place.root.joinpath("site/_posts/2026-11-20-gruesse.md").write_text(
        place.post.read_text("utf-8").replace("beet.jpg", "quadrat.jpg"), "utf-8"
    )
    from PIL import Image

    Image.effect_noise((600, 600), 60).convert("RGB").save(place.root / "site/images/quadrat.jpg")
    return place


@contextmanager
def _no_surprise(name: str, seen: Spoiling) -> Iterator[None]:
    said: str | None = None
    try:
        yield
    except DeliveryError as error:
        said = str(error)
    except AssertionError:
        raise
    except Exception as error:
        raise AssertionError(f"{seen.changed}: {type(error).__name__}: {error}") from error
    assert said is None or said.strip(), "an error without a sentence"
    assert said is None or name in said, f"which account? {said}"
    assert said is None or len(said) < 4000, "a whole answer in a sentence"


def _journey(place: Place, name: str, network: Network, seen: Spoiling) -> None:
    """All that a delivery does with a network, as far as it gets."""
    saved = Saved()
    prepared: Prepared | None = None
    with _no_surprise(name, seen):
        network.identity = network.connect()
        assert isinstance(network.identity, Identity)
    if network.identity is None:
        return
    with _no_surprise(name, seen):
        draft = network.draft(place.the_post())
        prepared = network.prepare(Prepared(draft=draft, handle="3a1f0c55-9f6e-4a53-8f0e-5a1b77c1e001"), saved)
    if prepared is None:
        return
    receipt = _published(name, network, prepared, seen)
    with _no_surprise(name, seen):
        found = network.find(prepared, place.clock())
        assert found is None or isinstance(found, Receipt)
        receipt = receipt or found
    if receipt is None:
        return
    for change in (lambda: network.edit(receipt, prepared), lambda: network.delete(receipt)):
        with _no_surprise(name, seen):
            change()


def _published(name: str, network: Network, prepared: Prepared, seen: Spoiling) -> Receipt | None:
    with _no_surprise(name, seen):
        try:
            receipt = network.publish(prepared)
        except (NotSent, Rejected) as error:
            publishes = network_publishes[name]
            lied = [one for one in seen.changed if meant(publishes, one[0]) and one[1] < 300 and one[2] < 300]
            told = name in TELLS_IN_THE_BODY
            assert told or not lied, f"the post is out, and yet: {type(error).__name__}: {error}"
            raise
        assert isinstance(receipt, Receipt)
        assert isinstance(receipt.id, str)
        assert isinstance(receipt.url, str)
        assert isinstance(receipt.at, datetime)
        return receipt
    return None


#: a refusal comes with status 200 here, so a changed answer may truly say "refused"
TELLS_IN_THE_BODY = ("signal", "telegram", "facebook", "instagram", "threads", "mobilizon")
network_publishes = {name: standin.publishes for name, standin in Sandbox().networks.items()}


@pytest.mark.parametrize("name", HTTP)
def test_no_answer_is_a_surprise(name: str, places: dict[str, Place], sandbox: Sandbox) -> None:
    place = places[name]

    @settings(max_examples=EXAMPLES // 8, suppress_health_check=list(HealthCheck))
    @given(st.lists(strategies.spoiled(), min_size=1, max_size=4), st.integers(0, 9), st.booleans(), st.booleans())
    def fuzz(spoils: list[strategies.Spoil], number: int, onwards: bool, again: bool) -> None:
        sandbox.reset()
        kept = Vault()  # of this example alone: what a spoiled answer left there would change the next
        if again:
            before = place.network(name)
            before.vault = kept
            before.me()
        network = place.network(name)
        network.vault = kept
        seen = Spoiling(spoils, number, onwards=onwards)
        seen.listen(network.session)
        _journey(place, name, network, seen)

    fuzz()


@pytest.mark.parametrize("name", READ)
def test_nothing_readable_after_publishing_is_unknown(name: str, places: dict[str, Place], sandbox: Sandbox) -> None:
    for body in strategies.BODIES:
        sandbox.reset()
        place = places[name]
        network = place.network(name)
        prepared = place.prepared(network)
        seen = Spoiling([lambda status, _, said=body: (status, {}, said)], 0, onwards=False)  # type: ignore[misc]
        seen.listen(network.session)
        try:
            receipt = network.publish(prepared)
        except Unknown:
            continue
        # LinkedIn's id and Micropub's address are in a header, and {"id": …} is an answer like any other
        assert receipt.id
        assert name in ("linkedin", "micropub") or b'"id"' in body
