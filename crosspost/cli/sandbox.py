"""``crosspost sandbox``: strict local stand-ins of the networks, to try things out on."""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import places
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.sandbox import Sandbox


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line with base URLs and tokens.")
@places
def sandbox(port: int, as_json: bool, config: Path | None, site: Path | None) -> int:
    """Serve strict stand-ins of the networks on this machine. They are on 127.0.0.1 until Ctrl-C.

    `/` shows the timelines, `/_sandbox/posts` the same as JSON; a POST to `/_sandbox/faults` makes requests fail.
    """
    import tempfile

    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    with tempfile.TemporaryDirectory(prefix="crosspost-sandbox-") as pictures, _started(port, Path(pictures)) as server:
        described = server.describe()
        if as_json:
            import msgspec

            click.echo(msgspec.json.encode(described).decode())
        else:
            click.echo(f"The sandbox is at {server.url} (timelines, for your browser). Ctrl-C ends it.\n")
            for name, value in described["env"].items():
                click.echo(f"{name}={value}")
            wanted = f" --config {config}" if config else ""
            click.echo(f"\nTry it on your site:  crosspost init{wanted} --site {site or 'DIR'} --sandbox {server.url}")
        while not stopped.wait(0.5):  # the signal may reach another thread: this one wakes up by itself
            pass
    return 0


def _started(port: int, pictures: Path) -> "Sandbox":
    """A sandbox that listens, and serves a store of pictures.

    :raises ConfigError: when the port is taken
    """
    from crosspost.sandbox import Sandbox

    try:
        return Sandbox(port=port, pictures=pictures).start()
    except OSError as error:
        from crosspost.text.port_errors import sentence

        raise ConfigError(sentence("127.0.0.1", port, error, instead="--port 0 takes a free one")) from None
