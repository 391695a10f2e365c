"""The texts that are out."""

from tests.delivery.scripted import Quick


def texts(quick: Quick, account: str = "a") -> list[str]:
    return [text.split("\n")[0] for _, text in quick.networks[account].out]
