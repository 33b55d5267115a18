# Everything a newcomer or CI types. No target needs flags or variables.

GO      ?= go
JUPYTER := python3-jupyter-client python3-nbclient jupyter-nbconvert python3-ipykernel python3-jupyter-kernel-test jupyter-console
LAB     := jupyter-notebook $(JUPYTER)

.PHONY: scene-tokenizers demo-model build run test lab lint vuln gophernotes symbols fuzz torture notebooks race ablations-smoke parity bench-compare bench-kernel gallery go-suite clean tools

# bin/fourm, the one program.
build:
	$(GO) build -o bin/fourm ./cmd/fourm

# The tour: execute the notebook with our own kernel; the last two lines are
# the executed notebook and the page.
run: build
	@bin/fourm notebook run notebooks/01_tour.ipynb

# All tests, and in the end what they were judged by and what was skipped. Those
# that need a real Jupyter install it where they may.
test: tools build gophernotes
	$(GO) vet ./...
	$(GO) run ./bench/suite ./...

# $(call jupyter,PACKAGES,WITHOUT) installs Debian packages where this user
# may: asked first on a terminal, unasked where nobody can answer and this is
# root. WITHOUT ends the sentence that says why not.
define jupyter
	if ! command -v apt-get >/dev/null; then echo "Jupyter is missing, and there is no apt-get: $(2)"; \
	else \
		if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; else echo "Jupyter is missing, and this is neither root nor has it sudo: $(2)"; as=no; fi; \
		if [ "$$as" != no ]; then \
			answer=y; \
			if [ -t 0 ]; then printf 'Jupyter is missing. Install %s with apt-get? [Y/n] ' "$(1)"; read -r answer || answer=n; \
			elif [ -n "$$as" ] && ! sudo -n true 2>/dev/null; then answer=n; fi; \
			case "$$answer" in \
			""|y|Y|yes) $$as apt-get update -q && $$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(1) || echo "could not install Jupyter: $(2)";; \
			*) echo "Jupyter is not installed: $(2)";; \
			esac; \
		fi; \
	fi
endef

# Debian's Jupyter, for the tests that drive a real one.
tools:
	@/usr/bin/python3 -c 'import jupyter_client, nbformat, nbconvert, jupyter_kernel_test, jupyter_console' 2>/dev/null || { $(call jupyter,$(JUPYTER),tests that need it will skip); }

# Install the kernelspecs and open Jupyter on the notebooks.
lab: build gophernotes
	@command -v jupyter-lab >/dev/null || command -v jupyter-notebook >/dev/null || { $(call jupyter,$(LAB),install JupyterLab or the Notebook and run make lab again); }
	@command -v jupyter-lab >/dev/null || command -v jupyter-notebook >/dev/null || exit 1
	bin/fourm kernel install
	@if [ "$$(id -u)" = 0 ]; then root=--allow-root; fi; \
	if command -v jupyter-lab >/dev/null; then jupyter lab $$root notebooks/; else jupyter notebook $$root notebooks/; fi

# The real gophernotes with our packages bound in.
gophernotes:
	@mkdir -p bin build
	$(GO) run ./kernel/gophernotes/overlay >build/overlay.json
	$(GO) build -overlay build/overlay.json -o bin/gophernotes ./build/gophernotes

# The binding tables of the interpreters, made anew from the packages.
symbols:
	$(GO) run ./kernel/symbols/gen

# The tokenizers of the rendered scenes that come with the program, made anew: half
# an hour on two cores. What was stopped goes on where it was.
scene-tokenizers:
	$(GO) run ./bench/shipped

# The model of the rendered scenes that comes with the program, made anew and judged:
# two hours on two cores. What was stopped goes on where it was.
demo-model:
	$(GO) run ./bench/demo

