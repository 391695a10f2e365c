"""WhatsApp: there is nothing to log in to; only where the person posts is asked."""

from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.networks.whatsapp import checked


class WhatsAppLogin(Login):
    minutes = 1
    steps = (
        "Open your channel on your phone, choose “Share” and “Copy link”.",
        "Paste the link.",
    )

    def connect(self) -> list[Connected]:
        self.dialog.say("crosspost sends nothing to WhatsApp: each post waits until you have pasted it there yourself.")
        question = Question(
            "whatsapp_channel",
            "The link of your channel?",
            "On your phone: open the channel, “Share”, “Copy link”.",
            default=self.desk.known.get("channel"),
            clean=checked,
        )
        key = self.network.key
        channel = self.dialog.ask(question)
        return [Connected(network=key, name=key, base_url=self.desk.base_url, settings={"channel": channel})]
