# The front door. Each target is one line; what it does is in tools/ and meson.build.
.PHONY: help run check check-long setup bench fuzz demo-shell screenshots deb install uninstall build clean

help: ; @sed -n 's/^## //p' Makefile

## make run         set everything up and show the main job on an emulated host with two GPUs
run: ; @tools/setup build lab && tools/run
## make check       set everything up and run every test but those of check-long
check: ; @tools/setup build check install lab deb && tools/check
## make check-long  what takes hours: each fault at each moment, power cuts, races, valgrind
check-long: ; @tools/setup build check install lab deb long && tools/check-long
## make bench       print how fast and how big, against what it is measured against
bench: ; @tools/setup build lab bench && tools/bench
## make fuzz        feed every parser with what nobody expects; FUZZ_SECONDS=60 for each of them
fuzz: ; @tools/setup build check && FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz
## make demo-shell  a shell on the emulated host with VirtFlow installed
demo-shell: build ; @tools/setup lab && tests/lab/demo-shell --build build
## make screenshots  make the README's pictures anew, on the emulated host
screenshots: build ; @tools/setup lab && tools/screenshots
## make setup       put VirtFlow on this host: build, install, show what the host lacks, put that right
setup: deb ; @tools/set-up-host
## make deb         build Debian packages of it in build/deb, and say how to install them
deb: ; @tools/setup build deb && tools/deb
## make install     build for this host and install; as root
install: build ; @tools/setup install && data/install build
## make uninstall   take away what make install has put there; as root
uninstall: ; @data/uninstall

build: ; @tools/setup build && tools/build build
clean: ; rm -rf build build-*
