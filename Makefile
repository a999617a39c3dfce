# The front door. Each target is one line; what it does is in tools/ and meson.build.
.PHONY: help run check bench demo-shell install uninstall build setup clean

help: ; @sed -n 's/^## //p' Makefile

## make run         set everything up and show the main job on an emulated host with two GPUs
run: setup ; @tools/run
## make check       set everything up and run every test
check: setup ; @tools/check
## make bench       print how fast and how big, against what it is measured against
bench: setup ; @tools/bench
## make demo-shell  a shell on the emulated host with VirtFlow installed
demo-shell: setup build ; @tests/lab/demo-shell --build build
## make install     build for this host and install; as root
install: setup build ; @meson install -C build --no-rebuild
## make uninstall   take away what make install has put there; as root
uninstall: ; @data/uninstall build

setup: ; @tools/setup
build: ; @tools/build build
clean: ; rm -rf build build-*
