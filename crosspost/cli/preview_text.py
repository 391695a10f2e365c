"""A preview on a terminal: a panel per account where rich is installed, plain lines otherwise."""

import sys
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from crosspost.app.outcome import bare
from crosspost.app.preview_model import AccountPreview
from crosspost.app.preview_words import before_video, cost, count, difference, link_apart, picture, poll, video
from crosspost.cli.layout import cells, columns, of_this_site, paragraph, wrapped
from crosspost.model import Draft, Entry, Post

if TYPE_CHECKING:
    from rich.console import Console

#: the widest panel
_PANEL = 88
#: a line and its colour ("" for none)
Line = tuple[str, str]


def write(post: Post, entry: Entry, accounts: Sequence[AccountPreview], *, diff: bool) -> None:
    """Write one post's previews to standard output."""
    for line in wrapped(" ".join(post.title.split()), columns()):
        click.secho(line, bold=True)
    both = f"{post.path} → {post.url}" if post.url else post.path  # a short post may have no page
    for line in [both] if cells(both) <= columns() or not columns() or not post.url else [post.path, f"→ {post.url}"]:
        click.echo(line)
    if entry.state == "skipped":
        paragraph(f"would not be sent: {of_this_site(entry.reason)}", rest="  ", colour="yellow")
    shared = _shared(accounts)
    for text, names in shared.items():
        paragraph(f"{', '.join(names)}: {text}", rest="  ", colour="yellow")
    panels = [(shown, [*_lines(shown, shared), *(_difference(shown) if diff else ())]) for shown in accounts]
    console = _console()
    if console is not None:  # a panel would break in two what is too long for it, such as a link
        room = min(console.width, _PANEL) - 4
        longest = max((cells(part) for _, lines in panels for text, _ in lines for part in text.split()), default=0)
        console = console if longest <= room else None
    for shown, lines in panels:
        if console is None:
            _plain(shown, lines)
        else:
            _panel(console, shown, lines)
    click.echo()


def _shared(accounts: Sequence[AccountPreview]) -> dict[str, list[str]]:
    """A remark → the accounts it is about, so that it is printed once."""
    told: dict[str, list[str]] = {}
    for shown in accounts:
        for text in dict.fromkeys(text for text, _ in _told(shown)):
            told.setdefault(text, []).append(shown.network.account)
    return {text: names for text, names in told.items() if len(names) > 1}


def _told(shown: AccountPreview) -> Iterator[Line]:
    """Warnings, what was cut, and why there is nothing."""
    name = shown.network.account
    if shown.draft is None:
        yield f"✗ {bare(shown.error, name)}", "red"
        return
    for lost in shown.draft.lost:
        yield f"lost: {bare(lost, name)}", "yellow"
    for warning in shown.warnings:
        yield f"warning: {bare(warning, name)}", "yellow"


def _lines(shown: AccountPreview, shared: Container[str]) -> Iterator[Line]:
    if shown.skipped:
        why = "the account does not take such posts" if shown.left_out else "the post says not to go here"
        if shown.left_out and shown.draft is None:  # nothing fails there: it is left out, and this is why
            yield f"{why}: {bare(shown.error, shown.network.account)}", "yellow"
            return
        yield why, "yellow"
    if shown.draft is not None:
        yield from _said(shown, shown.draft)
    yield from (line for line in _told(shown) if line[0] not in shared)


def _said(shown: AccountPreview, draft: Draft) -> Iterator[Line]:
    """The text and what goes with it."""
    if draft.answers:
        yield f"[answers {draft.answers}]", "cyan"
    yield draft.text, ""
    for number, part in enumerate(draft.parts, 2):
        yield f"[reply {number}, {count(part)}]", "cyan"
        yield part.text, ""
    for one, fitted in shown.pictures:
        yield f"[picture {picture(one, fitted)}] {one.alt or '(no alt text)'}", "cyan"
    if draft.video is not None and shown.film is not None:
        captions = ", with captions" if draft.video.captions else ""
        captions += f", first {poster}" if (poster := before_video(draft.video)) else ""
        captions += ", to be converted" if draft.video.convert else ""
        words = draft.video.alt or ("(no description)" if shown.describes_videos else "")
        yield f"[video {video(draft.video, shown.film)}{captions}] {words}".rstrip(), "cyan"
    if draft.poll is not None:
        yield f"[poll {poll(draft.poll)}]", "cyan"
    apart = link_apart(draft, shown.network.look)
    if apart and draft.title:
        yield f"[the title leads to {draft.link}]", "cyan"
    if draft.card is not None and (apart or not draft.images) and draft.video is None:
        told = f": {draft.card.description}" if draft.card.description else ""
        yield f"[card {draft.card.title}{told}]", "cyan"
    if shown.price is not None:
        yield f"costs {cost(shown.price)}", "bright_black"


def _difference(shown: AccountPreview) -> Iterator[Line]:
    if shown.sent is None:
        yield "nothing was sent yet", "bright_black"
        return
    word = {"sent": "was sent"}.get(shown.state, f"is {shown.state}")
    yield f"{word}{f': {shown.sent_url}' if shown.sent_url else ''}", "bright_black"
    if shown.same:
        yield "and says the same", "green"
    for line in difference(shown):
        yield line, {"+": "green", "-": "red"}.get(line[:1], "")


def _plain(shown: AccountPreview, lines: Sequence[Line]) -> None:
    counted = f" {count(shown.draft)} " if shown.draft is not None else " "
    click.echo()
    head = f"── {click.style(shown.network.label, bold=True)} ──{counted}"
    click.echo(head + "─" * (70 - cells(head)))
    for text, colour in lines:
        paragraph(text, rest="", colour=colour)


def _panel(console: "Console", shown: AccountPreview, lines: Sequence[Line]) -> None:
    from rich.panel import Panel
    from rich.text import Text

    body = Text("\n").join(Text(text, style=colour) for text, colour in lines)
    network = shown.network
    title = network.label if network.account == network.key else f"{network.label} · {network.name}"
    console.print(
        Panel(
            body,
            title=Text(title, style="bold"),
            title_align="left",
            subtitle=Text(count(shown.draft)) if shown.draft is not None else None,
            subtitle_align="right",
            border_style="red" if shown.error else "bright_black",
            width=min(console.width, _PANEL),
        )
    )


def _console() -> "Console | None":
    if not sys.stdout.isatty():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False)
