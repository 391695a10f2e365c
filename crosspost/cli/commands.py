"""Where each command stands, and what ``crosspost --help`` says of it: a command is imported when somebody calls it.

For a new command add its place and run ``make docs``, which writes the sentences.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: name → module and attribute inside crosspost.cli
PLACES = {
    "publish": "publish.publish",
    "run": "run.run",
    "note": "note.note",
    "approve": "approve.approve",
    "edit": "edit.edit",
    "move": "edit.move",
    "skip": "edit.skip",
    "cancel": "cancel.cancel",
    "backlog": "backlog.backlog",
    "update": "update_unpublish.update",
    "unpublish": "update_unpublish.unpublish",
    "daemon": "daemon.daemon",
    "worker": "worker.worker",
    "web": "web.web",
    "mcp": "mcp.mcp",
    "plan": "plan.plan",
    "preview": "preview.preview",
    "count": "count.count",
    "posts": "posts.posts",
    "images": "images.images",
    "links": "links.links",
    "status": "status.status",
    "history": "history.history",
    "responses": "responses.responses",
    "webmentions": "webmentions.webmentions",
    "stats": "stats.stats",
    "feed": "feed.feed",
    "settle": "settle.settle",
    "retry": "settle.retry",
    "notify": "notify.notify",
    "ledger": "ledger.ledger",
    "schedule": "schedule.schedule",
    "init": "init.init",
    "accounts": "accounts.accounts",
    "tokens": "tokens.tokens",
    "import": "importing.import_posts",
    "sandbox": "sandbox.sandbox",
    "demo": "demo.demo",
    "help": "help_pages.show_help",
    "completion": "completion.completion",
    "schema": "schema.schema",
    "lint": "lint.lint",
    "check": "check.check",
    "doctor": "doctor.doctor",
}
#: name → the first sentence of its help, which fits into a line of 80 columns; written by ``make docs``
SENTENCES = {
    "publish": "Publish these posts now, once on each account.",
    "run": "Publish every new post once on each account.",
    "note": "Write a short post into the site, as a file of its own.",
    "approve": "Say yes to what waits for it, where `approve = true` is set.",
    "edit": "Give a post another text on one account, or another alt text.",
    "move": "Have a post go out at another time, as long as it waits.",
    "skip": "Leave a post out on an account.",
    "cancel": "Do not send these posts, as long as they wait.",
    "backlog": "Show the posts that are held back, and send or leave them.",
    "update": "Change posts that are out to what their files say now.",
    "unpublish": "Take posts back where they are out, and send them no further.",
    "daemon": "Do what `crosspost run --quiet` does, once a minute.",
    "worker": "Send what is due, as one of several that share a database.",
    "web": "Serve the dashboard: what is out, is planned, and waits.",
    "mcp": "Serve an assistant (Model Context Protocol), which proposes.",
    "plan": "Show what will go out when, and why then.",
    "preview": "Show what would be said on each account, as it would be sent.",
    "count": "Count a text as NETWORK counts it.",
    "posts": "List the site's posts, and where they are out.",
    "images": "Write pictures for Instagram and Threads into the site.",
    "links": "Print the lines for your pages that say whose they are.",
    "status": "Show each account, what went out last, and what is not done.",
    "history": "Show what went where, newest first, with the links.",
    "responses": "Show what came back: likes, reposts, views and replies.",
    "webmentions": "Show whom your articles link to, and whether they were told.",
    "stats": "Show the numbers of what came back, per post and per account.",
    "feed": "Write a feed of what was said, and where (Atom or JSON Feed).",
    "settle": "Decide about a delivery that waits for you.",
    "retry": "Plan failed deliveries again; the next run sends them.",
    "notify": "Send a test message through every channel of [notify].",
    "ledger": "Copy, check, export, rebuild, move or carry the ledger.",
    "schedule": "Have `crosspost run` called by itself.",
    "init": "Find the site, write the config, and connect your accounts.",
    "accounts": "Connect, look at and remove accounts.",
    "tokens": "Care for the key of renewed tokens that machines share.",
    "import": "Take over what another tool has said.",
    "sandbox": "Serve strict stand-ins of the networks on this machine.",
    "demo": "Publish sample posts on the sandbox.",
    "help": "Show a page of the manual, or list its topics.",
    "completion": "Print what a shell needs to complete words with the Tab key.",
    "schema": "Print a JSON Schema, with which an editor checks your files.",
    "lint": "Say what would be refused or lost, with line and column.",
    "check": "Show what the posts of a pull request would say.",
    "doctor": "Check config, tokens, site, ledger, clock and schedule.",
}


class Commands(MutableMapping[str, click.Command]):
    """The commands by name; each is imported when it is asked for."""

    def __init__(self) -> None:
        self._places = dict(PLACES)
        self._commands: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._commands:
            module, _, attribute = self._places[name].partition(".")
            self._commands[name] = getattr(import_module(f"crosspost.cli.{module}"), attribute)
        return self._commands[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places[name], self._commands[name] = "", command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._commands.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:  # without importing it
        return name in self._places


class Group(click.Group):
    """The whole program: ``--help`` lists the commands without importing them."""

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]  # click's own, passed on
        self.commands = Commands()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Offer the commands without importing them, and posts, because `crosspost FILE` publishes one."""
        from click.shell_completion import CompletionItem

        from crosspost.cli import completing

        found = [CompletionItem(name, help=said) for name, said in SENTENCES.items() if name.startswith(incomplete)]
        found += click.Command.shell_complete(self, ctx, incomplete)
        return found or completing.posts(ctx, self.params[0], incomplete)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list as click does."""
        limit = formatter.width - 6 - max(map(len, SENTENCES))
        rows = [(name, click.Command(name, help=said).get_short_help_str(limit)) for name, said in SENTENCES.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))
