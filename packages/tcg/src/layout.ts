// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Where things lie in the accelerator's WebAssembly memory. Read by TypeScript and by AssemblyScript (assembly/), so
// this file has nothing but numbers and imports nothing.

/* The memory as a whole: byte addresses. */

/** Address 0 up to here stays empty, so that address 0 means "none"; AssemblyScript's own data comes after it. */
export const ASSEMBLY_DATA_BASE = 0x400
/** Ranges of guest-physical memory that are RAM, `PHYS_RANGE_SIZE` bytes each; their number stands at `PHYS_COUNT`. */
export const PHYS_COUNT = 0x3fff8
export const PHYS_RANGES = 0x40000
export const PHYS_RANGES_MAX = 1024
/** One byte per 4 KiB page of this memory, `PAGE_*` bits: pages whose writes somebody wants to know of. */
export const PAGE_FLAGS = 0x10_0000
/** Per-CPU blocks of `CPU_BLOCK_SIZE` bytes, `CPU_MAX` of them. */
export const CPU_BLOCKS = 0x20_0000
export const CPU_BLOCK_SIZE = 0x4_0000
export const CPU_MAX = 64
/** Bytecode of translated blocks. */
export const CODE_BUFFER = 0x120_0000
export const CODE_BUFFER_SIZE = 0x300_0000
/** Guest RAM begins here. */
export const RAM_BASE = 0x420_0000

/* One range of guest-physical RAM. */
export const PHYS_RANGE_SIZE = 32
export const PHYS_RANGE_START = 0
export const PHYS_RANGE_END = 8
export const PHYS_RANGE_HOST = 16
export const PHYS_RANGE_FLAGS = 20
/** The range cannot be written by the guest. */
export const PHYS_FLAG_ROM = 1

/** The page holds translated code. */
export const PAGE_CODE = 1
/** Somebody logs writes to the page. */
export const PAGE_LOGGED = 2

/* A CPU's block: offsets from its address, `env`. */

/** Instructions left in this slice; the sign bit asks to leave the loop at the next block. 32 bits. */
export const ENV_ICOUNT_DECR = 0x000
/** The block that was left, by its number. 32 bits. */
export const ENV_EXIT_TB = 0x008
/** Bytecode address of the operation that was left, or that stores out of line. 32 bits. */
export const ENV_EXIT_IP = 0x00c
/** What a helper or memory access asks of the loop, `EXIT_*`; 0 for nothing. 32 bits. */
export const ENV_PENDING = 0x010
/** Vector, or EXCP_*. 32 bits. */
export const ENV_EXCEPTION_INDEX = 0x014
export const ENV_ERROR_CODE = 0x018
/** The exception comes from an instruction that asked for it (INT n). 32 bits. */
export const ENV_EXCEPTION_IS_INT = 0x01c
/** Where that instruction is left to. 64 bits. */
export const ENV_EXCEPTION_NEXT_PC = 0x020
/** The TLB of the mode that the CPU is in: address and index. 32 bits each. */
export const ENV_TLB = 0x028
export const ENV_MMU_IDX = 0x02c
/** What identifies the block that the CPU would execute next: 64, 64 and 32 bits. */
export const ENV_TB_PC = 0x030
export const ENV_TB_CS_BASE = 0x038
export const ENV_TB_FLAGS = 0x040
/** Index of the CPU. 32 bits. */
export const ENV_CPU_INDEX = 0x044
/** Value of a device access under way. 64 bits. */
export const ENV_IO_DATA = 0x048
/** Not 0: devices may be accessed, the block ends with this instruction. A slot. */
export const ENV_CAN_DO_IO = 0x060
/** The watchpoint that was hit, by its index plus one. 32 bits. */
export const ENV_WATCH_HIT = 0x050
/** The last load that missed the TLB: its linear address. 64 bits. */
export const ENV_LOAD_ADDRESS = 0x068
/** Bytes that string instructions may still move in this slice; with none left it is over. Signed, 32 bits. */
export const ENV_BULK_LEFT = 0x054
/** Not 0: an interrupt waits until the CPU takes it; what lets it in has to leave the translated code. 32 bits. */
export const ENV_INTERRUPT_WAITS = 0x05c
/** Watchpoints, `ENV_WATCH_SIZE` bytes each: address 64, length 32, accesses 32 bits (bit 0 reads, bit 1 writes); their number. */
export const ENV_WATCH_COUNT = 0x058
export const ENV_WATCHES = 0x070
export const ENV_WATCH_SIZE = 16
export const ENV_WATCH_MAX = 16
/** Accesses that the guest itself wants to know of, in the same form, with the bit of each in bits 10:8 of the length; their number; the bits of those that were hit. */
export const ENV_DEBUG_COUNT = 0x170
export const ENV_DEBUG_HITS = 0x174
export const ENV_DEBUGS = 0x178
/** A vector that is loaded or stored out of line. 128 bits. */
export const ENV_VECTOR = 0x3f0
/** Temporaries of the intermediate representation: those of an instruction, then those of a block. */
export const ENV_TEMPS = 0x400
export const ENV_BLOCK_TEMPS = 0x800
export const ENV_TEMPS_END = 0x1000
/** The architecture's registers. */
export const ENV_ARCH = 0x1000
/** Blocks found by their address lately, `JMP_CACHE_ENTRY` bytes each. */
export const ENV_JMP_CACHE = 0x1_0000
export const JMP_CACHE_BITS = 11
export const JMP_CACHE_ENTRY = 32
export const JMP_CACHE_PC = 0
export const JMP_CACHE_CS_BASE = 8
export const JMP_CACHE_FLAGS = 16
export const JMP_CACHE_IP = 20
/** TLBs, one per mode. */
export const ENV_TLBS = 0x2_0000
export const TLB_BITS = 10
export const TLB_ENTRY_BITS = 5
export const TLB_SIZE = 0x8000
export const MMU_MODES = 4

