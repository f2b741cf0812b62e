// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Assembly in, the optimised intermediate representation out, but for tbStart, with which every block begins.

import { describe, expect, it } from 'vitest'
import { assemble, LONG, translateCode, whyNoAssembler } from '../../fixtures/translate-code.js'
import { HF_OSFXSR } from './x86-layout.js'

/** What is to be seen, the code, its operations. */
type Case = readonly [what: string, code: string, ops: string]

const constantFolding: readonly Case[] = [
  [
    'an addition to a constant is one',
    'movq $40, %rax; addq $2, %rax; jmp .',
    `
      -- 0x1000
      -- 0x1007
      mov cc_src, $0x2
      mov rax, $0x2a
      mov cc_dst, $0x2a
      -- 0x100b
      mov cc_op, $0x9
      gotoTb0
    `,
  ],
  [
    'XOR of a register with itself is a constant, and so is what is computed from it',
    'xorl %eax, %eax; incl %eax; shll $4, %eax; jmp .',
    `
      -- 0x1000
      -- 0x1002
      -- 0x1004
      mov rax, $0x10
      mov cc_dst, $0x10
      mov cc_src, $0x8
      -- 0x1007
      mov cc_op, $0x24
      gotoTb0
    `,
  ],
  [
    'parts of a register are put together',
    'movl $0x1234, %eax; movb $5, %al; movb $6, %ah; jmp .',
    `
      -- 0x1000
      -- 0x1005
      -- 0x1007
      mov rax, $0x605
      -- 0x1009
      gotoTb0
    `,
  ],
  [
    'constants are extended',
    'movl $-1, %eax; movslq %eax, %rdx; movzbl %al, %ecx; movsbw %al, %si; jmp .',
    `
      -- 0x1000
      mov rax, $0xffffffff
      -- 0x1005
      mov rdx, $0xffffffffffffffff
      -- 0x1008
      mov rcx, $0xff
      -- 0x100b
      deposit16 rsi, rsi, $0xffffffffffffffff
      -- 0x100f
      gotoTb0
    `,
  ],
  [
    'an address of LEA',
    'movl $3, %ecx; leaq 5(%rcx,%rcx,4), %rdx; jmp .',
    `
      -- 0x1000
      mov rcx, $0x3
      -- 0x1005
      mov rdx, $0x14
      -- 0x100a
      gotoTb0
    `,
  ],
  [
    'an address of a load',
    'movl $0x1000, %ebx; movl 8(%rbx), %eax; jmp .',
    `
      -- 0x1000
      mov rbx, $0x1000
      -- 0x1005
      ld32u rax, [$0x1000 + 8]
      -- 0x1008
      gotoTb0
    `,
  ],
  [
    'a comparison of constants sets',
    'movl $5, %eax; cmpl $3, %eax; seta %cl; setb %dl; jmp .',
    `
      -- 0x1000
      mov rax, $0x5
      -- 0x1005
      mov cc_dst, $0x2
      mov cc_src, $0x3
      -- 0x1008
      deposit8 rcx, rcx, $0x1
      -- 0x100b
      deposit8 rdx, rdx, $0x0
      -- 0x100e
      mov cc_op, $0x10
      gotoTb0
    `,
  ],
]

const deadStores: readonly Case[] = [
  [
    'of three values that a register gets one stays',
    'movl $1, %eax; movl %ebx, %eax; movl $3, %eax; jmp .',
    `
      -- 0x1000
      -- 0x1005
      -- 0x1007
      mov rax, $0x3
      -- 0x100c
      gotoTb0
    `,
  ],
  [
    'a load may fault, and has to find the register of before',
    'movl $1, %eax; movl (%rbx), %ecx; movl $2, %eax; jmp .',
    `
      -- 0x1000
      mov rax, $0x1
      -- 0x1005
      ld32u rcx, [rbx]
      -- 0x1007
      mov rax, $0x2
      -- 0x100c
      gotoTb0
    `,
  ],
  [
    'a store too',
    'movl $1, %eax; movl %ecx, (%rbx); movl $2, %eax; jmp .',
    `
      -- 0x1000
      mov rax, $0x1
      -- 0x1005
      st32 rcx, [rbx]
      -- 0x1007
      mov rax, $0x2
      -- 0x100c
      gotoTb0
    `,
  ],
  [
    'a value that is only read by a dead one dies with it',
    'leaq 1(%rcx), %rax; leaq 2(%rax), %rdx; movl $0, %eax; movl $0, %edx; jmp .',
    `
      -- 0x1000
      -- 0x1004
      -- 0x1008
      mov rax, $0x0
      -- 0x100d
      mov rdx, $0x0
      -- 0x1012
      gotoTb0
    `,
  ],
  [
    'what a register is anyway is not stored',
    'movq %rax, %rax; movq %rbx, %rbx; jmp .',
    `
      -- 0x1000
      -- 0x1003
      -- 0x1006
      gotoTb0
    `,
  ],
]

