"""A remote signer (NIP-46) has the key: crosspost only gets signatures, and without one nothing is out."""

import json
from pathlib import Path
from typing import Any

import nostr_sdk
import pytest

from crosspost.config.credentials import variable
from crosspost.errors import AuthExpired, NotSent
from crosspost.model import Prepared
from crosspost.networks import nostr_connect
from crosspost.networks.nostr_events import signed
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.nostr import nip44, schnorr
from crosspost.testing import Clock, NetworkContract, Place
from crosspost.testing.harness import Saved
from crosspost.transport.session import Session, TransportError

#: the example of the standard (NIP-44, "Test vectors")
ONE, TWO = f"{1:064x}", f"{2:064x}"
KEY = "c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d"
PAYLOAD = (
    "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9X"
    "ga8no+kF5Vsb"
)


def bunker(sandbox: Sandbox) -> str:
    stand_in: Any = sandbox.networks["nostr"]
    return str(stand_in.bunker(sandbox.store.accounts["nostr", "verein"], sandbox.url))


def place_of(folder: Path, sandbox: Sandbox, clock: Clock) -> Place:
    place = Place(folder, sandbox, networks=("nostr",), clock=clock)
    kept = nostr_connect.connected(Session(), nostr_connect.bunker_of(bunker(sandbox)), int(clock().timestamp())).kept()
    name = variable("nostr", "private_key")
    lines = [line for line in place.secrets.read_text("utf-8").splitlines() if not line.startswith(f"{name}=")]
    place.secrets.write_text("\n".join([*lines, f"{name}={kept}"]) + "\n", "utf-8")
    return place


class TestWithASigner(NetworkContract):
    key = "nostr"
    uploads = ""

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
        return place_of(tmp_path, sandbox, clock)


def test_the_note_is_the_account_s_and_its_key_was_never_here(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_of(tmp_path, sandbox, clock)
    private = sandbox.store.accounts["nostr", "verein"].credentials["private_key"]
    network = place.network("nostr")
    assert network.me().id == schnorr.public_key(private)
    saved = Saved()
    prepared = network.prepare(Prepared(draft=network.draft(place.the_post()), handle="key"), saved)
    assert saved["event"]["id"] == prepared.remote["event"]["id"], "its id is known before it is published"
    assert sandbox.posts() == []
    assert network.publish(prepared).id == saved["event"]["id"]
    assert private not in place.secrets.read_text("utf-8") + json.dumps(dict(saved))
    network.delete(network.publish(prepared))
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ("silent", NotSent, "no answer from the signer, so nothing is out"),
        ("refuses", AuthExpired, "the signer says: user rejected. Allow crosspost to sign there"),
        ("consent", AuthExpired, "the signer wants you to agree first: open http"),
        ("forges", AuthExpired, "signed something else than it was asked to"),
    ],
)
def test_without_a_signature_nothing_is_sent(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, how: str, error: type[Exception], said: str
) -> None:
    place, saved = place_of(tmp_path, sandbox, clock), Saved()
    draft = place.network("nostr").draft(place.the_post())
    sandbox.networks["nostr"].settings["signer"] = how
    config = place.config.read_text("utf-8")
    if how == "silent":
        place.config.write_text(config.replace("timeout = 5", "timeout = 1"), "utf-8")
    network = place.network("nostr")
    with pytest.raises(error, match=said) as caught:
        network.prepare(Prepared(draft=draft, handle="key"), saved)
    assert type(caught.value) is error
    assert ("event" in saved, sandbox.posts()) == (False, [])
    if how in ("refuses", "consent"):  # `crosspost doctor` finds it out, too
        (remark,) = network.remarks()
        assert (remark.weight, "signer" in remark.said) == ("fail", True)
    sandbox.networks["nostr"].settings["signer"] = "on"
    place.config.write_text(config.replace("timeout = 5", "timeout = 60"), "utf-8")
    network = place.network("nostr")
    assert network.publish(network.prepare(Prepared(draft=draft, handle="key"), saved)).id == saved["event"]["id"]
    assert network.remarks() == []


