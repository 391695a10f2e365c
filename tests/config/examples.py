"""The example config, its schema, and the example secrets, as the code states them. ``make docs`` writes them."""

from pathlib import Path

from crosspost.app.schemas.config_schema import config_schema
from crosspost.cli.init_templates import example_accounts, example_secrets
from crosspost.cli.schema import written

CONFIG = Path(__file__).parents[2] / "config/crosspost.example.toml"
SECRETS = CONFIG.with_name("secrets.example.env")
SCHEMA = CONFIG.with_name("crosspost.schema.json")
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


def schema() -> str:
    """The schema beside the example config."""
    return written(config_schema())


def write() -> None:
    """Write the files anew."""
    CONFIG.write_text(config(), "utf-8")
    SCHEMA.write_text(schema(), "utf-8")
    SECRETS.write_text(secrets(), "utf-8")
