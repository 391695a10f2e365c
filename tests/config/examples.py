"""The parts of the example config and secrets that the networks' classes state. ``make docs`` writes them."""

from pathlib import Path

from crosspost.cli.templates import example_accounts, example_secrets

CONFIG = Path(__file__).parents[2] / "config/crosspost.example.toml"
SECRETS = CONFIG.with_name("secrets.example.env")
_CONFIG_MARK = "# ── accounts (from here on made by `make docs`) ──\n\n"
_SECRETS_MARK, _SECRETS_END = "# ── accounts (made by `make docs`) ──\n\n", "# ── notices ──\n"


def config() -> str:
    """The example config with the networks' blocks made anew."""
    before, _, _ = CONFIG.read_text("utf-8").partition(_CONFIG_MARK)
    return before + _CONFIG_MARK + example_accounts()


def secrets() -> str:
    """The example secrets with the networks' variables made anew."""
    before, _, rest = SECRETS.read_text("utf-8").partition(_SECRETS_MARK)
    _, _, after = rest.partition(_SECRETS_END)
    return f"{before}{_SECRETS_MARK}{example_secrets()}\n{_SECRETS_END}{after}"


def write() -> None:
    """Write both files anew."""
    CONFIG.write_text(config(), "utf-8")
    SECRETS.write_text(secrets(), "utf-8")
