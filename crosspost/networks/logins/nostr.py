"""Nostr: a relay, the account's private key or its signer, and a server for pictures (NIP-11, 19, 46; checked
2026-11-27).
"""

from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.networks.nostr_events import as_web, keys


class NostrLogin(Login):
    minutes = 2
    steps = (
        "Say which relay takes your notes. Your app names the ones you use in its settings.",
        "Copy the private key (nsec1…) from your app's settings, and paste it; or the address (bunker://…) that a "
        "signer gives you: then the key stays there.",
        "Say which Blossom server keeps your pictures; press Enter to leave them on your site.",
    )

    def connect(self) -> list[Connected]:
        relay = self.until_right(
            Question(
                "relay",
                "Which relay?",
                "For example wss://relay.example. More of them go into the config, as `relays`.",
                default=self.desk.base_url or self.desk.known.get("base_url"),
                clean=self._address,
            ),
            self._asked,
        )
        asked = self.secret("private_key", "The private key (nsec1…), or a signer (bunker://…)?")
        private = self.until_right(asked, self._checked)
        blossom = self.dialog.ask(
            Question(
                "blossom",
                "A Blossom server for pictures?",
                "Enter: they stay on your site.",
                default="",
                clean=lambda answer: self._address(answer) if answer.strip() else "",
            )
        )
        settings = {"blossom": blossom} if blossom else {}
        key = self.network.key
        return [Connected(network=key, name=key, base_url=relay, settings=settings, secrets={"private_key": private})]

    def _address(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=False)

    def _asked(self, relay: str) -> str:
        """The relay, once it has said that it is one.

        :raises ConfigError: when it has not
        """
        told: Any = self.call("GET", as_web(relay), headers={"Accept": "application/nostr+json"})
        if not isinstance(told, dict) or not {"supported_nips", "software", "limitation"} & told.keys():
            raise ConfigError(f"what answers at {relay} is not a Nostr relay")
        return relay

    def _checked(self, private: str) -> str:
        """The key, if it is one, which is sent nowhere; or the signer, once it is connected.

        :raises ConfigError: when it is neither, or the signer does not answer
        """
        self.session.hide(private)
        try:
            if private.startswith("bunker:"):
                return self._signer(private)
            keys(private)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        return private

    def _signer(self, address: str) -> str:
        """The signer as it is kept: it knows a new key of ours from now on.

        :raises ConfigError: when it does not answer, or refuses
        :raises ValueError: when this is not the address of one
        """
        from crosspost.networks import nostr_connect as remote  # most people paste a key
        from crosspost.transport.session import TransportError

        given = remote.bunker_of(address)
        self.dialog.say("Waiting for the signer. It may ask you to agree.")
        try:
            return remote.connected(self.session, given, int(self.desk.clock().timestamp())).kept()
        except remote.WantsConsent as page:
            raise ConfigError(f"the signer wants you to agree first: open {page}, then paste a new address") from None
        except remote.Refused as refused:
            said = self.session.redact(str(refused))
            raise ConfigError(f"the signer says: {said}. Each of its addresses is good for one connection") from None
        except TransportError as error:
            raise ConfigError(f"no answer from the signer: {error}") from None
