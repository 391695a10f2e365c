"""``crosspost responses``: what came back to what is out."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
import msgspec

from crosspost.app.ledger_access import no_ledger_yet, open_ledger
from crosspost.app.times import in_words, zone_of
from crosspost.cli import completing
from crosspost.cli.common import json_option, open_app, places, print_json, to_option
from crosspost.cli.layout import columns, paragraph, table, wrapped
from crosspost.errors import ConfigError
from crosspost.ledger.response_rows import WEBMENTION
from crosspost.text.numbers import counted
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.webmentions.receiving import Looked
    from crosspost.ledger.responses import Said, Told
    from crosspost.responses.fetch import Asked

_KINDS = {"like": "likes this", "repost": "reposted this", "mention": "mentions this"}
_WORDS = {"waiting": "waits for your yes", "hidden": "hidden", "shown": ""}


class _Responses(click.Group):
    """``crosspost responses FILE`` is ``crosspost responses show FILE``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        named = first in self.commands or first in ctx.help_option_names
        return super().parse_args(ctx, args if named else ["show", *args])


@click.group(cls=_Responses)
def responses() -> None:
    """Show what came back: likes, reposts, views and replies.

    `crosspost responses FILE` shows that of a post, `crosspost responses` the replies that wait for a yes. Nothing is
    asked of the networks but by `fetch`, and by runs where `[responses] every` says so.
    """


@responses.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...", shell_complete=completing.posts
)
@to_option
@click.option("--all", "everything", is_flag=True, help="Also posts that were asked about lately.")
@json_option
@places
def fetch(
    files: tuple[Path, ...],
    to: tuple[str, ...],
    everything: bool,
    as_json: bool,
    config: Path | None,
    site: Path | None,
) -> int:
    """Ask the networks what came back to these posts, or to all: new posts often, old ones up to once a week."""
    from crosspost.app.deciding.update_unpublish import ledger_of, need_known, post_of
    from crosspost.app.responses import fetching, replies_file
    from crosspost.app.runner import RunControl
    from crosspost.app.webmentions import receives, receiving

    app = open_app(config, site, required=True)
    if no_ledger_yet(app):
        need_known(app, files)
        click.echo("Nothing went out yet.")
        return 0
    names, silent = fetching.askable(app, app.chosen(to))
    with ledger_of(app) as ledger:
        posts = {post_of(app, ledger, file) for file in files} if files else None
        asked = fetching.fetch(app, ledger, names, posts=posts, everything=everything or bool(files))
        looked = receiving.look(app, ledger, RunControl()) if receives(app) else None
        wrong = replies_file.write(app, ledger)
        waiting = len(ledger.responses.said(states=["waiting"]))
    if as_json:
        print_json({"asked": asked, "not_asked": silent, "errors": wrong, "waiting": waiting, "webmentions": looked})
    else:
        _show_asked(app, asked, [(one.account, one.why) for one in silent], looked, waiting)
        for sentence in wrong:
            paragraph(sentence, first="Error: ", rest="  ", err=True)
    return 1 if wrong or any(one.error for one in asked) else 0


def _show_asked(
    app: "App", asked: "Sequence[Asked]", silent: Sequence[tuple[str, str]], looked: "Looked | None", waiting: int
) -> None:
    rows = []
    for one in asked:
        said = f"{_some(one.asked, 'post')} asked about, {_some(one.new, 'new reply', 'new replies')}"
        said += f"; {_some(one.left, 'post')} left for the next time" if one.left else ""
        said = "nothing to ask about now" if not one.asked and not one.left else said
        rows.append((app.label(one.account), ". ".join(filter(None, (said, one.resting, one.unread, one.error)))))
    rows += [(app.label(name), why) for name, why in silent]
    if looked is not None:
        said = f"{_some(looked.looked, 'webmention')} looked at, {counted(looked.new, 'new one', 'new ones')}"
        said += f", {looked.gone} gone" if looked.gone else ""
        rows.append((WEBMENTION, said + (f"; {looked.left} left for the next time" if looked.left else "")))
    table(rows)
    if not rows:
        click.echo("There is no account to ask; `crosspost accounts add` connects one.")
    if waiting:
        click.echo(f"{_some(waiting, 'reply', 'replies')} to approve: `crosspost responses` shows them.")


@responses.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...", shell_complete=completing.posts
)
@json_option
@places
def show(files: tuple[Path, ...], as_json: bool, config: Path | None, site: Path | None) -> int:
    """Show what came back to these posts; without any, the replies that wait for a yes. Asks no network."""
    from crosspost.app.deciding.update_unpublish import need_known, post_of

    app = open_app(config, site, required=True)
    if no_ledger_yet(app):
        need_known(app, files)
        _print(app, [], [], as_json=as_json, of_posts=bool(files))
        return 0
    ledger = open_ledger(app, read_only=True)
    try:
        posts = list(dict.fromkeys(post_of(app, ledger, file) for file in files))
        said = ledger.responses.said(posts=posts) if posts else ledger.responses.said(states=["waiting"])
        told = [one for one in ledger.responses.told() if one.post in posts] if posts else []
    finally:
        ledger.close()
    _print(app, told, said, as_json=as_json, of_posts=bool(files))
    return 0


