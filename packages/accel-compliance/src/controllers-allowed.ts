// SPDX-License-Identifier: GPL-2.0-or-later
//
// data table: what KVM's own controllers do otherwise than the data sheets, by the lines of guests/controllers.

interface NotGood {
  readonly why: string
  readonly on: 'kernel irqchip' | 'kernel APIC' | 'KVM'
  /** Only where KVM has no hardware below it. */
  readonly emulated?: true
  readonly lines: readonly RegExp[]
}

const table: readonly NotGood[] = [
  {
    why: 'There is no speaker port beside the 8254 in the kernel',
    on: 'kernel irqchip',
    lines: [/^speaker port: none$/],
  },
  {
    why: "The kernel's 8259 looks at its inputs again only when one changes, and a poll leaves nothing in service",
    on: 'kernel irqchip',
    lines: [/^8259: special mask mode lets it through past a masked one: /, /^8259: and acknowledges it: /],
  },
  {
    why: "The kernel's 8254 gives ticks that were due when it was cut off (with Debian's QEMU too)",
    on: 'kernel irqchip',
    lines: [/^HPET: legacy replacement cuts the 8254 off: /, /^HPET: and has its line: /, /^HPET: once: /],
  },
  {
    why: "The kernel's I/O APIC has version 0x11",
    on: 'kernel irqchip',
    lines: [/^I\/O APIC: EOI register: none$/],
  },
  {
    why: "The kernel's APIC takes no ExtINT from an I/O APIC",
    on: 'kernel APIC',
    lines: [/^I\/O APIC: ExtINT asks the 8259 for the vector: /],
  },
  {
    why: "The kernel's APIC notes no errors",
    on: 'kernel APIC',
    lines: [/^APIC errors: /],
  },
  {
    why: "The kernel's APIC takes turns among those that could have an interrupt of the lowest priority",
    on: 'kernel APIC',
    lines: [/^IPI: lowest priority goes to the one that does the least: /],
  },
  {
    why: "The kernel's APIC lets reserved bits through, and keeps registers when it is switched off",
    on: 'kernel APIC',
    lines: [
      /^x2APIC: reserved bits fault: /,
      /^x2APIC: EOI takes 0 only: /,
      /^x2APIC: by way of off there is xAPIC mode again, as after a reset: /,
      /^APIC on: as after a reset: /,
    ],
  },
  {
    why: 'With RAM below, the kernel answers from there; where the APIC is ours, it tells of a new base with the next exit',
    on: 'KVM',
    lines: [
      /^APIC base: over RAM, the registers are seen: /,
      /^APIC base: and what was written went to the register: /,
    ],
  },
  {
    why: "The time-stamp counter is the host's, and so is kvmclock, which a KVM without hardware below may not show",
    on: 'KVM',
    lines: [/^clocks: the TSC and the HPET agree at 1 GHz: /, /^clocks: kvmclock.*: /],
  },
  {
    why: "Without the kernel's APIC there is no x2APIC mode and no TSC deadline",
    on: 'KVM',
    lines: [/^x2APIC: none$/, /^APIC timer: TSC deadline: none$/],
  },
  {
    why: "Without hardware below, the kernel's APIC ends interrupts by itself (Debian's QEMU sees the same there)",
    on: 'kernel APIC',
    emulated: true,
    lines: [
      /^I\/O APIC: unmasked it does: /,
      /^I\/O APIC: remote IRR is set until it ends: /,
      /^I\/O APIC: and it does not interrupt again before: /,
      /^I\/O APIC: the EOI is broadcast, and the level interrupts again: /,
      /^I\/O APIC: no more when the level is gone: /,
      /^I\/O APIC: masked meanwhile, the level does not interrupt again: /,
      /^I\/O APIC: EOI register: another vector's changes nothing: /,
      /^APIC: what is in service raises the processor's priority: /,
      /^APIC: it is in service, and not requested: /,
      /^APIC: its own and lower ones wait: /,
      /^APIC: and the lower one still waits: /,
      /^HPET: level-triggered interrupts by input 21: /,
      /^HPET: it interrupts until that is cleared: /,
      /^HPET: and no more then: /,
      /^PM timer: cleared, it is over: /,
    ],
  },
]

/** Lines that may be other than good on an accelerator, by the name that it has in the battery. */
export function notGoodOn(accelerator: string, emulated: boolean): readonly RegExp[] {
  const has = {
    KVM: accelerator.startsWith('kvm'),
    'kernel APIC': accelerator === 'kvm' || accelerator === 'kvm,kernel-irqchip=split',
    'kernel irqchip': accelerator === 'kvm',
  }
  return table.filter((row) => has[row.on] && (emulated || !row.emulated)).flatMap(({ lines }) => lines)
}
