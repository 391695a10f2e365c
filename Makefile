# Two commands are all: `make demo` and `make test`. Both work on a machine that has only Python ≥ 3.11, pip and make.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
# two a core: many tests wait for servers and processes
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))
READY   = $(VENV)/.ready

.PHONY: demo test test-bluesky test-matrix test-micropub test-wordpress test-ghost test-nostr test-generators test-clients test-twitter-text test-install image lint types contracts tests bench day torture torture-boosts fuzz mutants audit docs clean

demo: $(READY)
	$(BIN)/crosspost demo $(if $(KEEP),--keep)

test: lint types contracts tests
	@echo "Everything passed."

lint: $(READY)
	@echo "→ style (ruff)"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .

types: $(READY)
	@echo "→ types (mypy --strict)"
	@$(BIN)/mypy

contracts: $(READY)
	@echo "→ who may import whom (import-linter)"
	@$(BIN)/lint-imports --no-logo --no-cache

# Hundreds of tests start the command: without byte code each of them would compile it anew (a third of the time).
tests: $(READY)
	@echo "→ tests (pytest)"
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

# Opt-in: the contract against the real Bluesky server from npm, on 127.0.0.1. Needs node 20 or 22, npm, g++ and make;
# installs 250 MB into the user's cache once (CROSSPOST_PDS_CACHE names another place).
test-bluesky: $(READY)
	@echo "→ the contract against a real Bluesky server"
	@$(BIN)/python -m pytest -q tests/bluesky_pds/real_server.py

# Opt-in: the contract against the real Matrix server Synapse from PyPI, on 127.0.0.1; installs 200 MB into the user's
# cache once (CROSSPOST_SYNAPSE_CACHE names another place).
test-matrix: $(READY)
	@echo "→ the contract against a real Matrix server"
	@$(BIN)/python -m pytest -q tests/matrix_synapse/real_server.py

# Opt-in: the contract, and a user's whole way, against a real website of django-indieweb from PyPI, on 127.0.0.1; installs
# 110 MB into the user's cache once (CROSSPOST_MICROPUB_CACHE names another place).
test-micropub: $(READY)
	@echo "→ the contract against a real Micropub website"
	@$(BIN)/python -m pytest -q -rs tests/micropub_django/real_server.py

# Opt-in: the contract against a real WordPress with PHP and MariaDB from Debian's packages, on 127.0.0.1. They are unpacked
# into the user's cache once (260 MB, CROSSPOST_WORDPRESS_CACHE names another place): nothing is installed, nobody is root.
test-wordpress: $(READY)
	@echo "→ the contract against a real WordPress"
	@$(BIN)/python -m pytest -q -rs tests/wordpress_php/real_server.py

# Opt-in: the contract against a real Ghost from npm with SQLite, on 127.0.0.1, and with the node it wants. Needs npm, g++,
# make and python3; installs 900 MB into the user's cache once (CROSSPOST_GHOST_CACHE names another place).
test-ghost: $(READY)
	@echo "→ the contract against a real Ghost"
	@$(BIN)/python -m pytest -q -rs tests/ghost_node/real_server.py

# Opt-in: the contract against the relay nostr-relay from PyPI, on 127.0.0.1, and the tests on nostr-sdk's own relay. Installs
# 150 MB into the user's cache once (CROSSPOST_NOSTR_CACHE names another place).
test-nostr: $(READY)
	@echo "→ the contract against a real Nostr relay"
	@$(BIN)/python -m pytest -q -rs tests/nostr_python/real_server.py tests/networks/test_nostr_relay.py

# Opt-in: clients nobody here wrote post to the stand-ins. Fetches npm packages (75 MB), some from PyPI (150 MB) and swaks
# into the user's cache once (CROSSPOST_CLIENTS_CACHE names another place); skips, with the reason, what cannot be had.
test-clients: $(READY)
	@echo "→ foreign clients post to the stand-ins"
	@$(BIN)/python -m pytest -q -rs tests/clients/opt_in.py tests/clients/opt_in_more.py

# Opt-in: the wheel installed by pip, pipx and uv on each supported Python that is here; whatever it then says is missing
# is added by the very command it says. Fetches pipx, uv and what crosspost needs (400 MB) into a temporary folder.
test-install: $(READY)
	@echo "→ the wheel as users install it"
	@$(BIN)/python -m pytest -q -rs tests/installing/opt_in.py

# Opt-in, on Debian as root: the container image is built and run, without a container engine or a registry. Needs the
# packages buildah and mmdebstrap; keeps 1.5 GB in the user's cache (CROSSPOST_IMAGE_CACHE names another place).
image: $(READY)
	@echo "→ the container image is built and runs as a user without rights"
	@$(BIN)/python -m pytest -q -rs tests/image/opt_in.py

# Opt-in: real site generators (hugo, jekyll, eleventy, astro, pelican, nikola, mkdocs-material, hexo) build the same site
# and what is read of it agrees, as does what would be posted of it on every network. Fetches them into the user's cache once (CROSSPOST_GENERATORS_CACHE names another place,
# 600 MB); skips, with the reason, what cannot be had. Jekyll is taken where it is installed.
test-generators: $(READY)
	@echo "→ real generators build what is read"
	@$(BIN)/python -m pytest -q -rs tests/generators/opt_in.py tests/generators/opt_in_drafts.py \
		tests/generators/opt_in_write_back.py tests/generators/opt_in_links.py tests/generators/opt_in_hugo_names.py \
		tests/generators/opt_in_hugo_wild.py

