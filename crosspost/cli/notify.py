"""``crosspost notify``: whether a message would reach anybody."""

from pathlib import Path

import click

from crosspost.app.running.run_notifications import site_name
from crosspost.cli.common import open_app, places
from crosspost.errors import ConfigError


@click.command()
@click.option("--test", is_flag=True, required=True, help="Send a test message every way, and ping the heartbeat.")
@places
def notify(test: bool, config: Path | None, site: Path | None) -> int:  # noqa: ARG001  # click wants the flag to be there
    """Send a test message through every channel of [notify]. Says which of them worked.

    Exit code 1 when one of them failed. Earlier alerts are in `crosspost status`.
    """
    from crosspost.notifications.channels import Notification
    from crosspost.notifications.dispatch import deliver

    app = open_app(config, site, required=True, whole=True)
    told = app.notification_config()
    told.check()
    channels, wrong = told.channels()
    if not (channels or wrong or told.heartbeat):
        raise ConfigError(f"{told.place()}: nobody is told: set `mail_to` or `apprise` below [notify]")
    name, url = site_name(app)
    text = f"This is a test: crosspost can reach you. It will when something needs you.\n\nThe site: {url or name}\n"
    message = Notification(title=f"{name + ': ' if name else ''}crosspost can reach you", text=text, at=app.clock())
    failed = deliver(channels, {way.key: message for way in channels})
    for sentence in wrong:
        click.echo(f"{click.style('not sent', fg='red')}  {sentence}")
    for way in channels:
        if way.key in failed:
            click.echo(f"{click.style('not sent', fg='red')}  {way.name}: {failed[way.key]}")
        else:
            click.echo(f"{click.style('sent', fg='green')}      {way.name}")
    if told.heartbeat:
        wrong = [*wrong, *_ping(told.heartbeat)]
    return 1 if failed or wrong else 0


def _ping(url: str) -> list[str]:
    from crosspost.notifications.heartbeat import Heartbeat

    said: list[str] = []
    heartbeat = Heartbeat(url, said.append)
    heartbeat.start()
    heartbeat.end(0, "crosspost notify --test")
    for sentence in said:
        click.echo(f"{click.style('not sent', fg='red')}  {sentence}")
    if not said:
        click.echo(f"{click.style('sent', fg='green')}      heartbeat: begin and end")
    return said
