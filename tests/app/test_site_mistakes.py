"""A value of ``[site]`` that cannot be used is told once, with its line in the config, whatever the command."""

import pytest

from crosspost.testing.harness import Place

#: the line → the key that is named, and what is said about it
WRONG = {
    'lang = "deutsch"': ("lang", "“deutsch” is not a language tag; did you mean “de”?"),
    'timezone = "Europe/Nowhere"': ("timezone", "is not the name of a time zone, such as Europe/Berlin"),
    'path = "../nowhere"': ("path", "nowhere: there is no such folder"),
    'path = "../site/_config.yml"': ("path", "_config.yml is a file; name the folder of the site"),
    'source = "hugo"': ("source", "is not a Hugo site"),
    'source = "built"': ("source", "there is no built site in it"),
    'source = "feed"': ("source", "a feed needs `feed` (or `url`) under [site]"),
    'built = "dist"': ("built", "dist: there is no such folder"),
    'feed = "tal.example.org/feed.xml"': ("feed", "is not a web address; write https://…"),
    'permalink = "/:nonsense/"': ("permalink", "has :nonsense, which Jekyll does not have"),
    'posts = "news"': ("posts", "news: there is no such folder"),
    'engine = "9"': ("engine", "“9” is not a version of Jekyll"),
    'picture_keys = ["a b"]': ("picture_keys", "“a b” is not a key such as image"),
}


@pytest.mark.parametrize("line", WRONG)
@pytest.mark.parametrize("command", ["posts", "run", "lint", "doctor --offline"])
def test_the_line_of_the_config_is_named_once(place: Place, command: str, line: str) -> None:
    key, why = WRONG[line]
    text = place.config.read_text("utf-8").replace('path = "../site"\n', "" if key == "path" else 'path = "../site"\n')
    place.config.write_text(text.replace("[site]\n", f"[site]\n# of the site\n{line}\n"), "utf-8")
    ran = place.crosspost(*command.split())
    said = " ".join((ran.out + ran.err).split())
    assert ran.code != 0
    assert why in said
    assert f"`{key}`: " in said or key == "picture_keys"
    assert said.count("crosspost.toml:3:") == 1


def test_a_folder_of_the_command_line_is_not_looked_for_in_the_config(place: Place) -> None:
    ran = place.crosspost("posts", "--site", str(place.root / "nirgends"))
    assert (ran.code, "crosspost.toml" in ran.err) == (2, False)
    assert "--site: " in ran.err
    assert "there is no such folder" in ran.err


def test_a_version_of_hugo(place: Place) -> None:
    place.write("site/hugo.toml", 'baseURL = "https://tal.example.org/"\n')
    place.write("site/content/beet.md", "---\ntitle: Beet\n---\nText.\n")
    config = place.config.read_text("utf-8")
    for engine, code in (("0.120", 0), ("v0.111.3", 0), ("4.3", 2)):
        place.config.write_text(config.replace("[site]\n", f'[site]\nsource = "hugo"\nengine = "{engine}"\n'), "utf-8")
        assert place.crosspost("posts").code == code, engine


def test_a_mistake_of_the_whole_site_is_told_once_and_not_once_a_post(place: Place) -> None:
    place.crosspost("run")
    config = place.write("site/_config.yml", "url: https://tal.example.org\nlang: deutsch\n")
    names = [f"2026-11-2{number}-post-{number}" for number in range(1, 6)]
    for name in names:
        place.new_post(name)
    assert place.crosspost("lint").out.count("is not a language tag") == 1
    assert f"{config}:2:" in place.crosspost("lint").out
    place.config.write_text(place.config.read_text("utf-8") + "\n[run]\nmax_per_run = 9\n", "utf-8")
    place.clock.pass_by(days=4)
    ran = place.crosspost("run")
    assert ran.out.count("  sent ") == 15
    assert ran.err.count("is not a language tag") == 1
    assert "post-1, post-2, post-3 and 2 more posts: " in " ".join(ran.err.split())
