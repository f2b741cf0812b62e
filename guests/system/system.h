/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guests that try system instructions share: where things are in RAM, selectors, and how a case is written.
 * Everything is below 1 MiB, so that all modes reach it; stacks are below 64 KiB, so that a 16-bit SS does too.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#define IMAGE 0x10000          /* the ROM's copy: code and data */
#define SEGMENT (IMAGE >> 4)     /* the same in real and virtual-8086 mode */
#define DATA_SEGMENT (FREE >> 4) /* of cases in real mode */
#define REAL_STACK 0x7000
#define KERNEL_STACK 0x8000    /* each case begins with it */
#define TSS_STACK 0x9000       /* level 0's, by the TSS */
#define USER_STACK 0xa000
#define IST1_STACK 0x6000
#define IST2_STACK 0x5000
#define ALIAS 0x40000000       /* of 64-bit images: memory once more, for level 3 */
#define FREE 0x40000           /* up to 0x9ffff: for page tables, task state and the like */

#define CODE 0x08
#define DATA 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TSS_SELECTOR 0x28      /* two entries in long mode */
#define CODE16 0x38
#define DATA16 0x40
#define CODE64 0x48            /* of the 64-bit images */
#define USER_CODE64 0x53
#define SPARE 0x60             /* from here on cases put in what they want */
#define GDT_ENTRIES 64

#define VECTOR_END 0x80        /* the interrupt that ends a case */

#ifdef __ASSEMBLER__

        /* A descriptor of the table, of a constant base; access is the byte at 5, flags those of byte 6. */
        .macro descriptor slot, base, limit, access, flags
        movl $(((\limit) & 0xffff) | (((\base) & 0xffff) << 16)), gdt + \slot
        movl $((((\base) >> 16) & 0xff) | ((\access) << 8) | ((\limit) & 0xf0000) | ((\flags) << 20) | ((\base) & 0xff000000)), gdt + \slot + 4
        .endm

#endif
#endif
