"""Whether the site can say that there is something new, as far as that can be known here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, fail, ok, warn
from crosspost.app.hooks import hook_secret, subscribing, subscription
from crosspost.delivery.clock_skew import span
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App

_ABOUT = "at once"
_MANUAL = "see `crosspost help at-once`"
_ASKS = "the daemon asks it again with one of its next runs"


def findings(app: "App") -> Iterator[Finding]:
    """Whether a hub tells of new posts, and whether webhooks are taken; nothing when neither is asked for."""
    if app.settings is None:
        return
    address = app.settings.web.address.rstrip("/")
    try:
        if hook_secret.known(app):
            yield _webhook(address)
        feed = subscribing.of_feed(app.source()) is not None if app.settings.web.websub else False
        # of several sites some may have a feed; then nothing is wrong with the others
        if feed or (app.settings.web.websub and not app.settings.site_names):
            yield _hub(app, address, feed=feed)
    except CrosspostError as error:
        yield fail(_ABOUT, str(error))


def _webhook(address: str) -> Finding:
    if not address:
        said = "webhooks are taken, but [web] names no address at which others reach the dashboard"
        return warn(_ABOUT, said, _MANUAL)
    return ok(_ABOUT, f"webhooks are taken at {address}{subscribing.PATH}")


def _hub(app: "App", address: str, *, feed: bool) -> Finding:
    """Until when the hub tells us, or why it does not.

    :param feed: whether the site is read by its feed
    """
    if not feed:
        said = "`websub` under [web] is for a site that is read by its feed, which this one is not"
        return warn(_ABOUT, said, "take it out, and have a webhook tell crosspost instead")
    if not address:
        return fail(_ABOUT, "a hub cannot reach the dashboard: [web] names no address", _MANUAL)
    if not subscribing.wanted(app):
        return ok(_ABOUT, "no hub is asked while every account is in the sandbox")
    asked, granted, now = subscription.asked(app), subscription.granted(app), app.clock()
    if asked is None:
        return warn(_ABOUT, "no hub was asked yet", "the next run of crosspost asks it")
    if not asked.hub:
        todo = "name another feed, have a plugin add a hub, or take a webhook"
        return warn(_ABOUT, f"{asked.topic} names no hub that could tell of new posts", todo)
    if why := subscribing.trouble(asked, granted, now):
        return warn(_ABOUT, f"the hub {asked.hub} does not tell of new posts: {why}", _MANUAL)
    if granted is None or granted.until is None:
        return warn(_ABOUT, f"the hub {asked.hub} was asked, and has not asked back yet", _ASKS)
    return ok(_ABOUT, f"the hub {asked.hub} tells of new posts for {span(granted.until - now)} more")
