# SPDX-License-Identifier: GPL-3.0-or-later
# The guest of the lab's VMs: a boot sector that prints each PCI function it finds to the serial port
# ("01:00.0 1234:1111"), on every boot and reset, and then does one of three things:
#   ANSWERS  switches off when the power button is pressed
#   IGNORES  never switches off
#   LEAVES   switches off by itself after two seconds
.code16
.set PM1_STATUS,  0x600         # where SeaBIOS puts the ACPI registers, on q35 and on pc
.set PM1_ENABLE,  0x602
.set PM1_CONTROL, 0x604
.set POWER_BUTTON, 0x0100
.set SLEEP_S5,    0x2000
.set BUSES,       32

.globl _start
_start:
    xor %ax, %ax
    mov %ax, %ds
    mov %ax, %ss
    mov $0x7c00, %sp
    mov $begin, %si
    call print

    xor %bx, %bx                # bus in %bh, slot and function in %bl
scan:
    xor %al, %al
    call config
    cmp $0xffff, %ax
    je absent
    push %eax
    mov %bh, %al
    call hex2
    mov $':', %al
    call put
    mov %bl, %al
    shr $3, %al
    call hex2
    mov $'.', %al
    call put
    mov %bl, %al
    and $7, %al
    call hex1
    mov $' ', %al
    call put
    pop %eax
    push %eax
    call hex4
    mov $':', %al
    call put
    pop %eax
    shr $16, %eax
    call hex4
    mov $'\n', %al
    call put
    test $7, %bl
    jnz next
    mov $0x0c, %al
    call config
    test $0x00800000, %eax      # more than one function
    jnz next
absent:
    test $7, %bl
    jnz next
    or $7, %bl                  # no function 0, or no others: on to the next slot
next:
    inc %bx
    cmp $(BUSES << 8), %bx
    jb scan
    mov $end, %si
    call print

.ifdef ANSWERS
    mov $PM1_ENABLE, %dx
    mov $POWER_BUTTON, %ax
    out %ax, %dx
wait:
    sti
    hlt                         # the timer wakes it 18 times a second
    mov $PM1_STATUS, %dx
    in %dx, %ax
    test $POWER_BUTTON, %ax
    jz wait
.endif
.ifdef IGNORES
wait:
    sti
    hlt
    jmp wait
.endif
.ifdef LEAVES
    mov $36, %cx
wait:
    sti
    hlt
    loop wait
.endif
    mov $off, %si
    call print
    mov $PM1_CONTROL, %dx
    mov $SLEEP_S5, %ax
    out %ax, %dx
stop:
    hlt
    jmp stop

# %eax = configuration register %al of function %bx
config:
    movzbl %al, %eax
    movzwl %bx, %edx
    shl $8, %edx
    or %edx, %eax
    or $0x80000000, %eax
    mov $0xcf8, %dx
    out %eax, %dx
    mov $0xcfc, %dx
    in %dx, %eax
    ret

# Prints the text at %si.
print:
    lodsb
    test %al, %al
    jz done
    call put
    jmp print
done:
    ret

# Print %ax, %al or the low half of %al; each falls into the next.
hex4:
    push %ax
    mov %ah, %al
    call hex2
    pop %ax
hex2:
    push %ax
    shr $4, %al
    call hex1
    pop %ax
hex1:
    and $15, %al
    cmp $10, %al
    sbb $0x69, %al
    das
    or $0x20, %al               # to lower case; digits have that bit already
# Prints the character %al.
put:
    push %ax
    mov $0x3fd, %dx
busy:
    in %dx, %al
    test $0x20, %al
    jz busy
    pop %ax
    mov $0x3f8, %dx
    out %al, %dx
    ret

begin: .asciz "guest starts\n"
end:   .asciz "guest is up\n"
off:   .asciz "guest switches off\n"

.org 510
.word 0xaa55