const deadFlags: readonly Case[] = [
  [
    'of four instructions those of the last stay',
    'addq %rbx, %rax; subq %rcx, %rdx; xorq %r8, %r9; andq %rsi, %rdi; jmp .',
    `
      -- 0x1000
      add64 rax, rax, rbx
      -- 0x1003
      mov cc_src, rcx
      sub64 rdx, rdx, rcx
      -- 0x1006
      xor64 r9, r9, r8
      -- 0x1009
      and64 rdi, rdi, rsi
      mov cc_dst, rdi
      -- 0x100c
      mov cc_op, $0x19
      gotoTb0
    `,
  ],
  [
    'of a comparison that nobody asks nothing stays',
    'cmpq %rbx, %rax; testq %rcx, %rcx; addq %rdx, %rsi; jmp .',
    `
      -- 0x1000
      -- 0x1003
      -- 0x1006
      mov cc_src, rdx
      add64 rsi, rsi, rdx
      mov cc_dst, rsi
      -- 0x1009
      mov cc_op, $0x9
      gotoTb0
    `,
  ],
  [
    'INC keeps the carry, which nobody asks for if an addition follows',
    'addq %rbx, %rax; incq %rcx; addq %rdx, %rsi; jmp .',
    `
      -- 0x1000
      add64 rax, rax, rbx
      -- 0x1003
      add64 rcx, rcx, $0x1
      -- 0x1006
      mov cc_src, rdx
      add64 rsi, rsi, rdx
      mov cc_dst, rsi
      -- 0x1009
      mov cc_op, $0x9
      gotoTb0
    `,
  ],
  [
    'a load may fault, and has to find them',
    'addq %rbx, %rax; movq (%rsi), %rdi; subq %rcx, %rdx; jmp .',
    `
      -- 0x1000
      mov cc_src, rbx
      add64 rax, rax, rbx
      mov cc_dst, rax
      -- 0x1003
      ld64 rdi, [rsi]
      -- 0x1006
      mov cc_src, rcx
      sub64 rdx, rdx, rcx
      mov cc_dst, rdx
      -- 0x1009
      mov cc_op, $0x11
      gotoTb0
    `,
  ],
  [
    'ADC reads the carry of the addition and no other flag',
    'addq %rbx, %rax; adcq %rcx, %rdx; jmp .',
    `
      -- 0x1000
      add64 rax, rax, rbx
      -- 0x1003
      setcond64_ltu t0, rax, rbx
      add64 t1, rdx, rcx
      add64 t1, t1, t0
      mov cc_src, rcx
      mov rdx, t1
      mov cc_dst, t1
      mov cc_src2, t0
      -- 0x1006
      mov cc_op, $0xd
      gotoTb0
    `,
  ],
  [
    'a shift by a constant other than 0 makes those before it dead',
    'addq %rbx, %rax; shlq $3, %rax; orq %rcx, %rdx; jmp .',
    `
      -- 0x1000
      add64 rax, rax, rbx
      -- 0x1003
      shl64 t2, rax, $0x2
      shl64 rax, rax, $0x3
      mov cc_src, t2
      -- 0x1007
      or64 rdx, rdx, rcx
      mov cc_dst, rdx
      -- 0x100a
      mov cc_op, $0x19
      gotoTb0
    `,
  ],
  [
    'a shift by a register may make none: those before it stay',
    'addq %rbx, %rax; shlq %cl, %rax; jmp .',
    `
      -- 0x1000
      add64 rax, rax, rbx
      mov cc_dst, rax
      -- 0x1003
      and64 t0, rcx, $0x3f
      sub64 t2, t0, $0x1
      shl64 t3, rax, t2
      shl64 t4, rax, t0
      mov rax, t4
      movcond cc_dst, t0, t4, cc_dst
      movcond cc_src, t0, t3, rbx
      movcond cc_op, t0, $0x25, $0x9
      -- 0x1006
      gotoTb0
    `,
  ],
  [
    'LEA and NOT touch none',
    'addq %rbx, %rax; leaq 8(%rax), %rcx; notq %rdx; jmp .',
    `
      -- 0x1000
      mov cc_src, rbx
      add64 rax, rax, rbx
      mov cc_dst, rax
      -- 0x1003
      add64 rcx, rax, $0x8
      -- 0x1007
      not64 rdx, rdx
      -- 0x100a
      mov cc_op, $0x9
      gotoTb0
    `,
  ],
]

