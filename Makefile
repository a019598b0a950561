# The tasks for this checkout. `make` alone lists them.
#
# The program is built with the same features and profile for running and for testing,
# so that nothing is compiled twice.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Embeds the page in the binary instead of requesting it from a development server. Always
# builds the whole workspace: the same crates with the same features, whatever is requested.
FEATURES := --workspace --features custom-protocol
TAURI := ui/node_modules/.bin/tauri
# `make SETUP=true …` leaves the system as it is (true is the command that does nothing).
SETUP := scripts/setup
# What has to be installed: what building and running need, or also what the tests need.
NEEDS := run
test torture bench e2e tour: NEEDS := test

.PHONY: help run test torture dev bench package lint e2e tour bindings format setup page

help: ## list what can be made
	@echo "Inbetween, a desktop studio for AI video clips"
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The examples are built too: they pull in what the tests need, and with it the same
# features of every dependency, so that the tests compile none of them again.
run: page ## build the program and open it (without a display: the tour)
	cargo build $(FEATURES) --bins --examples
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname -s)" != Linux ]; then \
	  $${CARGO_TARGET_DIR:-target}/debug/inbetween; \
	else \
	  echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so this runs the tour on a virtual one."; \
	  $(SETUP) test; \
	  scripts/tour $(FEATURES); \
	fi

test: page ## check the style and run every test, the end-to-end ones included
	scripts/test $(FEATURES)

torture: page ## kill the engine a thousand times and look at what is left
	cargo test $(FEATURES) --test torture -- --ignored --nocapture a_thousand_kills

dev: setup ## open the program and reload it while its source changes
	$(TAURI) dev

bench: page ## measure what must stay quick, as one table
	scripts/bench $(FEATURES)

package: page ## make the Debian and RPM packages
	$(TAURI) build --bundles deb,rpm

lint: page ## check formatting, lints and types, without the tests
	scripts/lint $(FEATURES)

format: setup ## format every source file
	cargo fmt --all
	npm run --prefix ui format

e2e: page ## run one end-to-end test in the real window: make e2e TEST=name
	cargo build $(FEATURES) --examples
	cargo test $(FEATURES) --test window -- $(TEST)

tour: page ## walk through every screen; leaves screenshots and a clip in .tour
	scripts/tour $(FEATURES)

bindings: setup ## write the page's typed calls anew after a command changed
	INBETWEEN_WRITE_BINDINGS=1 cargo test $(FEATURES) --lib bindings

setup: ## install what is missing to build and run (for the tests too: make setup NEEDS=test)
	@$(SETUP) $(NEEDS)

page: setup
	@if [ ! -e ui/dist/index.html ] || [ -n "$$(find ui/src ui/index.html ui/package-lock.json ui/*.config.* -newer ui/dist/index.html -print -quit)" ]; then npm run --prefix ui build; fi
