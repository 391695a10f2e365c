"""For networks whose credentials are made on a page and typed here."""

from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question


class TypedLogin(Login):
    """Asks for each credential and each required setting of the network; what a network of another package gets."""

    def connect(self) -> list[Connected]:
        base_url = self.desk.base_url
        settings = {}
        for key, example in self.network.needs.items():
            default = self.desk.known.get(key)
            question = Question(key, f"{key}?", f"For example {example}", default=str(default) if default else None)
            answer = self.dialog.ask(question)
            if key == "base_url":
                base_url = answer
            else:
                settings[key] = _as(example, answer)
        if not base_url and not self.network.home:
            base_url = self.dialog.ask(Question("base_url", "The address of your server?"))
        secrets = {
            field: self.dialog.ask(self.secret(field, f"{what[0].upper()}{what[1:]}?"))
            for field, what in self.network.credentials.items()
        }
        return [
            Connected(
                network=self.network.key, name=self.network.key, base_url=base_url, settings=settings, secrets=secrets
            )
        ]


def _as(example: object, answer: str) -> object:
    """The answer as a value like the example: a number, a list of numbers, or the text it is."""
    if isinstance(example, list):
        parts = [part.strip() for part in answer.split(",") if part.strip()]
        return [int(part) if part.isdecimal() else part for part in parts]
    return int(answer) if isinstance(example, int) and answer.isdecimal() else answer
