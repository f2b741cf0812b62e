// SPDX-License-Identifier: GPL-2.0-or-later
import { registerTcgCpuOps, type TCGCPUOps, type TcgVcpu } from '@dromaius/tcg'
import { X86_CPU } from '../cpu.js'
import { FEAT_1_ECX, FEAT_7_0_EBX, FEAT_8000_0001_EDX } from '../feature-words.js'
import { x86CpuDoInterrupt, x86CpuExecHalt, x86CpuExecInterrupt } from './tcg-interrupt.js'
import { instantiateX86, type X86Module } from './tcg-module.js'
import { tcgGetRegisters, tcgGetRuntimeState, tcgPutRegisters } from './tcg-state.js'
import { TCG_TSC_KHZ } from './tcg-tsc.js'
import { X86Translator } from './translate.js'
import * as x from './x86-layout.js'

function put(vcpu: TcgVcpu, slot: number, value: number): void {
  vcpu.memory.view.setBigUint64(vcpu.env + slot, BigInt.asUintN(64, BigInt(value)), true)
}

/**
 * x86 for the translator.
 * @qemu target/i386/tcg/tcg-cpu.c x86_tcg_ops
 */
export const x86TcgOps: TCGCPUOps = {
  instantiate(memory, host) {
    const { module, helpers } = instantiateX86(memory, host)
    return {
      module,
      createTranslator(source, cs) {
        const { features } = X86_CPU(cs).env
        const has = (word: number, bit: number): boolean => ((features[word]! >> BigInt(bit)) & 1n) !== 0n
        return new X86Translator(source, helpers, {
          cx16: has(FEAT_1_ECX, 13),
          popcnt: has(FEAT_1_ECX, 23),
          movbe: has(FEAT_1_ECX, 22),
          monitor: has(FEAT_1_ECX, 3),
          rdtscp: has(FEAT_8000_0001_EDX, 27),
          smap: has(FEAT_7_0_EBX, 20),
        })
      },
    }
  },
  initVcpu(vcpu) {
    X86_CPU(vcpu.cpu).env.tscKhz = TCG_TSC_KHZ
  },
  getRegisters: tcgGetRegisters,
  putRegisters: tcgPutRegisters,
  getRuntimeState: tcgGetRuntimeState,
  setPc: (vcpu, pc) => put(vcpu, x.X_EIP, pc),
  restoreStateToOpc(vcpu, pc, word) {
    put(vcpu, x.X_EIP, pc)
    if (word !== x.CC_OP_DYNAMIC) put(vcpu, x.X_CC_OP, word)
  },
  doInterrupt: x86CpuDoInterrupt,
  execInterrupt: x86CpuExecInterrupt,
  execHalt: x86CpuExecHalt,
  tbState: (vcpu) => (vcpu.module as X86Module).cpuGetTbCpuState(vcpu.env),
}

registerTcgCpuOps(x86TcgOps)
