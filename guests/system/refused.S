// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Control registers in long mode, values that raise #GP (SDM vol. 3, 2.5; vol. 2, MOV to control registers): those that QEMU's
 * translator takes, and does not come back from.
 */
#include "case.h"

        .code64
        .text
        .globl cases
cases:
        .irp value, 0x0, 0x80010030, 0x00010031, 0x8001003000000000
        case "cr0 of \value"
        movabsq $\value, %rax
        movq %rax, %cr0
        endcase
        .endr
        .irp bit, 40, 47, 51, 52, 62, 63
        case "cr3 with bit \bit"
        movq %cr3, %rcx
        btsq $\bit, %rcx
        movq %rcx, %cr3
        xorl %ecx, %ecx
        endcase
        .endr
        .irp bit, 11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 23, 24, 31, 32, 63
        case "cr4 with bit \bit"
        movl $0x20, %ecx
        btsq $\bit, %rcx
        movq %rcx, %cr4
        endcase
        .endr
        case "cr4 without PAE"
        xorl %eax, %eax
        movq %rax, %cr4
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
