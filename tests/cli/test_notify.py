"""``crosspost notify --test``, as a user types it."""

from crosspost.testing.harness import Place
from tests.notifications.receiving import Receiver, configure, mails, told_by_mail


def test_every_way_is_tried_and_said(place: Place) -> None:
    hook = Receiver()
    try:
        configure(place, told_by_mail(place, "apprise = true\n"))
        with place.secrets.open("a") as file:
            file.write(f"CROSSPOST_NOTIFY_APPRISE=json://127.0.0.1:{hook.port}/geheim json://127.0.0.1:9/geheim\n")
            file.write(f"CROSSPOST_NOTIFY_HEARTBEAT=http://127.0.0.1:{hook.port}/ping\n")
        ran = place.crosspost("notify", "--test")
        assert ran.code == 1, "the second Apprise address does not answer"
        lines = ran.out.splitlines()
        assert lines[0] == "sent      mail to rundbrief@lists.example.org"
        assert lines[1] == "sent      Apprise address 1 (json)"
        assert lines[2].startswith("not sent  Apprise address 2 (json): ")
        assert lines[3] == "sent      heartbeat: begin and end"
        assert "geheim" not in ran.out + ran.err
        assert [mail["subject"] for mail in mails(place)] == ["Das Tal: crosspost can reach you"]
        assert hook.paths == ["/geheim", "/ping/start", "/ping"]
    finally:
        hook.close()


def test_nobody_to_tell(place: Place) -> None:
    ran = place.crosspost("notify", "--test")
    assert ran.code == 2
    assert "nobody is told: set `mail_to` or `apprise` below [notify]" in ran.err


def test_a_login_that_is_missing_is_named(place: Place) -> None:
    configure(place, '[notify]\nmail_to = "a@example.org"\nmail_from = "b@example.org"\nsmtp = "smtps://127.0.0.1:9"\n')
    ran = place.crosspost("notify", "--test")
    assert ran.code == 1
    assert "set CROSSPOST_NOTIFY_USERNAME and CROSSPOST_NOTIFY_PASSWORD in" in ran.out
    configure(place, "login = false\n")
    assert "nothing is listening there" in place.crosspost("notify", "--test").out
    assert place.crosspost("notify").code == 2


def test_a_mistake_in_notify_stops_a_run_with_its_line(place: Place) -> None:
    configure(place, '[notify]\nmail_to = "a@example.org"\n')
    ran = place.crosspost("run")
    assert ran.code == 2
    assert "needs `smtp` too" in ran.err
    assert "crosspost.toml:" in ran.err
