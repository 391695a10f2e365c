"""One file per network, always in the same order; see :mod:`crosspost.networks.base`."""
