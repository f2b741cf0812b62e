// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A firmware image of our own, 64 KiB: the CPU starts in it at f000:fff0 in real mode (SDM vol. 3, 10.1.4). There it uses the
 * devices that have ports, with interrupts through the real-mode table, and reports on COM1 and on the debug console. Then it
 * goes to protected mode and hands over to the devices guest, which it carries and puts at 2 MiB.
 */

#define COM1 0x3f8
#define DEBUGCON 0xe9
#define PIC1_COMMAND 0x20
#define PIC1_DATA 0x21
#define LOAD_ADDRESS 0x200000
/* In RAM: where the timer interrupt counts. */
#define TICKS 0x500

        .code16
        .text
        .globl reset_16
reset_16:
        cli
        cld
        xorw %ax, %ax
        movw %ax, %ds
        movw %ax, %es
        movw %ax, %ss
        movw $0x7000, %sp

/* COM1: 115200 baud, 8 bits, no parity, one stop bit, FIFOs on. */
        movw $(COM1 + 3), %dx
        movb $0x80, %al
        outb %al, %dx
        movw $COM1, %dx
        movb $1, %al
        outb %al, %dx
        incw %dx
        xorb %al, %al
        outb %al, %dx
        movw $(COM1 + 3), %dx
        movb $3, %al
        outb %al, %dx
        decw %dx
        movb $7, %al
        outb %al, %dx
        movw $hello, %si
        call print16

/*
 * The local APIC lets interrupts of the 8259 through ("virtual wire mode", MP 1.4, 3.6.2.2). Its registers are beyond 1 MiB:
 * a visit to protected mode leaves DS with a limit of 4 GiB.
 */
        lgdtl %cs:gdt_pointer
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpw $0x18, $1f
1:      movw $0x10, %bx
        movw %bx, %ds
        movl $0xfee00000, %edi
        movl $0x1ff, 0xf0(%edi)         /* on */
        movl $0x8700, 0x350(%edi)       /* LINT0: external interrupts, level triggered */
        andb $~1, %al
        movl %eax, %cr0
        ljmpw $0xf000, $2f
2:      xorw %ax, %ax
        movw %ax, %ds

/* The keyboard controller's self test answers 0x55. Machines without have no port 92 either. */
        inb $0x64, %al
        cmpb $0xff, %al
        je 3f
        movb $0xaa, %al
        outb %al, $0x64
        inb $0x60, %al
        cmpb $0x55, %al
        movw $i8042_text, %si
        call verdict

/* Port 92: the A20 gate stays on. */
        movb $2, %al
        outb %al, $0x92
        inb $0x92, %al
        andb $3, %al
        cmpb $2, %al
        movw $port92_text, %si
        call verdict

3:
/* fw_cfg by ports: item 0 begins with a Q. */
        movw $0x510, %dx
        xorw %ax, %ax
        outw %ax, %dx
        incw %dx
        inb %dx, %al
        cmpb $'Q', %al
        movw $fw_cfg_text, %si
        call verdict

/* Clock: register D says that time and memory are valid, or nobody answers. */
        movb $0x0d, %al
        outb %al, $0x70
        inb $0x71, %al
        cmpb $0xff, %al
        je 1f
        cmpb $0x80, %al
        movw $rtc_text, %si
        call verdict
1:
/* 8259 and 8254: three interrupts at vector 8, through the table at 0. */
        movw $tick, 8 * 4
        movw %cs, 8 * 4 + 2
        movw $0, TICKS
        movb $0x11, %al
        outb %al, $PIC1_COMMAND
        movb $8, %al
        outb %al, $PIC1_DATA
        movb $4, %al
        outb %al, $PIC1_DATA
        movb $1, %al
        outb %al, $PIC1_DATA
        movb $0xfe, %al
        outb %al, $PIC1_DATA
        movb $0x34, %al
        outb %al, $0x43
        movb $0xa9, %al
        outb %al, $0x40
        movb $0x04, %al
        outb %al, $0x40
        sti
        movl $100000, %ecx
2:      inb $0x61, %al
        cmpw $3, TICKS
        jae 3f
        decl %ecx
        jnz 2b
3:      cli
        movb $0xff, %al
        outb %al, $PIC1_DATA
        cmpw $3, TICKS
        movw $timer_text, %si
        jae 4f
        /* cmp leaves "not equal" here, and makes "equal" where it is enough. */
        call verdict
        jmp 5f
4:      cmpw %ax, %ax
        call verdict
5:
/* On to protected mode. */
        lgdtl %cs:gdt_pointer
        movl %cr0, %eax
        orb $1, %al
        movl %eax, %cr0
        ljmpl $0x08, $(0xf0000 + protected)

tick:
        pushw %ax
        xorw %ax, %ax
        pushw %ds
        movw %ax, %ds
        incw TICKS
        popw %ds
        movb $0x20, %al
        outb %al, $PIC1_COMMAND
        popw %ax
        iret

/* The text at %cs:%si, then good or BAD by the zero flag. */
verdict:
        pushf
        call print16
        popf
        movw $good, %si
        jz print16
        movw $bad, %si
print16:
        movb %cs:(%si), %al
        incw %si
        testb %al, %al
        jz 2f
        outb %al, $DEBUGCON
        movb %al, %ah
        movw $(COM1 + 5), %dx
1:      inb %dx, %al
        testb $0x20, %al
        jz 1b
        movw $COM1, %dx
        movb %ah, %al
        outb %al, %dx
        jmp print16
2:      ret

        .code32
protected:
        movl $0x10, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $(0xf0000 + guest), %esi
        movl $LOAD_ADDRESS, %edi
        movl $((guest_end - guest + 3) / 4), %ecx
        rep movsl
        xorl %eax, %eax
        xorl %ebx, %ebx
        ljmp $0x08, $(LOAD_ADDRESS + (GUEST_ENTRY))

hello:          .asciz "ROM in real mode\n"
i8042_text:     .asciz "real mode i8042: "
port92_text:    .asciz "real mode port 92: "
fw_cfg_text:    .asciz "real mode fw_cfg: "
rtc_text:       .asciz "real mode RTC: "
timer_text:     .asciz "real mode PIC and PIT: "
good:           .asciz "good\n"
bad:            .asciz "BAD\n"

/* Accessed bits set: a ROM cannot be written, and a segment load would try (SDM vol. 3, 3.4.5.1). */
        .balign 8
gdt:
        .quad 0
        .quad 0x00cf9b000000ffff
        .quad 0x00cf93000000ffff
        .quad 0x00009b0f0000ffff        /* 16-bit code at f0000 */
gdt_end:
gdt_pointer:
        .word gdt_end - gdt - 1
        .long 0xf0000 + gdt

        .balign 16
guest:
        .incbin GUEST
guest_end:

        .section .reset, "ax"
        .code16
        jmp reset_16
        .balign 16, 0

        .section .note.GNU-stack, "", @progbits