const copies: readonly Case[] = [
  [
    'what was copied is read itself',
    'movq %rbx, %rax; addq %rax, %rcx; jmp .',
    `
      -- 0x1000
      mov rax, rbx
      -- 0x1003
      mov cc_src, rbx
      add64 rcx, rcx, rbx
      mov cc_dst, rcx
      -- 0x1006
      mov cc_op, $0x9
      gotoTb0
    `,
  ],
  [
    'over several steps',
    'movq %rbx, %rax; movq %rax, %rcx; movq %rcx, %rdx; leaq (%rdx), %rsi; jmp .',
    `
      -- 0x1000
      mov rax, rbx
      -- 0x1003
      mov rcx, rbx
      -- 0x1006
      mov rdx, rbx
      -- 0x1009
      mov rsi, rbx
      -- 0x100c
      gotoTb0
    `,
  ],
  [
    'until the original changes',
    'movq %rbx, %rax; notq %rbx; leaq 1(%rax), %rcx; jmp .',
    `
      -- 0x1000
      mov rax, rbx
      -- 0x1003
      not64 rbx, rbx
      -- 0x1006
      add64 rcx, rax, $0x1
      -- 0x100a
      gotoTb0
    `,
  ],
  [
    'a copy of a copy of itself is none',
    'movq %rbx, %rax; movq %rax, %rbx; jmp .',
    `
      -- 0x1000
      mov rax, rbx
      -- 0x1003
      -- 0x1006
      gotoTb0
    `,
  ],
  [
    'XCHG',
    'xchgq %rax, %rbx; leaq (%rax,%rbx), %rcx; jmp .',
    `
      -- 0x1000
      mov t0, rbx
      mov rbx, rax
      mov rax, t0
      -- 0x1002
      add64 rcx, rax, rbx
      -- 0x1006
      gotoTb0
    `,
  ],
  [
    'a copied address',
    'movq %rbx, %rax; movq 8(%rax), %rcx; movq %rcx, 16(%rax); jmp .',
    `
      -- 0x1000
      mov rax, rbx
      -- 0x1003
      ld64 rcx, [rbx + 8]
      -- 0x1007
      st64 rcx, [rbx + 16]
      -- 0x100b
      gotoTb0
    `,
  ],
]

const branches: readonly Case[] = [
  [
    'a comparison and its branch are one comparison',
    'cmpl %ecx, %eax; jl .+0x10',
    `
      -- 0x1000
      sub32 cc_dst, rax, rcx
      mov cc_src, rcx
      -- 0x1002
      mov cc_op, $0x10
      brcond32_lt rax, rcx, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'without sign',
    'cmpq %rcx, %rax; jbe .+0x10',
    `
      -- 0x1000
      sub64 cc_dst, rax, rcx
      mov cc_src, rcx
      -- 0x1003
      mov cc_op, $0x11
      brcond64_leu rax, rcx, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'of bytes',
    'cmpb $5, %al; jg .+0x10',
    `
      -- 0x1000
      sub32 cc_dst, rax, $0x5
      mov cc_src, $0x5
      -- 0x1002
      ext8s t0, rax
      mov cc_op, $0xe
      brcond32_gt t0, $0x5, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'the sign of a test',
    'testl %eax, %eax; js .+0x10',
    `
      -- 0x1000
      and32 cc_dst, rax, rax
      -- 0x1002
      mov cc_op, $0x18
      brcond32_lt cc_dst, $0x0, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'the carry of an addition',
    'addl %ebx, %eax; jc .+0x10',
    `
      -- 0x1000
      mov cc_src, rbx
      add32 rax, rax, rbx
      mov cc_dst, rax
      -- 0x1002
      mov cc_op, $0x8
      brcond32_ltu rax, rbx, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'a counter',
    'subq $1, %rcx; jnz .-4',
    `
      -- 0x1000
      mov cc_src, $0x1
      sub64 rcx, rcx, $0x1
      mov cc_dst, rcx
      -- 0x1004
      mov cc_op, $0x11
      brcond64_ne rcx, $0x0, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'a bit of memory',
    'testb $4, 8(%rbx); jz .+0x10',
    `
      -- 0x1000
      ld8u t0, [rbx + 8]
      and32 cc_dst, t0, $0x4
      -- 0x1004
      ext8u t0, cc_dst
      mov cc_op, $0x16
      brcond32_eq t0, $0x0, L0
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'zero is known: it is taken',
    'xorl %eax, %eax; jz .+0x10',
    `
      -- 0x1000
      mov rax, $0x0
      mov cc_dst, $0x0
      -- 0x1002
      mov cc_op, $0x18
      L0:
      gotoTb1
    `,
  ],
  [
    'a logical instruction leaves no carry: it is not taken',
    'andl %ebx, %eax; jc .+0x10',
    `
      -- 0x1000
      and32 rax, rax, rbx
      mov cc_dst, rax
      -- 0x1002
      mov cc_op, $0x18
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'constants are compared: it is taken',
    'movl $5, %eax; cmpl $3, %eax; ja .+0x10',
    `
      -- 0x1000
      mov rax, $0x5
      -- 0x1005
      mov cc_dst, $0x2
      mov cc_src, $0x3
      -- 0x1008
      mov cc_op, $0x10
      L0:
      gotoTb1
    `,
  ],
  [
    'a register is itself',
    'cmpq %rax, %rax; jne .+0x10',
    `
      -- 0x1000
      mov cc_dst, $0x0
      mov cc_src, rax
      -- 0x1003
      mov cc_op, $0x11
      gotoTb0
      L0:
      gotoTb1
    `,
  ],
  [
    'CMOV',
    'cmpq %rcx, %rax; cmovgq %rcx, %rax; jmp .',
    `
      -- 0x1000
      sub64 cc_dst, rax, rcx
      mov cc_src, rcx
      -- 0x1003
      setcond64_gt t0, rax, rcx
      movcond rax, t0, rcx, rax
      -- 0x1007
      mov cc_op, $0x11
      gotoTb0
    `,
  ],
  [
    'SETcc',
    'testq %rax, %rax; setne %al; movzbl %al, %eax; jmp .',
    `
      -- 0x1000
      and64 cc_dst, rax, rax
      -- 0x1003
      setcond64_ne t0, cc_dst, $0x0
      deposit8 rax, rax, t0
      -- 0x1006
      ext8u rax, rax
      -- 0x1009
      mov cc_op, $0x19
      gotoTb0
    `,
  ],
]

