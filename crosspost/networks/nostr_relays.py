"""Talking with one relay or several (NIP-01, NIP-11), and keeping apart what each of them says."""

import json
from typing import Any

from crosspost.errors import DeliveryError, NotSent, RateLimited
from crosspost.networks import nostr_events as events
from crosspost.networks.base import Network

_INFO = {"Accept": "application/nostr+json"}


class Relays(Network):
    """An account's relays: ``base_url``, and those of the setting ``relays``."""

    def _relays(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(events.as_socket(one.rstrip("/")) for one in (self.base_url, *self.options.relays)))

    def _said(self, relay: str, *message: Any) -> list[Any]:
        """Send one message to a relay: everything it answers."""
        events.socket_of(self.session)
        answer = self.session.request(str(message[0]), relay, data=json.dumps(message, ensure_ascii=False).encode())
        answer.raise_for_status()
        said = answer.json()
        if not isinstance(said, list):
            raise ValueError("the answer is not a list")
        return [one for one in said if isinstance(one, list)]

    def _sent(self, event: dict[str, Any], *, irreversible: bool = True) -> dict[str, DeliveryError]:
        """Give an event to every relay: what went wrong, by relay."""
        failed: dict[str, DeliveryError] = {}
        for relay in self._relays():
            try:
                with self.talking(irreversible=irreversible):
                    said = self._said(relay, "EVENT", event)
                    if error := events.verdict(said, event["id"], f"{self.account}: {relay}"):
                        raise error
            except DeliveryError as error:
                failed[relay] = error
        return failed

    def _asked(self, relay: str, **wanted: Any) -> list[dict[str, Any]]:
        """The events of ours that a relay has.

        :raises NotSent: when it does not say that these are all
        """
        with self.talking():
            said = self._said(relay, "REQ", "crosspost", wanted)
            if not said or said[-1][:1] != ["EOSE"]:
                why = str(said[-1][-1]) if said else "nothing"
                kind = RateLimited if "rate-limited" in why else NotSent
                raise kind(f"{self.account}: {relay} says: {why}")
            return [one[2] for one in said if one[:1] == ["EVENT"] and len(one) > 2 and isinstance(one[2], dict)]

    def _told_by_relays(self) -> dict[str, dict[str, Any]]:
        """What each relay says about its limits (NIP-11).

        :raises NotSent: when none of them answers
        """
        told: dict[str, dict[str, Any]] = {}
        failed: list[DeliveryError] = []
        for relay in self._relays():
            try:
                with self.talking():
                    answer = self.session.get(events.as_web(relay), headers=_INFO)
                    answer.raise_for_status()
                    told[relay] = dict(answer.json().get("limitation") or {})
            except DeliveryError as error:
                failed.append(error)
        if not told:
            raise failed[0]
        return told
