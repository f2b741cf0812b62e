// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// The structures of <linux/kvm.h> and <asm/kvm.h> (x86-64) that Dromaius exchanges with the kernel. The build
// compares every offset and size with the kernel's headers.

import { array, ListType, s32, s64, StructType, u16, u32, u64, u8 } from './struct.js'

export const kvm_segment = new StructType('kvm_segment', {
  base: u64,
  limit: u32,
  selector: u16,
  type: u8,
  present: u8,
  dpl: u8,
  db: u8,
  s: u8,
  l: u8,
  g: u8,
  avl: u8,
  unusable: u8,
  padding: u8,
})
export const kvm_dtable = new StructType('kvm_dtable', { base: u64, limit: u16, padding: array(u16, 3) })

/** KVM API 4.11 KVM_GET_REGS */
export const kvm_regs = new StructType('kvm_regs', {
  rax: u64,
  rbx: u64,
  rcx: u64,
  rdx: u64,
  rsi: u64,
  rdi: u64,
  rsp: u64,
  rbp: u64,
  r8: u64,
  r9: u64,
  r10: u64,
  r11: u64,
  r12: u64,
  r13: u64,
  r14: u64,
  r15: u64,
  rip: u64,
  rflags: u64,
})

/** KVM API 4.13 KVM_GET_SREGS */
export const kvm_sregs = new StructType('kvm_sregs', {
  cs: kvm_segment,
  ds: kvm_segment,
  es: kvm_segment,
  fs: kvm_segment,
  gs: kvm_segment,
  ss: kvm_segment,
  tr: kvm_segment,
  ldt: kvm_segment,
  gdt: kvm_dtable,
  idt: kvm_dtable,
  cr0: u64,
  cr2: u64,
  cr3: u64,
  cr4: u64,
  cr8: u64,
  efer: u64,
  apic_base: u64,
  interrupt_bitmap: array(u64, 4),
})

/** KVM API 4.134 KVM_GET_SREGS2 */
export const kvm_sregs2 = new StructType('kvm_sregs2', {
  cs: kvm_segment,
  ds: kvm_segment,
  es: kvm_segment,
  fs: kvm_segment,
  gs: kvm_segment,
  ss: kvm_segment,
  tr: kvm_segment,
  ldt: kvm_segment,
  gdt: kvm_dtable,
  idt: kvm_dtable,
  cr0: u64,
  cr2: u64,
  cr3: u64,
  cr4: u64,
  cr8: u64,
  efer: u64,
  apic_base: u64,
  flags: u64,
  pdptrs: array(u64, 4),
})

/** KVM API 4.22 KVM_GET_FPU */
export const kvm_fpu = new StructType('kvm_fpu', {
  fpr: array(u8, 128),
  fcw: u16,
  fsw: u16,
  ftwx: u8,
  pad1: u8,
  last_opcode: u16,
  last_ip: u64,
  last_dp: u64,
  xmm: array(u8, 256),
  mxcsr: u32,
  pad2: u32,
})

/** KVM API 4.42 KVM_GET_XSAVE; the layout of the 4 KiB is the XSAVE area of SDM vol. 1, 13.4 */
export const kvm_xsave = new StructType('kvm_xsave', { region: array(u8, 4096) })
export const kvm_xcr = new StructType('kvm_xcr', { xcr: u32, reserved: u32, value: u64 })
/** KVM API 4.44 KVM_GET_XCRS */
export const kvm_xcrs = new StructType('kvm_xcrs', {
  nr_xcrs: u32,
  flags: u32,
  xcrs: array(kvm_xcr, 16),
  padding: array(u64, 16),
})

export const kvm_msr_entry = new StructType('kvm_msr_entry', { index: u32, reserved: u32, data: u64 })
/** KVM API 4.18 KVM_GET_MSRS */
export const kvm_msrs = new ListType(
  new StructType('kvm_msrs', { nmsrs: u32, pad: u32 }),
  'nmsrs',
  kvm_msr_entry,
)
/** KVM API 4.3 KVM_GET_MSR_INDEX_LIST; `entries[i].index` is an MSR's number. */
export const kvm_msr_list = new ListType(
  new StructType('kvm_msr_list', { nmsrs: u32 }),
  'nmsrs',
  new StructType('', { index: u32 }),
)

