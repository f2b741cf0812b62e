// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * fw_cfg: numbered items and named files by which firmware and kernels learn of their machine.
 * @packageDocumentation
 */
export {
  fwCfgAddBytes,
  fwCfgAddFile,
  fwCfgAddI16,
  fwCfgAddI32,
  fwCfgAddI64,
  fwCfgAddString,
  fwCfgModifyFile,
} from './fw-cfg.js'
export type { FWCfgEntryOptions } from './fw-cfg.js'
export { FW_CFG_DMA_IO_BASE, FW_CFG_IO_BASE, fwCfgInitIoDma, TYPE_FW_CFG_IO } from './fw-cfg-io.js'
export * from './fw-cfg-keys.js'
export { type FWCfgEntry, type FWCfgFile, FWCfgState } from './fw-cfg-state.js'
