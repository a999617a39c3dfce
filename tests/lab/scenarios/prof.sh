# shellcheck shell=bash
# needs: virtflow
# deadline: 100
modprobe vfio-pci
/lab/programs/lend-bench "$dgpu.0" 3
/lab/programs/lend-bench "$dgpu.0" 1 &
within 20 is_lent $dgpu
busctl get-property org.virtflow.VirtFlow1 /org/virtflow/VirtFlow1/gpu/0000_01_00 org.virtflow.VirtFlow1.Gpu Steps | grep -oE '"[^"]*" "[a-z]*" [0-9]*'
wait
busctl get-property org.virtflow.VirtFlow1 /org/virtflow/VirtFlow1/gpu/0000_01_00 org.virtflow.VirtFlow1.Gpu Steps | grep -oE '"[^"]*" "[a-z]*" [0-9]*'
