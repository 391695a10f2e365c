"""The same small site for each generator: two posts, a picture, a language; with its usual theme where it has one."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.generators import installed

URL = "https://tal.example.org"


class Post(NamedTuple):
    slug: str
    title: str
    date: str
    description: str
    tags: tuple[str, ...]
    body: str


POSTS = (
    Post("erste-schritte", "Erste Schritte im Tal", "2026-11-18", "Zwölf Leute und ein Beet.", ("Garten",), "Ein Tag."),
    Post("gruesse", "Grüße & ein Beet", "2026-11-19", "Viel Regen – und Kuchen.", ("Garten", "Regen"), "Noch ein Tag."),
)

#: what a page of somebody's own template says of itself; {} are filled in the generator's own words
_HEAD = (
    '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title}</title>'
    '<link rel="canonical" href="{url}"><meta property="og:type" content="article">'
    '<meta property="og:title" content="{title}"><meta property="og:description" content="{description}">'
    '<meta property="og:image" content="' + URL + '/img/beet.png"><meta property="og:image:alt" content="Ein Hochbeet">'
    '<meta property="article:published_time" content="{date}">{tags}</head><body><main><h1>{title}</h1>{body}</main>'
    "</body></html>"
)
_HOME = f'<!doctype html><html lang="de"><head><title>Das Tal</title><link rel="canonical" href="{URL}/"></head></html>'


def head(**words: str) -> str:
    text = _HEAD
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def write(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def picture(root: Path, folder: str) -> None:
    file = root / folder / "beet.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((320, 200), 60).save(file)


def yaml(post: Post, *more: str) -> str:
    front = {"title": post.title, "date": post.date, "description": post.description, "tags": list(post.tags)}
    lines = [
        f"{key}: {value if key == 'date' else json.dumps(value, ensure_ascii=False)}" for key, value in front.items()
    ]
    return "\n".join(["---", *lines, *more, "---", "", post.body, ""])


def hugo(root: Path) -> Iterator[str]:
    config = f'baseURL = "{URL}/"\ntitle = "Das Tal"\nlanguageCode = "de"\ndefaultContentLanguage = "de"\n'
    write(root, "hugo.toml", config + '[permalinks]\nposts = "/:year/:month/:slug/"\n')
    for post in POSTS:
        write(root, f"content/posts/{post.slug}.md", yaml(post, f"slug: {post.slug}", "images: [/img/beet.png]"))
    picture(root, "static/img")
    tags = '{{ range .Params.tags }}<meta property="article:tag" content="{{ . }}">{{ end }}'
    page = head(title="{{ .Title }}", url="{{ .Permalink }}", description="{{ .Description }}", tags=tags,
                date='{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}', body="{{ .Content }}")  # fmt: skip
    write(root, "layouts/_default/single.html", page)
    write(root, "layouts/_default/list.html", _HOME)
    installed.run([str(installed.python("hugo"))], root)
    yield from (f"{URL}/2026/11/{post.slug}/" for post in POSTS)


def jekyll(root: Path) -> Iterator[str]:
    write(root, "_config.yml", f"url: {URL}\ntitle: Das Tal\nlang: de\npermalink: /:year/:title/\n")
    for post in POSTS:
        write(root, f"_posts/{post.date}-{post.slug}.md", yaml(post, "layout: post", "image: /img/beet.png"))
    picture(root, "img")
    tags = '{% for tag in page.tags %}<meta property="article:tag" content="{{ tag }}">{% endfor %}'
    page = head(title="{{ page.title | escape }}", url="{{ page.url | absolute_url }}", tags=tags,
                description="{{ page.description }}", date="{{ page.date | date_to_xmlschema }}",
                body="{{ content }}")  # fmt: skip
    write(root, "_layouts/post.html", page)
    write(root, "index.html", f"---\n---\n{_HOME}")
    installed.run([str(installed.on_path("jekyll")), "build", "--quiet"], root)
    yield from (f"{URL}/2026/{post.slug}/" for post in POSTS)


def eleventy(root: Path) -> Iterator[str]:
    for post in POSTS:
        write(root, f"blog/{post.slug}.md", yaml(post, "layout: post.njk"))
    picture(root, "img")
    write(root, "eleventy.config.js", "module.exports = (c) => { c.addPassthroughCopy('img'); };\n")
    tags = '{% for tag in tags %}<meta property="article:tag" content="{{ tag }}">{% endfor %}'
    page = head(title="{{ title }}", url=URL + "{{ page.url }}", description="{{ description }}", tags=tags,
                date="{{ page.date.toISOString() }}", body="{{ content | safe }}")  # fmt: skip
    write(root, "_includes/post.njk", page)
    write(root, "index.html", _HOME)
    (root / "node_modules").symlink_to(installed.npm("eleventy") / "node_modules")
    installed.run(["node_modules/.bin/eleventy", "--quiet"], root)
    yield from (f"{URL}/blog/{post.slug}/" for post in POSTS)


def astro(root: Path) -> Iterator[str]:
    write(root, "astro.config.mjs", f"export default {{ site: '{URL}' }};\n")
    write(root, "package.json", '{"type": "module"}')
    for post in POSTS:
        write(root, f"src/pages/blog/{post.slug}.md", yaml(post, "layout: ../../layouts/Post.astro"))
    picture(root, "public/img")
    code = "---\nconst { frontmatter: f, url } = Astro.props;\n---\n"
    page = head(title="TITLE", url="URL", description="WORDS", date="DATE", body="<slot />",
                tags="{f.tags.map((tag) => <meta property=\"article:tag\" content={tag} />)}")  # fmt: skip
    for word, value in {
        "URL": "{new URL(url + '/', Astro.site)}",
        "WORDS": "{f.description}",
        "DATE": "{f.date}",
    }.items():
        page = page.replace(f'"{word}"', value)
    page = page.replace('"TITLE"', "{f.title}").replace("TITLE", "{f.title}")
    write(root, "src/layouts/Post.astro", code + page)
    write(root, "src/pages/index.astro", _HOME)
    (root / "node_modules").symlink_to(installed.npm("astro") / "node_modules")
    installed.run(["node_modules/.bin/astro", "build"], root)
    yield from (f"{URL}/blog/{post.slug}/" for post in POSTS)


def pelican(root: Path) -> Iterator[str]:
    config = f"SITEURL = '{URL}'\nSITENAME = 'Das Tal'\nDEFAULT_LANG = 'de'\nTIMEZONE = 'UTC'\nPATH = 'content'\n"
    write(root, "pelicanconf.py", config)
    for post in POSTS:
        words = f"Title: {post.title}\nDate: {post.date}\nSlug: {post.slug}\nSummary: {post.description}\n"
        write(root, f"content/{post.slug}.md", f"{words}Tags: {', '.join(post.tags)}\n\n{post.body}\n")
    installed.run([str(installed.python("pelican")), "content", "-s", "pelicanconf.py", "-o", "output"], root)
    yield from (f"{URL}/{post.slug}.html" for post in POSTS)


def nikola(root: Path) -> Iterator[str]:
    command = str(installed.python("nikola"))
    installed.run([command, "init", "-q", "site"], root)
    config = (root / "site/conf.py").read_text("utf-8")
    config = config.replace('SITE_URL = "https://example.com/"', f'SITE_URL = "{URL}/"')
    config = config.replace('DEFAULT_LANG = "en"', 'DEFAULT_LANG = "de"')
    config += '\nCOMPILERS = {"markdown": (".md",), "rest": (".rst",), "html": (".html",)}\n'
    config += 'POSTS = (("posts/*.md", "posts", "post.tmpl"),)\nTIMEZONE = "UTC"\nBLOG_TITLE = "Das Tal"\n'
    for file in (root / "site").iterdir():
        file.rename(root / file.name)
    write(root, "conf.py", config)
    for post in POSTS:
        words = {"title": post.title, "slug": post.slug, "date": f"{post.date} 00:00:00 UTC",
                 "tags": ",".join(post.tags), "description": post.description,
                 "previewimage": "/images/beet.png"}  # fmt: skip
        meta = "".join(f".. {key}: {value}\n" for key, value in words.items())
        write(root, f"posts/{post.slug}.md", f"<!--\n{meta}-->\n\n{post.body}\n")
    picture(root, "images")
    installed.run([command, "build"], root)
    yield from (f"{URL}/posts/{post.slug}/" for post in POSTS)


def mkdocs(root: Path) -> Iterator[str]:
    config = f"site_name: Das Tal\nsite_url: {URL}/\ntheme: {{name: material, language: de}}\nplugins: [blog]\n"
    write(root, "mkdocs.yml", config)
    write(root, "docs/index.md", "# Das Tal\n")
    write(root, "docs/blog/index.md", "# Blog\n")
    for post in POSTS:
        write(
            root, f"docs/blog/posts/{post.slug}.md", yaml(post, f"slug: {post.slug}", f"categories: [{post.tags[0]}]")
        )
    installed.run([str(installed.python("mkdocs")), "build", "-q"], root)
    yield from (f"{URL}/blog/{post.date.replace('-', '/')}/{post.slug}/" for post in POSTS)


def hexo(root: Path) -> Iterator[str]:
    config = f"title: Das Tal\nurl: {URL}\nlanguage: de\ntimezone: UTC\ntheme: landscape\npermalink: :year/:title/\n"
    write(root, "_config.yml", config)
    names = dict.fromkeys(installed.NPM["hexo"], "*")
    write(root, "package.json", json.dumps({"private": True, "hexo": {"version": "8.0.0"}, "dependencies": names}))
    for post in POSTS:
        write(root, f"source/_posts/{post.slug}.md", yaml(post, "lang: de") + "\n![Ein Hochbeet](/img/beet.png)\n")
    picture(root, "source/img")
    (root / "node_modules").symlink_to(installed.npm("hexo") / "node_modules")
    installed.run(["node_modules/.bin/hexo", "generate"], root)
    yield from (f"{URL}/2026/{post.slug}/" for post in POSTS)


#: name → builds the site in a folder and gives the addresses of its posts, as the generator's manual has them
GENERATORS: dict[str, Callable[[Path], Iterator[str]]] = {
    "hugo": hugo, "jekyll": jekyll, "eleventy": eleventy, "astro": astro, "pelican": pelican, "nikola": nikola,
    "mkdocs": mkdocs, "hexo": hexo,
}  # fmt: skip
#: whose usual theme names no picture, no description or no tags in a way that can be read
WITHOUT_PICTURE = ("pelican", "mkdocs")
