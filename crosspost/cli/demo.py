"""``crosspost demo``: the whole way, from sample posts to three timelines, on this machine only."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import now, places
from crosspost.errors import SourceError
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.sandbox import Sandbox


@click.command()
@click.option("--keep", is_flag=True, help="Leave the timelines open in the browser until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the sandbox; 0 takes a free one.")
@places
def demo(keep: bool, port: int, config: Path | None, site: Path | None) -> int:
    """Publish sample posts on the sandbox. Real adapters talk over HTTP on 127.0.0.1; nothing leaves this machine.

    With --site the newest posts of that site instead; with --config the config is written there and kept, or beside
    it where there is a real one.
    """
    import tempfile

    from crosspost.sandbox import Sandbox

    with (
        tempfile.TemporaryDirectory(prefix="crosspost-demo-") as folder,
        Sandbox(port=port, pictures=Path(folder, "pictures")) as sandbox,
    ):
        click.echo(f"1. A stand-in for each network answers at {sandbox.url}")
        samples = site is None
        file = _prepare(Path(folder), sandbox, config, site)
        click.echo(f"2. The {'sample' if samples else 'newest'} posts are read and published, each on every account:\n")
        code = _publish(file, site)
        click.echo("\n3. What the networks received:\n")
        _show(sandbox.posts())
        before = len(sandbox.posts())
        click.echo("\n4. A second run, as cron would start it:\n")
        code = max(code, _run(file))
        if len(sandbox.posts()) != before:
            click.secho("Something was sent twice: please report this.", fg="red")
            return 1
        by_hand = _by_hand(file)
        click.echo(
            f"\n{counted(before, 'post is', 'posts are')} out, each once."
            if code == 0 or by_hand
            else "\nNot everything went out: see above."
        )
        if by_hand:
            names = ", ".join(sorted(set(by_hand)))
            click.echo(f"{counted(len(by_hand), 'waits', 'wait')} for a person: {names} takes posts from people only.")
        if keep:
            _wait(sandbox.url)
        return 0 if by_hand else code


def _prepare(folder: Path, sandbox: "Sandbox", config: Path | None, site: Path | None) -> Path:
    """Write the config a user would have after ``crosspost init --sandbox``, for the site or a copy of the samples."""
    import shutil

    from crosspost.app.user_files import Kept
    from crosspost.cli.init import facts, sandbox_file
    from crosspost.cli.init_templates import config_text, secrets_text

    if site is None:
        shutil.copytree(_samples(), folder / "posts", ignore=shutil.ignore_patterns("README*"))
        root, known = folder / "posts", {"url": "", "lang": "de"}
    else:
        root, known = site.absolute(), facts(site)
    described = sandbox.describe()
    file = sandbox_file(config if config is not None else folder / "config" / "crosspost.toml")
    file.parent.mkdir(parents=True, exist_ok=True)
    text = config_text(str(root), known, described)
    kept = Kept(now())
    kept.write(file, text.replace("https://example.org", "https://gruenes-tal.example.org"))
    kept.write(file.with_name("secrets.sandbox.env"), secrets_text(described), private=True)
    return file


def _samples() -> Path:
    """The sample posts: ``posts/`` of a checkout, or the copy inside an installed package."""
    package = Path(__file__).parents[1]
    for place in (package / "_samples", package.parent / "posts"):
        if place.is_dir():
            return place
    raise SourceError("the sample posts are missing from this installation; install crosspost again")


def _publish(config: Path, site: Path | None) -> int:
    """Send the samples as a first run with --backfill does, or the three newest posts of a site by hand."""
    from crosspost.cli import publish, run
    from crosspost.cli.common import open_app

    if site is None:
        return _code(run.run.main(["--config", str(config), "--backfill"], standalone_mode=False))
    ready = [entry for entry in open_app(config, site).source().scan() if entry.state == "ready"]
    files = [entry.path for entry in ready[-3:]]
    if not files:
        raise SourceError(f"{site} has no post that could be sent; `crosspost posts --site {site}` says why")
    return _code(publish.publish.main([*files, "--config", str(config)], standalone_mode=False))


def _run(config: Path) -> int:
    from crosspost.cli import run

    return _code(run.run.main(["--config", str(config)], standalone_mode=False))


def _by_hand(config: Path) -> list[str]:
    """The accounts of the posts that wait to be pasted by hand; none when anything else is not out either."""
    from crosspost.app.ledger_access import open_ledger
    from crosspost.cli.common import open_app

    ledger = open_ledger(open_app(config, None), read_only=True)
    try:
        left = ledger.deliveries(states=["held", "unknown", "failed", "planned"])
    finally:
        ledger.close()
    return [row.account for row in left] if all(row.handed for row in left) else []


def _code(answer: object) -> int:
    return answer if isinstance(answer, int) else 0


def _show(posts: list[dict[str, Any]]) -> None:
    """Network by network, what it received in the order in which it did."""
    from crosspost.config import registry

    rank = {name: number for number, name in enumerate(registry.names())}
    for post in sorted(posts, key=lambda one: rank[one["network"]]):
        pictures = ", ".join(f"picture “{image['alt']}”" if image["alt"] else "picture" for image in post["images"])
        click.echo(f"{post['network']:<10} {post['url']}")
        click.echo(f"{'':<10} {post['text'].splitlines()[0]}{f'  [{pictures}]' if pictures else ''}")


def _wait(url: str) -> None:
    import threading
    import webbrowser

    click.echo(f"The timelines stay at {url} until Ctrl-C.")
    webbrowser.open(url)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("")
