# Start with `make demo` or `make test`. Both install what they need on Debian and Ubuntu.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# The one list of system packages for building and testing.
BUILD_PACKAGES := g++ pkg-config libcurl4-openssl-dev libsimdjson-dev libsqlite3-dev libpq-dev zlib1g-dev libzstd-dev \
  libxlsxwriter-dev dpkg-dev
TEST_PACKAGES := $(BUILD_PACKAGES) postgresql postgresql-client sqlite3 openssl gzip zstd python3 python3-jsonschema \
  freeradius freeradius-utils freeradius-postgresql pgbouncer
DEPLOY_PACKAGES := $(BUILD_PACKAGES) gcc binutils python3 mmdebstrap debian-archive-keyring lintian mandoc \
  bash-completion zsh fish prometheus prometheus-node-exporter systemd dbus cron postgresql postgresql-client openssl python3-pip \
  chromium fonts-dejavu-core libreoffice-calc python3-openpyxl python3-venv
INSTRUCTIONS_PACKAGES := $(BUILD_PACKAGES) gcc binutils python3 valgrind
BENCH_PACKAGES := $(INSTRUCTIONS_PACKAGES) openssl python3-venv postgresql postgresql-client procps
# What `packages` installs. A target that sets its own list passes it on to its prerequisites, `build` included.
PACKAGES := $(BUILD_PACKAGES)
BREW_PACKAGES := pkgconf curl simdjson libpq sqlite zstd libxlsxwriter

# Shows one line of progress; everything else goes to a log below .build, which a failure names.
PROGRESS := .ci/progress
STRICT := AXPORT_STRICT=1
# On Linux the release binary runs where no Swift is: its runtime, simdjson, xlsxwriter, and zstd are linked in.
ifeq ($(shell uname),Linux)
# Swift links with -export-dynamic: 45,000 names for nobody, which are 5 MB of the binary and 2 MB of memory. Functions in
# sections of their own can be left out one by one: 3 MB and 2 MB more.
ARCHIVES := $(CURDIR)/.build/archives
RELEASE := env AXPORT_ARCHIVES="$(ARCHIVES)" swift build -c release --static-swift-stdlib \
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xlinker --no-export-dynamic
else
RELEASE := swift build -c release
endif
IMPORT_CHECK := --explicit-target-dependency-import-check error

.PHONY: help
help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

.PHONY: demo
demo: packages ## Build axport and run the whole job on a simulated organization.
	@if [ ! -x .build/debug/axport ]; then
	  echo "Building axport; the first time this takes about 5 minutes on two cores, later seconds."
	fi
	$(PROGRESS) .build/demo-build.log swift build --product axport
	.build/debug/axport demo

.PHONY: build
build: packages ## Build the release binary, .build/release/axport (about 10 minutes the first time).
	@if [ -n "$(ARCHIVES)" ]; then deploy/package/archives "$(ARCHIVES)"; fi
	$(PROGRESS) .build/release-build.log $(RELEASE) --product axport

PREFIX := /usr/local
DIST := dist

.PHONY: install
install: ## Install the release binary with its manual, completions, pipelines and units below PREFIX (and DESTDIR).
	@deploy/package/tree .build/release/axport $(PREFIX) $(DESTDIR)

.PHONY: package
package: build ## Make dist/: a Debian package, a tarball for Linux, and SHA256SUMS.
	@deploy/package/package .build/release/axport .build $(DIST)

.PHONY: test-deploy
test-deploy: PACKAGES := $(DEPLOY_PACKAGES)
test-deploy: package ## Check the artifacts in minimal Debian systems, and what else needs large programs and root.
	@Tests/Deploy/run .build/release/axport $(DIST) $(ONLY)

