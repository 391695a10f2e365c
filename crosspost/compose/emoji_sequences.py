"""One pattern for every emoji that is made of several code points.

Single code points need no table here: the units that care count them by their code point alone. The sequences are
those of Emoji 17 (Unicode UTS #51, ``emoji-sequences`` and ``emoji-zwj-sequences``) in the spelling twitter-text
accepts: fully qualified, U+FE0F only where the character is text by default. Two stay out because X's own code counts
them by their parts: the infinity sign with U+FE0F and the eye in a speech bubble with U+FE0F.
Checked 2026-11-22.
"""

import re
from functools import cache

from crosspost.text.lazy_pattern import lazy

# text by default, an emoji with U+FE0F
TEXT_DEFAULT = (
    "©®\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23ed-\u23ef\u23f1\u23f2\u23f8-\u23fa\u24c2"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620\u2622\u2623\u2626\u262a"
    "\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666\u2668\u267b\u267f\u2692-\u2697\u2699"
    "\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea"
    "\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2708\u2709\u270c\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2733\u2734\u2744"
    "\u2747\u2757\u2763\u2764\u27a1\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f004\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f202\U0001f21a\U0001f22f\U0001f237\U0001f321"
    "\U0001f324-\U0001f32c\U0001f336\U0001f37d\U0001f396\U0001f397\U0001f399-\U0001f39b\U0001f39e\U0001f39f"
    "\U0001f3cb-\U0001f3ce\U0001f3d4-\U0001f3df\U0001f3f3\U0001f3f5\U0001f3f7\U0001f43f\U0001f441\U0001f4fd"
    "\U0001f549\U0001f54a\U0001f56f\U0001f570\U0001f573-\U0001f579\U0001f587\U0001f58a-\U0001f58d\U0001f590\U0001f5a5"
    "\U0001f5a8\U0001f5b1\U0001f5b2\U0001f5bc\U0001f5c2-\U0001f5c4\U0001f5d1-\U0001f5d3\U0001f5dc-\U0001f5de\U0001f5e1"
    "\U0001f5e3\U0001f5e8\U0001f5ef\U0001f5f3\U0001f5fa\U0001f6cb\U0001f6cd-\U0001f6cf\U0001f6e0-\U0001f6e5\U0001f6e9"
    "\U0001f6f0\U0001f6f3"
)
# may be followed by a skin tone
_SKIN_BASES = (
    "\u261d\u26f9\u270a-\u270d\U0001f385\U0001f3c2-\U0001f3c4\U0001f3c7\U0001f3ca-\U0001f3cc\U0001f442\U0001f443"
    "\U0001f446-\U0001f450\U0001f466-\U0001f469\U0001f46b-\U0001f478\U0001f47c\U0001f481-\U0001f483\U0001f485-\U0001f487"
    "\U0001f48f\U0001f491\U0001f4aa\U0001f574\U0001f575\U0001f57a\U0001f590\U0001f595\U0001f596\U0001f645-\U0001f647"
    "\U0001f64b-\U0001f64f\U0001f6a3\U0001f6b4-\U0001f6b6\U0001f6c0\U0001f6cc\U0001f90c\U0001f90f\U0001f918-\U0001f91f"
    "\U0001f926\U0001f930-\U0001f939\U0001f93c-\U0001f93e\U0001f977\U0001f9b5\U0001f9b6\U0001f9b8\U0001f9b9\U0001f9bb"
    "\U0001f9cd-\U0001f9cf\U0001f9d1-\U0001f9dd\U0001fac3-\U0001fac5\U0001faf0-\U0001fafa"
)
# "a woman who …", "a man who …"
_GENDERED = "🏃🏄🏊👮👯👰👱👳👷💁💂💆💇🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤵🤷🤸🤹🤼🤽🤾🦸🦹🧍🧎🧏🧔🧖🧗🧘🧙🧚🧛🧜🧝🧞🧟"
# first letter, then every second letter that makes a flag with it
_FLAGS = (
    "ACDEFGILMOQRSTUWXZ",
    "BABDEFGHIJLMNOQRSTVWYZ",
    "CACDFGHIKLMNOPQRUVWXYZ",
    "DEGJKMOZ",
    "EACEGHRSTU",
    "FIJKMOR",
    "GABDEFGHILMNPQRSTUWY",
    "HKMNRTU",
    "ICDELMNOQRST",
    "JEMOP",
    "KEGHIMNPRWYZ",
    "LABCIKRSTUVY",
    "MACDEFGHKLMNOPQRSTUVWXYZ",
    "NACEFGILOPRUZ",
    "OM",
    "PAEFGHKLMNRSTWY",
    "QA",
    "REOSUW",
    "SABCDEGHIJKLMNORSTVXYZ",
    "TACDFGHJKLMNORTVWZ",
    "UAGMNSYZ",
    "VACEGINU",
    "WFS",
    "XK",
    "YET",
    "ZAMW",
)
_REGIONS = ("gbeng", "gbsct", "gbwls")  # England, Scotland, Wales: written with tag characters

