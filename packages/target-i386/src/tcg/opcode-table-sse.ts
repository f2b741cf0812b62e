// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// MMX, SSE to SSE4.2, AES, PCLMULQDQ, CRC32 and the state of x87 and SSE, in the form of opcode-table.ts. Further operands:
//
//   V  XMM by ModRM      W  XMM or memory      X  XMM only (by rm)
//   P  MMX by ModRM      Q  MMX or memory      N  MMX only (by rm)
//
// with the size of a memory operand: b, w, d, q, y as there, x for 16 bytes. Further attributes: ?feature; 66, f3, f2, no (that
// prefix and none of the others, none of them); ua (a memory operand of 16 bytes need not be aligned).

/** Packed operations that have an MMX and an XMM form: opcode, name, and from when the XMM (MMX) form is there. */
const both = `
60 punpcklbw
61 punpcklwd
62 punpckldq
63 packsswb
64 pcmpgtb
65 pcmpgtw
66 pcmpgtd
67 packuswb
68 punpckhbw
69 punpckhwd
6a punpckhdq
6b packssdw
74 pcmpeqb
75 pcmpeqw
76 pcmpeqd
d1 psrlw
d2 psrld
d3 psrlq
d4 paddq sse2
d5 pmullw
d8 psubusb
d9 psubusw
da pminub sse
db pand
dc paddusb
dd paddusw
de pmaxub sse
df pandn
e0 pavgb sse
e1 psraw
e2 psrad
e3 pavgw sse
e4 pmulhuw sse
e5 pmulhw
e8 psubsb
e9 psubsw
ea pminsw sse
eb por
ec paddsb
ed paddsw
ee pmaxsw sse
ef pxor
f1 psllw
f2 pslld
f3 psllq
f4 pmuludq sse2
f5 pmaddwd
f6 psadbw sse
f8 psubb
f9 psubw
fa psubd
fb psubq sse2
fc paddb
fd paddw
fe paddd
`

