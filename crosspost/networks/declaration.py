"""What the class of a network states about it; commands, examples, previews and the manual are made from this."""

from typing import Any, ClassVar

from crosspost.model import Abilities, Doubt, Limits, Look, Price, Value


class Declaration:
    """Everything that is known about a network without asking it."""

    key: ClassVar[str]
    limits: ClassVar[Limits]
    abilities: ClassVar[Abilities]
    #: how previews show a post of this network
    look: ClassVar[Look] = Look()
    #: settings of this network in ``[accounts.NAME]`` and in a post's ``crosspost: {NAME: …}``; its ``carried`` names
    #: those that decide how a post is delivered, not its content: they are never frozen, and no post can set them
    Options: ClassVar[type[Value]]
    #: credential field → description, in the terms of the network's own pages
    credentials: ClassVar[dict[str, str]]
    #: this network's lines in the example config: every setting, one a line, those with a default commented out
    example: ClassVar[str] = ""
    #: the setting of :attr:`example` that most people want; the config that `crosspost init` writes names it
    hint: ClassVar[str] = ""
    #: for a network without :attr:`credentials`: why it needs none, for the example of the secrets file
    no_secrets: ClassVar[str] = ""
    #: "module:Class" of its :class:`.logins.base.Login`; "" asks for each credential
    login: ClassVar[str] = ""
    #: required settings, each with an example, which ``crosspost init`` writes
    needs: ClassVar[dict[str, Any]] = {}
    #: settings that are file paths, relative to the config
    files: ClassVar[tuple[str, ...]] = ()
    #: the service's address when ``base_url`` is not set; "" when ``base_url`` is required
    home: ClassVar[str] = ""
    #: the URL schemes allowed in ``base_url``
    schemes: ClassVar[tuple[str, ...]] = ("https", "http")
    #: whether such a server answers only at its root path
    at_root: ClassVar[bool] = True
    #: defaults for this network's posts: keys of :class:`Style`
    style_defaults: ClassVar[dict[str, Any]] = {}
    #: whether tokens expire: then they are checked once a day, even when nothing is due
    token_ends: ClassVar[bool] = False
    #: URL prefixes fixed in a library, which are replaced by ``base_url``
    fixed_hosts: ClassVar[tuple[str, ...]] = ()
    #: whether a converted video can be sent: not where the network fetches the site's own file
    converts: ClassVar[bool] = True
    #: whether an account's id is valid on its server only
    ids_of_server: ClassVar[bool] = False
    #: whether the real server is often on this machine, so that a local address does not mean the sandbox
    at_home: ClassVar[bool] = False
    #: "module:Class" of the adapter for accounts that boost what another one says; "": crosspost does not boost there
    boosts: ClassVar[str] = ""
    #: whether nothing is ever sent there: a person posts it by hand, see :mod:`.by_hand`
    by_hand: ClassVar[bool] = False
    #: how to explain a delivery with an unknown outcome
    doubt: ClassVar[Doubt] = Doubt()
    #: whether a delivery may send to recipients one by one, so that the outcome may be unknown for some of them
    one_by_one: ClassVar[bool] = False
    #: why it cannot tell what came back to a post, for people; "" where it can
    no_responses: ClassVar[str] = ""
    #: what asking what came back to one post costs at most; None: nothing. What costs is done only if it is asked for
    responses_price: ClassVar[Price | None] = None
    #: what else asking takes, for people; "" where it takes nothing of note. It, too, is done only if it is asked for
    responses_take: ClassVar[str] = ""
    #: hosts on which its posts are, so that a post which answers one of them is known
    hosts: ClassVar[tuple[str, ...]] = ()
    #: whether a post can be made an answer to one of them
    answers: ClassVar[bool] = False
    #: settings of this network that an edit changes in a published post
    edits: ClassVar[tuple[str, ...]] = ()
