"""A WhatsApp channel, by hand: there is no interface for programs that may post to channels.

Sources: developers.facebook.com/docs/whatsapp (the Cloud API writes to people who agreed, not to channels); what other
programs offer drives WhatsApp Web, for which accounts are banned; checked 2026-11-25.
"""

import re
from datetime import date
from typing import ClassVar

import msgspec

from crosspost.errors import ConfigError
from crosspost.model import Abilities, Doubt, Identity, ImageLimits, Limits, Look, Value
from crosspost.networks.by_hand import ByHandNetwork
from crosspost.text import pasted

#: code points below a picture; no official figure was found, so an account may say another
_LONGEST = 1024


class Options(Value, frozen=True, kw_only=True):
    """``channel`` is the address of the channel. ``longest`` is how many characters a text may have."""

    carried: ClassVar = ("channel", "longest")
    channel: str = ""
    longest: int = _LONGEST


class WhatsApp(ByHandNetwork):
    key = "whatsapp"
    name = "WhatsApp"
    limits = Limits(
        text=_LONGEST,
        unit="code-points",
        images=ImageLimits(count=1, formats=("JPEG", "PNG"), bytes=5_000_000),
        source="https://faq.whatsapp.com/549900560675125",
        checked=date(2026, 11, 25),
    )
    abilities = Abilities(
        card="crawler", alt_text=False, absence_after=None, read_back=False, permalink=False, mentions="nothing"
    )
    doubt = Doubt(look="look at the channel", url=False)
    look = Look(layout="chat", brand=("#1f7a4d", "#25d366"), link=("#0b6b53", "#53bdeb"), bubble=("#e7f7e0", "#0b3b32"))
    no_responses = "WhatsApp tells no program what came back to a channel"
    no_secrets = "nothing is sent there by crosspost"
    Options = Options
    style_defaults: ClassVar = {"hashtags": False}  # they are plain text there
    example = """\
channel = "https://whatsapp.com/channel/0029VaExample"   # each post waits until you have pasted it there
# longest = 4000                 # characters of a text; no official limit was found
"""
    hint = "longest"
    needs: ClassVar = {"channel": "https://whatsapp.com/channel/0029VaExample"}
    credentials: ClassVar = {}
    login = "crosspost.networks.logins.whatsapp:WhatsAppLogin"
    home = "https://whatsapp.com"

    def connect(self) -> Identity:
        try:
            checked(self.options.channel)
        except ValueError as error:
            raise ConfigError(f"{self.account}: channel: {error}") from None
        if self.options.longest < 1:
            raise ConfigError(f"{self.account}: longest: should be a number of characters, from 1")
        allowed = msgspec.structs.replace(self.limits, text=self.options.longest)
        return msgspec.structs.replace(super().connect(), limits=allowed if allowed != self.limits else None)


def checked(channel: str) -> str:
    """A channel's address.

    :raises ValueError: with one clause
    """
    channel = pasted.address(channel)
    if not re.fullmatch(r"https?://[^\s/]+(?:/[^\s]*)?/channel/[\w-]+/?", channel):
        raise ValueError("the address of a channel looks like https://whatsapp.com/channel/0029Va…")
    return channel
