"""``crosspost demo``: the whole way, from sample posts to three timelines, on this machine only."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.errors import SourceError

if TYPE_CHECKING:
    from crosspost.sandbox import Sandbox


@click.command()
@click.option("--keep", is_flag=True, help="Leave the timelines open in the browser until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the sandbox; 0 takes a free one.")
def demo(keep: bool, port: int) -> int:
    """Publish the sample posts on the sandbox: real adapters over HTTP on 127.0.0.1, nothing leaves this machine."""
    import tempfile

    from crosspost.sandbox import Sandbox

    with tempfile.TemporaryDirectory(prefix="crosspost-demo-") as folder, Sandbox(port=port) as sandbox:
        click.echo(f"1. A stand-in for each network answers at {sandbox.url}")
        config = _prepare(Path(folder), sandbox)
        click.echo("2. The sample posts are read and published, each on every account:\n")
        code = _run(config, backfill=True)
        click.echo("\n3. What the networks received:\n")
        _show(sandbox.posts())
        before = len(sandbox.posts())
        click.echo("\n4. A second run, as cron would start it:\n")
        code = max(code, _run(config))
        if len(sandbox.posts()) != before:
            click.secho("Something was sent twice: please report this.", fg="red")
            return 1
        click.echo(f"\n{before} posts are out, each once." if code == 0 else "\nNot everything went out: see above.")
        if keep:
            _wait(sandbox.url)
        return code


def _prepare(folder: Path, sandbox: "Sandbox") -> Path:
    """Copy the samples and write the config a user would have after ``crosspost init --sandbox``."""
    import shutil

    from crosspost.cli.templates import config_text, secrets_text

    shutil.copytree(_samples(), folder / "posts", ignore=shutil.ignore_patterns("README*"))
    described = sandbox.describe()
    config = folder / "config" / "crosspost.toml"
    config.parent.mkdir()
    text = config_text("../posts", {"url": "", "lang": "de"}, described)
    config.write_text(text.replace("https://example.org", "https://gruenes-tal.example.org"), "utf-8")
    secrets = config.with_name("secrets.env")
    secrets.touch(0o600)
    secrets.write_text(secrets_text(described), "utf-8")
    return config


def _samples() -> Path:
    """The sample posts: ``posts/`` of a checkout, or the copy inside an installed package."""
    package = Path(__file__).parents[1]
    for place in (package / "_samples", package.parent / "posts"):
        if place.is_dir():
            return place
    raise SourceError("the sample posts are missing from this installation; install crosspost again")


def _run(config: Path, *, backfill: bool = False) -> int:
    from crosspost.cli import run  # that module imports this one's neighbours

    arguments = ["--config", str(config), *(["--backfill"] if backfill else [])]
    code = run.run.main(arguments, standalone_mode=False)
    return code if isinstance(code, int) else 0


def _show(posts: list[dict[str, Any]]) -> None:
    for post in posts:
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
