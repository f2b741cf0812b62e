// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Straight code to put breakpoints, watchpoints and single steps on. The build writes every label below with its
 * address to debug.json. Nothing is seen until the end:
 *   first, second, third   one instruction each: %ax = 1, 2, 3
 *   store                  writes the dword 0x12345678 to `watched` (0x900)
 *   after_store            the instruction after that write, where a watchpoint reports
 *   load, after_load       reads that dword back
 *   loop_start, loop_end   ten rounds: `loop_start` is executed ten times; the dword at 0x800 counts them
 *   finish                 write 1 byte 0xd0 to port 0xe000
 */
#include "flat.h"

        .globl first, second, third, store, after_store, load, after_load, loop_start, loop_end, finish, watched
        .set watched, SCRATCH

        begin
        movl $0, COUNTER
first:  movw $1, %ax
second: movw $2, %ax
third:  movw $3, %ax
store:  movl $0x12345678, watched
after_store:
        nop
load:   movl watched, %ebx
after_load:
        nop
        movw $10, %cx
loop_start:
        incl COUNTER
        decw %cx
        jnz loop_start
loop_end:
        nop
finish: done
