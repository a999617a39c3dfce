# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The steps that make the lab's root; sourced by root, which says their order.
# shellcheck disable=SC2154 # here comes from root

# The first words of the lines of a list file, without its comments.
names_in () {
    sed 's/#.*//' "$1" | awk 'NF { print $1 }'
}

# The Debian archives that this machine itself uses, as lines of a sources.list; nothing when apt
# has not fetched their lists yet.
machine_sources () {
    # shellcheck disable=SC2016 # apt expands them
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' "Architecture: $(dpkg --print-architecture)" |
        sort -u
}

# Says once a second how far the extraction into $1 with the log $2 is, until process $3 ends.
follow_extraction () {
    local root=$1 log=$2 process=$3 packages size have
    while kill -0 "$process" 2> /dev/null; do
        packages=$(sed -n 's/.* \([0-9]*\) newly installed.*/\1/p' "$log")
        size=$(sed -n 's/^After this operation, \([0-9]*\) MB.*/\1/p' "$log")
        if grep -q '^I: extracting' "$log"; then
            # Files come and go under it, and mmdebstrap mounts /proc there.
            have=$(du -smx --exclude="$root/var" "$root" 2> /dev/null | cut -f1 || :)
            progress "lab root: unpacking $packages packages" "(${have:-0} of about $size MB)"
        elif [ -n "$packages" ]; then
            have=$(find "$root/var/cache/apt/archives" -name '*.deb' 2> /dev/null | wc -l)
            progress "lab root: fetching $packages packages" "($have so far)"
        else
            progress "lab root: reading package lists"
        fi
        sleep 1
    done
}

# What the virtual screen would bring along to draw on GPUs: nothing of the lab does, and it is more
# than all else of the desktop. apt takes it for installed.
without_gl () {
    cat << END
Package: libglx-mesa0
Status: install ok installed
Architecture: $(dpkg --print-architecture)
Multi-Arch: same
Version: 99
Maintainer: nobody <nobody@localhost>
Description: not there

END
}

# Extracts the packages into $1/root, and packs what modules for its kernel are built with as
# $1/headers.tar.gz. The links of a merged /usr come first: no package brings them.
extract_packages () {
    local work=$1 mode=root suite='' source=- packages
    packages=$(names_in "$here/packages" | paste -sd,)
    machine_sources > "$work/sources"
    if [ ! -s "$work/sources" ]; then
        suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
        source=
    fi
    : > "$work/log" # it is read before mmdebstrap has begun
    without_gl > "$work/status"
    [ "$(id -u)" = 0 ] || mode=chrootless # nothing is run in it, so no chroot is needed
    # shellcheck disable=SC2016 # mmdebstrap's shell expands them
    mmdebstrap --mode=$mode --variant=extract --verbose --include="$packages" \
        --setup-hook='mkdir -p "$1"/usr/bin "$1"/usr/sbin "$1"/usr/lib "$1"/usr/lib64' \
        --setup-hook='for d in bin sbin lib lib64; do ln -s usr/$d "$1/$d"; done' \
        --setup-hook="cat '$work/status' >> \"\$1/var/lib/dpkg/status\"" \
        --extract-hook="'$here/kernel/headers' \"\$1\" '$work/headers.tar.gz'" \
        --extract-hook="'$here/dpkg-database' \"\$1\"" \
        "$suite" "$work/root" ${source:+"$source"} < "$work/sources" > "$work/log" 2>&1 &
    follow_extraction "$work/root" "$work/log" $!
    wait $! || {
        progress_end "lab root: could not extract the packages. The end of what mmdebstrap said:"
        tail -n 20 "$work/log" >&2
        exit 1
    }
}

# Keeps only the listed modules and what they need in the root $1. Those above the list's first
# "# the host's" line go to the initramfs $2 as well, in the order in which they can be inserted.
keep_modules () {
    local root=$1 initramfs=$2 version folder
    version=$(ls "$root/usr/lib/modules")
    folder=$root/usr/lib/modules/$version
    depmod -b "$root" "$version"
    mkdir -p "$initramfs/modules"
    module_files "$root" "$version" < <(sed '/^# the host/,$d' "$here/modules") |
        while read -r file; do
            cp "$file" "$initramfs/modules/"
            basename "$file" >> "$initramfs/modules/order"
        done
    module_files "$root" "$version" < "$here/modules" | sed "s,^$root/lib/,$root/usr/lib/," \
        > "$root.keep"
    find "$folder/kernel" -name '*.ko' | grep -vxFf "$root.keep" | xargs rm
    find "$folder/kernel" -type d -empty -delete
    depmod -b "$root" "$version"
}

