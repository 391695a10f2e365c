"""What no program may post is left to a person; what another site says on the same network is not said again."""

from pathlib import Path

import msgspec
import pytest

from crosspost.errors import ByHand
from crosspost.ledger import HANDED, Delivery
from crosspost.ledger.plans import Elsewhere
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick


def test_a_post_that_only_a_person_may_post_waits_for_them(quick: Quick) -> None:
    quick.network.next("prepare", ByHand("a: Scripted takes none from programs"))
    quick.run()
    row = quick.row()
    assert (row.state, row.why, row.publishing_at, quick.network.begun) == ("held", HANDED, None, [])
    assert row.error == (
        f"a: Scripted takes none from programs. `crosspost settle {row.id}` shows what to post, `crosspost settle "
        f"{row.id} --sent` says that it is done"
    )
    quick.later(days=2)
    quick.run()
    assert (quick.row().state, quick.network.out, quick.network.asked) == ("held", [], []), "nothing is looked for"


class _Others(Elsewhere):
    """Another site of the same people, which said something on the same network."""

    def __init__(self, row: Delivery) -> None:
        self.row = row
        self.asked: list[tuple[str, str]] = []

    def said(self, account: str, network: str) -> list[tuple[str, Delivery]]:
        self.asked.append((account, network))
        return [("https://other.example", self.row)]


@pytest.mark.parametrize(("text", "refused"), [("the same", True), ("other words", False), ("", False), (None, False)])
def test_what_another_site_said_is_not_repeated(tmp_path: Path, clock: Clock, text: str | None, refused: bool) -> None:
    quick = Quick(tmp_path, clock, same_text_once=True)
    quick.write()
    quick.run()
    sent = quick.row()
    assert sent.draft is not None
    said = {"the same": sent.draft.text}.get(text or "", text)
    draft = None if said is None else msgspec.structs.replace(sent.draft, text=said)
    second = Quick(tmp_path / "second", clock, same_text_once=True)
    second.write()
    others = _Others(msgspec.structs.replace(sent, account="theirs", draft=draft))
    second.ledger.elsewhere = others
    second.run()
    row = second.row()
    assert row.state == ("failed" if refused else "sent")
    assert ("theirs" in row.error, "https://other.example" in row.error) == (refused, refused)
    assert others.asked == [("a", "scripted")]
    for ledger in (quick.ledger, second.ledger):
        ledger.close()
