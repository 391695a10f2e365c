"""The engine against real adapters: what a post says, says anew, or asks for itself."""

from crosspost.testing.harness import NETWORKS
from tests.delivery.engine_runs import ONCE, Runs, count


def test_the_draft_that_is_out_is_the_draft_in_the_ledger(runs: Runs) -> None:
    runs.run()
    for delivery in runs.ledger.deliveries():
        (post,) = runs.place.sandbox.posts(delivery.account)
        assert delivery.draft is not None
        assert post["text"] == delivery.draft.text


def test_what_was_sent_into_doubt_is_never_worded_anew(runs: Runs) -> None:
    runs.place.sandbox.fault("x", "cut-before")
    runs.run()
    assert runs.states()["x"] == "unknown"
    text = runs.place.post.read_text("utf-8").replace("Grüße aus dem Tal", "Ein anderer Titel")
    runs.place.post.write_text(text, "utf-8")
    runs.place.clock.pass_by(minutes=10)
    runs.run()
    (post,) = runs.place.sandbox.posts("x")
    assert post["text"].startswith("Grüße aus dem Tal")


def test_a_typo_mended_is_no_new_post(runs: Runs) -> None:
    runs.run()
    runs.place.post.write_text(runs.place.post.read_text("utf-8").replace("Zwölf", "Elf"), "utf-8")
    runs.run()
    assert count(runs) == ONCE


def test_a_new_date_in_the_file_name_is_no_new_post(runs: Runs) -> None:
    runs.run()
    runs.place.post.rename(runs.place.post.with_name("2026-11-19-gruesse.md"))
    runs.run()
    assert count(runs) == ONCE


def test_a_second_file_of_the_same_name_does_not_repeat_the_first(runs: Runs) -> None:
    runs.run()
    runs.place.new_post("2026-11-21-gruesse")
    runs.run()
    assert count(runs) == dict.fromkeys(NETWORKS, 2)


def test_at_most_so_many_in_a_run(runs: Runs) -> None:
    for day in range(10, 16):
        runs.place.new_post(f"2026-11-{day}-tag")
    runs.run()
    assert count(runs)["mastodon"] == 3
    runs.run()
    assert count(runs)["mastodon"] == 6


def test_skip_only_at_and_text_of_a_post(runs: Runs) -> None:
    runs.place.new_post("2026-11-21-nie", "---\ntitle: nie\ncrosspost: {skip: true}\n---\n\nT\n")
    runs.place.new_post("2026-11-21-eins", "---\ntitle: eins\ncrosspost: {only: x}\n---\n\nT\n")
    runs.place.new_post(
        "2026-11-21-spaet", '---\ntitle: spaet\ncrosspost: {at: "2026-11-22 14:00", only: [mastodon]}\n---\n\nT\n'
    )
    runs.place.new_post(
        "2026-11-21-wort", "---\ntitle: wort\ncrosspost: {only: facebook, facebook: {text: Eigenes}}\n---\n\nT\n"
    )
    runs.run()
    said = {name: [p["text"].split("\n")[0] for p in runs.place.sandbox.posts(name)] for name in NETWORKS}
    assert sorted(said["x"]) == ["Grüße aus dem Tal", "eins"]
    assert said["mastodon"] == ["Grüße aus dem Tal"]
    assert sorted(said["facebook"]) == ["Eigenes", "Grüße aus dem Tal"]
    runs.place.clock.pass_by(hours=1, minutes=1)  # 13:01 UTC is 14:01 in Berlin
    runs.run()
    assert [p["text"].split("\n")[0] for p in runs.place.sandbox.posts("mastodon")] == ["Grüße aus dem Tal", "spaet"]
