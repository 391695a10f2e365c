"""How long to look: a little in `make test`, long in `make fuzz`."""

import os

#: examples per property; `make fuzz` sets many
EXAMPLES = int(os.environ.get("CROSSPOST_FUZZ_EXAMPLES", "100"))
