"""Who are you? Tokens that are wrong or missing."""

import pytest

from crosspost.config.credentials import variable
from crosspost.errors import AuthExpired
from crosspost.testing.harness import Place
from crosspost.testing.network_contract.base import Contract


class Credentials(Contract):
    """A token that is wrong or missing is told, and never shown."""

    def needs_credentials(self, place: Place) -> None:
        if not place.network(self.key).credentials:
            pytest.skip("there are no credentials that could be wrong")

    def test_wrong_token(self, place: Place) -> None:
        self.needs_credentials(place)
        names = [variable(self.key, field) for field in place.network(self.key)._credentials]
        text = place.secrets.read_text("utf-8")
        for name in names:
            text = "\n".join(
                f"{name}=wrong-{name}" if line.startswith(f"{name}=") else line for line in text.splitlines()
            )
        place.secrets.write_text(text, "utf-8")
        network = place.network(self.key)
        with pytest.raises(AuthExpired) as caught:
            network.connect()
        self.holds_no_secret(network, caught.value)

    def test_missing_token_names_the_variable(self, place: Place) -> None:
        self.needs_credentials(place)
        place.secrets.write_text("")
        with pytest.raises(AuthExpired, match=f"CROSSPOST_{self.key.upper()}_"):
            place.network(self.key).connect()
