"""Who gets a mail: what is an address and what is none."""

import pytest

from crosspost.compose.formats import mail
from crosspost.errors import ConfigError


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "a@", "@b", "ä@example.org", "a b@example.org", "a@b\r\nBcc: c@d", "a@exa mple.org"),
        *(
            "a@x.org, b@y.org",
            "a@x.org; b@y.org",
            "a@x.org,b@y.org",
            "a@x.org b@y.org",
            "a@x.org / b@y.org",
            "a@x.org|b@y.org",
        ),
        *(
            "A <a@x.org>, B <b@y.org>",
            "A <a@x.org>; B <b@y.org>",
            "a@x.org <b@y.org>",
            "<a@x.org> <b@y.org>",
            "<a@x.org> x",
        ),
        *(
            "a@x.org,",
            "a@x.org (Anna)",
            "a@x.org # Anna",
            "(Anna) a@x.org",
            "G: a@x.org, b@y.org;",
            "mailto:a@x.org",
            "<a@x.org",
        ),
        *(
            '"A" x <a@x.org>',
            '"A <a@x.org>',
            "a@x.org\nb@y.org",
            "a@x.org\u2028b@y.org",
            "a@x.org\u00a0b@y.org",
            "a@x.org\u00a0",
            "\u3000a@x.org",
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError, match="not a mail address"):
        mail.address(text, "here")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a@x.org", ""),
        (" <a@x.org> ", ""),
        ("Anna B. (Vorstand) <a@x.org>", "Anna B. (Vorstand)"),
        ("Müller, Anna <a@x.org>", "Müller, Anna"),
        ('"Müller; \\"Anni\\" @ home" <a@x.org>', 'Müller; "Anni" @ home'),
        ("Verein: Presse<a@x.org>", "Verein: Presse"),
    ],
)
def test_one_address_with_and_without_a_name(text: str, name: str) -> None:
    found = mail.address(text, "here")
    assert (found.display_name, found.addr_spec) == (name, "a@x.org")


def test_an_international_domain() -> None:
    assert mail.address("Öl <a@grün.example>", "here").addr_spec == "a@xn--grn-ioa.example"
