// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Task switches (SDM vol. 3, chapter 8): by JMP, CALL, IRET, task gates and interrupts, with all checks. A task that is
 * reached shows its link, the busy bits and what was saved of the old one, and ends the case.
 */
#include "case.h"

#define TASK (FREE + 0x1000)     /* the other task's state */
#define TASK16 (FREE + 0x2000)   /* one of 16 bits */
#define CATCHER (FREE + 0x3000)  /* the task that exceptions of a bad switch come to */
#define LDT (FREE + 0x4000)
#define TASK_STACK 0x6000
#define CATCHER_STACK 0x5000

#define AT(n) (SPARE + 8 * (n))
#define TASK_SELECTOR AT(0)
#define TASK16_SELECTOR AT(1)
#define CATCHER_SELECTOR AT(2)
#define TASK_GATE AT(3)
#define LDT_SELECTOR AT(4)

        .code32
        .text
        .globl cases
/* First, so that they stay where they are. */
landing_quiet:
        int $VECTOR_END
task_code:
        movzwl TASK, %eax
        movb gdt + TASK_SELECTOR + 5, %cl
        movb gdt + TSS_SELECTOR + 5, %ch
        movl %cr0, %edx
        int $VECTOR_END
task_code_gone_back:
        movl $0xc0de, %eax
        iretl
        int $VECTOR_END
        .code16
task16_code:
        movb $0x16, %al
        int $VECTOR_END
        .code32
/* With an error code on its stack. */
catcher_code:
        popl %ecx
        movzwl CATCHER, %eax
        int $VECTOR_END
catcher_code_without:
        movzwl CATCHER, %eax
        int $VECTOR_END

/* All as it was: the tasks' states, this one's too. */
fresh:
        pushal
        clts
        xorl %eax, %eax
        lldt %ax
        movl %eax, %dr7
        movl $0xffff0ff0, %eax
        movl %eax, %dr6
        descriptor TASK_SELECTOR, TASK, 0x67, 0x89, 0
        descriptor TASK16_SELECTOR, TASK16, 0x2b, 0x81, 0
        descriptor CATCHER_SELECTOR, CATCHER, 0x67, 0x89, 0
        descriptor LDT_SELECTOR, LDT, 0xf, 0x82, 0
        movl $(TASK_SELECTOR << 16), gdt + TASK_GATE
        movl $0xe500, gdt + TASK_GATE + 4
        andb $0xfd, gdt + TSS_SELECTOR + 5
        movb $103, gdt + TSS_SELECTOR
        movw $TSS_SELECTOR, %ax
        ltr %ax
        movl $TASK, %edi
        xorl %eax, %eax
        movl $(0x3000 / 4), %ecx
        rep stosl
        movl $tss, %edi
        movl $64, %ecx
        rep stosl
        movl $TSS_STACK, tss + 4
        movl $DATA, tss + 8
        .irp t, TASK, CATCHER
        movl $TSS_STACK, \t + 4
        movl $DATA, \t + 8
        movl $2, \t + 0x24
        .irp n, 0, 1, 2, 3, 5, 6, 7
        movl $(0xa0 + \n), \t + 0x28 + 4 * \n
        .endr
        movl $DATA, \t + 0x48
        movl $CODE, \t + 0x4c
        movl $DATA, \t + 0x50
        movl $DATA, \t + 0x54
        movl $DATA, \t + 0x58
        movl $DATA, \t + 0x5c
        .endr
        movl $task_code, TASK + 0x20
        movl $TASK_STACK, TASK + 0x38
        movl $catcher_code, CATCHER + 0x20
        movl $CATCHER_STACK, CATCHER + 0x38
        movl $(task16_code - IMAGE), %eax
        movw %ax, TASK16 + 0x0e
        movw $2, TASK16 + 0x10
        movw $0xa000, TASK16 + 0x12
        movw $0xa001, TASK16 + 0x14
        movw $TASK_STACK, TASK16 + 0x1a
        movw $DATA, TASK16 + 0x22
        movw $CODE16, TASK16 + 0x24
        movw $DATA, TASK16 + 0x26
        movw $DATA, TASK16 + 0x28
        call idt_init
        popal
        ret

        .macro fresh_case name:vararg
        call fresh
        case \name
        .endm
        .macro switch_case how, selector, name:vararg
        fresh_case \name
        \how $\selector, $0
        endcase
        .endm
        .macro task_gate vector, selector=TASK_SELECTOR, rights=0xe500
        movl $(\selector << 16), idt + 8 * \vector
        movl $\rights, idt + 8 * \vector + 4
        .endm
        /* A switch that goes wrong in the new task: the exception comes to the catcher. */
        .macro caught vector, code=catcher_code
        movl $\code, CATCHER + 0x20
        task_gate \vector, CATCHER_SELECTOR
        .endm
        /* The way back of a task that has none. */
        .macro iret_case link, name:vararg
        fresh_case \name
        movl $\link, tss
        pushl $0x4002
        popfl
        iretl
        endcase
        .endm

