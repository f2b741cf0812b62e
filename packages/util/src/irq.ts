// SPDX-License-Identifier: GPL-2.0-or-later

/**
 * Takes a change of an input line: `n` is the line's number at its owner, `level` 0 or 1 (some lines carry
 * more).
 */
export type IRQHandler = (n: number, level: number) => void

/**
 * The receiving end of one interrupt or GPIO line.
 * @qemu hw/core/irq.c IRQState
 */
export class IRQState {
  /** Called with `n` each time that somebody sets the line. */
  readonly handler: IRQHandler
  /** Number of the line at its owner. */
  readonly n: number

  constructor(handler: IRQHandler, n: number) {
    this.handler = handler
    this.n = n
  }
}

/** A line as its driver holds it; null is a pin that is wired to nothing. */
export type qemu_irq = IRQState | null

/**
 * Makes one line.
 * @qemu hw/core/irq.c qemu_allocate_irq
 */
export function qemuAllocateIrq(handler: IRQHandler, n: number): IRQState {
  return new IRQState(handler, n)
}

/**
 * Makes `count` lines, numbered from 0, that share a handler.
 * @qemu hw/core/irq.c qemu_allocate_irqs
 */
export function qemuAllocateIrqs(handler: IRQHandler, count: number): IRQState[] {
  return Array.from({ length: count }, (_, n) => new IRQState(handler, n))
}

/**
 * Sets a line's level. Does nothing when the line is wired to nothing.
 * @qemu hw/core/irq.c qemu_set_irq
 */
export function qemuSetIrq(irq: qemu_irq, level: number): void {
  if (irq) irq.handler(irq.n, level)
}

/**
 * Sets a line to 1.
 * @qemu include/hw/irq.h qemu_irq_raise
 */
export function qemuIrqRaise(irq: qemu_irq): void {
  qemuSetIrq(irq, 1)
}

/**
 * Sets a line to 0.
 * @qemu include/hw/irq.h qemu_irq_lower
 */
export function qemuIrqLower(irq: qemu_irq): void {
  qemuSetIrq(irq, 0)
}

/**
 * Sets a line to 1, then to 0.
 * @qemu include/hw/irq.h qemu_irq_pulse
 */
export function qemuIrqPulse(irq: qemu_irq): void {
  qemuSetIrq(irq, 1)
  qemuSetIrq(irq, 0)
}

/**
 * Makes a line that drives `irq` with the opposite level. Lines rest at 0, so `irq` is raised at once.
 * @qemu hw/core/irq.c qemu_irq_invert
 */
export function qemuIrqInvert(irq: qemu_irq): IRQState {
  qemuIrqRaise(irq)
  return qemuAllocateIrq((_n, level) => qemuSetIrq(irq, level === 0 ? 1 : 0), 0)
}

/**
 * Makes a line that drives two others, `first` before `second`.
 * @qemu hw/core/split-irq.c split_irq_handler
 */
export function qemuIrqSplit(first: qemu_irq, second: qemu_irq): IRQState {
  return qemuAllocateIrq((_n, level) => {
    qemuSetIrq(first, level)
    qemuSetIrq(second, level)
  }, 0)
}
