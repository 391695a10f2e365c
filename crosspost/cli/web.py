"""``crosspost web``: the dashboard, and the people who may log in to it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from crosspost.cli.common import config_option, log_option, open_app, places
from crosspost.cli.terminal import logs
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.config.installation_settings import Web
    from crosspost.web.users import Role

_ROLES = click.Choice(["reader", "author", "approver", "admin"])


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes a free one  [8788, or [web] port]")
@click.option("--host", help="Listen there; other machines only with a login  [127.0.0.1, or [web] host]")
@click.option("--open", "in_browser", is_flag=True, help="Open it in your browser, logged in.")
@click.option(
    "--drain", type=click.FloatRange(0, 600), default=0, show_default=True, help="Seconds it answers on after SIGTERM."
)
@log_option
@places
@click.pass_context
def web(
    context: click.Context,
    port: int | None,
    host: str | None,
    in_browser: bool,
    drain: float,
    config: Path | None,
    site: Path | None,
) -> int:
    """Serve the dashboard: what is out, is planned, and waits. It ends with Ctrl-C.

    Only this machine reaches them, and only who has the link that is printed, which is good once. Commands, cron and
    the daemon may work beside it.
    """
    context.obj = (config, site)
    if context.invoked_subcommand is not None:
        return 0
    from crosspost.web import serving

    app = open_app(config, site, required=True, whole=True)
    said = settings_of(app)
    host, wanted = host or said.host, said.port if port is None else port
    with serving.served(
        lambda: open_app(config, site, required=True, whole=True),
        host=host,
        port=wanted,
        load_site=site_loader(app, config, site),
        linger=drain,
    ) as (server, real):
        address = serving.link(app, host, real) if in_browser or not logs() else ""
        where = serving.place_of(host, real)
        if logs():  # a log is read by many: it has no link that lets in whoever reads it
            click.echo(f"The dashboard is at {where}/")
        else:
            click.echo(f"The dashboard is at {where}/ – Ctrl-C ends it. This link lets you in, once:\n")
            click.echo(address)
        if in_browser:
            click.launch(address)
        server.run()
    return 0


@web.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where it is served  [8788, or [web] port]")
@places
@click.pass_obj
def link(given: tuple[Path | None, Path | None], port: int | None, config: Path | None, site: Path | None) -> int:
    """Print a new link that lets one browser in, once, within a quarter of an hour."""
    from crosspost.web import serving

    app = _app(given, config, site)
    said = settings_of(app)
    click.echo(serving.link(app, said.host, port or said.port))
    return 0


@web.command()
@click.argument("name")
@click.option("--role", type=_ROLES, default="author", show_default=True, help="What they may do; see the manual.")
@click.option("--no-password", is_flag=True, help="Only a proxy logs them in.")
@click.option(
    "--site", "sites", multiple=True, metavar="NAME", help="Only this one of several sites (repeatable)  [all]"
)
@config_option
@click.pass_obj
def allow(
    given: tuple[Path | None, Path | None],
    name: str,
    role: str,
    no_password: bool,
    sites: tuple[str, ...],
    config: Path | None,
) -> int:
    """Let a person log in, or give them another role, password and sites; the password is asked for."""
    from crosspost.web.serving import users_of
    from crosspost.web.users import refuse_role

    app = _app(given, config, Path(sites[0]) if sites else None)
    seen = _sites(app, sites, given[1])
    refuse_role(cast("Role", role), seen)
    password = "" if no_password else _new_password()
    users_of(app).put(name, cast("Role", role), password, seen)
    several = app.settings is not None and app.settings.site_names
    where = f", for {', '.join(seen)} only" if seen is not None else ", for all sites" if several else ""
    click.echo(f"{name} may log in now, as {role}{where}.")
    return 0


@web.command()
@click.argument("name")
@click.option("--end", "over", is_flag=True, help="Take it away; nothing takes its place.")
@places
@click.pass_obj
def token(given: tuple[Path | None, Path | None], name: str, over: bool, config: Path | None, site: Path | None) -> int:
    """Print a token with which a person's programs write posts.

    It is shown once, and takes the place of the one before.
    """
    from crosspost.web.serving import users_of

    known = users_of(_app(given, config, site))
    if over:
        known.end_token(name)
        click.echo(f"Programs of {name} may not write any more.")
        return 0
    printed = known.new_token(name)
    click.echo(f"Programs of {name} may write with this token (Micropub). It is not shown again:\n")
    click.echo(printed)
    return 0


@web.command()
@click.option("--end", "over", is_flag=True, help="Take no webhook any more.")
@places
@click.pass_obj
def hook(given: tuple[Path | None, Path | None], over: bool, config: Path | None, site: Path | None) -> int:
    """Print address and secret for a webhook, which has the daemon look at once.

    The secret is shown once, and takes the place of the one before.
    """
    from crosspost.app.hooks import hook_secret
    from crosspost.app.hooks.subscribing import PATH

    app = _app(given, config, site)
    said = settings_of(app)
    if over:
        click.echo("No webhook is taken any more." if hook_secret.end(app) else "No webhook was taken before, either.")
        return 0
    address = said.address.rstrip("/") or f"http://127.0.0.1:{said.port}"
    printed = hook_secret.new(app)
    click.echo("A webhook to this address has the daemon look at the site at once:\n")
    click.echo(f"{address}{PATH}\n")
    click.echo("This is its secret. It is not shown again:\n")
    click.echo(printed)
    if not said.address:
        click.echo("\nOthers reach it only under an address of yours, which belongs into [web] address.", err=True)
    return 0


@web.command()
@places
@click.pass_obj
def users(given: tuple[Path | None, Path | None], config: Path | None, site: Path | None) -> int:
    """Show who may log in, what they may do, and on which sites."""
    from crosspost.config.sites import MAIN
    from crosspost.web.serving import users_of
    from crosspost.web.users import lost_sites

    app = _app(given, config, site)
    names = (app.settings.site_names if app.settings is not None else ()) or (MAIN,)
    known = users_of(app).all()
    for one in known.values():
        where = f", {', '.join(one.sites)} only" if one.sites is not None else ""
        click.echo(f"{one.name}: {one.role}{where}{'' if one.hash else ', through a proxy only'}")
        if lost := lost_sites(one, names):
            click.echo(f"  The config has no site {', '.join(lost)}, so {one.name} sees nothing of it.")
    if not known:
        click.echo("Nobody: only the link of `crosspost web` lets somebody in.")
    return 0


@web.command()
@click.argument("name")
@places
@click.pass_obj
def forbid(given: tuple[Path | None, Path | None], name: str, config: Path | None, site: Path | None) -> int:
    """Let a person log in no more; their sessions end at once."""
    from crosspost.web.serving import users_of

    users_of(_app(given, config, site)).remove(name)
    click.echo(f"{name} may not log in any more.")
    return 0


def site_loader(app: "App", config: Path | None, site: Path | None) -> "Callable[[str], App] | None":
    """What gives the app of one of several sites; None where there is one, or one is named."""
    if site is not None or app.settings is None or not app.settings.site_names:
        return None
    return lambda name: open_app(config, Path(name), required=True)


def _new_password() -> str:
    """Twice what a person types unseen; else a line of standard input, such as a file or another program.

    :raises ConfigError: when there is neither
    """
    typed = sys.stdin is not None and sys.stdin.isatty()
    try:
        return str(click.prompt("Password", hide_input=typed, confirmation_prompt=typed))
    except (click.Abort, RuntimeError):  # nothing comes, or standard input is closed
        if typed:
            raise  # who ended it knows why
        click.echo()
        raise ConfigError(
            "nobody is there to type a password; give it as a line of standard input, or --no-password"
        ) from None


def _sites(app: "App", named: tuple[str, ...], before: Path | None) -> tuple[str, ...] | None:
    """The sites that a person may see; None for all of them.

    :param named: ``--site``, names or folders
    :param before: ``--site`` before the subcommand, which finds the config where there is one site
    :raises ConfigError: for a site that is not there
    """
    from crosspost.app.sites.site_choice import chosen

    said = app.settings
    if said is None or not said.site_names:
        if named:
            raise ConfigError("the config has one site, so nobody can be limited to some; leave --site out")
        return None
    wanted = [Path(name) for name in named] or ([before] if before is not None else [])
    return tuple(chosen(said, site, None) for site in wanted) or None


def settings_of(app: "App") -> "Web":
    """``[web]`` of the config."""
    if app.settings is None:
        raise ConfigError("there is no config file; `crosspost init` writes one")
    return app.settings.web


def _app(given: tuple[Path | None, Path | None], config: Path | None, site: Path | None) -> "App":
    """The app of the options, which may stand before the subcommand or behind it."""
    return open_app(config or given[0], site or given[1], required=True, whole=True)
