"""Discord: the address of a channel's webhook.

Source: docs.discord.com/developers/resources/webhook ("Get Webhook with Token"), checked 2026-11-26.
"""

from typing import Any

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.text.lazy_pattern import lazy

_ADDRESS = lazy(r"https://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(\d{1,20})/([\w-]{8,})/?")
_INCOMING = 1


class DiscordLogin(Login):
    page = "https://discord.com/app"
    minutes = 1
    steps = (
        "In the channel's settings, open Integrations, then Webhooks, and make a new webhook. Its name and picture are "
        "what readers see.",
        "Copy the webhook's address, and paste it.",
    )

    def connect(self) -> list[Connected]:
        self.dialog.say("In Discord, open the channel's settings › Integrations › Webhooks, and make a new webhook.")
        question = self.secret("webhook", "The webhook's address (Copy Webhook URL)?")
        address = self.until_right(question, self._checked)
        key = self.network.key
        return [Connected(network=key, name=key, base_url=self.desk.base_url, secrets={"webhook": address})]

    def _checked(self, address: str) -> str:
        """The address, after Discord has said that it is a webhook's.

        :raises ConfigError: when it is not
        """
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise ConfigError("a webhook's address looks like https://discord.com/api/webhooks/1234…/AbCd…")
        self.session.hide(found[2])
        hook: Any = self.call("GET", f"{self.base_url}/api/v10/webhooks/{found[1]}/{found[2]}")
        if not isinstance(hook, dict) or not hook.get("channel_id"):
            raise ConfigError(f"what answers at {self.base_url} is not Discord")
        if hook.get("type") != _INCOMING:
            raise ConfigError("this webhook only follows another channel; make one under Integrations › Webhooks")
        return address