cases:
        switch_case ljmp, TASK_SELECTOR, "jmp to a TSS"
        switch_case lcall, TASK_SELECTOR, "call of a TSS"
        switch_case ljmp, TASK_GATE, "jmp to a task gate"
        switch_case lcall, TASK_GATE, "call of a task gate"
        fresh_case "int by a task gate"
        task_gate 0x20
        int $0x20
        endcase
        fresh_case "exception with an error code by a task gate"
        caught 13
        movl $0xfff8, %eax
        movw %ax, %ds
        endcase
        fresh_case "exception without an error code by a task gate"
        caught 6, catcher_code_without
        ud2
        endcase
        fresh_case "jmp to a TSS of level 0 at level 3"
        to_user
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "call of a task gate at level 3"
        to_user
        lcall $TASK_GATE, $0
        endcase
        fresh_case "call of a task gate of level 0 at level 3"
        movl $0x8500, gdt + TASK_GATE + 4
        to_user
        lcall $TASK_GATE, $0
        endcase
        fresh_case "int by a task gate of level 0 at level 3"
        task_gate 0x20, TASK_SELECTOR, 0x8500
        to_user
        int $0x20
        endcase
        fresh_case "there and back"
        movl $task_code_gone_back, TASK + 0x20
        lcall $TASK_SELECTOR, $0
        movb gdt + TASK_SELECTOR + 5, %cl
        movb gdt + TSS_SELECTOR + 5, %ch
        movl TASK + 0x28, %edx
        movl TASK + 0x24, %ebx
        endcase
        fresh_case "there and back by an interrupt"
        movl $task_code_gone_back, TASK + 0x20
        task_gate 0x20
        int $0x20
        movb gdt + TASK_SELECTOR + 5, %cl
        movb gdt + TSS_SELECTOR + 5, %ch
        endcase
        fresh_case "what is saved"
        movl $1f, TASK + 0x20
        movl $0xedcba987, %ebp
        pushl $0x40ad7
        popfl
        lcall $TASK_SELECTOR, $0
