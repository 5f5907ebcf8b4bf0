# What can be done here. `make` alone lists it.
CARGO ?= cargo
export CARGO_TERM_PROGRESS_WHEN = never

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## Build Ambar and run it on http://127.0.0.1:5000, data in ./ambar-data
	$(CARGO) build --release --locked
	./target/release/ambar serve

test: clients ## Run every test, with the real clients (installs them with apt and pip where they are missing)
	$(CARGO) test --workspace --locked

check: ## Everything a change must pass before it lands, tests included
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --document-private-items
	$(MAKE) test
	$(MAKE) deny

deny: ## Check licences, sources and doubles of the dependencies (installs cargo-deny once)
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check bans licenses sources

advisories: ## Check the dependencies for known vulnerabilities; fetches the RustSec database from the network every time
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check advisories

fuzz: ## Look for input that breaks a parser, SECONDS (30) for each of FUZZ (all of them)
	SECONDS_EACH=$(or $(SECONDS),30) FUZZ="$(FUZZ)" ./fuzz/run.sh

clients: ## Install the registry clients, the SDK and the tester of APIs that the tests drive
	./tests/clients/install.sh
	./tests/clients/python.sh sdk huaweicloudsdkcore
	./tests/clients/python.sh openapi schemathesis

bench: ## Measure Ambar beside docker-registry 2.8 and print the table of docs/performance.md
	./benches/run.sh

schemas: ## Generate the JSON Schemas of the events and the OpenAPI document anew
	$(CARGO) run --locked -p ambar-schemas --bin generate-schemas
	$(CARGO) run --locked -p ambar-api --bin generate-openapi

.PHONY: help run test check deny advisories fuzz clients bench schemas
