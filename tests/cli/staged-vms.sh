# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For tests: VMs of the staged libvirt, of which no more than the name counts.

# staged_vm FILE NUMBER NAME: a VM that is off. NAME as XML has it.
staged_vm () {
    cat > "$STAGED_VMS/$1.xml" << END
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <test:runstate>5</test:runstate>
  <name>$3</name><uuid>6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a0$2</uuid>
  <memory unit='KiB'>65536</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
</domain>
END
}

# staged_programs BUILD FOLDER: virtflow and virtflow-vms beside each other, as one finds the other; the
# second one has the VMs one and two, which are named after the arguments that follow.
staged_programs () {
    export STAGED_VMS=$2/vms
    mkdir -p "$2/bin" "$STAGED_VMS"
    cp "$1/src/cli/virtflow" "$2/bin/virtflow"
    cp "$1/tests/cli/virtflow-vms-staged" "$2/bin/virtflow-vms"
    echo "<node><domain file='one.xml'/><domain file='two.xml'/></node>" > "$STAGED_VMS/node.xml"
    staged_vm one 1 "$3"
    staged_vm two 2 "$4"
}