# a text without any of these has no sequence at all
MAKES_SEQUENCE = lazy("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")

_SKIN = "[🏻-🏿]"
_JOIN = "\u200d"
_VS = "\ufe0f"


def _flag(letters: str) -> str:
    first, *others = (chr(0x1F1E6 + ord(letter) - ord("A")) for letter in letters)
    return f"{first}[{''.join(others)}]"


def _region(code: str) -> str:
    return "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in code) + "\U000e007f"


def _joined() -> list[str]:
    """Sequences with a zero-width joiner, longer ones first."""
    tone, other = f"({_SKIN})", f"(?!\\{{n}}){_SKIN}"
    two_tones = [
        ("🧑", f"❤{_VS}{_JOIN}(?:💋{_JOIN})?|🐰{_JOIN}|\U0001faef{_JOIN}", "🧑"),
        ("👨", f"(?:🐰|\U0001faef|🤝){_JOIN}", "👨"),
        ("👩", f"(?:🐰|\U0001faef){_JOIN}", "👩"),
        ("👩", f"🤝{_JOIN}", "[👨👩]"),
        ("🫱", "", "🫲"),
    ]
    pairs = [
        f"{left}{tone}{_JOIN}(?:{between}){right}{other.format(n=n)}"
        for n, (left, between, right) in enumerate(two_tones, start=1)
    ]
    heart = f"❤{_VS}{_JOIN}(?:💋{_JOIN})?"
    ahead = f"(?:{_JOIN}➡{_VS})?"
    return [
        *pairs,
        f"🧑{_SKIN}{_JOIN}🤝{_JOIN}🧑{_SKIN}",
        f"👨{_SKIN}{_JOIN}{heart}👨{_SKIN}|👩{_SKIN}{_JOIN}{heart}[👨👩]{_SKIN}",
        f"👨{_JOIN}{heart}👨|👩{_JOIN}{heart}[👨👩]|🧑{_JOIN}🤝{_JOIN}🧑",
        f"(?:👨{_JOIN}[👨👩]|👩{_JOIN}👩|[👨👩]){_JOIN}(?:👦{_JOIN}👦|👧{_JOIN}[👦👧]|[👦👧])",
        f"🧑{_JOIN}(?:🧑{_JOIN})?🧒(?:{_JOIN}🧒)?",
        f"[👨👩🧑]{_SKIN}?{_JOIN}(?:[⚕⚖✈]{_VS}|[🦯🦼🦽]{ahead}|[🌾🍳🍼🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰-🦳])",
        f"🧑{_SKIN}?{_JOIN}[🎄\U0001fa70]",
        f"[🏃🚶🧎]{_SKIN}?{_JOIN}(?:[♀♂]{_VS}{ahead}|➡{_VS})",
        f"(?:[{_GENDERED}]{_SKIN}?|[⛹🏋🏌🕵](?:{_VS}|{_SKIN})){_JOIN}[♀♂]{_VS}",
        f"❤{_VS}{_JOIN}[🔥🩹]|⛓{_VS}{_JOIN}💥|🏳{_VS}{_JOIN}(?:🌈|⚧{_VS})|🏴{_JOIN}☠{_VS}|👁{_JOIN}🗨",
        f"🐦{_JOIN}[⬛🔥]|🐈{_JOIN}⬛|🐕{_JOIN}🦺|🐻{_JOIN}❄{_VS}|🍄{_JOIN}🟫|🍋{_JOIN}🟩",
        f"😮{_JOIN}💨|😵{_JOIN}💫|😶{_JOIN}🌫{_VS}|🙂{_JOIN}[↔↕]{_VS}",
    ]


@cache
def sequences() -> re.Pattern[str]:
    """The pattern of all emoji made of several code points; compiled on first use."""
    alternatives = [
        *_joined(),
        *(_region(code) for code in _REGIONS),
        *(_flag(letters) for letters in _FLAGS),
        f"[#*0-9]{_VS}?\u20e3",
        f"(?:[☝⛹✌✍🏋🏌🕴🕵🖐]{_VS}?|[{_SKIN_BASES}]){_SKIN}",
        f"[{TEXT_DEFAULT}]{_VS}",
    ]
    # the lookahead throws most characters out before the alternatives are tried
    return re.compile(f"(?=[#*0-9©®\u203c-\u3299\U0001f000-\U0001faff])(?:{'|'.join(alternatives)})")