/* A TLB entry. An address that is compared has the page in its upper bits and TLB_* flags below. */
export const TLB_READ = 0
export const TLB_WRITE = 8
export const TLB_CODE = 16
/** Added to the guest's linear address gives an address of this memory. 32 bits. */
export const TLB_ADDEND = 24
/** Guest-physical page number. 32 bits. */
export const TLB_PFN = 28
/** Not RAM: each access goes to a device. */
export const TLB_FLAG_MMIO = 0x400
/** Somebody wants to know of writes. */
export const TLB_FLAG_NOTDIRTY = 0x200
/** A watchpoint is on the page. */
export const TLB_FLAG_WATCH = 0x100
/** Writes are lost. */
export const TLB_FLAG_ROM = 0x80

/* How the interpreter comes back. */

/** The slice is used up, or somebody asked; `ENV_EXIT_TB` has not begun. */
export const EXIT_REQUEST = 1
/** The next block is not in the cache. */
export const EXIT_LOOKUP = 2
/** The next block is not chained yet: way 0 or 1 out of `ENV_EXIT_TB`. */
export const EXIT_CHAIN0 = 4
export const EXIT_CHAIN1 = 5
/** An exception at `ENV_EXIT_IP`. */
export const EXIT_EXCEPTION = 6
/** The same, but the registers are those of the instruction's end already. */
export const EXIT_STOP = 7
/** The instruction at `ENV_EXIT_IP` accesses a device: it has to be in a block of its own. */
export const EXIT_IO = 8
/** The instruction at `ENV_EXIT_IP` changes the block that it is in. */
export const EXIT_SMC = 9

/** `ENV_EXIT_TB` has been executed often and is worth compiling; it has not begun. */
export const EXIT_HOT = 10
/** Executions after which a block is. */
export const HOT_COUNT = 1500
/** Where a block's bytecode counts them, from its beginning: the second word of `tbStart`. 32 bits. */
export const TB_COUNT = 8
/** Where the bytecode of a compiled block has its function's place in the table, from its beginning. 32 bits. */
export const TB_FUNCTION = 12
/** In place of the number of a block's first operation: the block was thrown away. */
export const TB_DEAD = 0xffff
/** What comes back from a compiled block is an EXIT_* below this, or the address of the next block's bytecode. */
export const EXIT_END = 0x100

/* Kinds of access, also the columns of a TLB entry divided by 8. */
export const ACCESS_READ = 0
export const ACCESS_WRITE = 1
export const ACCESS_CODE = 2
