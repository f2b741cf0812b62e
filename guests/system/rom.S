// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way in: the CPU starts at f000:fff0 in real mode (SDM vol. 3, 10.1.4), goes to 32-bit protected mode, copies the ROM to
 * RAM at IMAGE and goes on there, at start32.
 */
#include "system.h"

#define SHADOW (0xf0000 - IMAGE) /* from a label to where the ROM has it */

        .code16
        .section .text.rom, "ax"
        .globl reset_16
reset_16:
        cli
        cld
        addr32 lgdtl %cs:(rom_gdt_pointer - IMAGE)
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $CODE, $(1f + SHADOW)
        .code32
1:      movl $DATA, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl %eax, %fs
        movl %eax, %gs
        movl $0xf0000, %esi
        movl $IMAGE, %edi
        movl $(0x10000 / 4), %ecx
        rep movsl
        xorl %eax, %eax
        movl $(0x20000 / 4), %ecx
        rep stosl
        movl $KERNEL_STACK, %esp
        ljmp $CODE, $start32

        .balign 8
rom_gdt:
        .quad 0
        .quad 0x00cf9b000000ffff
        .quad 0x00cf93000000ffff
rom_gdt_pointer:
        .word rom_gdt_pointer - rom_gdt - 1
        .long rom_gdt + SHADOW

        .section .reset, "ax"
        .code16
        jmp reset_16
        .balign 16, 0

        .section .note.GNU-stack, "", @progbits
