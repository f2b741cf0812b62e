// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The stage on which accelerators are tested.
 *
 * @packageDocumentation
 */
export { type Accelerator, accelerators } from './accelerators.js'
export {
  type Access,
  ComplianceMachine,
  type ComplianceOptions,
  DONE,
  STARTED,
} from './compliance-machine.js'
