"""What `crosspost doctor` finds out about the site, its newest posts, and the ledger."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.doctor import nested_sites_check
from crosspost.app.doctor.checks import Finding, fail, ok, warn
from crosspost.app.doctor.ledger_rights_check import unwritable
from crosspost.app.doctor.newest_page_check import page
from crosspost.app.doctor.site_links_check import LinkCheck
from crosspost.app.outcome import bare
from crosspost.app.post_states import in_numbers
from crosspost.app.recipients_in_doubt import doubt_about, people_in_doubt
from crosspost.app.times import until_in_words, zone_of
from crosspost.delivery.clock_skew import span
from crosspost.errors import ConfigError, CrosspostError, MediaError
from crosspost.text.mistakes import in_short
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry, Post
    from crosspost.sources.base import Source

#: how many of the newest posts are looked at
NEWEST = 20
#: refused files are named one by one up to here
_NAMED = 5


def site(app: "App", *, offline: bool) -> Iterator[Finding]:
    """Posts found and refused, the time zone, the page on the web, pictures and alt texts."""
    try:
        source = app.source()
        entries = list(source.scan())
    except CrosspostError as error:
        yield fail("site", str(error))
        return
    ready = sorted((e for e in entries if e.state == "ready"), key=lambda e: e.date or datetime.min.replace(tzinfo=UTC))
    where = source.where or app.site
    if not ready:
        yield fail("site", f"{where}: there is no post to publish", "`crosspost posts` says why each is skipped")
    else:
        yield ok("site", f"{where}: {in_numbers(app, entries)}")
    yield from _refused([entry for entry in entries if entry.state == "refused"])
    yield from _published(app, source)
    if source.timezone:
        yield ok("time zone", getattr(source.zone, "key", "UTC"))
    else:
        yield warn("time zone", "none is set: dates without a zone count as UTC", "set timezone under [site]")
    yield from (warn("site", said, "correct that line") for said in source.warnings)
    if not source.lang and not source.warnings:
        todo = "set lang in the site's own config, or under [site]"
        yield warn("language", "the site names none: posts without `lang` go out without one", todo)
    yield from _keys(source, ready)
    yield from _former_accounts(app, ready)
    yield from _untaken(app, ready)
    yield from nested_sites_check.findings(app, ready)
    newest = ready[-NEWEST:][::-1]
    if not offline and (shown := next((entry for entry in reversed(ready) if entry.url), None)) is not None:
        links = LinkCheck(app)
        waits = any(app.waits_for_page(name, shown.url) for name in app.accounts())
        yield from page(source, shown, links, waits=waits)
        yield from links.of_site()
    posts = []
    for entry in newest:
        try:
            posts.append(source.load(entry))
        except CrosspostError as error:  # it changed meanwhile, or its text cannot be understood
            yield warn("site", str(error), "correct that file")
    yield from _pictures(posts)


def _refused(entries: list["Entry"]) -> Iterator[Finding]:
    """The posts that cannot be used, the first of them by name."""
    for entry in entries[:_NAMED]:
        yield warn("site", in_short(entry.reason), "correct that file")
    if len(entries) > _NAMED:
        more = counted(len(entries) - _NAMED, "more file is", "more files are")
        yield warn("site", f"{more} refused", "`crosspost posts` lists them")


def _keys(source: "Source", ready: list["Entry"]) -> Iterator[Finding]:
    """Where pictures and descriptions come from, and keys that look misspelt."""
    from crosspost.app.origin_report import origins_of, slip_sentences
    from crosspost.sources.field_origins import summary

    origins = origins_of(source, ready)
    yield from (ok("posts", said) for said in summary(origins.values()) if said)
    for said in slip_sentences(source, origins.values()):
        yield warn("posts", said, "correct it, or name it in picture_keys or description_keys under [site]")


def _published(app: "App", source: "Source") -> Iterator[Finding]:
    """Tokens that Jekyll would copy onto the web."""
    from crosspost.app.sites.site_facts import shown_to_all

    if app.settings is None or not (file := app.settings.beside(app.settings.secrets.file)).is_file():
        return
    if folder := shown_to_all(file, app.site, source):
        said = f"{file} is inside the site, and Jekyll copies it onto the web"
        yield fail("secrets", said, f"add `{folder}` to `exclude:` in _config.yml, deploy the site, make new tokens")


def _former_accounts(app: "App", ready: list["Entry"]) -> Iterator[Finding]:
    """Posts that name accounts which the config has no more."""
    from crosspost.app import former_accounts

    if app.settings is None:
        return
    place = app.ledger_place()  # a line that is wrong is told here
    known = former_accounts.former(lambda: place, app.clock, app.settings.accounts)
    for name, files in former_accounts.naming(ready, known).items():
        yield warn("posts", former_accounts.sentence(name, files), former_accounts.todo(name))


def _untaken(app: "App", ready: list["Entry"]) -> Iterator[Finding]:
    """Accounts whose rule takes none of the posts, as a misspelt tag has it."""
    for name, route in app.routes().items() if ready else ():
        if all(name in entry.left_out for entry in ready):
            said = f"{name} {route.words}; none of {counted(len(ready), 'post')} is like that"
            yield warn("posts", said, f"correct `takes` and `leaves_out` under [accounts.{name}]")


def _pictures(posts: list["Post"]) -> Iterator[Finding]:
    """Pictures that cannot be used, and pictures nobody has described."""
    from crosspost.media import fit
    from crosspost.model import ImageLimits

    mute, broken = [], {}
    for post in posts:
        pictures = {p.path or p.url: p for p in (*filter(None, [post.thumbnail]), *post.gallery, *post.images)}
        if any(not picture.alt for picture in pictures.values()):
            mute.append(Path(post.path).name)
        for path in (picture.path for picture in pictures.values() if picture.path):
            try:
                fit(path, ImageLimits())
            except MediaError as error:
                broken[path] = str(error)
        for lost in post.lost_pictures:
            broken[f"{post.path}{lost}"] = lost if lost.startswith(post.path) else f"{post.path}: {lost}"
    for said in broken.values():
        yield warn("pictures", said, "repair it, or the post goes out without it")
    if mute:
        names = ", ".join(mute[:_NAMED]) + (f" and {len(mute) - _NAMED} more" if len(mute) > _NAMED else "")
        yield warn(
            "alt texts",
            f"pictures without one in {len(mute)} of {counted(len(posts), 'post')}: {names}",
            "add thumbnail_alt",
        )
    if posts and not broken and not mute:
        newest = "post" if len(posts) == 1 else f"{len(posts)} posts"
        yield ok("pictures", f"those of the newest {newest} can be used, and each has an alt text")


# ── the ledger ────────────────────────────────────────────────────────────────────────────────────────────────────


def ledger(app: "App") -> Iterator[Finding]:
    """Whether it is whole, its size and copies, and what waits."""
    from crosspost.app.ledger_access import doubted, no_ledger_yet, open_ledger
    from crosspost.ledger.maintenance import size_of, verify
    from crosspost.ledger.put_aside import put_aside
    from crosspost.ledger.readiness import takes_no_changes

    try:
        path = app.ledger_place()
    except ConfigError as error:
        yield fail("ledger", str(error), "correct that line")
        return
    if isinstance(path, Path) and (closed := unwritable(path)):
        yield fail("ledger", closed, "give it to the user that runs crosspost, or let that user write there")
        return
    try:
        if no_ledger_yet(app):
            yield warn("ledger", f"{path} does not exist yet", "the first `crosspost run` makes it")
            return
    except CrosspostError as error:
        yield fail("ledger", str(error), "see above")
        return
    try:
        wrong = verify(path)
        closed = takes_no_changes(path)
        doubt = doubted(app)
        opened = open_ledger(app, read_only=True)
    except CrosspostError as error:
        yield fail("ledger", str(error))  # which says what to do
        return
    try:
        yield from (fail("ledger", f"{path}: {what}", "restore a copy") for what in wrong)
        if not wrong:
            copied = _copies(path, app.clock()) if isinstance(path, Path) else "copied by its own means (pg_dump)"
            yield ok("ledger", f"{path} is whole, {size_of(path) / 1e6:.1f} MB, {copied}")
        if closed:
            yield fail("ledger", closed)  # which says what to do
        if doubt and doubt == put_aside(path, opened.facts()):
            yield fail("ledger", doubt)  # which says what to do
        elif doubt:
            yield warn("ledger", doubt, "the next run looks; `crosspost ledger adopt` if nothing is missing")
        yield from _waiting(app, opened)
    finally:
        opened.close()


def _copies(path: Path, now: datetime) -> str:
    """The newest copy beside the ledger; one elsewhere cannot be seen from here."""
    beside = [f for f in path.parent.glob("*") if f.name.startswith(path.stem) and f.name != path.name and _is_copy(f)]
    if not beside:
        return "no copy beside it (`crosspost ledger backup FILE` makes one)"
    newest = max(beside, key=lambda file: file.stat().st_mtime)
    return f"newest copy beside it {newest.name}, {span(now - _changed(newest))} old"


def _is_copy(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(16) == b"SQLite format 3\0"


def _waiting(app: "App", opened: "Ledger") -> Iterator[Finding]:
    for name in app.accounts():
        state = opened.account(name)
        if state.paused_until is not None and state.paused_until > app.clock():
            until = until_in_words(state.paused_until, app.clock(), zone_of(app))
            yield warn(name, f"paused {until}: {bare(state.paused_why, name)}")
    counts: dict[str, int] = {}
    for (_, state_name), number in opened.counts().items():
        counts[state_name] = counts.get(state_name, 0) + number
    words = {"held": "waiting for you", "failed": "failed", "unknown": "in doubt"}
    open_ones = [f"{counts[state]} {word}" for state, word in words.items() if counts.get(state)]
    if open_ones:
        yield warn("deliveries", ", ".join(open_ones), "`crosspost status` names them")
    for number, people in people_in_doubt(app, opened).items():
        row = opened.get(number)
        about = doubt_about(people, row.network, number)
        yield warn(row.account, f"{row.post}: {about}")


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
