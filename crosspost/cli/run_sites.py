"""``crosspost run`` for a config with several sites: one after the other, each by itself."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.app.loading import with_newest_posts
from crosspost.app.running import idle_stamp
from crosspost.app.running.known_marks import KnownMarks
from crosspost.app.running.several_sites import OneHeartbeat, Site, in_turn
from crosspost.app.sites.arrivals import arriving, not_there
from crosspost.cli import common
from crosspost.cli.each_site import one_by_one
from crosspost.cli.idle_answer import NOTHING_DUE
from crosspost.cli.layout import complain
from crosspost.errors import ConfigError
from crosspost.text.told_alike import FEW

if TYPE_CHECKING:
    from crosspost.app.application import App

#: runs one site; takes its app, the file of its idle stamp, and what it shares with the others; None: nothing was tried
One = Callable[..., int | None]


def run(
    found: Sequence[Site],
    one: One,
    *,
    stamps: Callable[[str], Path | None] | None = None,
    quiet: bool = False,
    as_json: bool = False,
    only_looks: bool = False,
    told: dict[str, str] | None = None,
    wanted: Callable[[str, float | None], bool] | None = None,
    first: int = 0,
) -> int:
    """Run every site; what fails in one is told and stops no other.

    :param stamps: gives the file of a site's idle stamp; None: there are none
    :param quiet: say nothing of sites of which nothing was due
    :param only_looks: whether it changes nothing and asks nobody
    :param told: see :func:`crosspost.cli.each_site.one_by_one`
    :param wanted: whether a site is looked at that does not rest by its stamp; takes its name, and how many seconds ago
        somebody looked at it, where that is known; None: each is
    :param first: the number of the site with which it begins
    :returns: the exit code of all
    """
    apps = [app for _, app in found if not isinstance(app, ConfigError)]
    wrong = {name: str(app) for name, app in found if isinstance(app, ConfigError)} | not_there(found)
    newest, many = partial(with_newest_posts, environ=os.environ), len(found) > FEW
    if only_looks or not apps:
        return one_by_one(arriving(found, newest), partial(one, stamp=None), as_json=as_json, quiet=quiet, many=many)
    heartbeat = OneHeartbeat(apps[0], lambda sentence: complain(sentence, "Warning"))
    names, order = [name for name, _ in found], in_turn([*found[first:], *found[:first]])
    known = KnownMarks(order)
    # the notices of the first that can be used have the word about those that cannot
    tells = next((name for name in names if name not in wrong), names[0])

    def work(app: "App") -> int | None:
        assert app.settings is not None  # noqa: S101  # for the type checker: it is one of several
        name = common.site_name(app)
        stamp = stamps(name) if stamps is not None and not (wrong and name == tells) else None
        if stamp is not None and idle_stamp.still(stamp, common.now(), app.said(), known.mark(name)):
            known.rested(name)
            if not quiet:
                click.echo(NOTHING_DUE)
            return None
        if wanted is not None and not wanted(name, known.looked(name)):
            return None
        shared: dict[str, Any] = {"heartbeat": heartbeat.of(name), "others": wrong if name == tells else {}}
        return one(app, stamp, **shared)

    def coming() -> Iterator[Site]:
        for name, app in arriving(order, newest):
            if isinstance(app, ConfigError):
                heartbeat.of(name).failed(app)
            yield name, app

    try:
        return one_by_one(coming(), work, as_json=as_json, quiet=quiet, many=many, told=told)
    finally:
        known.close()
        heartbeat.close()