export const kvm_cpuid_entry2 = new StructType('kvm_cpuid_entry2', {
  function: u32,
  index: u32,
  flags: u32,
  eax: u32,
  ebx: u32,
  ecx: u32,
  edx: u32,
  padding: array(u32, 3),
})
/** KVM API 4.46 KVM_GET_SUPPORTED_CPUID */
export const kvm_cpuid2 = new ListType(
  new StructType('kvm_cpuid2', { nent: u32, padding: u32 }),
  'nent',
  kvm_cpuid_entry2,
)

const kvm_vcpu_events_exception = new StructType('', {
  injected: u8,
  nr: u8,
  has_error_code: u8,
  pending: u8,
  error_code: u32,
})
const kvm_vcpu_events_interrupt = new StructType('', { injected: u8, nr: u8, soft: u8, shadow: u8 })
const kvm_vcpu_events_nmi = new StructType('', { injected: u8, pending: u8, masked: u8, pad: u8 })
const kvm_vcpu_events_smi = new StructType('', { smm: u8, pending: u8, smm_inside_nmi: u8, latched_init: u8 })
/** KVM API 4.31 KVM_GET_VCPU_EVENTS */
export const kvm_vcpu_events = new StructType('kvm_vcpu_events', {
  exception: kvm_vcpu_events_exception,
  interrupt: kvm_vcpu_events_interrupt,
  nmi: kvm_vcpu_events_nmi,
  sipi_vector: u32,
  flags: u32,
  smi: kvm_vcpu_events_smi,
  triple_fault: new StructType('', { pending: u8 }),
  reserved: array(u8, 26),
  exception_has_payload: u8,
  exception_payload: u64,
})

/**
 * KVM API 4.114 KVM_GET_NESTED_STATE, its head; the data of the format stands behind it. `hdr` has VMX's fields; SVM's one,
 * vmcb_pa, is where vmxon_pa is.
 */
export const kvm_nested_state = new StructType('kvm_nested_state', {
  flags: u16,
  format: u16,
  size: u32,
  hdr: new StructType('', {
    vmx: new StructType('', {
      vmxon_pa: u64,
      vmcs12_pa: u64,
      smm: new StructType('', { flags: u16 }),
      pad: u16,
      flags: u32,
      preemption_timer_deadline: u64,
    }),
    pad: array(u8, 88),
  }),
})

/** KVM API 4.38 KVM_GET_MP_STATE */
export const kvm_mp_state = new StructType('kvm_mp_state', { mp_state: u32 })
/** KVM API 4.33 KVM_GET_DEBUGREGS */
export const kvm_debugregs = new StructType('kvm_debugregs', {
  db: array(u64, 4),
  dr6: u64,
  dr7: u64,
  flags: u64,
  reserved: array(u64, 9),
})
/** KVM API 4.57 KVM_GET_LAPIC: register `n` of SDM vol. 3A, table 11-1 stands at its MMIO offset. */
export const kvm_lapic_state = new StructType('kvm_lapic_state', { regs: array(u8, 1024) })
/** KVM API 4.87 KVM_SET_GUEST_DEBUG */
export const kvm_guest_debug = new StructType('kvm_guest_debug', {
  control: u32,
  pad: u32,
  arch: new StructType('', { debugreg: array(u64, 8) }),
})
/** KVM API 4.5 KVM_TRANSLATE */
export const kvm_translation = new StructType('kvm_translation', {
  linear_address: u64,
  physical_address: u64,
  valid: u8,
  writeable: u8,
  usermode: u8,
  pad: array(u8, 5),
})
export const kvm_interrupt = new StructType('kvm_interrupt', { irq: u32 })
/** KVM API 4.105 KVM_X86_SET_MCE */
export const kvm_x86_mce = new StructType('kvm_x86_mce', {
  status: u64,
  addr: u64,
  misc: u64,
  mcg_status: u64,
  bank: u8,
  pad1: array(u8, 7),
  pad2: array(u64, 3),
})
/** KVM API 4.37 KVM_ENABLE_CAP */
export const kvm_enable_cap = new StructType('kvm_enable_cap', {
  cap: u32,
  flags: u32,
  args: array(u64, 4),
  pad: array(u8, 64),
})
export const kvm_tpr_access_ctl = new StructType('kvm_tpr_access_ctl', {
  enabled: u32,
  flags: u32,
  reserved: array(u32, 8),
})
export const kvm_vapic_addr = new StructType('kvm_vapic_addr', { vapic_addr: u64 })

