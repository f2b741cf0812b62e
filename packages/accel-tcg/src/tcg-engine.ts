// SPDX-License-Identifier: GPL-2.0-or-later
import { BqlCond, type CPUState, type SystemState } from '@dromaius/cpus'
import {
  addressSpaceLoad,
  addressSpaceLoad64,
  addressSpaceRead,
  addressSpaceStore,
  addressSpaceStore64,
  addressSpaceWrite,
  MEMTX_OK,
} from '@dromaius/memory'
import {
  BytecodeWriter,
  CPU_BLOCK_SIZE,
  CPU_BLOCKS,
  CPU_MAX,
  ENV_CPU_INDEX,
  ENV_EXIT_IP,
  ENV_ICOUNT_DECR,
  ENV_IO_DATA,
  ENV_PENDING,
  PAGE_CODE,
  PAGE_FLAGS,
  PAGE_LOGGED,
  type TcgCodeSource,
  tcgCpuOps,
  TcgMemory,
  type TcgModule,
  type TcgTranslator,
  type TcgVcpu,
} from '@dromaius/tcg'
import { UserError } from '@dromaius/util'
import { HotBlocks } from './hot-blocks.js'
import { JitCounts } from './jit-counts.js'
import { PhysMap } from './phys-map.js'
import { TbCache } from './tb-cache.js'

/** A CPU of an engine. */
export class Vcpu implements TcgVcpu {
  readonly cpu: CPUState
  readonly env: number
  readonly engine: TcgEngine
  /** Instructions of its next turn. */
  turn = 20_000
  /** When its turn is to end, in `ms` of the host's clock, if translation takes the time and not what is executed. */
  turnEnds = Infinity
  /** New blocks after which its turn is to end, however long they took. */
  newBlocks = Infinity

  constructor(engine: TcgEngine, cpu: CPUState, env: number) {
    this.engine = engine
    this.cpu = cpu
    this.env = env
  }

  get memory(): TcgMemory {
    return this.engine.memory
  }

  get module(): TcgModule {
    return this.engine.module
  }

  getU32(offset: number): number {
    return this.engine.memory.u32[(this.env + offset) >> 2]!
  }

  setU32(offset: number, value: number): void {
    this.engine.memory.u32[(this.env + offset) >> 2] = value
  }

  /** Has translated code come back at the next block. */
  requestExit(): void {
    this.setU32(ENV_ICOUNT_DECR, this.getU32(ENV_ICOUNT_DECR) | 0x8000_0000)
  }
}

/**
 * What executes the code of one machine: memory, module, blocks, CPUs.
 */
export class TcgEngine {
  readonly system: SystemState
  readonly memory = new TcgMemory()
  readonly physMap: PhysMap
  readonly module: TcgModule
  readonly tbs: TbCache
  readonly hot: HotBlocks
  readonly writer = new BytecodeWriter()
  readonly counts = new JitCounts()
  readonly vcpus = new Map<CPUState, Vcpu>()
  /** The CPU whose code runs, or is being translated. */
  current: Vcpu | null = null
  translator: TcgTranslator | null = null
  /** Linear addresses of breakpoints. */
  readonly breakpoints = new Set<number>()
  /** Blocks hold one instruction each. */
  oneInsnPerTb = false
  /** Signalled when a CPU has something to do. */
  readonly wake = new BqlCond()
  /** The loop over all CPUs runs. */
  looping = false
  readonly #createTranslator: (source: TcgCodeSource, cpu: CPUState) => TcgTranslator
  readonly #byEnv = new Map<number, Vcpu>()

  constructor(system: SystemState) {
    this.system = system
    const { module, table, compile, createTranslator } = tcgCpuOps().instantiate(this.memory, {
      ioRead: (env, physical, size) => this.#ioRead(env, physical, size),
      ioWrite: (env, physical, size) => this.#ioWrite(env, physical, size),
      notdirtyWrite: (env, host, size) => this.#notdirtyWrite(env, host, size),
      vcpuAt: (env) => this.#byEnv.get(env)!,
    })
    this.module = module
    this.hot = new HotBlocks(this.memory, table, { ...module }, compile)
    this.#createTranslator = createTranslator
    this.tbs = new TbCache(
      this.memory,
      module,
      () => this.#byEnv.keys(),
      () => this.hot.reset(),
    )
    this.physMap = new PhysMap(
      this.memory,
      () => this.flushTlbs(),
      (host, length) => this.#hostWrote(host, length),
    )
  }