def _print(app: "App", told: "Sequence[Told]", said: "Sequence[Said]", *, as_json: bool, of_posts: bool) -> None:
    if as_json:
        print_json({"figures": [_figures_row(one) for one in told], "replies": [_reply_row(one) for one in said]})
        return
    titles = {one.post: one.title for one in told} | {one.post: one.title for one in said}
    for number, (post, title) in enumerate(titles.items()):
        if number:
            click.echo()
        paragraph(click.style(printable(title or post), bold=True))
        table([(f"  {app.label(one.account)}", _told(one)) for one in told if one.post == post])
        for one in said:
            if one.post == post:
                _show_reply(app, one)
    if not titles:
        click.echo("Nothing is known of that; `crosspost responses fetch` asks." if of_posts else "No reply waits.")
    elif not of_posts:
        click.echo("\n`crosspost responses approve NUMBER` shows one on the site, `hide` does not.")


def _told(one: "Told") -> str:
    figures = one.figures
    words = [
        _some(figures.likes, "like"),
        _some(figures.reposts, "repost"),
        _some(figures.replies, "reply", "replies"),
        _some(figures.views, "view"),
    ]
    return ". ".join(filter(None, (", ".join(filter(None, words)), one.error)))


def _show_reply(app: "App", one: "Said") -> None:
    reply, width = one.reply, columns()
    when = in_words(reply.at, app.clock(), zone_of(app))
    who = " ".join(dict.fromkeys(printable(name) for name in (reply.author, reply.handle) if name))
    state = _WORDS.get(one.state, "") if reply.public or one.state != "shown" else "not for the site: not public"
    lead = f"  #{one.id} "
    head = ", ".join(filter(None, (who, _KINDS.get(one.kind, ""), app.label(one.account), when, state)))
    click.echo("\n".join(wrapped(head, width, first=lead, rest="      ")))
    for line in reply.text.splitlines() or ([""] if one.kind == "reply" else []):
        click.echo("\n".join(wrapped(printable(line), width, first="      ", rest="      ")))
    if reply.url:
        click.echo(f"      {printable(reply.url)}")


def _figures_row(one: "Told") -> dict[str, Any]:
    return {
        "post": one.post,
        "account": one.account,
        "url": one.url,
        **msgspec.to_builtins(one.figures),
        "asked_at": one.asked_at.isoformat(timespec="seconds"),
        "gone": one.gone,
        "error": one.error,
    }


def _reply_row(one: "Said") -> dict[str, Any]:
    fields = msgspec.to_builtins(one.reply)
    del fields["id"], fields["at"]
    return {
        "number": one.id,
        "post": one.post,
        "account": one.account,
        "state": one.state,
        "kind": one.kind,
        "id": one.reply.id,
        "at": one.reply.at.isoformat(timespec="seconds"),
        **fields,
    }


@responses.command()
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@places
def approve(numbers: tuple[int, ...], config: Path | None, site: Path | None) -> int:
    """Show these replies on the site: in the file of `[responses] file`."""
    return _decide(numbers, "shown", config, site)


@responses.command()
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@places
def hide(numbers: tuple[int, ...], config: Path | None, site: Path | None) -> int:
    """Do not show these replies on the site, whatever becomes of them."""
    return _decide(numbers, "hidden", config, site)


def _decide(numbers: Sequence[int], state: Literal["shown", "hidden"], config: Path | None, site: Path | None) -> int:
    from crosspost.app.deciding.update_unpublish import ledger_of
    from crosspost.app.responses import replies_file

    app = open_app(config, site, required=True)
    with ledger_of(app) as ledger:
        unknown = ledger.responses.decide(numbers, state)
        wrong = replies_file.write(app, ledger)
    done = len(set(numbers) - set(unknown))
    what = "shown from now on" if state == "shown" else "hidden from now on"
    if done:
        click.echo(f"{_some(done, 'reply', 'replies')} {what}.")
    for sentence in wrong:
        paragraph(sentence, first="Error: ", rest="  ", err=True)
    if unknown:
        missing = ", ".join(map(str, unknown))
        raise ConfigError(
            f"there is no reply {missing}; `crosspost responses` and `crosspost responses FILE` number them"
        )
    return 1 if wrong else 0


def _some(number: int | None, one: str, several: str = "") -> str:
    """ "2 likes"; "" where nobody tells."""
    return "" if number is None else counted(number, one, several)
