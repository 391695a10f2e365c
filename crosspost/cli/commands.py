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
    "update": "changes.update",
    "unpublish": "changes.unpublish",
    "daemon": "daemon.daemon",
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
#: name → the first sentence of its help, shortened to what a terminal shows; written by ``make docs``
SENTENCES = {
    "publish": "Publish these posts now, once on each account.",
    "run": "Publish every new post once on each account.",
    "note": "Write a short post that is no article into the site, as a file of its own.",
    "approve": "Say yes to what waits for it, on accounts with `approve = true`.",
    "edit": "Give a post another text on one account, or another alt text.",
    "move": "Have a post go out at another time, as long as it waits.",
    "skip": "Leave a post out on an account, for as long as the post or the ledger says so.",
    "cancel": "Do not send these posts, as long as they wait: for the delay of an account, a slot, their...",
    "backlog": "Show the posts that are held back, and send or leave them.",
    "update": "Change these posts where they are out, so that they say what their files say now.",
    "unpublish": "Take these posts back: delete them where they are out, and send them nowhere any more.",
    "daemon": "Do what `crosspost run --quiet` does, every minute, until SIGTERM or Ctrl-C.",
    "web": "Serve pages that show what is out, what is planned and what waits for you, until Ctrl-C.",
    "mcp": "Serve an assistant over standard input and output (Model Context Protocol): it looks, and...",
    "plan": "Show what will go out when, and why then.",
    "preview": "Show what would be said on each account, exactly as it would be sent.",
    "count": "Count a text from standard input as NETWORK counts it: its length, the limit, and how...",
    "posts": "List the site's posts with id, date, address, state, and where they are out; says why a...",
    "images": "Write fitted pictures into the site, for Instagram and Threads, which fetch them from there.",
    "links": "Print what belongs into your site's pages: the lines by which others know whose they are.",
    "status": "Show each account's deliveries, the links of what went out last, and everything that is...",
    "history": "Show what went where, newest first, with the links.",
    "responses": "Show what came back to posts: likes, reposts, views and replies.",
    "webmentions": "Show whom your articles link to, and whether that was told there.",
    "stats": "Show likes, reposts, replies and views per post and per account, as they were last fetched.",
    "feed": "Write a feed of what was said, and where: Atom, or JSON Feed where FILE ends in .json.",
    "settle": "Decide about a delivery that waits for you: DELIVERY is its number in `crosspost status`,...",
    "retry": "Plan failed deliveries again; the next run sends them.",
    "notify": "Send a test message through every channel of [notify], and report which worked.",
    "ledger": "Copy, check, export, rebuild, move or carry the ledger, which remembers what is out.",
    "schedule": "Have `crosspost run` called by itself: a line for cron, a systemd timer, or a GitHub...",
    "init": "Write config/crosspost.toml for the site that is found, and connect your accounts.",
    "accounts": "Connect, look at and remove accounts.",
    "import": "Take over what another tool has said already, so that nothing is said twice.",
    "sandbox": "Serve strict stand-ins of the networks on 127.0.0.1 until Ctrl-C.",
    "demo": "Publish sample posts on the sandbox: real adapters over HTTP on 127.0.0.1, nothing leaves...",
    "help": "Show a page of the manual, or list its topics.",
    "completion": "Print what a shell needs to complete commands, accounts, networks and posts with the Tab...",
    "schema": "Print a JSON Schema, with which an editor checks and completes what you write: see...",
    "lint": "Say what would be refused, and what would be lost, with line and column.",
    "check": "Show what each post that a pull request adds or changes would say.",
    "doctor": "Check that everything is as it should be: config, tokens, site, ledger, clock, schedule.",
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
