// SPDX-License-Identifier: GPL-2.0-or-later
/* Jumps through a table, to four places in turn. Counts instructions: 6.75 of each turn. */
#include "frame.h"

#define ROUNDS 600000

        guest ROUNDS * 27 / 4
round:
        movl $ROUNDS, %ecx
        .align 16
next:   movl %ecx, %eax
        andl $3, %eax
        jmp *table(, %eax, 4)
case0:  incl %edx
        jmp joined
case1:  addl $3, %edx
        jmp joined
case2:  xorl %ebx, %edx
        jmp joined
case3:  subl %edx, %ebx
joined: decl %ecx
        jnz next
setup:  ret

        .data
table:  .long case0, case1, case2, case3
