"""The same small site for each generator: posts, a picture, a language; with its usual theme where it has one.

With ``blog`` each post is at /blog/NAME/, whatever the generator's own addresses are.
"""

import json
from collections.abc import Callable, Iterator, Sequence
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


Posts = Sequence[Post]
POSTS: Posts = (
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


#: a picture in the text, for whose theme names none
SHOWN = "\n![Ein Hochbeet](/img/beet.png)\n"


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
    Image.linear_gradient("L").resize((320, 200)).save(file)  # the same bytes each time


def yaml(post: Post, *more: str) -> str:
    front = {"title": post.title, "date": post.date, "description": post.description, "tags": list(post.tags)}
    lines = [
        f"{key}: {value if key == 'date' else json.dumps(value, ensure_ascii=False)}" for key, value in front.items()
    ]
    return "\n".join(["---", *lines, *more, "---", "", post.body, ""])


def hugo(root: Path, posts: Posts = POSTS, *, blog: bool = False) -> Iterator[str]:
    config = f'baseURL = "{URL}/"\ntitle = "Das Tal"\nlanguageCode = "de"\ndefaultContentLanguage = "de"\n'
    write(root, "hugo.toml", f'{config}[permalinks]\nposts = "{"/blog" if blog else "/:year/:month"}/:slug/"\n')
    for post in posts:
        write(root, f"content/posts/{post.slug}.md", yaml(post, f"slug: {post.slug}", "images: [/img/beet.png]"))
    picture(root, "static/img")
    tags = '{{ range .Params.tags }}<meta property="article:tag" content="{{ . }}">{{ end }}'
    page = head(title="{{ .Title }}", url="{{ .Permalink }}", description="{{ .Description }}", tags=tags,
                date='{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}', body="{{ .Content }}")  # fmt: skip
    write(root, "layouts/_default/single.html", page)
    write(root, "layouts/_default/list.html", _HOME)
    installed.run([str(installed.python("hugo"))], root)
    yield from (f"{URL}/{'blog' if blog else '2026/11'}/{post.slug}/" for post in posts)


def jekyll(root: Path, posts: Posts = POSTS, *, blog: bool = False) -> Iterator[str]:
    above = "blog" if blog else ":year"
    write(root, "_config.yml", f"url: {URL}\ntitle: Das Tal\nlang: de\npermalink: /{above}/:title/\n")
    for post in posts:
        write(root, f"_posts/{post.date}-{post.slug}.md", yaml(post, "layout: post", "image: /img/beet.png"))
    picture(root, "img")
    tags = '{% for tag in page.tags %}<meta property="article:tag" content="{{ tag }}">{% endfor %}'
    page = head(title="{{ page.title | escape }}", url="{{ page.url | absolute_url }}", tags=tags,
                description="{{ page.description }}", date="{{ page.date | date_to_xmlschema }}",
                body="{{ content }}")  # fmt: skip
    write(root, "_layouts/post.html", page)
    write(root, "index.html", f"---\n---\n{_HOME}")
    installed.run([str(installed.on_path("jekyll")), "build", "--quiet"], root)
    yield from (f"{URL}/{'blog' if blog else '2026'}/{post.slug}/" for post in posts)


def eleventy(root: Path, posts: Posts = POSTS, *, blog: bool = True) -> Iterator[str]:
    del blog  # it is there anyway
    for post in posts:
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
    yield from (f"{URL}/blog/{post.slug}/" for post in posts)


def astro(root: Path, posts: Posts = POSTS, *, blog: bool = True) -> Iterator[str]:
    del blog  # it is there anyway
    write(root, "astro.config.mjs", f"export default {{ site: '{URL}' }};\n")
    write(root, "package.json", '{"type": "module"}')
    for post in posts:
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
    yield from (f"{URL}/blog/{post.slug}/" for post in posts)


def pelican(root: Path, posts: Posts = POSTS, *, blog: bool = False) -> Iterator[str]:
    config = f"SITEURL = '{URL}'\nSITENAME = 'Das Tal'\nDEFAULT_LANG = 'de'\nTIMEZONE = 'UTC'\nPATH = 'content'\n"
    config += "STATIC_PATHS = ['img']\n"
    config += "ARTICLE_URL = 'blog/{slug}/'\nARTICLE_SAVE_AS = 'blog/{slug}/index.html'\n" if blog else ""
    write(root, "pelicanconf.py", config)
    picture(root, "content/img")
    for post in posts:
        words = f"Title: {post.title}\nDate: {post.date}\nSlug: {post.slug}\nSummary: {post.description}\n"
        write(root, f"content/{post.slug}.md", f"{words}Tags: {', '.join(post.tags)}\n\n{post.body}\n")
    installed.run([str(installed.python("pelican")), "content", "-s", "pelicanconf.py", "-o", "output"], root)
    yield from (f"{URL}/blog/{post.slug}/" if blog else f"{URL}/{post.slug}.html" for post in posts)


def nikola(root: Path, posts: Posts = POSTS, *, blog: bool = False) -> Iterator[str]:
    command = str(installed.python("nikola"))
    installed.run([command, "init", "-q", "site"], root)
    config = (root / "site/conf.py").read_text("utf-8")
    config = config.replace('SITE_URL = "https://example.com/"', f'SITE_URL = "{URL}/"')
    config = config.replace('DEFAULT_LANG = "en"', 'DEFAULT_LANG = "de"')
    config += '\nCOMPILERS = {"markdown": (".md",), "rest": (".rst",), "html": (".html",)}\n'
    config += 'POSTS = (("posts/*.md", "ABOVE", "post.tmpl"),)\nTIMEZONE = "UTC"\nBLOG_TITLE = "Das Tal"\n'
    above = "blog" if blog else "posts"
    config = config.replace('"ABOVE"', f'"{above}"')
    for file in (root / "site").iterdir():
        file.rename(root / file.name)
    write(root, "conf.py", config)
    for post in posts:
        words = {"title": post.title, "slug": post.slug, "date": f"{post.date} 00:00:00 UTC",
                 "tags": ",".join(post.tags), "description": post.description,
                 "previewimage": "/img/beet.png"}  # fmt: skip
        meta = "".join(f".. {key}: {value}\n" for key, value in words.items())
        write(root, f"posts/{post.slug}.md", f"<!--\n{meta}-->\n\n{post.body}\n")
    picture(root, "files/img")
    installed.run([command, "build"], root)
    yield from (f"{URL}/{above}/{post.slug}/" for post in posts)


def mkdocs(root: Path, posts: Posts = POSTS, *, blog: bool = False) -> Iterator[str]:
    config = f"site_name: Das Tal\nsite_url: {URL}/\ntheme: {{name: material, language: de}}\nplugins: [BLOG]\n"
    config = config.replace("BLOG", "blog: {post_url_format: '{slug}'}" if blog else "blog")
    picture(root, "docs/img")
    write(root, "mkdocs.yml", config)
    write(root, "docs/index.md", "# Das Tal\n")
    write(root, "docs/blog/index.md", "# Blog\n")
    for post in posts:
        write(
            root, f"docs/blog/posts/{post.slug}.md", yaml(post, f"slug: {post.slug}", f"categories: [{post.tags[0]}]")
        )
    installed.run([str(installed.python("mkdocs")), "build", "-q"], root)
    yield from (f"{URL}/blog/{'' if blog else f'{post.date}/'.replace('-', '/')}{post.slug}/" for post in posts)


def hexo(root: Path, posts: Posts = POSTS, *, blog: bool = False) -> Iterator[str]:
    config = f"title: Das Tal\nurl: {URL}\nlanguage: de\ntimezone: UTC\ntheme: landscape\n"
    config += f"permalink: {'blog' if blog else ':year'}/:title/\n"
    write(root, "_config.yml", config)
    names = dict.fromkeys(installed.NPM["hexo"], "*")
    write(root, "package.json", json.dumps({"private": True, "hexo": {"version": "8.0.0"}, "dependencies": names}))
    for post in posts:
        write(root, f"source/_posts/{post.slug}.md", yaml(post, "lang: de") + ("" if blog else SHOWN))
    picture(root, "source/img")
    (root / "node_modules").symlink_to(installed.npm("hexo") / "node_modules")
    installed.run(["node_modules/.bin/hexo", "generate"], root)
    yield from (f"{URL}/{'blog' if blog else '2026'}/{post.slug}/" for post in posts)


#: name → builds the site in a folder and gives the addresses of its posts, as the generator's manual has them
GENERATORS: dict[str, Callable[[Path], Iterator[str]]] = {
    "hugo": hugo, "jekyll": jekyll, "eleventy": eleventy, "astro": astro, "pelican": pelican, "nikola": nikola,
    "mkdocs": mkdocs, "hexo": hexo,
}  # fmt: skip
#: whose usual theme names no picture, no description or no tags in a way that can be read
WITHOUT_PICTURE = ("pelican", "mkdocs")