1:      movl tss + 0x20, %eax
        movl tss + 0x24, %ecx
        movl tss + 0x28, %edx
        movl tss + 0x38, %ebx
        movl tss + 0x3c, %ebp
        movl tss + 0x4c, %esi
        movl tss + 0x5c, %edi
        endcase
        fresh_case "flags of the new task"
        movl $0x244ad7, TASK + 0x24
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "level 3 in the new task"
        movl $USER_CODE, TASK + 0x4c
        .irp n, 0x48, 0x50, 0x54, 0x58, 0x5c
        movl $USER_DATA, TASK + \n
        .endr
        movl $landing_quiet, TASK + 0x20
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "virtual-8086 mode in the new task"
        movl $0x23002, TASK + 0x24
        movl $0x1000, TASK + 0x4c
        movl $(landing_quiet - IMAGE), TASK + 0x20
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "jmp to a busy TSS"
        movb $0x8b, gdt + TASK_SELECTOR + 5
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "call of a busy TSS"
        movb $0x8b, gdt + TASK_SELECTOR + 5
        lcall $TASK_SELECTOR, $0
        endcase
        fresh_case "call of a task gate to a busy TSS"
        movb $0x8b, gdt + TASK_SELECTOR + 5
        lcall $TASK_GATE, $0
        endcase
        fresh_case "int by a task gate to a busy TSS"
        movb $0x8b, gdt + TASK_SELECTOR + 5
        task_gate 0x20
        int $0x20
        endcase
        iret_case TASK_SELECTOR, "iret to a TSS that is not busy"
        iret_case 0, "iret to nothing"
        iret_case DATA, "iret to data"
        iret_case 4, "iret to an entry of the LDT"
        fresh_case "TSS that is not present"
        movb $0x09, gdt + TASK_SELECTOR + 5
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "TSS that is not present, by an interrupt"
        movb $0x09, gdt + TASK_SELECTOR + 5
        task_gate 0x20
        int $0x20
        endcase
        fresh_case "TSS that is too short"
        movb $0x66, gdt + TASK_SELECTOR
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "task gate that is not present"
        movl $0x6500, gdt + TASK_GATE + 4
        ljmp $TASK_GATE, $0
        endcase
        fresh_case "task gate in the IDT that is not present"
        task_gate 0x20, TASK_SELECTOR, 0x6500
        int $0x20
        endcase
        fresh_case "task gate to nothing"
        movw $0, gdt + TASK_GATE + 2
        ljmp $TASK_GATE, $0
        endcase
        fresh_case "task gate to data"
        movw $DATA, gdt + TASK_GATE + 2
        ljmp $TASK_GATE, $0
        endcase
        fresh_case "task gate to an entry of the LDT"
        movw $(TASK_SELECTOR + 4), gdt + TASK_GATE + 2
        ljmp $TASK_GATE, $0
        endcase
        fresh_case "task gate to an entry that there is not"
        movw $0xfff8, gdt + TASK_GATE + 2
        ljmp $TASK_GATE, $0
        endcase

        fresh_case "bad LDT in the new task"
        movl $DATA, TASK + 0x60
        caught 10
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "LDT in the new task"
        movl $LDT_SELECTOR, TASK + 0x60
        movl $0x0000ffff, LDT + 8
        movl $0x00cf9300, LDT + 12
        movl $0xc, TASK + 0x5c
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "LDT that is not present in the new task"
        movb $0x02, gdt + LDT_SELECTOR + 5
        movl $LDT_SELECTOR, TASK + 0x60
        caught 10
        ljmp $TASK_SELECTOR, $0
        endcase
        .irp which, 0x48, 0x4c, 0x50, 0x54
        .irp selector, 0, 0xfff8, DATA + 3, USER_DATA, CODE, TSS_SELECTOR
        fresh_case "selector \selector in the new task's TSS at \which"
        movl $\selector, TASK + \which
        caught 10
        ljmp $TASK_SELECTOR, $0
        endcase
        .endr
        .endr
        descriptor AT(8), 0, 0xfffff, 0x12, 12
        descriptor AT(9), 0, 0xfffff, 0x1a, 12
        fresh_case "data in the new task that is not present"
        movl $AT(8), TASK + 0x54
        caught 11
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "stack in the new task that is not present"
        movl $AT(8), TASK + 0x50
        caught 11
        caught 12
        caught 10
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "code in the new task that is not present"
        movl $AT(9), TASK + 0x4c
        caught 11
        ljmp $TASK_SELECTOR, $0
        endcase
        descriptor AT(10), 0, 0xfff, 0x9a, 4
        fresh_case "code in the new task that ends before"
        movl $AT(10), TASK + 0x4c
        caught 13
        ljmp $TASK_SELECTOR, $0
        endcase

        switch_case ljmp, TASK16_SELECTOR, "jmp to a TSS of 16 bits"
        switch_case lcall, TASK16_SELECTOR, "call of a TSS of 16 bits"
        fresh_case "TSS of 16 bits that is too short"
        movb $0x2a, gdt + TASK16_SELECTOR
        ljmp $TASK16_SELECTOR, $0
        endcase

/* The TSS's stack for level 0, where it is bad: the exception comes to a task of its own. */
        .irp selector, 0, 3, USER_DATA, DATA + 3, CODE, 0xfff8, TSS_SELECTOR
        fresh_case "int at level 3 with SS0 \selector"
        caught 10
        movl $\selector, tss + 8
        to_user
        int $3
        endcase
        .endr
        fresh_case "int at level 3 with an SS0 that is not present"
        caught 11
        caught 12
        caught 10
        movl $AT(8), tss + 8
        to_user
        int $3
        endcase
        fresh_case "int at level 3 with a TSS that ends before SS0"
        caught 10
        movb $8, gdt + TSS_SELECTOR
        andb $0xfd, gdt + TSS_SELECTOR + 5
        movl $TSS_SELECTOR, %eax
        ltr %ax
        to_user
        int $3
        endcase

/* Debug: the T bit of the new task's TSS, and breakpoints that do not hold for another task. */
        fresh_case "the new task is to be debugged"
        movw $1, TASK + 0x64
        ljmp $TASK_SELECTOR, $0
        endcase
        fresh_case "local breakpoints end with the task"
        movl $0x7ff, %eax
        movl %eax, %dr7
        movl $1f, TASK + 0x20
        ljmp $TASK_SELECTOR, $0
1:      movl %dr7, %eax
        endcase
        jmp finish

        .section .note.GNU-stack, "", @progbits
