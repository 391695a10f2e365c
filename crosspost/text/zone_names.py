"""The time zone that somebody probably meant: Europe/Kyiv for Europe/Kiew."""

#: names in other languages, or before a town was spelt anew, which are further away than a slip
_OTHERWISE = {
    "europe/kiew": "Europe/Kyiv", "europe/kiev": "Europe/Kyiv", "europe/wien": "Europe/Vienna",
    "europe/rom": "Europe/Rome", "europe/prag": "Europe/Prague", "europe/moskau": "Europe/Moscow",
    "europe/warschau": "Europe/Warsaw", "europe/bern": "Europe/Zurich",
}  # fmt: skip


def meant(name: str) -> str:
    """The name of a zone; "" when none is near.

    >>> meant("Europe/Kiew"), meant("Europe/Berlinn"), meant("Mars")
    ('Europe/Kyiv', 'Europe/Berlin', '')
    """
    from zoneinfo import available_timezones  # looks through many files

    from crosspost.text.near_names import near_name

    known = sorted(available_timezones())
    other = _OTHERWISE.get(name.lower(), "")
    return other if other in known else near_name(name, (one for one in known if "/" in one), slips=1)
