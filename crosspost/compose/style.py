"""How one account speaks: its settings for text, and how a post may change them."""

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from crosspost.errors import ConfigError
from crosspost.model import Override, Value
from crosspost.model.value import ready
from crosspost.text.plain_errors import explained, suggestion

Part = Literal["hashtags", "description", "title"]


class Style(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one account speaks.

    ``template`` is Jinja text ("" for the usual order: title, description, link, hashtags). ``lead`` is about how many
    characters of description and opening paragraphs follow the title (-1: some hundred where the network has room,
    else the description; 0: the description). ``links`` says what becomes of the links within the text. ``long`` cuts
    a text that is too long, or says it in a ``thread`` of numbered replies. ``hashtags`` switches them on,
    ``max_hashtags`` is the greatest number (-1: as many as the network takes), ``hashtag_map`` renames tags (an empty
    name drops the tag), ``extra_hashtags`` are always added. ``link`` says whether the text carries the address or a
    reply does, ``link_in`` in which part of a thread it stands; ``utm`` holds parameters added to it. ``language``
    replaces the language of the post. ``card`` shows a link preview. ``giving_way`` names what is shortened first when
    the text is too long. ``mentions`` translates names, such as ``"@verein"`` to this network's own handle.

    ``images`` attaches the thumbnail, ``gallery`` further ones too (the list of the front matter, else those of the
    text): as many as the network takes, or at most that number. ``video`` sends the post's video in their place,
    ``convert_video`` has ffmpeg make it fit where that is installed.
    ``title_card`` draws a picture for a post without one, in the ``card_…`` colours; a network that accepts no post
    without a picture gets one anyway. ``shape``, ``background`` and ``focus`` are those of
    :class:`crosspost.model.Framing`. ``require_alt`` refuses pictures without alternative text; ``on_broken_picture``
    sends the post without it or holds it back.
    """

    template: str = ""
    lead: int = -1
    links: Literal["text", "footnotes"] = "text"
    hashtags: bool = True
    max_hashtags: int = -1
    hashtag_map: dict[str, str] = msgspec.field(default_factory=dict)
    extra_hashtags: tuple[str, ...] = ()
    link: Literal["text", "reply", "none"] = "text"
    long: Literal["cut", "thread"] = "cut"
    link_in: Literal["first", "last"] = "first"
    language: str = ""
    card: bool = True
    giving_way: tuple[Part, ...] = ("hashtags", "description", "title")
    utm: dict[str, str] = msgspec.field(default_factory=dict)
    mentions: dict[str, str] = msgspec.field(default_factory=dict)
    images: bool = True
    gallery: bool | Annotated[int, msgspec.Meta(ge=1, le=30)] = False
    video: bool = False
    convert_video: bool = False
    title_card: bool = False
    card_background: str = "#1f2937"
    card_text: str = "#ffffff"
    card_accent: str = "#f59e0b"
    shape: Literal["pad", "crop"] = "pad"
    background: str = "#ffffff"
    focus: tuple[float, float] = (0.5, 0.5)
    require_alt: bool = False
    on_broken_picture: Literal["without", "hold"] = "without"


_MERGED = ("hashtag_map", "utm", "mentions")  # a post adds to these instead of replacing them


Own = TypeVar("Own", bound=msgspec.Struct)


def carried(options: msgspec.Struct) -> dict[str, Any]:
    """Of a network's own settings those that say how a post is carried, not what it says: its class names them.

    They come from the config of today whenever something is sent, and a post cannot set them.
    """
    return {name: getattr(options, name) for name in getattr(options, "carried", ())}


def for_post(style: Style, options: Own, override: Override, where: str = "") -> tuple[Style, Own]:
    """The account's style and its network's own settings, with what the post says about this target on top.

    :param options: the settings only this network knows (visibility, content warning …)
    :param where: the file of the post, for the message
    :raises ConfigError: for a setting that does not exist or has a wrong type; names the nearest known one
    """
    said = {"style": msgspec.structs.asdict(style), "options": msgspec.structs.asdict(options)}
    names = [*style.__struct_fields__, *options.__struct_fields__]
    at = f"{where}: " if where else ""
    for key, value in override.settings.items():
        name = key.replace("-", "_")
        if name not in names:
            hint = suggestion(name, names)
            raise ConfigError(f"{at}there is no setting `{key}` for a post on this network; {hint}")
        if name in carried(options):
            raise ConfigError(f"{at}`{key}` is set in the config only, not in a post")
        target = said["options" if name in options.__struct_fields__ else "style"]
        target[name] = {**target[name], **value} if name in _MERGED and isinstance(value, dict) else value
    return _converted(said["style"], Style, at), _converted(said["options"], type(options), at)


def _converted(said: dict[str, Any], kind: type[Own], at: str) -> Own:
    try:
        return msgspec.convert(said, ready(kind))
    except msgspec.ValidationError as error:
        keys, what = explained(error, kind)
        raise ConfigError(f"{at}`{'.'.join(keys)}` under `crosspost:` cannot be used: {what}") from None