def test_an_address_is_good_for_one_connection(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place_of(tmp_path, sandbox, clock)
    given = nostr_connect.bunker_of(bunker(sandbox))
    with pytest.raises(nostr_connect.Refused, match="invalid secret"):
        nostr_connect.connected(Session(), given, int(clock().timestamp()))


def test_a_relay_that_does_not_pass_a_question_on_is_told_with_its_words(sandbox: Sandbox, clock: Clock) -> None:
    given = nostr_connect.bunker_of(bunker(sandbox))._replace(signer=schnorr.public_key(TWO))
    with pytest.raises(TransportError, match=r"/nostr/bunker says: blocked: no signer has this key"):
        nostr_connect.connected(Session(), given, int(clock().timestamp()))
    other = given.relays[0].replace("/bunker", "")  # takes no events of this kind, and has nothing to listen to
    good = nostr_connect.bunker_of(bunker(sandbox))
    kept = nostr_connect.connected(Session(), good._replace(relays=(other, *good.relays)), int(clock().timestamp()))
    assert nostr_connect.bunker_of(kept.kept()) == kept, "the next relay brings the answer"


@pytest.mark.parametrize("fault", ["bad-json", "half-answer", "cut-before", "cut-after", "500-before", "429"])
def test_a_question_that_got_lost_is_asked_again(sandbox: Sandbox, clock: Clock, fault: str) -> None:
    seconds = int(clock().timestamp())
    kept = nostr_connect.connected(Session(), nostr_connect.bunker_of(bunker(sandbox)), seconds)
    sandbox.fault("nostr", fault, match="EVENT /nostr/bunker")
    with pytest.raises(TransportError):
        nostr_connect.asked(Session(), kept, "ping", [], seconds)
    assert nostr_connect.asked(Session(), kept, "ping", [], seconds) == "pong"


def test_an_address_that_was_never_connected_says_what_to_do(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_of(tmp_path, sandbox, clock)
    name, text = variable("nostr", "private_key"), place.secrets.read_text("utf-8")
    kept = next(line for line in text.splitlines() if line.startswith(f"{name}="))
    place.secrets.write_text(text.replace(kept, f"{name}={bunker(sandbox)}"), "utf-8")
    with pytest.raises(AuthExpired, match="crosspost accounts renew nostr"):
        place.network("nostr").me()


@pytest.mark.parametrize(
    "address",
    ["bunker://abc?relay=wss://r.example", f"bunker://{ONE}", f"bunker://{ONE}?relay=ftp://r.example", "nsec1qqq", ""],
)
def test_what_is_not_an_address_is_told(address: str) -> None:
    with pytest.raises(ValueError, match=r"bunker://…\?relay"):
        nostr_connect.bunker_of(address)


def test_the_sandbox_and_the_library_keep_the_published_example() -> None:
    two, one = schnorr.public_key(TWO), schnorr.public_key(ONE)
    assert nip44.conversation_key(ONE, two).hex() == nip44.conversation_key(TWO, one).hex() == KEY
    assert nip44.encrypt(bytes.fromhex(KEY), bytes.fromhex(ONE), "a") == PAYLOAD
    mine = nostr_sdk.Keys.parse(TWO)
    assert (
        mine.nip44_decrypt(nostr_sdk.PublicKey.parse(one), PAYLOAD) == nip44.decrypt(bytes.fromhex(KEY), PAYLOAD) == "a"
    )
    lengths = {16: 32, 32: 32, 33: 64, 64: 64, 65: 96, 250: 256, 320: 320, 383: 384, 400: 448, 515: 640, 1020: 1024}
    assert {length: nip44.padded_length(length) for length in lengths} == lengths
    long = "Grüße 👨‍👩‍👧 " * 300
    hidden = mine.nip44_encrypt(nostr_sdk.PublicKey.parse(one), long)
    assert nip44.decrypt(bytes.fromhex(KEY), hidden) == long
    with pytest.raises(ValueError, match="MAC"):
        nip44.decrypt(bytes.fromhex(KEY), PAYLOAD[:60] + ("A" if PAYLOAD[60] != "A" else "B") + PAYLOAD[61:])


def test_only_the_signer_s_own_answer_to_this_question_counts() -> None:
    sdk: Any = nostr_sdk
    mine, signer, other = (sdk.Keys.generate() for _ in range(3))
    who = signer.public_key().to_hex()

    def read(author: Any, content: str) -> dict[str, Any]:
        event = signed(author, 24133, content, [["p", mine.public_key().to_hex()]], 1_700_000_000)
        return nostr_connect._read(["EVENT", "signer", event], mine, signer.public_key(), who)

    answer = json.dumps({"id": "1", "result": "pong"})
    assert read(signer, signer.nip44_encrypt(mine.public_key(), answer)) == {"id": "1", "result": "pong"}
    assert read(other, other.nip44_encrypt(mine.public_key(), answer)) == {}
    assert read(signer, "not encrypted") == {}
    assert read(signer, signer.nip44_encrypt(mine.public_key(), "[1]")) == {}
