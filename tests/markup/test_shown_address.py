"""Where a picture of a page is, also for pages that load pictures late."""

import pytest

from crosspost import markup
from crosspost.markup.shown_address import shown_address
from crosspost.sources.web.main_text import fragment

BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ({"src": " /a.jpg ", "data-src": "/b.jpg", "srcset": "/c.jpg 2x"}, "/a.jpg"),
        ({"src": BLANK, "data-src": "/b.jpg"}, "/b.jpg"),
        ({"src": "", "data-lazy-src": BLANK, "data-original": "/b.jpg"}, "/b.jpg"),
        ({"src": BLANK, "srcset": BLANK, "data-srcset": "/s.jpg 300w, /l.jpg 1200w, /m.jpg 600w"}, "/l.jpg"),
        ({"srcset": "/a,b.jpg 1.5x, /c.jpg 3x,"}, "/c.jpg"),
        ({"srcset": "/a.jpg"}, "/a.jpg"),
        ({"srcset": "/a.jpg \u0662w, /b.jpg 2w"}, "/b.jpg"),
        ({"srcset": " , "}, ""),
        ({"src": BLANK}, BLANK),
        ({"src": None, "alt": "A"}, ""),
    ],
)
def test_the_address(attributes: dict[str, str | None], address: str) -> None:
    assert shown_address(attributes) == address


def test_a_picture_without_an_address_is_not_the_page_itself() -> None:
    assert markup.pictures("<img alt='A'>\n\n<img data-src='/b.jpg' alt='B'>") == [("/b.jpg", "B")]
    assert "https" not in fragment("<p>A <img src='' alt='A'></p>", "https://tal.example.org/a/")
    assert 'src="https://tal.example.org/b.jpg"' in fragment("<img data-src='/b.jpg'>", "https://tal.example.org/a/")