/** One i8259; the pair is chip ids KVM_IRQCHIP_PIC_MASTER and _SLAVE. */
export const kvm_pic_state = new StructType('kvm_pic_state', {
  last_irr: u8,
  irr: u8,
  imr: u8,
  isr: u8,
  priority_add: u8,
  irq_base: u8,
  read_reg_select: u8,
  poll: u8,
  special_mask: u8,
  init_state: u8,
  auto_eoi: u8,
  rotate_on_auto_eoi: u8,
  special_fully_nested_mode: u8,
  init4: u8,
  elcr: u8,
  elcr_mask: u8,
})
export const kvm_ioapic_state = new StructType('kvm_ioapic_state', {
  base_address: u64,
  ioregsel: u32,
  id: u32,
  irr: u32,
  pad: u32,
  redirtbl: array(u64, 24),
})
/** KVM API 4.26 KVM_GET_IRQCHIP; `chip` is a kvm_pic_state or a kvm_ioapic_state by `chip_id`. */
export const kvm_irqchip = new StructType('kvm_irqchip', {
  chip_id: u32,
  pad: u32,
  chip: array(u8, 512),
})

export const kvm_pit_channel_state = new StructType('kvm_pit_channel_state', {
  count: u32,
  latched_count: u16,
  count_latched: u8,
  status_latched: u8,
  status: u8,
  read_state: u8,
  write_state: u8,
  write_latch: u8,
  rw_mode: u8,
  mode: u8,
  bcd: u8,
  gate: u8,
  count_load_time: s64,
})
/** KVM API 4.72 KVM_GET_PIT2 */
export const kvm_pit_state2 = new StructType('kvm_pit_state2', {
  channels: array(kvm_pit_channel_state, 3),
  flags: u32,
  reserved: array(u32, 9),
})
export const kvm_pit_config = new StructType('kvm_pit_config', { flags: u32, pad: array(u32, 15) })
export const kvm_reinject_control = new StructType('kvm_reinject_control', {
  pit_reinject: u8,
  reserved: array(u8, 31),
})
/** KVM API 4.29 KVM_GET_CLOCK, times in ns */
export const kvm_clock_data = new StructType('kvm_clock_data', {
  clock: u64,
  flags: u32,
  pad0: u32,
  realtime: u64,
  host_tsc: u64,
  pad: array(u32, 4),
})

/** KVM API 4.70 KVM_SIGNAL_MSI */
export const kvm_msi = new StructType('kvm_msi', {
  address_lo: u32,
  address_hi: u32,
  data: u32,
  flags: u32,
  devid: u32,
  pad: array(u8, 12),
})
/** KVM API 4.52 KVM_SET_GSI_ROUTING; `u` holds `{irqchip, pin}` or `{address_lo, address_hi, data}`. */
export const kvm_irq_routing_entry = new StructType('kvm_irq_routing_entry', {
  gsi: u32,
  type: u32,
  flags: u32,
  pad: u32,
  u: new StructType('', { pad: array(u32, 8) }),
})
export const kvm_irq_routing = new ListType(
  new StructType('kvm_irq_routing', { nr: u32, flags: u32 }),
  'nr',
  kvm_irq_routing_entry,
)
/** KVM API 4.75 KVM_IRQFD */
export const kvm_irqfd = new StructType('kvm_irqfd', {
  fd: u32,
  gsi: u32,
  flags: u32,
  resamplefd: u32,
  pad: array(u8, 16),
})
/** KVM API 4.59 KVM_IOEVENTFD */
export const kvm_ioeventfd = new StructType('kvm_ioeventfd', {
  datamatch: u64,
  addr: u64,
  len: u32,
  fd: s32,
  flags: u32,
  pad: array(u8, 36),
})
/** KVM API 4.116 KVM_(UN)REGISTER_COALESCED_MMIO; `pio` 1 for ports */
export const kvm_coalesced_mmio_zone = new StructType('kvm_coalesced_mmio_zone', {
  addr: u64,
  size: u32,
  pio: u32,
})
/** One buffered write. `pio` 1 for ports, `len` in bytes. */
export const kvm_coalesced_mmio = new StructType('kvm_coalesced_mmio', {
  phys_addr: u64,
  len: u32,
  pio: u32,
  data: array(u8, 8),
})
/** The ring's indices; entries follow at offset 8. */
export const kvm_coalesced_mmio_ring = new StructType('kvm_coalesced_mmio_ring', { first: u32, last: u32 })

