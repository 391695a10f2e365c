"""Slack: an app of one's own in the workspace, its bot's token, and the channel it was invited to.

Sources: docs.slack.dev app manifests, auth.test, conversations.list; checked 2026-11-26.
"""

from typing import Any
from urllib.parse import quote

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question

SCOPES = ("chat:write", "channels:read", "channels:history", "files:write", "files:read")
#: what Slack's page makes the app from, so that nobody has to tick scopes
MANIFEST = (
    "display_information:\n  name: crosspost\nfeatures:\n  bot_user:\n    display_name: crosspost\n"
    "oauth_config:\n  scopes:\n    bot:\n" + "".join(f"      - {scope}\n" for scope in SCOPES)
)
_PAGES = 20


class SlackLogin(Login):
    page = "https://api.slack.com/apps"
    minutes = 3
    steps = (
        "Open the link that is shown: it makes an app of your own with the rights it needs. Create it, and install it "
        "in your workspace.",
        "Copy the bot token (Bot User OAuth Token) from the app's page “OAuth & Permissions”, and paste it.",
        "Write /invite @crosspost in the channel.",
        "Choose the channel from the list.",
    )

    def connect(self) -> list[Connected]:
        self.dialog.say(f"Make the app with this link: {self.page}?new_app=1&manifest_yaml={quote(MANIFEST)}")
        token = self.until_right(self.secret("token", "The bot's token (xoxb-…)?"), self._checked)
        question = Question("invited", "Write /invite @crosspost in the channel, then press Enter.", default="")
        channels = self.until_right(question, lambda _: self._channels(token))
        chosen = self.dialog.choose("channel", "Which channel?", channels)
        key = self.network.key
        return [
            Connected(
                network=key,
                name=key,
                base_url=self.desk.base_url,
                settings={"channel": chosen},
                secrets={"token": token},
            )
        ]

    def _checked(self, token: str) -> str:
        """The token, after Slack has said whose it is.

        :raises ConfigError: when it is not a bot's, or Slack does not know it
        """
        if not token.startswith("xoxb-"):
            raise ConfigError("a bot's token begins with xoxb-; it is under “Bot User OAuth Token”")
        self._ask(token, "auth.test")
        return token

    def _channels(self, token: str) -> list[Choice]:
        """The channels the bot is in.

        :raises ConfigError: when it is in none yet
        """
        found, cursor = [], ""
        for _ in range(_PAGES):
            query = {"exclude_archived": "true", "limit": "200"} | ({"cursor": cursor} if cursor else {})
            answer = self._ask(token, "conversations.list", **query)
            found += [channel for channel in answer.get("channels") or [] if channel.get("is_member")]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        if not found:
            raise ConfigError("the bot is in no channel yet: write /invite @crosspost in the channel")
        return [Choice(str(channel["id"]), f"#{channel['name']}") for channel in found]

    def _ask(self, token: str, method: str, **query: str) -> dict[str, Any]:
        self.session.hide(token)
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.call("GET", f"{self.base_url}/api/{method}", params=query, headers=headers)
        if not isinstance(answer, dict) or answer.get("ok") is not True:
            why = str(answer.get("error", "")) if isinstance(answer, dict) else ""
            more = f"; the right {answer['needed']} is missing" if why == "missing_scope" and "needed" in answer else ""
            raise ConfigError(f"Slack says: {why}{more}" if why else f"what answers at {self.base_url} is not Slack")
        return answer
