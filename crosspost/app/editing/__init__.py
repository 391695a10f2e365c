"""What people change, for the terminal and for pages: words, times, yes and no, short posts.

Every function takes the :class:`crosspost.app.application.App` first. Whoever decides is a
:class:`crosspost.ledger.Person`: ``Person(name="ann", origin="terminal" | "page" | "link")``. What a person can put
right is raised as a :class:`crosspost.errors.CrosspostError` whose text can be shown as it is.

:mod:`.editable`, :mod:`.edit_proposal`, :mod:`.edit_words` — words, alternative texts, time and skipping of one post
on one account:

- ``editable.look(app, post, account) -> Editable``: what file and ledger say, and why it cannot be changed now
  (``refusal``). ``post`` is a path or a post id.
- ``edit_proposal.propose(app, post, account, edit, where) -> Proposal``: changes nothing. ``edit`` is
  ``edit_words.Edit(text=…, at=…, skip=…, alt={picture: text})``; what is left out stays, None takes it away. ``where``
  is "file" or "ledger". ``Proposal.diff`` is a unified diff to show first. Keep ``Proposal.seen`` in the form.
- ``edit_proposal.apply(app, proposal, person, seen=…) -> Editable``: does it, and writes it into the audit table.
  Refused when file or ledger are not as they were at ``seen`` (that of the form; propose anew for a POST), and
  while the delivery is being sent or may be out.

:mod:`.approval` — accounts with ``approve = true`` (or ``[site] approve = true``):

- ``waiting(app, *, fetch=False) -> list[Waiting]``: what waits for a yes, each with its ``draft`` and ``seen``
  (a checksum of it).
- ``approve(app, number, seen, person) -> Delivery``: says yes to the text with that checksum, and to no other.
- ``decline(app, number, person) -> Delivery``: leaves it out, as `crosspost cancel` does.

:mod:`.approval_links` — a yes by a link in a notice; the address is ``[web] address``:

- ``make(app, number, seen) -> str``: the whole address, ``ADDRESS/approve?token=…``; "" without ``[web] address``.
- ``read(app, token) -> Waiting``: for GET; changes nothing. Raises when it is forged, expired, used up or out of date.
- ``use(app, token, *, yes, name="") -> Delivery``: for POST; once.

:mod:`.audit_log` — who changed what:

- ``changes(app, *, post="", limit=200) -> list[Done]``, newest first.
- ``note(app, person, action, post=…, account=…, said=…)``: for what pages do by other means (settle, retry …).

:mod:`.new_note` — a short post that is not an article, as a Markdown file:

- ``new(app, note, person) -> Path``, with ``Note(text, title, link, picture, alt, accounts, at)``; ``picture``
  is bytes.
"""
