"""``crosspost links``: what belongs into the site's pages, so that networks know whose they are."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import json_option, open_app, places, print_json
from crosspost.cli.layout import paragraph

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.site_links import Publication

#: the key of an article's record, as :func:`crosspost.networks.standard_site_record.key_of` makes it
_LIQUID = (
    '{%- assign key = page.url | replace: "/index.html", "" | split: "/" | last | replace: ".html", "" -%}',
    '{%- assign key = key | url_decode | url_encode | replace: "+", "%20" | replace: "%", "~" -%}',
)
_GO = (
    '{{- $key := path.Base .RelPermalink | strings.TrimSuffix ".html" -}}',
    '{{- $key = replace (replace $key "+" "%20") "%" "~" -}}',
)


@click.command()
@json_option
@places
def links(as_json: bool, config: Path | None, site: Path | None) -> int:
    """Print the lines for your pages that say whose they are.

    Changes nothing. `crosspost doctor` says whether they are there.
    """
    from crosspost.app import site_links

    app = open_app(config, site, required=True)
    found = site_links.of(app)
    if as_json:
        print_json(found)
        return 0
    if not found.publications and not found.creators and not found.webmention:
        paragraph(
            "There is nothing to add: no account is on Mastodon, none on Bluesky has `standard_site = true`, and "
            "[responses] does not say `webmentions = true`."
        )
        return 0
    kind = _kind(app)
    for one in found.publications[:1]:
        _file(one, kind)
    for one in found.publications[1:]:
        paragraph(f"A site can name one record, so there is nothing for {one.account}: switch its standard_site off.")
        click.echo()
    paragraph(_WHERE[kind] if found.publications else _WHERE[""])
    if not kind and found.publications:
        paragraph("KEY is the last part of the page's address, without .html.")
    click.echo()
    mentions = [f'<link rel="webmention" href="{escape(found.webmention)}">'] if found.webmention else []
    for line in (*_records(found.publications[:1], kind), *mentions, *_creators(found.creators.values())):
        click.echo(line)
    if found.creators:
        click.echo()
        paragraph(
            "Mastodon shows the author only of sites you name there: Preferences > Public profile > Verification > "
            "Author attribution."
        )
    return 0


def _kind(app: "App") -> str:
    from crosspost.sources.hugo.config_file import find_config

    if any((app.site / name).is_file() for name in ("_config.yml", "_config.yaml")):
        return "jekyll"
    return "hugo" if find_config(app.site) is not None else ""


def _file(one: "Publication", kind: str) -> None:
    """The file that names the site's record."""
    paragraph(f"{one.page} has to say this line, and nothing else:")
    click.echo(f"\n{one.uri}\n")
    if "/" in one.file.removeprefix(".well-known/"):
        paragraph(
            "That is at the root of the host, not below your site: put it into the site that is there, as the file "
            f"{one.file}."
        )
    elif kind == "jekyll":
        paragraph(f"Save it as {one.file} in your site, and have Jekyll copy it, with this line in _config.yml:")
        click.echo('\ninclude: [".well-known"]')
    else:
        paragraph(f"Save it as {'static/' if kind == 'hugo' else ''}{one.file}.")
    click.echo()


_WHERE = {
    "jekyll": "This belongs between <head> and </head> of your posts, such as in _includes/head.html, or in "
    "_includes/custom-head.html with the theme minima:",
    "hugo": "This belongs between <head> and </head> of your posts, such as in layouts/partials/head.html, or where "
    "your theme has a place for it (extend_head.html, custom_head.html):",
    "": "This belongs between <head> and </head> of your posts.",
}


def _records(publications: "tuple[Publication, ...]", kind: str) -> list[str]:
    lines = []
    for one in publications:
        site = f'<link rel="site.standard.publication" href="{escape(one.uri)}">'
        document = f'<link rel="site.standard.document" href="{escape(one.documents)}%s">'
        if kind == "jekyll":
            lines += [site, "{%- if page.date %}", *_LIQUID, document % "{{ key }}", "{%- endif %}"]
        elif kind == "hugo":
            lines += [site, "{{- if .IsPage }}", *_GO, document % "{{ $key }}", "{{- end }}"]
        else:
            lines += [site, document % "KEY"]
    return lines


def _creators(names: Iterable[str]) -> list[str]:
    return [f'<meta name="fediverse:creator" content="{escape(name)}">' for name in names]