# gofmt, go mod tidy, go vet, staticcheck, known vulnerabilities.
lint: vuln
	@test -z "$$(gofmt -l cmd internal fourm viz datasets kernel bench notebooks)" || { gofmt -l cmd internal fourm viz datasets kernel bench notebooks; exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.7.0 ./cmd/... ./internal/... ./fourm/... ./viz/... ./datasets/... ./kernel/... ./bench/... ./notebooks/...
	$(GO) test -count=1 -run "^(TestTablesAreCurrent|TestAssemblyIsPrintedAnew|TestPageIsCurrent)$$" ./kernel/symbols ./fourm/kernels/cpu ./bench/gallery

# Known vulnerabilities of what is linked in, where their database can be
# reached: govulncheck ends with 3 when it found some, with another status when
# it could not look.
vuln:
	@mkdir -p build
	@GOBIN=$(CURDIR)/build $(GO) install golang.org/x/vuln/cmd/govulncheck@v1.9.0
	@build/govulncheck ./... >build/vuln.txt 2>&1; s=$$?; \
	if [ $$s = 0 ]; then echo "govulncheck: nothing known against what is linked in"; \
	elif [ $$s != 3 ] && grep -q 'fetching vulnerabilities' build/vuln.txt; then echo "govulncheck: its database cannot be reached from here: not checked"; \
	else cat build/vuln.txt; exit 1; fi

# What is concurrent, under the race detector.
race:
	$(GO) test -race ./fourm/kernels ./fourm/exec ./fourm/vq ./fourm/train ./fourm/generate ./datasets ./kernel/...

# Go's own test programs as cells and as scripts: minutes. See docs/kernel.md.
go-suite:
	$(GO) run ./kernel/gosuite
	$(GO) run ./kernel/gosuite -scripts

# A minute for each fuzz target, or FUZZTIME, and no more than a second of it to
# shorten an input that is new.
FUZZTIME ?= 60s
fuzz:
	@for p in $$($(GO) list ./internal/... ./fourm/... ./datasets/... ./viz/... ./kernel/...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$p || exit 1; done; done

# What docs/reliability.md promises, for hours: a thousand kills, a hundred power
# cuts and fifty full disks under the commands that write (the latter two as
# root), every folder that a recorded training, ablation or pack may leave, then
# ten minutes for each fuzz target. It prints what it counted.
KILLS ?= 1000
CUTS  ?= 100
torture: build
	$(GO) run ./bench/torture -kills $(KILLS) -cuts $(CUTS)
	FOURM_TORTURE=1 $(GO) test -count=1 -timeout 4h -v -run 'PowerCut|FlushedIsFound' ./internal/disk/... ./fourm/train ./fourm/ablate ./datasets
	$(MAKE) fuzz FUZZTIME=10m

# The recorded cases of the official implementation, by both machines.
FIXTURES ?= $(if $(FOURM_SHARED),$(FOURM_SHARED),../shared)/parity
parity: build
	bin/fourm parity $(FIXTURES)
	bin/fourm parity -vm tape $(FIXTURES)

# The tour through a real Jupyter, in both kernels; then a notebook in a browser.
notebooks: build gophernotes tools
	bin/fourm kernel install -prefix build/jupyter
	for n in 01_tour 02_masking 03_tokenizers 06_uncertainty; do for k in fourm fourm-gophernotes; do \
		JUPYTER_PATH=build/jupyter/share/jupyter /usr/bin/python3 -m nbconvert --to notebook --execute --ExecutePreprocessor.timeout=1200 \
			--ExecutePreprocessor.kernel_name=$$k --output-dir out --output $$n.$$k.ipynb notebooks/$$n.ipynb || exit 1; done; done
	$(GO) run ./kernel/inbrowser

# Every timed case beside plain PyTorch, in turn: see docs/bench.md. For some
# of them: make bench-compare CASES="train_tiny_b1 ar_tiny" REPS=1 ROUNDS=1
CASES  ?=
REPS   ?= 3
ROUNDS ?= 3
bench-compare: build
	$(GO) run ./bench/compare -cases "$(CASES)" -reps $(REPS) -rounds $(ROUNDS)

# Our kernel beside ipykernel and gophernotes, in a few minutes: see
# docs/kernel.md.
bench-kernel: build gophernotes tools
	/usr/bin/python3 bench/kernel/bench.py

# docs/gallery.md, which shows the golden pictures of the figures and their calls.
gallery:
	$(GO) run ./bench/gallery

# One tiny ablation from start to end.
ablations-smoke: build
	bin/fourm ablate bench/ablations/smoke.yaml
	bin/fourm ablate bench/ablations/tokenizers_smoke.yaml

clean:
	rm -rf bin build out
