"""Numbers in sentences."""


def counted(number: int, one: str, several: str = "") -> str:
    """ "1 post" or "2,000 posts".

    :param one: the word for one of them
    :param several: the word for any other number of them; an s more when it is not given
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
