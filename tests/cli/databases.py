"""A config that names a database."""

from crosspost.testing.harness import Place


def at(place: Place, url: str) -> None:
    """Let the config name this database."""
    config = place.config.read_text("utf-8").partition("\n[state]\n")[0]
    place.config.write_text(f'{config}\n[state]\ndatabase = "{url}"\n', "utf-8")
