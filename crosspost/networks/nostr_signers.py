"""Who signs for an account on Nostr: a key of its own, or a remote signer that has it (NIP-46)."""

import json
from typing import Any

from crosspost.errors import AuthExpired, NotSent
from crosspost.networks import nostr_connect as remote
from crosspost.networks import nostr_events as events
from crosspost.networks.library import library


class OwnKey:
    """An account whose private key is here.

    :param private: ``nsec…``, or 64 hex digits
    :raises ValueError: when it is neither
    """

    def __init__(self, private: str) -> None:
        self._pair = events.keys(private)
        self.public = str(self._pair.public_key().to_hex())

    def signed(self, kind: int, content: str, tags: list[list[str]], seconds: int) -> dict[str, Any]:
        """A signed event; ``seconds`` is its Unix time."""
        return events.signed(self._pair, kind, content, tags, seconds)


class RemoteSigner:
    """An account whose key a signer has; only the signature comes here.

    :param network: the adapter of the account
    :param address: the signer, as it is kept
    :raises ValueError: when it is none, or was never connected
    """

    def __init__(self, network: Any, address: str) -> None:
        self._network, self._bunker = network, remote.bunker_of(address)
        if not self._bunker.client or not self._bunker.user:
            raise ValueError(
                "the address of the signer must be connected once, because its secret is good for one connection: "
                f"crosspost accounts renew {network.account}"
            )
        network.session.hide(self._bunker.client)
        self.public = self._bunker.user

    def signed(self, kind: int, content: str, tags: list[list[str]], seconds: int) -> dict[str, Any]:
        """Have an event signed. Nothing is published by that, so without an answer nothing is out.

        :raises NotSent: when no answer comes
        :raises AuthExpired: when the signer refuses, or wants a person to agree, or signs something else
        """
        sdk = library("nostr_sdk", "nostr")
        parsed = [sdk.Tag.parse(tag) for tag in tags]
        builder = sdk.EventBuilder(sdk.Kind(kind), content).custom_created_at(sdk.Timestamp.from_secs(seconds))
        wanted = json.loads(builder.tags(parsed).finalize_unsigned(sdk.PublicKey.parse(self.public)).as_json())
        wanted.pop("id", None)
        answer = self.asked("sign_event", json.dumps(wanted, ensure_ascii=False))
        try:
            genuine, event = sdk.Event.from_json(answer).verify(), json.loads(answer)
        except (sdk.NostrSdkError, ValueError):
            genuine, event = False, {}
        if not genuine or any(event.get(name) != value for name, value in wanted.items()):
            raise AuthExpired(f"{self._network.account}: the signer signed something else than it was asked to")
        return dict(event)

    def asked(self, method: str, *params: str) -> str:
        """What the signer answers; see :meth:`signed` for errors."""
        who, seconds = self._network.account, int(self._network.clock().timestamp())
        try:
            with self._network.talking():
                try:
                    return remote.asked(self._network.session, self._bunker, method, list(params), seconds)
                except remote.WantsConsent as page:
                    raise AuthExpired(f"{who}: the signer wants you to agree first: open {page}") from None
                except remote.Refused as refused:
                    said = f"{who}: the signer says: {self._network.session.redact(str(refused))}"
                    todo = f"Allow crosspost to sign there, or connect it anew: crosspost accounts renew {who}"
                    raise AuthExpired(f"{said}. {todo}") from None
        except AuthExpired:
            raise
        except NotSent as error:
            todo = "Is the signer running, and does it wait for you to agree?"
            raise NotSent(f"{error}: no answer from the signer, so nothing is out. {todo}") from None
