"""The table of renewed tokens that several machines share."""

from datetime import UTC, datetime

import pytest

from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.renewed_tokens import Logins, Sealed

pytestmark = pytest.mark.long
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def sealed(account: str, version: int, content: bytes = b"1") -> Sealed:
    return Sealed(account=account, version=version, key_name="k", sealed=content, at=DAY)


def test_what_is_written_from_what_was_read_never_replaces_something_newer(address: Address) -> None:
    logins = Logins(address)
    assert (logins.read("m"), logins.all()) == (None, [])
    assert logins.write("m", "k", b"1", version=0, at=DAY)
    assert logins.read("m") == sealed("m", 1)
    assert not logins.write("m", "k", b"2", version=0, at=DAY)
    assert Logins(address).read("m") == sealed("m", 1), "others read it, too"
    assert logins.write("m", "k", b"3", version=1, at=DAY)
    assert logins.write("a", "k", b"1", version=0, at=DAY)
    assert logins.all() == [sealed("a", 1), sealed("m", 2, b"3")]
    logins.remove("m")
    assert (logins.read("m"), logins.all()) == (None, [sealed("a", 1)])


def test_without_a_moment_it_was_written_now(address: Address) -> None:
    logins = Logins(address)
    logins.write("m", "k", b"1", version=0)
    found = logins.read("m")
    assert found is not None
    assert found.at is not None
    assert found.at > DAY


def test_one_at_a_time_renews_an_account(address: Address) -> None:
    one, other = Logins(address), Logins(address)
    assert one.begin("m", "one", 3600) == 0
    assert (one.read("m"), one.all()) == (None, []), "nothing was written yet"
    assert other.begin("m", "other", 3600) is None
    assert one.begin("m", "one", 3600) == 0, "whoever renews it may go on"
    assert other.begin("x", "other", 3600) == 0, "another account is another turn"
    other.end("m", "other")
    assert other.begin("m", "other", 3600) is None, "only who renews it ends that"
    one.write("m", "k", b"1", version=0, at=DAY)
    one.end("m", "one")
    assert other.begin("m", "other", -1) == 1
    assert one.begin("m", "one", 3600) == 1, "a machine that died keeps nobody away for long"


def test_whoever_looks_at_the_servers_connections_sees_what_it_is(address: Address) -> None:
    ((name,),) = Logins(address)._asked("SELECT current_setting('application_name')", {})
    assert name.startswith("crosspost logins, process ")
