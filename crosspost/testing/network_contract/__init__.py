"""What every adapter promises, against its stand-in. A network's test is a subclass, and its quirks."""

from crosspost.testing.network_contract.afterwards import Afterwards
from crosspost.testing.network_contract.base import FAULTS
from crosspost.testing.network_contract.coming_back import ComingBack
from crosspost.testing.network_contract.credentials import Credentials
from crosspost.testing.network_contract.doubt import Doubt
from crosspost.testing.network_contract.kept_there import AheadContract
from crosspost.testing.network_contract.looking import Looking
from crosspost.testing.network_contract.publishing import Publishing
from crosspost.testing.network_contract.under_review import ReviewContract

__all__ = ["FAULTS", "AheadContract", "NetworkContract", "ReviewContract"]


class NetworkContract(Publishing, Doubt, Credentials, Looking, Afterwards, ComingBack):
    """Subclass it, name the network and the request that uploads. The rest is read from the adapter's abilities."""
