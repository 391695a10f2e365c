"""What is made from the code is made from today's; ``make docs`` does it."""

from pathlib import Path

import pytest

from crosspost.cli.program import cli
from tests.clients import installed
from tests.manual import dashboard, man_page, picture, proofs
from tests.manual.documents import generated
from tests.manual.logins import ELSEWHERE, login_of
from tests.manual.networks import ours
from tests.manual.pages import MANUAL, README, name, pages

GENERATED = {README: ["matrix"], MANUAL / "networks.md": ["matrix", "proofs"], MANUAL / "delivery.md": ["delivery"]}
GENERATED |= {
    MANUAL / "library.md": ["library"],
    MANUAL / "cli.md": ["commands"],
    MANUAL / "configuration.md": ["settings"],
    MANUAL / "accounts.md": ["logins"],
    MANUAL / "abilities.md": ["links", "images"],
    MANUAL / "posts.md": ["polls"],
    MANUAL / "video.md": ["videos"],
    MANUAL / "controls.md": ["controls"],
    MANUAL / "costs.md": ["costs"],
}
GENERATED |= {MANUAL / "networks" / f"{network}.md": ["steps", "questions"] for network in ours()}


@pytest.mark.parametrize("page", [README, *pages()], ids=name)
def test_the_page_is_up_to_date(page: Path) -> None:
    text = page.read_text("utf-8")
    for part in GENERATED.get(page, []):
        assert f"<!-- {part} -->\n" in text
        assert f"\n<!-- /{part} -->" in text
    assert generated(page, text) == text, "run `make docs`"


def test_every_real_server_and_client_is_in_the_table() -> None:
    """A test of a real server or of somebody's client that proves nothing for a network is not told of."""
    assert set(proofs.servers()) | set(proofs.clients()) <= set(ours())
    assert {file.parent.name for file in proofs.TESTS.glob("*/real_server.py")} == set(proofs.SERVERS)
    named = {client for clients in proofs.clients().values() for client in clients}
    assert {*installed.PACKAGES} <= named, "each that is fetched posts somewhere"


def test_the_man_page_is_up_to_date() -> None:
    assert man_page.FILE.read_text("utf-8") == man_page.man_page(), "run `make docs`"


def test_the_man_page_names_every_command_and_option() -> None:
    page = man_page.FILE.read_text("utf-8").replace("\\-", "-")
    for word, command in cli.commands.items():
        assert f"\n.SS {word}\n" in page
        for parameter in command.params:
            assert all(option in page for option in parameter.opts if option.startswith("--"))


def test_a_network_takes_at_most_half_of_the_steps_of_another_tool() -> None:
    for network in ours():
        most = int(ELSEWHERE.get(network, "99").partition(" ")[0]) / 2
        assert 0 < len(login_of(network).steps) <= most, network


def test_the_picture_shows_what_crosspost_says_today() -> None:
    assert picture.drawn(picture.recorded()) == picture.PICTURE.read_text("utf-8"), "run `make docs`"


def test_each_picture_of_the_dashboard_is_shown_and_made_by_the_script() -> None:
    made = {f"{name}.png" for name in dashboard.PICTURES}
    assert made == {file.name for file in dashboard.FOLDER.iterdir()}, "run `make docs`"
    text = (MANUAL / "web.md").read_text("utf-8")
    assert all(f"](dashboard/{name})" in text for name in made)


def test_the_picture_asks_no_other_server() -> None:
    svg = picture.PICTURE.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "url(http" not in svg
    assert "@font-face" not in svg
    assert "<script" not in svg


def test_the_readme_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 150