const two = `
10 movVW Vx,Wx no ua ?sse
10 movVW Vx,Wx 66 ua ?sse2
10 movss V,Wd f3 ?sse
10 movsd V,Wq f2 ?sse2
11 movWV Wx,Vx no ua ?sse
11 movWV Wx,Vx 66 ua ?sse2
11 movss Wd,V f3 ?sse
11 movsd Wq,V f2 ?sse2
12 movlps V,Wq no ?sse
12 movlps V,Mq 66 mm ?sse2
12 movsldup V,Wx f3 ?sse3
12 movddup V,Wq f2 ?sse3
13 movlpsStore Mq,V no mm ?sse
13 movlpsStore Mq,V 66 mm ?sse2
14 punpckldq V,Wx no ?sse
14 punpcklqdq V,Wx 66 ?sse2
15 punpckhdq V,Wx no ?sse
15 punpckhqdq V,Wx 66 ?sse2
16 movhps V,Wq no ?sse
16 movhps V,Mq 66 mm ?sse2
16 movshdup V,Wx f3 ?sse3
17 movhpsStore Mq,V no mm ?sse
17 movhpsStore Mq,V 66 mm ?sse2
28 movVW Vx,Wx no ?sse
28 movVW Vx,Wx 66 ?sse2
29 movWV Wx,Vx no ?sse
29 movWV Wx,Vx 66 ?sse2
2a cvtpi2ps V,Qq no ?sse
2a cvtpi2pd V,Qq 66 ?sse2
2a cvtsi2ss V,Ey f3 ?sse
2a cvtsi2sd V,Ey f2 ?sse2
2b movWV Mx,Vx no mm ?sse
2b movWV Mx,Vx 66 mm ?sse2
2c cvttps2pi P,Wq no ?sse
2c cvttpd2pi P,Wx 66 ?sse2
2c cvttss2si Gy,Wd f3 ?sse
2c cvttsd2si Gy,Wq f2 ?sse2
2d cvtps2pi P,Wq no ?sse
2d cvtpd2pi P,Wx 66 ?sse2
2d cvtss2si Gy,Wd f3 ?sse
2d cvtsd2si Gy,Wq f2 ?sse2
2e ucomiss V,Wd no ?sse
2e ucomisd V,Wq 66 ?sse2
2f comiss V,Wd no ?sse
2f comisd V,Wq 66 ?sse2
50 movmskps Gy,X no ?sse
50 movmskpd Gy,X 66 ?sse2
51 sqrt V arithForms
52 rsqrtps V,Wx no ?sse
52 rsqrtss V,Wd f3 ?sse
53 rcpps V,Wx no ?sse
53 rcpss V,Wd f3 ?sse
54 pand V,Wx no ?sse
54 pand V,Wx 66 ?sse2
55 pandn V,Wx no ?sse
55 pandn V,Wx 66 ?sse2
56 por V,Wx no ?sse
56 por V,Wx 66 ?sse2
57 pxor V,Wx no ?sse
57 pxor V,Wx 66 ?sse2
58 add V arithForms
59 mul V arithForms
5a cvtps2pd V,Wq no ?sse2
5a cvtpd2ps V,Wx 66 ?sse2
5a cvtss2sd V,Wd f3 ?sse2
5a cvtsd2ss V,Wq f2 ?sse2
5b cvtdq2ps V,Wx no ?sse2
5b cvtps2dq V,Wx 66 ?sse2
5b cvttps2dq V,Wx f3 ?sse2
5c sub V arithForms
5d min V arithForms
5e div V arithForms
5f max V arithForms
6c punpcklqdq V,Wx 66 ?sse2
6d punpckhqdq V,Wx 66 ?sse2
6e movdToMmx P,Ey no ?mmx
6e movdToXmm V,Ey 66 ?sse2
6f movqMmx P,Qq no ?mmx
6f movVW Vx,Wx 66 ?sse2
6f movVW Vx,Wx f3 ua ?sse2
70 pshufw P,Qq,Ub no ?sse
70 pshufd V,Wx,Ub 66 ?sse2
70 pshufhw V,Wx,Ub f3 ?sse2
70 pshuflw V,Wx,Ub f2 ?sse2
71 psrlw N,Ub /2 no shift ?mmx
71 psrlw X,Ub /2 66 shift ?sse2
71 psraw N,Ub /4 no shift ?mmx
71 psraw X,Ub /4 66 shift ?sse2
71 psllw N,Ub /6 no shift ?mmx
71 psllw X,Ub /6 66 shift ?sse2
72 psrld N,Ub /2 no shift ?mmx
72 psrld X,Ub /2 66 shift ?sse2
72 psrad N,Ub /4 no shift ?mmx
72 psrad X,Ub /4 66 shift ?sse2
72 pslld N,Ub /6 no shift ?mmx
72 pslld X,Ub /6 66 shift ?sse2
73 psrlq N,Ub /2 no shift ?mmx
73 psrlq X,Ub /2 66 shift ?sse2
73 psrldq X,Ub /3 66 ?sse2
73 psllq N,Ub /6 no shift ?mmx
73 psllq X,Ub /6 66 shift ?sse2
73 pslldq X,Ub /7 66 ?sse2
77 emms - no ?mmx
7c haddpd V,Wx 66 ?sse3
7c haddps V,Wx f2 ?sse3
7d hsubpd V,Wx 66 ?sse3
7d hsubps V,Wx f2 ?sse3
7e movdFromMmx Ey,P no ?mmx
7e movdFromXmm Ey,V 66 ?sse2
7e movqXmm V,Wq f3 ?sse2
7f movqMmx Qq,P no ?mmx
7f movWV Wx,Vx 66 ?sse2
7f movWV Wx,Vx f3 ua ?sse2
ae fxsave M /0 mm no ?fxsr
ae fxrstor M /1 mm no ?fxsr
ae ldmxcsr Md /2 mm no ?sse
ae stmxcsr Md /3 mm no ?sse
ae xsave M /4 mm no ?xsave
ae xrstor M /5 mm no ?xsave
ae xsaveopt M /6 mm no ?xsaveopt
ae nop E /5 m3 no ?sse2
ae nop E /6 m3 no ?sse2
ae nop E /7 m3 no ?sse
01 xgetbv - /2 m3 rm0 no ?xsave
01 xsetbv - /2 m3 rm1 no end ?xsave
c2 cmp V arithForms
c3 movnti My,Gy no mm ?sse2
c4 pinsrw P,Ew,Ub no ?sse
c4 pinsrw V,Ew,Ub 66 ?sse2
c5 pextrw Gy,N,Ub no ?sse
c5 pextrw Gy,X,Ub 66 ?sse2
c6 shufps V,Wx,Ub no ?sse
c6 shufpd V,Wx,Ub 66 ?sse2
d0 addsubpd V,Wx 66 ?sse3
d0 addsubps V,Wx f2 ?sse3
d6 movqXmm Wq,V 66 ?sse2
d6 movq2dq V,N f3 ?sse2
d6 movdq2q P,X f2 ?sse2
d7 pmovmskb Gy,N no ?sse
d7 pmovmskb Gy,X 66 ?sse2
e6 cvttpd2dq V,Wx 66 ?sse2
e6 cvtdq2pd V,Wq f3 ?sse2
e6 cvtpd2dq V,Wx f2 ?sse2
e7 movqMmx Mq,P no mm ?sse
e7 movWV Mx,Vx 66 mm ?sse2
f0 movVW Vx,Mx f2 mm ua ?sse3
f7 maskmov P,N no ?sse
f7 maskmov V,X 66 ?sse2
`

/** Of SSSE3, with both forms. */
const both38 = `
00 pshufb
01 phaddw
02 phaddd
03 phaddsw
04 pmaddubsw
05 phsubw
06 phsubd
07 phsubsw
08 psignb
09 psignw
0a psignd
0b pmulhrsw
1c pabsb
1d pabsw
1e pabsd
`

