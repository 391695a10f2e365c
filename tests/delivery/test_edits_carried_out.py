"""An edit changes the text and, where the network can, the pictures of what is out."""

from pathlib import Path

import msgspec
import pytest

from crosspost.model import Prepared, Receipt
from tests.delivery.planned_changes import delete, edit, picture
from tests.delivery.scripted import Quick


def test_other_pictures_are_uploaded_and_replaced(one_published: Quick, tmp_path: Path) -> None:
    row = one_published.row()
    assert row.draft is not None
    new = msgspec.structs.replace(row.draft, images=(picture(tmp_path, "neu.jpg"),))
    one_published.ledger.changes.put(row.id, "edit", "planned", new)
    assert [change.state for change in one_published.carry_out()] == ["done"]
    assert one_published.network.edited[0][2]
    assert one_published.network.uploads == 2
    assert one_published.row().draft == new


def test_what_a_network_keeps_stays_and_is_told(one_published: Quick, tmp_path: Path) -> None:
    one_published.network.abilities = msgspec.structs.replace(one_published.network.abilities, edit_keeps=("images",))  # type: ignore[misc]
    one_published.network.notes = ("Two did not get it",)
    row = one_published.row()
    assert row.draft is not None
    new = msgspec.structs.replace(row.draft, text="Geändert", images=(picture(tmp_path, "neu.jpg"),))
    one_published.ledger.changes.put(row.id, "edit", "planned", new)
    (change,) = one_published.carry_out()
    assert (change.state, change.error) == ("done", "Two did not get it; the picture stays as it was sent")
    assert one_published.network.edited == [("1", "Geändert", False)]
    assert one_published.row().draft == msgspec.structs.replace(new, images=())


def test_where_nobody_knows_what_is_out_the_pictures_are_replaced_too(one_published: Quick) -> None:
    change = edit(one_published)
    with one_published.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET draft = NULL")
    assert [one.state for one in one_published.carry_out()] == ["done"]
    assert one_published.network.edited == [("1", "Geändert", True)]
    assert one_published.row().draft == change.draft


@pytest.mark.parametrize("how", ["no words", "not out"])
def test_an_edit_of_nothing_fails(one_published: Quick, how: str) -> None:
    if how == "no words":
        one_published.ledger.changes.put(one_published.row().id, "edit", "planned")
    else:
        edit(one_published)
        with one_published.ledger._database.transaction() as connection:
            connection.change("UPDATE deliveries SET state = 'skipped'")
    (change,) = one_published.carry_out()
    assert (change.state, change.error) == ("failed", "a: there is nothing to change")
    assert one_published.network.edited == []


@pytest.mark.parametrize("url", ["https://scripted.example/x", ""])
@pytest.mark.parametrize("kind", ["edit", "delete"])
def test_what_a_person_settled_without_its_id_is_left_to_them(one_published: Quick, url: str, kind: str) -> None:
    with one_published.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET receipt = NULL, url = :url", {"url": url})
    edit(one_published) if kind == "edit" else delete(one_published)
    (change,) = one_published.carry_out()
    where = url or "the account"
    assert change.state == "left"
    assert change.error == f"a: the network's id of the post is not known; do it yourself on {where}"


def test_what_was_carried_out_is_not_done_again_for_a_person(one_published: Quick) -> None:
    edit(one_published)
    row = one_published.row()
    assert [change.state for change in one_published.carry_out(only=[row.id])] == ["done"]
    assert one_published.carry_out(only=[row.id]) == []
    assert len(one_published.network.edited) == 1


def test_a_network_is_told_when_its_post_went_out(one_published: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_at, receipts = one_published.row().sent_at, []
    one_published.later(hours=1)
    do = one_published.network.edit

    def edited(receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:
        receipts.append(receipt)
        return do(receipt, prepared, pictures=pictures)

    monkeypatch.setattr(one_published.network, "edit", edited)
    edit(one_published)
    one_published.carry_out()
    assert [(receipt.id, receipt.at) for receipt in receipts] == [("1", sent_at)]
