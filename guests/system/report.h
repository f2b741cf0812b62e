/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an entry in harness.S or harness16.S leaves on the stack, and what it says of the case. */
#ifndef REPORT_H
#define REPORT_H

#include "system.h"

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
/* As wide as a register. */
typedef unsigned long word;

#ifdef __x86_64__
#define REGISTERS 15
#else
#define REGISTERS 7
#endif

struct frame {
    word ss_then, gs, fs, es, ds;
    word registers[REGISTERS]; /* AX, CX, DX, BX, BP, SI, DI, R8 to R15 */
    word vector, error;
    word ip, cs, flags;
    word sp, ss;           /* in 32 bits only from another level */
    word v86[4];           /* ES, DS, FS, GS, from virtual-8086 mode */
};

extern const char *case_name;
extern word case_start, case_value, case_has_value, case_continue, case_set_flags, case_skip, case_shows_rf, case_is_real;

int exception(struct frame *f);
void report_init(void);
void finish(void);

#endif