const three38 = `
10 pblendvb V,Wx 66 ?sse41
14 blendvps V,Wx 66 ?sse41
15 blendvpd V,Wx 66 ?sse41
17 ptest V,Wx 66 ?sse41
20 pmovsxbw V,Wq 66 ?sse41
21 pmovsxbd V,Wd 66 ?sse41
22 pmovsxbq V,Ww 66 ?sse41
23 pmovsxwd V,Wq 66 ?sse41
24 pmovsxwq V,Wd 66 ?sse41
25 pmovsxdq V,Wq 66 ?sse41
28 pmuldq V,Wx 66 ?sse41
29 pcmpeqq V,Wx 66 ?sse41
2a movVW Vx,Mx 66 mm ?sse41
2b packusdw V,Wx 66 ?sse41
30 pmovzxbw V,Wq 66 ?sse41
31 pmovzxbd V,Wd 66 ?sse41
32 pmovzxbq V,Ww 66 ?sse41
33 pmovzxwd V,Wq 66 ?sse41
34 pmovzxwq V,Wd 66 ?sse41
35 pmovzxdq V,Wq 66 ?sse41
37 pcmpgtq V,Wx 66 ?sse42
38 pminsb V,Wx 66 ?sse41
39 pminsd V,Wx 66 ?sse41
3a pminuw V,Wx 66 ?sse41
3b pminud V,Wx 66 ?sse41
3c pmaxsb V,Wx 66 ?sse41
3d pmaxsd V,Wx 66 ?sse41
3e pmaxuw V,Wx 66 ?sse41
3f pmaxud V,Wx 66 ?sse41
40 pmulld V,Wx 66 ?sse41
41 phminposuw V,Wx 66 ?sse41
db aesimc V,Wx 66 ?aes
dc aesenc V,Wx 66 ?aes
dd aesenclast V,Wx 66 ?aes
de aesdec V,Wx 66 ?aes
df aesdeclast V,Wx 66 ?aes
f0 crc32 Gy,Eb f2 ?sse42
f1 crc32 Gy,Ev f2 ?sse42
`

const three3a = `
08 roundps V,Wx,Ub 66 ?sse41
09 roundpd V,Wx,Ub 66 ?sse41
0a roundss V,Wd,Ub 66 ?sse41
0b roundsd V,Wq,Ub 66 ?sse41
0c blendps V,Wx,Ub 66 ?sse41
0d blendpd V,Wx,Ub 66 ?sse41
0e pblendw V,Wx,Ub 66 ?sse41
0f palignr P,Qq,Ub no ?ssse3
0f palignr V,Wx,Ub 66 ?ssse3
14 pextrb Ed,V,Ub 66 ?sse41
15 pextrwStore Ed,V,Ub 66 ?sse41
16 pextrd Ey,V,Ub 66 ?sse41
17 extractps Ed,V,Ub 66 ?sse41
20 pinsrb V,Ed,Ub 66 ?sse41
21 insertps V,Wd,Ub 66 ?sse41
22 pinsrd V,Ey,Ub 66 ?sse41
40 dpps V,Wx,Ub 66 ?sse41
41 dppd V,Wx,Ub 66 ?sse41
42 mpsadbw V,Wx,Ub 66 ?sse41
44 pclmulqdq V,Wx,Ub 66 ?pclmulqdq
60 pcmpestrm V,Wx,Ub 66 ua ?sse42
61 pcmpestri V,Wx,Ub 66 ua ?sse42
62 pcmpistrm V,Wx,Ub 66 ua ?sse42
63 pcmpistri V,Wx,Ub 66 ua ?sse42
df aeskeygenassist V,Wx,Ub 66 ?aes
`

/** Rows for the MMX and the XMM form of what has both. */
function expandBoth(text: string, mmx: string, xmm: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [opcode, name, from = mmx] = line.split(' ')
      return `${opcode} ${name} P,Qq no ?${from}\n${opcode} ${name} V,Wx 66 ?${xmm}`
    })
    .join('\n')
}

/** Floating point in its four forms: packed and scalar, single and double. */
function expandForms(text: string): string {
  return text.replace(/^(\w\w) (\w+) V arithForms$/gm, (_line, opcode: string, name: string) => {
    const imm = name === 'cmp' ? ',Ub' : ''
    return [
      `${opcode} ${name}ps V,Wx${imm} no ?sse`,
      `${opcode} ${name}pd V,Wx${imm} 66 ?sse2`,
      `${opcode} ${name}ss V,Wd${imm} f3 ?sse`,
      `${opcode} ${name}sd V,Wq${imm} f2 ?sse2`,
    ].join('\n')
  })
}

export const sseRows = {
  two: `${expandBoth(both, 'mmx', 'sse2')}\n${expandForms(two).trim()}`,
  three38: `${expandBoth(both38, 'ssse3', 'ssse3')}\n${three38.trim()}`,
  three3a,
}
