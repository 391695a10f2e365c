"""Apprise: the address of one of its services, which is all there is (appriseit.com, checked 2026-11-27)."""

import importlib.util

from crosspost.config.installer import adding
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login


class AppriseLogin(Login):
    page = "https://appriseit.com/services/"
    minutes = 3
    steps = (
        "Look up how the address of your service is written: gotify://…, rocket://…, zulip://… and so on.",
        "Make a token, a bot or a webhook there, as that page says.",
        "Write the address with it, and paste it.",
    )

    def connect(self) -> list[Connected]:
        if importlib.util.find_spec("apprise") is None:
            raise ConfigError(f"this network needs one more package: {adding('notify')}")
        self.dialog.say(f"How the address of your service is written: {self.page}")
        question = self.secret("url", "The service's Apprise address?", "One receiver only, such as one channel.")
        url = self.until_right(question, self._checked)
        key = self.network.key
        return [Connected(network=key, name=key, base_url=self.desk.base_url, secrets={"url": url})]

    def _checked(self, url: str) -> str:
        """The address, when Apprise understands it. Whether it is right the first message shows.

        :raises ConfigError: when it does not, or the address would send something twice
        """
        from crosspost.transport import apprise_service

        try:
            told = apprise_service.ask(url, deadline=apprise_service.START, read=5)
        except OSError as error:
            raise ConfigError(f"Apprise cannot be asked: {error}") from None
        if not told.service:
            raise ConfigError(f"Apprise does not understand this: {told.why}")
        if why := apprise_service.unusual(told):
            raise ConfigError(why)
        return url
