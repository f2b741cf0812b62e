// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The x86 CPU: models, features, CPUID, realize, reset, state. KVM's side of it is `@dromaius/target-i386/kvm`.
 * @packageDocumentation
 */
export { registerX86AccelCpu, type X86AccelCpu, x86AccelCpuOf } from './accel-cpu.js'
export {
  apicDesignateBsp,
  APIC_DEFAULT_ADDRESS,
  cpuGetApicBase,
  cpuGetApicTpr,
  cpuIsBsp,
  cpuSetApicBase,
  cpuSetApicTpr,
  MSR_IA32_APICBASE_BASE,
  MSR_IA32_APICBASE_BSP,
  MSR_IA32_APICBASE_ENABLE,
  MSR_IA32_APICBASE_EXTD,
  type X86ApicDevice,
} from './cpu-apic-device.js'
export { apicTypeNameOf, x86CpuApicCreate, x86CpuApicRealize } from './cpu-apic.js'
export {
  TYPE_X86_CPU,
  x86CpuCommonClassInit,
  x86CpuPendingInterrupt,
  x86CpuPostInitfn,
  X86_CPU_TYPE_SUFFIX,
} from './cpu-class.js'
export { type CpuDefinitionInfo, qmpQueryCpuDefinitions } from './cpu-definitions.js'
export { x86CpuDumpState } from './cpu-dump.js'
export {
  x86CpuExpandFeatures,
  x86CpuFilterFeatures,
  x86CpuGetSupportedFeatureWord,
  x86CpuHaveFilteredFeatures,
} from './cpu-features.js'
export { x86CpuApplyFeaturestr, type X86CpuFeatureString, x86CpuParseFeaturestr } from './cpu-featurestr.js'
export { x86CpuClassByName, x86CpuClassGetModelName, x86CpuList } from './cpu-list.js'
export { MCE_CAP_DEF, mceInit } from './cpu-mce.js'
export {
  x86CpuDefGetVersions,
  x86CpuModelResolveVersion,
  x86CpuSetDefaultVersion,
} from './cpu-default-version.js'
export { builtinX86Defs } from './cpu-model-table.js'
export {
  CPU_VERSION_AUTO,
  CPU_VERSION_LATEST,
  type PropValue,
  type X86CPUDefinition,
  type X86CPUModel,
  type X86CPUVersionDefinition,
} from './cpu-model-types.js'
export {
  TYPE_BASE_X86_CPU,
  TYPE_HOST_X86_CPU,
  TYPE_MAX_X86_CPU,
  x86CpuLoadModel,
  x86CpuTypeName,
  x86RegisterCpudefTypes,
} from './cpu-models.js'
export { x86CpuCreate, type X86CpuOption, x86ParseCpuOption } from './cpu-option.js'
export type { X86CPUFeatureWordInfo } from './cpu-props.js'
export { x86CpuApplyProps } from './cpu-version-props.js'
export { x86CpuRealizefn, x86CpuUnrealizefn } from './cpu-realize.js'
export { x86CpuAfterReset, x86CpuResetHold } from './cpu-reset.js'
export {
  isAmdCpu,
  isIntelCpu,
  UNASSIGNED_APIC_ID,
  X86CPU,
  X86CPUClass,
  x86CpuVendorWords2str,
  X86_CPU,
  X86_CPU_GET_CLASS,
} from './cpu.js'
export type { CPUCacheInfo, CPUCaches, CpuidCaches } from './cpuid-cache.js'
export type { CpuidReg, CpuidRegs } from './cpuid-regs.js'
export { cpuX86Cpuid } from './cpuid.js'
export { CPUID_EXT_TSC_DEADLINE_TIMER, CPUID_EXT_X2APIC } from './cpuid-bits.js'
export * from './env.js'
export * from './hyperv.js'
export { type ExtSaveArea, hostExtSaveAreas, x86ExtSaveAreas, xsaveAreaSize } from './ext-save-areas.js'
export { type FeatureBits, featureBitsByName, x86CpuFeatureName } from './feature-names.js'
export { FEAT_1_ECX, type FeatureWord, type FeatureWordInfo, featureWordInfo } from './feature-words.js'
export { x86UpdateHflags } from './hflags.js'
export {
  apicidCoreOffset,
  apicidDieOffset,
  apicidPkgOffset,
  x86ApicidFromCpuIdx,
  x86ApicidFromTopoIds,
  type X86CPUTopoIDs,
  type X86CPUTopoInfo,
  x86TopoIdsFromApicid,
  x86TopoIdsFromIdx,
} from './topology.js'
export { vmstateX86Cpu } from './vmstate.js'
export { cpuX86LoadSegCacheSipi } from './do-cpu-init.js'
export { type IoapicEoi, ioapicEoiBroadcast, ioapicListAdd } from './ioapic-list.js'
export { picReadIrq, setIsaPic } from './pic.js'