/** The fixed part of struct kvm_run; what depends on the exit reason follows it. KVM API 5 */
export const kvm_run = new StructType('kvm_run', {
  request_interrupt_window: u8,
  immediate_exit: u8,
  padding1: array(u8, 6),
  exit_reason: u32,
  ready_for_interrupt_injection: u8,
  if_flag: u8,
  flags: u16,
  cr8: u64,
  apic_base: u64,
})

/** The union after the fixed part, by member. */
export const kvm_run_members = {
  hw: new StructType('hw', { hardware_exit_reason: u64 }),
  fail_entry: new StructType('fail_entry', { hardware_entry_failure_reason: u64, cpu: u32 }),
  ex: new StructType('ex', { exception: u32, error_code: u32 }),
  io: new StructType('io', { direction: u8, size: u8, port: u16, count: u32, data_offset: u64 }),
  debug: new StructType('debug', {
    arch: new StructType('', { exception: u32, pad: u32, pc: u64, dr6: u64, dr7: u64 }),
  }),
  mmio: new StructType('mmio', { phys_addr: u64, data: array(u8, 8), len: u32, is_write: u8 }),
  hypercall: new StructType('hypercall', { nr: u64, args: array(u64, 6), ret: u64 }),
  tpr_access: new StructType('tpr_access', { rip: u64, is_write: u32 }),
  internal: new StructType('internal', { suberror: u32, ndata: u32, data: array(u64, 16) }),
  emulation_failure: new StructType('emulation_failure', {
    suberror: u32,
    ndata: u32,
    flags: u64,
    insn_size: u8,
    insn_bytes: array(u8, 15),
  }),
  system_event: new StructType('system_event', { type: u32, ndata: u32, data: array(u64, 16) }),
  eoi: new StructType('eoi', { vector: u8 }),
  msr: new StructType('msr', { error: u8, pad: array(u8, 7), reason: u32, index: u32, data: u64 }),
  notify: new StructType('notify', { flags: u32 }),
  /** `u` by `type`: synic is msr, control, evt_page, msg_page; hcall input, result, params; syndbg msr and five more. */
  hyperv: new StructType('hyperv', { type: u32, pad1: u32, u: array(u64, 6) }),
}

/** Every table above that the build compares with the kernel's headers. */
export const checkedStructs = [
  kvm_segment,
  kvm_dtable,
  kvm_regs,
  kvm_sregs,
  kvm_sregs2,
  kvm_fpu,
  kvm_xsave,
  kvm_xcr,
  kvm_xcrs,
  kvm_msr_entry,
  kvm_msrs.header,
  kvm_msr_list.header,
  kvm_cpuid_entry2,
  kvm_cpuid2.header,
  kvm_vcpu_events,
  kvm_nested_state,
  kvm_mp_state,
  kvm_debugregs,
  kvm_lapic_state,
  kvm_guest_debug,
  kvm_translation,
  kvm_interrupt,
  kvm_x86_mce,
  kvm_enable_cap,
  kvm_tpr_access_ctl,
  kvm_vapic_addr,
  kvm_pic_state,
  kvm_ioapic_state,
  kvm_irqchip,
  kvm_pit_channel_state,
  kvm_pit_state2,
  kvm_pit_config,
  kvm_reinject_control,
  kvm_clock_data,
  kvm_msi,
  kvm_irq_routing_entry,
  kvm_irq_routing.header,
  kvm_irqfd,
  kvm_ioeventfd,
  kvm_coalesced_mmio_zone,
  kvm_coalesced_mmio,
  kvm_coalesced_mmio_ring,
]
