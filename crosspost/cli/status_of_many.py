"""``crosspost status`` of many sites: a line for each that needs a person, and the others counted."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crosspost.app.glance import Glance, Need, glance
from crosspost.app.sites.arrivals import not_there
from crosspost.cli.each_site import worst
from crosspost.cli.layout import paragraph, speak_of, table
from crosspost.text.numbers import counted, listed
from crosspost.text.told_alike import by_what_is_said

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.errors import ConfigError

    Site = tuple[str, App | ConfigError]

_WORDS: dict[Need, tuple[str, str]] = {
    "waits": ("waits for you", "wait for you"),
    "failed": ("failed", "failed"),
    "doubt": ("in doubt", "in doubt"),
    "asked": ("change asks you", "changes ask you"),
    "old": ("old post held back", "old posts held back"),
}


def show(found: "Sequence[Site]") -> int:
    """Print it; gives the exit code of all."""
    unfetched = not_there(found)
    seen = {name: glance(app, unfetched.get(name, "")) for name, app in found}
    speak_of("")
    needs = {name: _in_words(one) for name, one in seen.items() if one.needs}
    said = by_what_is_said({name: (*one.said, *one.told) for name, one in seen.items()})
    wanting = [name for name, one in seen.items() if one.needs or one.said or one.told]
    few = f"{counted(len(wanting), 'needs', 'need')} you, {counted(len(seen) - len(wanting), 'does', 'do')} not"
    many = few if wanting else "nothing needs you"
    click.secho(f"{len(seen):,} sites: {many}.", bold=True)
    if needs:
        click.echo()
        table(list(needs.items()))
    if said:
        click.echo()
    for sentence, names in said:
        paragraph(f"{listed(names)}: {sentence}", rest="  ", colour="yellow")
    _print_rest(sum((Counter(one.counts) for one in seen.values()), Counter()))
    return worst(one.code for one in seen.values())


def _in_words(one: Glance) -> str:
    return ", ".join(counted(number, *_WORDS[need]) for need, number in one.needs.items())


def _print_rest(counts: Counter[str]) -> None:
    """How much there is in all sites together, and how to see one."""
    click.echo()
    paragraph(
        f"In all of them: {counted(counts['sent'], 'delivery', 'deliveries')} sent, {counts['planned']:,} planned, "
        f"{counts['before']:,} old. `crosspost status --site NAME` shows one of them."
    )