  /** Gives a new CPU its block. Throws UserError when there are too many. */
  addCpu(cpu: CPUState): Vcpu {
    let env = CPU_BLOCKS
    while (this.#byEnv.has(env)) env += CPU_BLOCK_SIZE
    if (env >= CPU_BLOCKS + CPU_MAX * CPU_BLOCK_SIZE) {
      throw new UserError(`-smp: accelerator 'tcg' has at most ${CPU_MAX} CPUs`)
    }
    this.memory.u8.fill(0, env, env + CPU_BLOCK_SIZE)
    const vcpu = new Vcpu(this, cpu, env)
    vcpu.setU32(ENV_CPU_INDEX, cpu.cpuIndex)
    this.vcpus.set(cpu, vcpu)
    this.#byEnv.set(env, vcpu)
    tcgCpuOps().initVcpu(vcpu)
    this.translator ??= this.#createTranslator(this.#codeSource(), cpu)
    return vcpu
  }

  removeCpu(cpu: CPUState): void {
    const vcpu = this.vcpus.get(cpu)
    if (!vcpu) return
    this.vcpus.delete(cpu)
    this.#byEnv.delete(vcpu.env)
  }

  vcpuOf(cpu: CPUState): Vcpu {
    const vcpu = this.vcpus.get(cpu)
    if (!vcpu) throw new Error(`CPU ${cpu.cpuIndex} is not on TCG`)
    return vcpu
  }

  flushTlbs(): void {
    for (const env of this.#byEnv.keys()) this.module.tlbFlush(env)
  }

  #codeSource(): TcgCodeSource {
    const u64 = (linear: number): bigint => BigInt.asUintN(64, BigInt(linear))
    return {
      codeHost: (linear) => {
        const { env } = this.current!
        const host = this.module.codeHost(env, u64(linear)) >>> 0
        // Whoever asked raises what is noted, or drops it.
        this.current!.setU32(ENV_PENDING, 0)
        return host
      },
      byte: (address) => this.memory.u8[address]!,
      deviceByte: (linear) => {
        const { env } = this.current!
        const pfn = this.module.codePfn(env, u64(linear)) >>> 0
        const as = this.system.addressSpaceMemory
        const value = addressSpaceLoad(as, pfn * 4096 + (linear & 4095), 1)
        return as.lastResult === MEMTX_OK ? value : -1
      },
    }
  }

  /** A load that is not from RAM. @qemu accel/tcg/cputlb.c io_readx */
  #ioRead(env: number, physical: number, size: number): void {
    const { view, u8 } = this.memory
    const as = this.system.addressSpaceMemory
    const at = env + ENV_IO_DATA
    if (size === 8) view.setBigUint64(at, addressSpaceLoad64(as, physical), true)
    else if (size === 1 || size === 2 || size === 4)
      view.setUint32(at, addressSpaceLoad(as, physical, size), true)
    else addressSpaceRead(as, physical, u8.subarray(at, at + size))
  }

  /** A store that is not to RAM. @qemu accel/tcg/cputlb.c io_writex */
  #ioWrite(env: number, physical: number, size: number): void {
    const { view, u8 } = this.memory
    const as = this.system.addressSpaceMemory
    const at = env + ENV_IO_DATA
    if (size === 8) addressSpaceStore64(as, physical, view.getBigUint64(at, true))
    else if (size === 1 || size === 2 || size === 4)
      addressSpaceStore(as, physical, view.getUint32(at, true), size)
    else addressSpaceWrite(as, physical, u8.slice(at, at + size))
  }

  /** @qemu accel/tcg/cputlb.c notdirty_write */
  #notdirtyWrite(env: number, host: number, size: number): number {
    host >>>= 0
    const flags = this.memory.u8[PAGE_FLAGS + (host >>> 12)]!
    if (flags & PAGE_LOGGED) {
      const range = this.physMap.rangeAtHost(host)
      if (range) range.block.dirty.set(range.offset + (host - range.host), size, range.logMask)
    }
    if (!(flags & PAGE_CODE)) return 0
    const current = this.tbs.byBytecode(this.memory.u32[(env + ENV_EXIT_IP) >> 2]!)
    return this.tbs.invalidate(host, size, current) ? 1 : 0
  }

  /** A device or a debugger wrote to RAM. */
  #hostWrote(host: number, length: number): void {
    const { u8 } = this.memory
    for (let page = host >>> 12; page <= (host + length - 1) >>> 12; page++) {
      if (u8[PAGE_FLAGS + page]! & PAGE_CODE) {
        this.tbs.invalidate(host, length, null)
        return
      }
    }
  }
}
