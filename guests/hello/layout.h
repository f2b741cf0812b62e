// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers that C and assembly share: selectors, control register bits, addresses, vectors. */
#ifndef LAYOUT_H
#define LAYOUT_H

#define SEL_CODE64 0x08
#define SEL_DATA 0x10
#define SEL_CODE32 0x18
#define SEL_BEYOND_GDT 0x50

#define CR0_PE 0x00000001
#define CR0_WP 0x00010000
#define CR0_NW 0x20000000
#define CR0_CD 0x40000000
#define CR0_PG 0x80000000
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100

/* Local APIC in xAPIC mode (SDM vol. 3, table 11-1) and I/O APIC (82093AA data sheet, 3.0). */
#define APIC_BASE 0xfee00000
#define APIC_ID 0x20
#define IOAPIC_BASE 0xfec00000

/* Page of the start-up IPI's vector: 0x8000 >> 12 = 08h. */
#define TRAMPOLINE_BASE 0x8000

/* xAPIC ids are 8 bits wide and 255 is the broadcast id. */
#define MAX_CPUS 255
#define AP_STACK_SIZE 2048

#define VECTOR_TIMER 0x40
#define VECTOR_IPI 0x41
#define VECTOR_UART 0x44
#define VECTOR_SPURIOUS 0xff

#endif
