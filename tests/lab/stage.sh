# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run and demo-shell: the folder that is laid over the lab's root for one run.
# shellcheck disable=SC2154 # here comes from whoever sources this

# make_stage FOLDER [BUILD]: FOLDER/overlay gets the lab's own files, its kernel modules, the guests,
# and what meson built in BUILD.
make_stage () {
    local overlay=$1/overlay build=${2-}
    make_bare_stage "$1"
    [ -n "$build" ] || return 0
    meson install -C "$build" --no-rebuild --quiet --strip \
        --destdir "$(readlink -f "$overlay")" > "$1/install.log" 2>&1 || {
        cat "$1/install.log" >&2
        return 1
    }
    add_programs "$overlay" "$build"
}

# make_stage_of_packages FOLDER PACKAGES BUILD: a host without VirtFlow, with its packages in
# /lab/packages, the same as a later version in /lab/next, a clone in which they were built, as far as
# "make setup" needs it, and the lab's own programs.
make_stage_of_packages () {
    local overlay=$1/overlay package version next
    make_bare_stage "$1"
    add_programs "$overlay" "$3"
    cp "$here/../../docs/guide.md" "$overlay/lab/"
    mkdir -p "$overlay/lab/packages" "$overlay/lab/next" "$overlay/lab/clone/build"
    cp -r "$here/../../Makefile" "$here/../../tools" "$overlay/lab/clone/"
    ln -s /lab/packages "$overlay/lab/clone/build/deb"
    for package in "$2"/*.deb; do
        cp "$package" "$overlay/lab/packages/"
        next=$1/next
        dpkg-deb --raw-extract "$package" "$next"
        version=$(dpkg-deb --field "$package" Version)
        sed -i "s/^Version: .*/&+next/; s/(= $version)/(= $version+next)/g" "$next/DEBIAN/control"
        dpkg-deb --root-owner-group -Znone --build "$next" "$overlay/lab/next" > /dev/null
        rm -r "$next"
    done
}

make_bare_stage () {
    local overlay=$1/overlay root modules
    root=$("$here/root")
    modules=$("$here/kernel/build" "$root")
    umask 022
    mkdir -p "$overlay/lab/guest" "$overlay/lab/kernel"
    cp "$modules"/*.ko "$overlay/lab/kernel/"
    cp -r "$here/host" "$here/lib" "$here/scenarios" "$here/../domains" "$here/../fake/writes.table" \
        "$overlay/lab/"
    # A service that does not start is given up sooner than after 25 s.
    mkdir -p "$overlay/etc/dbus-1/system.d"
    echo '<busconfig><limit name="service_start_timeout">10000</limit></busconfig>' \
        > "$overlay/etc/dbus-1/system.d/lab.conf"
    make_guest answers "$overlay/lab/guest" "$1"
    make_guest ignores "$overlay/lab/guest" "$1"
    make_guest leaves "$overlay/lab/guest" "$1"
}

# add_programs OVERLAY BUILD: what scenarios call.
add_programs () {
    local overlay=$1 build=$2
    mkdir -p "$overlay/lab/programs"
    find "$build/tests/lab" -maxdepth 1 -type f -executable -exec cp {} "$overlay/lab/programs/" \;
    [ ! -e "$build/src/daemon/virtflowd-with-faults" ] ||
        strip -o "$overlay/lab/programs/virtflowd-with-faults" \
            "$build/src/daemon/virtflowd-with-faults"
}

# The boot sector, assembled for one way to treat the power button.
make_guest () {
    local variant=$1 folder=$2 scratch=$3
    as --32 --defsym "${variant^^}=1" -o "$scratch/guest.o" "$here/guest/guest.S"
    ld -m elf_i386 -Ttext 0x7c00 -e _start --oformat binary -o "$folder/$variant.img" \
        "$scratch/guest.o"
    chmod 644 "$folder/$variant.img"
}