const vectors: readonly Case[] = [
  [
    'an instruction on packed integers is one operation, with its memory operand two',
    'paddd %xmm1, %xmm0; psubusb 16(%rbx), %xmm2; pslld $7, %xmm3; jmp .',
    `
      -- 0x1000
      vadd32 xmm0, xmm0, xmm1
      -- 0x1004
      ld128a t0, [rbx + 16]
      vussub8 xmm2, xmm2, t0
      -- 0x1009
      vshli32 xmm3, xmm3, $0x7
      -- 0x100e
      gotoTb0
    `,
  ],
  [
    'what is shifted out, and what is taken from itself, is zero',
    'psrlq $64, %xmm0; pxor %xmm1, %xmm1; psraw $40, %xmm2; jmp .',
    `
      -- 0x1000
      vzero xmm0, $0x0
      -- 0x1005
      vzero xmm1, $0x0
      -- 0x1009
      vsari16 xmm2, xmm2, $0xf
      -- 0x100e
      gotoTb0
    `,
  ],
  [
    'a register that is written as a whole is not computed before',
    'paddd %xmm1, %xmm0; movdqa %xmm2, %xmm0; jmp .',
    `
      -- 0x1000
      -- 0x1004
      vmov xmm0, xmm2
      -- 0x1008
      gotoTb0
    `,
  ],
  [
    'half a register that is written keeps the other half alive',
    'paddd %xmm1, %xmm0; movhps 8(%rax), %xmm0; jmp .',
    `
      -- 0x1000
      vadd32 xmm0, xmm0, xmm1
      -- 0x1004
      ld64 [0x1408], [rax + 8]
      -- 0x1008
      gotoTb0
    `,
  ],
]

const groups: readonly (readonly [string, readonly Case[]])[] = [
  ['constant folding', constantFolding],
  ['dead stores', deadStores],
  ['dead flags', deadFlags],
  ['copies', copies],
  ['branches', branches],
  ['vectors', vectors],
]

/** The lines of a table's text. */
const linesOf = (text: string): string[] => text.trim().split(/\n\s*/)

const features = { sse: true, sse2: true }

const missing = whyNoAssembler()
describe.skipIf(missing !== null)(`optimised code${missing ? ` (skipped: ${missing})` : ''}`, () => {
  describe.each(groups)('%s', (_group, cases) => {
    it.each(cases)('%s: %s', (_what, code, ops) => {
      expect(translateCode(assemble(code), { flags: LONG | HF_OSFXSR, features }).text).toEqual([
        'tbStart',
        ...linesOf(ops),
      ])
    })
  })
})
