"""Networks that show the link's card in place of pictures: what goes into the card, and what is not warned of."""

import pytest

from crosspost.testing.harness import POST, Place


@pytest.fixture(params=["bluesky", "linkedin"])
def card(place: Place, request: pytest.FixtureRequest) -> Place:
    base = place.sandbox.accounts()[request.param]["base_url"]
    place.config.write_text(
        f'[site]\npath = "../site"\n[accounts.it]\nnetwork = "{request.param}"\nbase_url = "{base}"\n'
        'gallery = true\ntitle_card = true\nbackground = "#00ff00"\n',
        "utf-8",
    )
    return place


def test_a_title_card_becomes_the_cards_picture(card: Place) -> None:
    card.post.write_text("---\ntitle: Grüße aus dem Tal\n---\n\nText.\n", "utf-8")
    draft = card.network("it").draft(card.the_post())
    assert draft.images == ()
    assert draft.card is not None
    assert draft.card.image is not None
    assert draft.card.image.drawn is not None
    assert draft.card.image.drawn.title == "Grüße aus dem Tal"


def test_the_thumbnail_has_the_accounts_framing(card: Place) -> None:
    draft = card.network("it").draft(card.the_post())
    assert draft.card is not None
    assert draft.card.image is not None
    assert draft.card.image.framing.background == "#00ff00"


def test_no_word_about_pictures_that_do_not_go_along(card: Place) -> None:
    (card.root / "site/images/b.jpg").write_bytes((card.root / "site/images/beet.jpg").read_bytes())
    card.post.write_text(POST + "\n![](/images/b.jpg)\n", "utf-8")
    assert card.network("it").draft(card.the_post()).warnings == ()
