// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Leaves the vCPU for ever: endless port writes. The test sees:
 *   write 1 byte to port 0xe000, again and again: 0, 1, 2 and so on, modulo 256
 * and after each the dword at 0x800, the number of writes done, grown by one.
 */
#include "flat.h"

        begin
        movl $0, COUNTER
        movw $PORT_OUT, %dx
        xorl %eax, %eax
1:      outb %al, %dx
        incl %eax
        movl %eax, COUNTER
        jmp 1b
