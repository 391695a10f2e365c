"""What the manual says about links, pictures and prices, from what each network's class states."""

from msgspec.structs import replace

from crosspost.compose.poll_fitting import lasting
from crosspost.model import Draft, Limits, Picture, VideoLimits
from crosspost.networks.base import Network
from tests.manual.networks import ours

_CARD = {"crawler": "made by the network", "client": "made by crosspost", "none": "–"}


def links() -> str:
    """How each network takes a link."""
    lines = ["| network | a link counts | card |", "| --- | --- | --- |"]
    for cls in ours().values():
        counts = f"{cls.limits.url_length}" if cls.limits.url_length else "in full" if cls.limits.text else "–"
        lines.append(f"| {cls.name} | {counts} | {_CARD[cls.abilities.card]} |")
    return "\n".join(lines)


def images() -> str:
    """What each network takes as a picture."""
    lines = ["| network | per post | formats | size | alt text |", "| --- " * 5 + "|"]
    for cls in ours().values():
        most = cls.limits.images
        alt = f"{most.alt:,} characters" if most.alt else "any length"
        if not cls.abilities.alt_text:  # of one picture
            alt = f"{alt}, with `gallery`" if most.alt else "–"
        needed = ", never without" if cls.abilities.needs_image else ""
        cells = [cls.name, f"{most.count}{needed}", ", ".join(most.formats), _size(cls.limits), alt]
        if not most.count:
            cells = [cls.name, *"––––"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def polls() -> str:
    """What each network takes as a poll."""
    lines = ["| network | answers | each | lasts | several may be chosen |", "| --- " * 5 + "|"]
    for cls in ours().values():
        if (most := cls.limits.polls) is None:
            continue
        times = f"{lasting(most.shortest)} to {lasting(most.longest)}" if most.longest else "as the network decides"
        cells = [cls.name, f"2 to {most.options}", f"{most.characters} characters", times]
        lines.append(f"| {' | '.join([*cells, 'yes' if most.multiple else '–'])} |")
    return "\n".join(lines)


def videos() -> str:
    """What each network takes as a video."""
    lines = ["| network | files | codecs | size | length | words | captions | before it |", "| --- " * 8 + "|"]
    for cls in ours().values():
        if (most := cls.limits.videos) is None:
            continue
        length = f"up to {most.longest:g} s" if most.longest else "–"
        words = "–" if most.alt < 0 else f"{most.alt:,} characters" if most.alt else "any length"
        codecs = ", ".join((*most.codecs, *most.audio))
        cells = [cls.name, ", ".join(most.containers), codecs, f"{most.bytes / 1e6:,.0f} MB", length, words]
        known = {"own": "yes", "picture": "named", "time": "second"}
        before = [known[kind] for kind in most.poster if kind != "picture" or "own" not in most.poster]
        lines.append(f"| {' | '.join([*cells, _captions(most), ', '.join(before) or '–'])} |")
    return "\n".join(lines)


def _captions(most: VideoLimits) -> str:
    if not most.captions:
        return "–"
    return f"in {', '.join(most.captions_in)}" if most.captions_in else "yes"


def costs() -> str:
    """What a post costs where it costs anything."""
    lines = ["| network | what | price |", "| --- | --- | --- |"]
    for cls in ours().values():
        if cls.price is Network.price:
            continue
        network = cls.__new__(cls)  # a price needs neither account nor settings
        plain = Draft(account=cls.key, network=cls.key, text="Rain", length=4, limit=280, unit=cls.limits.unit)
        linked = replace(plain, text="Rain https://example.org/", link="https://example.org/")
        kinds = {
            "a post without a link": plain,
            "a post with a link": linked,
            "the same with a picture that has an alt text": replace(linked, images=(Picture(alt="A bed"),)),
        }
        for what, draft in kinds.items():
            price = network.price(draft)
            assert price is not None
            source = f"[{price.checked}]({price.source})"
            lines.append(f"| {cls.name} | {what} | {price.amount:.3f} {price.currency} ({source}) |")
    return "\n".join(lines)


def responses() -> str:
    """What each network tells of what came back to a post."""
    kinds = ("likes", "reposts", "replies", "views", "texts")
    lines = ["| network | likes | reposts | replies | views | what was replied |", "| --- " * 6 + "|"]
    silent = []
    for cls in ours().values():
        if told := cls.abilities.responses:
            lines.append(f"| {cls.name} | {' | '.join('yes' if kind in told else '–' for kind in kinds)} |")
        elif cls.no_responses:
            silent.append(f"- {cls.name}: {cls.no_responses}.")
    others = [cls.name for cls in ours().values() if not cls.abilities.responses and not cls.no_responses]
    rest = f"- crosspost does not ask {', '.join(others[:-1])} and {others[-1]}."
    return "\n".join([*lines, "", *silent, rest])


def mentions() -> str:
    """What tags somebody on each network."""
    what = {
        "names": "every `@name`",
        "fediverse": "`@name@server`, and `@name` on the same server",
        "domains": "a handle that is a domain, `@name.example`",
        "pages": "the number of a Page, `@[123456]`",
        "services": "every `@name`, and what chat services write for it, such as `<!here>` or `<@&123>`",
        "nothing": "nothing in a text; people are only named",
    }
    by: dict[str, list[str]] = {kind: [] for kind in what}
    for cls in ours().values():
        by[cls.abilities.mentions].append(cls.name)
    lines = ["| what tags somebody | where |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {what[kind]} | {', '.join(names)} |" for kind, names in by.items())])


def _size(limits: Limits) -> str:
    most = limits.images
    parts = [f"{most.bytes / 1_000_000:.3g} MB"] if most.bytes else []
    parts += [f"{most.pixels / 1_000_000:.3g} million pixels"] if most.pixels else []
    parts += [f"up to {most.max_width:,} pixels wide"] if most.max_width else []
    if most.min_ratio or most.max_ratio:
        least = f"{most.min_ratio:g} to" if most.min_ratio else "up to"
        parts.append(f"width to height {least} {most.max_ratio:g}")
    return ", ".join(parts) or "–"