# The files of the modules that stdin lists, each after those it needs.
module_files () {
    local root=$1 version=$2
    names_in /dev/stdin | while read -r module; do
        modprobe -d "$root" -S "$version" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# The kernel $1 as $2, uncompressed: emulation boots that 3 s sooner. As it is where that fails.
unpack_kernel () {
    local packed=$1 kernel=$2 offset
    offset=$(LC_ALL=C grep -abom1 -F $'\xfd7zXZ' "$packed" | head -n 1 | cut -d: -f1)
    tail -c "+$((offset + 1))" "$packed" | xz -dc > "$kernel" 2> /dev/null || : # more follows it
    [ "$(head -c 4 "$kernel")" = $'\x7fELF' ] || cp "$packed" "$kernel"
}

# What the alternatives of packages would have made, and the shell that system() needs.
make_links () {
    ln -s gawk "$1/usr/bin/awk"
    ln -sf bash "$1/usr/bin/sh"
}

make_accounts () {
    local root=$1 name number groups group
    cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
    cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
    printf 'kvm:x:120:\nlibvirt:x:121:\nrender:x:122:\ninput:x:123:\nsgx:x:124:\n' \
        >> "$root/etc/group"
    sed 's/#.*//' "$here/accounts" | while read -r name number groups; do
        [ -n "$name" ] || continue
        add_account "$root" "$name" "$number"
        for group in ${groups//,/ }; do
            sed -i "s/^\($group:.*:\)\(..*\)\$/\1\2,$name/; t; s/^\($group:.*:\)\$/\1$name/" \
                "$root/etc/group"
        done
    done
    tr -d - < /proc/sys/kernel/random/uuid > "$root/etc/machine-id"
}

add_account () {
    local root=$1 name=$2 number=$3 home=/nonexistent shell=/usr/sbin/nologin
    if [ "$number" -ge 1000 ]; then
        home=/tmp
        shell=/bin/bash
    fi
    printf '%s:x:%s:%s::%s:%s\n' "$name" "$number" "$number" "$home" "$shell" >> "$root/etc/passwd"
    printf '%s:x:%s:\n' "$name" "$number" >> "$root/etc/group"
}

# of_root ROOT PROGRAM ARGUMENT...: a program of the root, with its libraries: this machine may have
# none, or another version.
of_root () {
    local root=$1 program=$2 libraries=$1/usr/lib/x86_64-linux-gnu
    shift 2
    "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/systemd" \
        "$root/$program" "$@"
}

# The names of PCI devices.
make_hardware_database () {
    local root=$1
    find "$root/usr/lib/udev/hwdb.d" -name '*.hwdb' ! -name '20-pci-*' -delete
    printf '%s\n' 'pci:v00001234*' ' ID_VENDOR_FROM_DATABASE=QEMU' '' \
        'pci:v00001234d00001111*' ' ID_MODEL_FROM_DATABASE=Standard VGA' \
        > "$root/usr/lib/udev/hwdb.d/30-emulated.hwdb"
    of_root "$root" usr/bin/systemd-hwdb --root="$root" --usr update
}

# What the maintainer scripts of desktop packages compile: settings, kinds of files, readers of
# pictures, icons.
make_desktop_databases () {
    local root=$1 libraries=usr/lib/x86_64-linux-gnu
    local loaders=$libraries/gdk-pixbuf-2.0
    of_root "$root" "$libraries/glib-2.0/glib-compile-schemas" "$root/usr/share/glib-2.0/schemas"
    XDG_DATA_DIRS=$root/usr/share of_root "$root" usr/bin/update-mime-database "$root/usr/share/mime"
    of_root "$root" usr/bin/gtk-update-icon-cache --quiet --force "$root/usr/share/icons/Adwaita"
    of_root "$root" "$loaders/gdk-pixbuf-query-loaders" "$root/$loaders"/2.10.0/loaders/*.so |
        sed "s,$root/,/," > "$root/$loaders/2.10.0/loaders.cache"
}

# The linker's cache; ldconfig is linked statically and needs no chroot for -r.
make_linker_cache () {
    local root=$1
    "$root/usr/sbin/ldconfig" -r "$root"
}

# What no program of the lab reads, and what mmdebstrap took from this machine.
remove_ballast () {
    local root=$1
    rm -rf "$root"/var/{cache,lib}/apt/* "$root"/etc/apt/*
    mkdir -p "$root"/var/lib/apt/lists/partial "$root"/var/cache/apt/archives/partial \
        "$root"/etc/apt/{apt.conf,preferences,sources.list}.d
    rm -rf "$root"/usr/share/{doc,man,info,lintian,iso-codes,perl,gtk-4.0/emoji} \
        "$root"/usr/share/icons/Adwaita/cursors "$root"/usr/lib/x86_64-linux-gnu/perl
    find "$root/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name de -exec rm -r {} +
    rm -f "$root"/etc/{resolv.conf,hostname}
}

make_initramfs () {
    local folder=$1 image=$2
    mkdir -p "$folder"/{bin,proc,sys,dev,ro,rw,newroot,overlay}
    cp /bin/busybox "$folder/bin/"
    install -m 755 "$here/host/initramfs" "$folder/init"
    (cd "$folder" && find . | cpio --quiet -o -H newc -R 0:0) | gzip -1 > "$image"
}