.PHONY: test
test: PACKAGES := $(TEST_PACKAGES)
test: packages lint ## Lint, build with warnings as errors, run all tests, check the shipped pipelines.
	@echo "Building; the first time this takes 5 to 8 minutes on two cores."
	$(PROGRESS) .build/test-build.log env $(STRICT) swift build --build-tests $(IMPORT_CHECK)
	$(PROGRESS) .build/test.log env $(STRICT) .ci/tests
	echo "all tests passed; the shipped pipelines and the generated pages are among them"

.PHONY: bench
bench: PACKAGES := $(BENCH_PACKAGES)
bench: build ## Measure axport against lower bounds and other tools, and write Benchmarks/README.md (about an hour).
	@Benchmarks/bench.py .build/release/axport

.PHONY: instructions
instructions: PACKAGES := $(INSTRUCTIONS_PACKAGES)
instructions: build ## Compare the CPU instructions of a fixed load with the recorded number; RECORD=1 records a new one.
	@RECORD=$(RECORD) Benchmarks/instructions.py .build/release/axport

.PHONY: soak
soak: PACKAGES := $(BENCH_PACKAGES)
soak: build ## Run for two hours: every fault at once over 20 seeds, kill -9 at 50 points of a first run and 200 of loads, 50 database crashes, 300 nights with jumping clocks, four workers of which 50 are killed or stopped.
	@Benchmarks/soak-faults.py .build/release/axport
	Benchmarks/soak-kills.py .build/release/axport
	Benchmarks/soak-loads.py .build/release/axport
	Benchmarks/soak-nights.py .build/release/axport
	Benchmarks/soak-assign.py .build/release/axport
	Benchmarks/soak-workers.py .build/release/axport

FUZZ_EXECUTIONS := 10000000
# How many altered answers the client reads. Whole runs read 2 % of that number.
FUZZ_ANSWERS := 1000000

.PHONY: fuzz
fuzz: PACKAGES := $(BUILD_PACKAGES) openssl python3
fuzz: packages ## Fuzz the normalizers (libFuzzer, FUZZ_EXECUTIONS inputs) and the client (FUZZ_ANSWERS altered answers).
	@$(PROGRESS) .build/fuzz-build.log env AXPORT_FUZZING=1 swift build -c release --scratch-path .build-fuzz --product Fuzz
	Tests/Fuzz/run.py .build-fuzz/release/Fuzz $(FUZZ_EXECUTIONS)
	$(PROGRESS) .build/test-build.log swift build --build-tests
	AXPORT_FUZZ_ANSWERS=$(FUZZ_ANSWERS) swift test --skip-build --filter ChangedAnswerTests
	Tests/Fuzz/answers/runs.py .build/debug/axport $$(($(FUZZ_ANSWERS) / 50))

.PHONY: lint
lint: ## Check formatting and the rules of .swift-format.
	@swift format lint --strict --recursive --parallel Package.swift Sources Tests

.PHONY: format
format: ## Format all sources.
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

.PHONY: docs
docs: PACKAGES := $(TEST_PACKAGES)
docs: packages ## Regenerate pipelines/README.md and the pages in sql.
	@$(PROGRESS) .build/test-build.log swift build --build-tests
	$(PROGRESS) .build/docs.log env RECORD=1 swift test --skip-build --filter GeneratedPages

.PHONY: packages
packages:
	@if [ "$$(uname)" = Darwin ]; then
	  for package in $(BREW_PACKAGES); do
	    brew list "$$package" >/dev/null 2>&1 || { echo "Please run: brew install $(BREW_PACKAGES)"; exit 1; }
	  done
	  exit 0
	fi
	missing=()
	for package in $(PACKAGES); do
	  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$$package")
	done
	if [ "$${#missing[@]}" -eq 0 ]; then exit 0; fi
	echo "Installing $${missing[*]}"
	install() { "$$@" apt-get update -qq && "$$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; }
	if [ "$$(id -u)" -eq 0 ]; then install env
	elif sudo -n true 2>/dev/null; then install sudo
	else echo "Please run: sudo apt-get install $${missing[*]}"; exit 1
	fi
