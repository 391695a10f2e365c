"""Whether a process is alive and ready: what the probes say, and when something is wrong."""

from dataclasses import replace

import pytest

from crosspost import tracing
from crosspost.app.application import App
from crosspost.app.doctor import site_check as doctor_site
from crosspost.app.monitoring import Probes
from crosspost.ledger.postgresql import clock_and_lock
from crosspost.ledger.schema import VERSION
from crosspost.testing.harness import Place
from tests.postgresql_server import Server


@pytest.fixture(autouse=True)
def _always_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.app.monitoring.probes._FRESH", -1.0)


def test_ready_means_that_config_ledger_schema_and_clock_are_right(
    shared: Place, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draining = False
    probes = Probes(lambda: [("", shared.app)], draining=lambda: draining)
    fine = dict.fromkeys(("config", "ledger", "schema", "clock"), "ok")
    assert probes.ready() == (True, {"ok": True, "draining": False, **fine}), "before the first run, too"
    shared.crosspost("run")
    assert probes.ready()[0]
    monkeypatch.setattr(clock_and_lock, "here", lambda: 0.0)
    assert probes.ready() == (False, {"ok": False, "draining": False, **fine, "clock": "failed"})
    assert "this machine's clock is" in caplog.text
    monkeypatch.undo()
    name = shared.app.settings.state.database.partition("@/")[2].partition("?")[0]  # type: ignore[union-attr]
    server.ask("UPDATE alembic_version SET version_num = '9999'", name)
    monkeypatch.setattr("crosspost.app.monitoring.probes._FRESH", -1.0)
    assert probes.ready()[1]["schema"] == "failed"
    server.ask(f"UPDATE alembic_version SET version_num = '{VERSION}'", name)
    assert probes.ready()[0]
    server.ask(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert probes.ready()[1] == {"ok": False, "draining": False, **fine, "ledger": "failed"}, "as of a standby"
    assert "SELECT pg_wal_replay_resume()" in caplog.text
    assert [one.state for one in doctor_site.ledger(shared.app) if "cannot be written" in one.said] == ["fail"]
    server.ask(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert probes.ready()[0]
    poor = shared.config.read_text("utf-8")
    reader = server.new_user()
    server.ask(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}", name)
    shared.config.write_text(poor.replace("postgres@", f"{reader}@"), "utf-8")
    assert probes.ready()[1]["ledger"] == "failed"
    assert "lacks the rights that are needed (permission denied for table" in caplog.text
    assert [one.state for one in doctor_site.ledger(shared.app) if "lacks the rights" in one.said] == ["fail"]
    shared.config.write_text(poor, "utf-8")
    assert probes.ready()[0]
    shared.config.write_text(shared.config.read_text("utf-8").replace("?host=", "?host=%2Fnowhere"), "utf-8")
    assert probes.ready()[1]["ledger"] == "failed"
    shared.config.write_text("[site\n", "utf-8")
    assert probes.ready()[1]["config"] == "failed"


def test_an_answer_looks_at_some_of_many_sites_and_goes_on_with_those_that_are_not_fit(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, looked, apps = [1000.0], list[str](), {name: replace(place.app) for name in "abcdefg"}
    unfit = {"b": ("schema", {"b is older"})}

    def look(_name: str, app: App) -> tuple[str, set[str]] | None:
        now[0] += 0.2
        name = next(name for name, one in apps.items() if one is app)
        looked.append(name)
        return unfit.get(name)

    monkeypatch.setattr("crosspost.app.monitoring.probes._unfit", look)
    probes = Probes(lambda: list(apps.items()), clock=lambda: now[0])
    said = []
    for _ in range(3):
        said.append(probes.ready()[1]["schema"])
        looked.append("|")
    unfit.clear()
    said.append(probes.ready()[1]["schema"])
    assert "".join(looked) == "abc|bde|bfg|bac"
    assert said == ["failed", "failed", "failed", "ok"]
    unfit["a"] = ("ledger", {"a is gone"})
    del apps["a"]
    assert probes.ready()[0]


def test_what_one_site_is_not_ready_for_is_logged_with_its_name(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    apps = {name: replace(place.app) for name in "abc"}
    said = {id(apps["b"]): ("schema", {"it is older", "all are away"}), id(apps["c"]): ("ledger", {"all are away"})}
    monkeypatch.setattr("crosspost.app.monitoring.probes._unfit", lambda _name, app: said.get(id(app)))
    with caplog.filtering(lambda record: setattr(record, "about", tracing.present()["site"]) is None):
        Probes(lambda: list(apps.items()), clock=lambda: 0.0).ready()
    told = {record.getMessage(): vars(record)["about"] for record in caplog.records}
    assert told == {"not ready: it is older": "b", "not ready: all are away": ""}


def test_draining_is_not_ready_and_still_alive(place: Place) -> None:
    probes = Probes(lambda: [("", place.app)], draining=lambda: True, alive=lambda: True)
    assert probes.ready()[0] is False
    assert probes.ready()[1]["draining"] is True
    assert probes.live() == (True, {"ok": True})
    assert Probes(list, alive=lambda: False).live() == (False, {"ok": False})
