// SPDX-License-Identifier: GPL-2.0-or-later
import { registerTcgCpuOps, type TCGCPUOps, type TcgVcpu } from '@dromaius/tcg'
import { X86_CPU } from '../cpu.js'
import { insnFeaturesOf } from './insn-features.js'
import { x86CompileTarget } from './tcg-compile.js'
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
    const { module, table, helpers } = instantiateX86(memory, host)
    return {
      module,
      table,
      compile: x86CompileTarget(helpers),
      createTranslator(source, cs) {
        return new X86Translator(source, helpers, insnFeaturesOf(X86_CPU(cs).env))
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
    const ccOp = word & 0xff
    if (ccOp !== x.CC_OP_DYNAMIC) put(vcpu, x.X_CC_OP, ccOp)
    ;(vcpu.module as X86Module).refineFault(vcpu.env, word)
  },
  doInterrupt: x86CpuDoInterrupt,
  execInterrupt: x86CpuExecInterrupt,
  execHalt: x86CpuExecHalt,
  tbState: (vcpu) => (vcpu.module as X86Module).cpuGetTbCpuState(vcpu.env),
}

registerTcgCpuOps(x86TcgOps)
