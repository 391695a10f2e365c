"""Strict stand-ins of the networks with a memory, on 127.0.0.1: try everything without telling anybody anything.

Start it with ``crosspost sandbox`` or in a test::

    with Sandbox() as sandbox:
        sandbox.fault("mastodon", "cut-after")       # the next post is committed, its answer never arrives
        ...                                          # clients talk to sandbox.url with sandbox.accounts()
        assert len(sandbox.posts()) == 1

While it runs:

- ``GET /`` shows each timeline with pictures and alternative texts,
- ``GET /_sandbox/posts`` tells the same as JSON,
- ``GET /_sandbox/accounts`` the tokens, ``GET /_sandbox/requests`` the log of requests,
- ``GET /_sandbox/certificate.pem`` the certificate of the mail server, for clients that say STARTTLS,
- ``POST /_sandbox/faults`` orders a fault for the next requests, ``GET`` lists the pending ones, ``DELETE`` forgets
  them. The kinds stand in :data:`crosspost.sandbox.core.faults.KINDS`::

    curl -d '{"network": "mastodon", "fault": "500 after committing", "times": 2}' $URL/_sandbox/faults
    curl -d '{"network": "x", "fault": "429", "retry_after": 30}' $URL/_sandbox/faults
    curl -d '{"network": "x", "fault": "delay", "seconds": 5, "match": "GET /2/users/*/tweets"}' $URL/_sandbox/faults

The stand-ins are written from the networks' documentation and share no code with the rest of crosspost.
"""

from crosspost.sandbox.server import Sandbox

__all__ = ["Sandbox"]