# Opt-in: links and weights beside X's own JavaScript, on 100,000 made-up texts. Needs node and npm; installs 4 MB into
# the user's cache once (TWITTER_TEXT names a folder that has it).
test-twitter-text: $(READY)
	@echo "→ X's count beside X's own code"
	@$(BIN)/python -m pytest -q -rs tests/compose/official_twitter_text.py

# Each figure beside its baseline, as a table and as JSON; takes some minutes. JSON=FILE also writes the figures there,
# ONLY=WORD measures only rows with that word.
bench: $(READY)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m tests.benchmarks $(if $(JSON),--json "$(JSON)") --only "$(ONLY)"

# An agency's day on the stand-ins: several workers, one PostgreSQL, posts at random, slots, quiet hours, limits. KILL=1
# has a machine die in the middle of the day, EVERY=300 is the seconds between two looks, LIMIT=12 ends it after so many
# minutes with what there is, JSON=FILE also writes the figures there. The agency itself is SITES=1000 ACCOUNTS=10
# POSTS=0.3 LIMIT=30.
day: $(READY)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m tests.benchmarks.day --sites $(or $(SITES),50) --accounts $(or $(ACCOUNTS),4) \
		--posts $(or $(POSTS),2) --machines $(or $(MACHINES),2) --concurrency $(or $(CONCURRENCY),8) --every $(or $(EVERY),60) \
		--seed $(or $(SEED),1) --latency $(or $(LATENCY),0.2) --limit $(or $(LIMIT),15) $(if $(KILL),--kill) \
		$(if $(JSON),--json "$(JSON)")

# The long form of the kill test, on SQLite. WORKERS=4 has so many workers share a ledger in PostgreSQL instead; HOSTS=1
# (root, Linux) gives each a machine of its own, whose cables are pulled. SEED=7 makes other choices, SITES=3 has three
# sites share all accounts (SITES=1,3 by turns), JOBS=1 has one storm at a time, QUEUE=database hands out in one way only.
# It runs from a copy of the code and prints its tables when it has killed KILLS=1000 processes, after MINUTES=20, or when
# it is told to end. RESULTS=folder keeps the figures there; MORE=1 adds to them, SHOW=1 prints what is there. With
# BESIDE=commit every second worker has the code of that commit, as during an upgrade.
torture: $(READY)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m tests.torture --kills $(or $(KILLS),1000) --accounts "$(or $(ACCOUNTS),all)" \
		--workers $(if $(filter file,$(origin WORKERS)),0,$(WORKERS)) --queue "$(or $(QUEUE),all)" --seed $(or $(SEED),1) \
		--sites $(or $(SITES),1) --jobs $(or $(JOBS),2) $(if $(HOSTS),--hosts) --minutes $(or $(MINUTES),0) \
		--results "$(RESULTS)" $(if $(MORE),--continue) $(if $(SHOW),--show) --beside "$(BESIDE)"

# The same around boosts: processes die on the way of a boost, on each network where crosspost boosts.
torture-boosts: $(READY)
	@$(BIN)/python -m tests.torture.boosts --kills $(or $(KILLS),100)

# Opt-in: hostile input for a while. `pip install atheris` into $(VENV) adds fuzzing that is guided by coverage.
fuzz: $(READY)
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),10)

# Opt-in: mistakes are put into the code one by one; which of them does no test notice? ROOM=crosspost/ledger names a
# folder or file, ONLY=find functions, SAMPLE=200 SEED=1 takes some of their mistakes, TESTS=tests/cli other tests than
# the room's, AGAIN=1 only what was not noticed last time, LONG=1 also the tests marked long. Installs mutmut and coverage into $(VENV).
mutants: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement tests/mutants/requirements.txt
	@for room in $(or $(ROOM),crosspost/delivery crosspost/ledger); do $(BIN)/python -m tests.mutants $$room \
	  --sample $(or $(SAMPLE),0) --seed $(or $(SEED),1) --tests "$(TESTS)" --only "$(ONLY)" $(if $(AGAIN),--again) $(if $(LONG),--long) || exit 1; done

# Opt-in: build/crosspost.cdx.json names every package with its hashes (CycloneDX), and each is looked up in a list of
# known holes. That needs the internet; what could not be looked up is named, and it ends with 2. Installs pip-audit into $(VENV).
audit: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement tests/audit/requirements.txt || true
	@$(BIN)/python -m tests.audit

docs: $(READY)
	@$(BIN)/python -m tests.manual.documents --write
	@$(BIN)/python -m tests.manual.session
	@$(BIN)/python -m tests.manual.picture
	@if command -v chromium google-chrome chromium-browser >/dev/null; then $(BIN)/python -m tests.manual.dashboard; else echo "→ no Chromium: the pictures of the dashboard stay as they are"; fi

$(READY): pyproject.toml requirements.txt
	@echo "→ making $(VENV) (once; takes a minute)"
	@$(PYTHON) -c 'import sys; sys.exit("crosspost needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with make PYTHON=...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
