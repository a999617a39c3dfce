#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the app brings for the desktop, by the validators that distributions use. Arguments: the source
# folder, the build folder, the version.
# shellcheck disable=SC2317 # functions are called by name
set -u
cd "$1" || exit 2
build=$2
version=$3
id=org.virtflow.VirtFlow
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
count=0

# check NAME COMMAND...: it succeeds and says nothing.
check()
{
    name=$1
    shift
    count=$((count + 1))
    if "$@" >"$folder/output" 2>&1 && [ ! -s "$folder/output" ]; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        sed 's/^/# /' "$folder/output"
        failed=1
    fi
}

metainfo_is_valid()
{
    appstreamcli validate --no-net --pedantic --no-color "$build/data/desktop/$id.metainfo.xml" \
        >"$folder/appstream" || { cat "$folder/appstream"; false; }
}

newest_release()
{
    sed -n 's/.*<release version="\([^"]*\)".*/\1/p' "data/desktop/$id.metainfo.xml.in" | head -n 1 |
        diff - "$folder/version"
}

service_starts_app()
{
    ! grep -q '^DBusActivatable=true$' "$build/data/desktop/$id.desktop" ||
        grep -q '^Exec=/.*/virtflow-gtk --gapplication-service$' "$build/data/desktop/$id.service" ||
        echo "D-Bus activation does not start the app"
}

is_german()
{
    grep -q "$1" "$2" || echo "$2 has no $1"
}

# Files of src/gui of this kind, as the resources name them and as they are.
compare_resources()
{
    sed -n "s,.*<file[^>]*>\(.*\.$1\)</file>.*,\1,p" src/gui/vfu.gresource.xml | sort >"$folder/named"
    (cd src/gui && find . -name "*.$1" | sed 's,^\./,,' | sort) | diff - "$folder/named"
}

# Of icons with our name; the others belong to the theme.
icons_are_there()
{
    grep -oh 'virtflow-[a-z-]*-symbolic' src/gui/*.ui src/gui/*.c src/live/*.c | sort -u |
        while read -r icon; do
            grep -q "alias=\"icons/scalable/actions/$icon.svg\"" src/gui/vfu.gresource.xml ||
                echo "there is no icon $icon"
        done
}

icons_can_be_drawn()
{
    find data/icons src/gui/icons -name '*.svg' | while read -r icon; do
        for size in 16 32 64 128; do
            rsvg-convert --width "$size" --output "$folder/icon.png" "$icon" || echo "$icon at $size"
        done
    done
}

echo "$version" >"$folder/version"
echo 1..12
check "the entry in menus is valid" desktop-file-validate "$build/data/desktop/$id.desktop"
check "and is translated" is_german '^Comment\[de\]=' "$build/data/desktop/$id.desktop"
check "what software centres show is valid" metainfo_is_valid
check "and is translated" is_german 'xml:lang="de"' "$build/data/desktop/$id.metainfo.xml"
check "and tells of this version first" newest_release
check "D-Bus starts the app" service_starts_app
check "descriptions of windows and icons are XML" \
    xmllint --noout --nonet src/gui/*.ui src/gui/*.gresource.xml src/gui/icons/*.svg \
    data/icons/hicolor/*/apps/*.svg
check "every description of a window is in the app, and every one in it is there" compare_resources ui
check "and every icon" compare_resources svg
check "every style is in the app" compare_resources css
check "every icon of ours that is used is in the app" icons_are_there
check "icons can be drawn" icons_can_be_drawn
exit $failed
