"""Telegram: the bot's token, then the channels the bot can see.

Source: core.telegram.org/bots/api (getMe, getUpdates, getWebhookInfo, getChatMember) and /bots/features (links that
add a bot to a channel), checked 2026-11-25.
"""

import re
from typing import Any
from urllib.parse import quote

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.text import pasted
from crosspost.text.lazy_pattern import lazy

_RIGHTS = "post_messages+edit_messages+delete_messages"
_NAME = lazy(r"(?:https?://)?(?:www\.)?(?:t\.me/|telegram\.me/)?@?([A-Za-z]\w{3,31})/?")


class TelegramLogin(Login):
    page = "https://t.me/BotFather"
    minutes = 3
    steps = (
        "Make a bot: /newbot, a name, and a username that ends in “bot”. Copy the token.",
        "Open the link that is shown, and choose your channel: it makes the bot an administrator who may post.",
        "Choose the channel from the list.",
    )

    def connect(self) -> list[Connected]:
        self.dialog.say(f"Make a bot at {self.page} (/newbot), and copy the token it gives you.")
        token, bot = self.until_right(self.secret("bot_token", "The bot's token?"), self._bot)
        name = str(bot.get("username", ""))
        link = f"https://t.me/{name}?startchannel&admin={_RIGHTS}"
        self.dialog.say(f"Make the bot an administrator of your channel: open {link} on a device with Telegram.")
        question = Question(
            "chat",
            "Your channel's @name (or just Enter, when the bot is in it)?",
            default="",
            clean=lambda answer: _name(answer) if answer else "",
        )
        chat = self.until_right(question, lambda answer: self._chat(token, answer, bot))
        secrets = {"bot_token": token}
        return [
            Connected(
                network=self.network.key,
                name="telegram",
                base_url=self.desk.base_url,
                settings={"chat": chat},
                secrets=secrets,
            )
        ]

    def _bot(self, token: str) -> tuple[str, dict[str, Any]]:
        """The token, and whose it is.

        :raises ConfigError: when Telegram does not know it
        """
        if not re.fullmatch(r"\d+:[\w-]{30,}", token):
            raise ConfigError("a bot's token looks like 123456789:AA…, with a colon in it; copy it whole")
        return token, self._ask(token, "getMe")

    def _chat(self, token: str, answer: str, bot: dict[str, Any]) -> str | int:
        """The channel, once the bot may post there."""
        found = self._ask(token, "getChat", chat_id=answer) if answer else self._listed(token)
        if found.get("type") not in ("channel", "supergroup", "group"):
            raise ConfigError(f"{found.get('title') or answer} is not a channel or group")
        member = self._ask(token, "getChatMember", chat_id=found["id"], user_id=bot["id"])
        if member.get("status") != "administrator":
            raise ConfigError(f"the bot is not an administrator of {found.get('title')} yet; open the link above")
        if found["type"] == "channel" and not member.get("can_post_messages"):
            raise ConfigError(f"the bot may not post in {found.get('title')}; give it the right “Post messages” there")
        return f"@{found['username']}" if found.get("username") else int(found["id"])

    def _listed(self, token: str) -> dict[str, Any]:
        """The channel that is chosen from those the bot heard of lately."""
        if (webhook := self._ask(token, "getWebhookInfo").get("url")) and not self._without_webhook(token, webhook):
            raise ConfigError("without that, its channels cannot be listed; type the channel's @name")
        chats: dict[int, dict[str, Any]] = {}
        for update in self._ask(token, "getUpdates", allowed_updates='["my_chat_member","channel_post"]'):
            for kind in ("my_chat_member", "channel_post", "message"):
                chat = (update.get(kind) or {}).get("chat") or {}
                if chat.get("type") in ("channel", "supergroup", "group"):
                    chats[int(chat["id"])] = chat
        if not chats:
            raise ConfigError(
                "the bot has heard of no channel yet. Add it with the link above, or write something in the channel, "
                "then press Enter; or type the channel's @name"
            )
        choices = [Choice(str(number), str(chat.get("title") or number)) for number, chat in chats.items()]
        return chats[int(self.dialog.choose("channel", "Which channel?", choices))]

    def _without_webhook(self, token: str, webhook: str) -> bool:
        """Whether the bot's webhook was removed: with it, nobody else hears what the bot hears."""
        question = f"The bot sends what it hears to {webhook}. Stop that, to list its channels?"
        if not self.dialog.confirm("webhook", question, default=False):
            return False
        self._ask(token, "deleteWebhook")
        return True

    def _ask(self, token: str, method: str, **params: Any) -> Any:
        self.session.hide(token, quote(token, safe=":"))
        answer = self.call("POST", f"{self.base_url}/bot{quote(token, safe=':')}/{method}", json=params)
        if not isinstance(answer, dict) or answer.get("ok") is not True:
            raise ConfigError(f"what answers at {self.base_url} is not Telegram")
        return answer.get("result")


def _name(answer: str) -> str:
    """A channel's name, also from its address.

    :raises ValueError: when it cannot be one
    """
    answer = pasted.address(answer)
    if re.fullmatch(r"-100\d+", answer):
        return answer
    found = _NAME.fullmatch(answer)
    if not found:
        raise ValueError("a channel's name looks like @your_channel")
    return f"@{found[1]}"
