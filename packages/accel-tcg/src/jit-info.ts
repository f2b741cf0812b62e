// SPDX-License-Identifier: GPL-2.0-or-later
import { readFileSync } from 'node:fs'
import { RAM_BASE } from '@dromaius/tcg'
import { sizeToStr } from '@dromaius/util'
import type { JitShares } from './jit-profile.js'
import type { TranslationBlock } from './tb-cache.js'
import type { TcgEngine } from './tcg-engine.js'

const thousands = (count: number): string => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',')
const percent = (part: number, whole: number): string =>
  `${whole === 0 ? 0 : Math.round((100 * part) / whole)}%`
const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`

/**
 * The translator's state and figures as text, for `-d jit`.
 * @param shares  where the time went
 * @qemu accel/tcg/translate-all.c dump_exec_info
 * @differs no hash table's and TLB's figures; what is compiled, times and memory come in addition
 */
export function dumpExecInfo(engine: TcgEngine, shares: JitShares): string {
  return [
    ...translationBuffer(engine),
    '',
    ...statistics(engine),
    '',
    ...times(engine, shares),
    '',
    ...memoryUse(engine),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function translationBuffer({ tbs, memory }: TcgEngine): string[] {
  const { start, end } = memory.code
  const blocks = tbs.all.filter(({ valid }) => valid)
  const sum = (of: (tb: TranslationBlock) => number): number =>
    blocks.reduce((total, tb) => total + of(tb), 0)
  const average = (total: number): number => Math.round(total / Math.max(1, blocks.length))
  const target = sum(({ codeSize }) => codeSize)
  const host = sum(({ size }) => size)
  const longest = blocks.reduce((most, { codeSize }) => Math.max(most, codeSize), 0)
  const crossPage = sum(({ pages }) => (pages.length > 1 ? 1 : 0))
  const ways = (n: number): string => {
    const count = sum(({ chains }) => (chains.filter(Boolean).length >= n ? 1 : 0))
    return `${count} (${percent(count, blocks.length)})`
  }
  return [
    'Translation buffer state:',
    `gen code size       ${tbs.used}/${end - start}`,
    `TB count            ${blocks.length}`,
    `TB avg target size  ${average(target)} max=${longest} bytes`,
    `TB avg host size    ${average(host)} bytes (expansion ratio: ${(host / Math.max(1, target)).toFixed(1)})`,
    `cross page TB count ${crossPage} (${percent(crossPage, blocks.length)})`,
    `direct jump count   ${ways(1)}, 2 jumps ${ways(2)}`,
  ]
}

function statistics({ tbs, hot, counts }: TcgEngine): string[] {
  const compiled = Math.max(0, counts.executed - tbs.interpreted)
  const { modules, functions, bytes } = hot.counts
  return [
    'Statistics:',
    `TB translate count  ${tbs.counts.translated}`,
    `TB flush count      ${tbs.counts.flushes}`,
    `TB invalidate count ${tbs.counts.invalidated}`,
    `WebAssembly modules ${modules} (${functions} functions, ${bytes} bytes)`,
    `guest instructions  ${thousands(counts.executed)} (${percent(compiled, counts.executed)} by compiled code)`,
  ]
}

function times({ hot, counts }: TcgEngine, shares: JitShares): string[] {
  const { turns, translation, decode, executed } = counts
  const other = shares.other - translation - hot.counts.ms
  return [
    'Times:',
    `turns of CPUs       ${seconds(turns)} (${(executed / 1000 / Math.max(0.001, turns)).toFixed(1)} million instructions a second)`,
    `decode              ${seconds(decode)}`,
    `translation         ${seconds(translation - decode)}`,
    `compilation         ${seconds(hot.counts.ms)}`,
    `interpretation      ${seconds(shares.interpreter)}`,
    `compiled code       ${seconds(shares.compiled)}`,
    `helpers, soft MMU   ${seconds(shares.helpers)}`,
    `everything else     ${seconds(Math.max(0, other))}`,
  ]
}

function memoryUse({ memory }: TcgEngine): string[] {
  const { rss, heapUsed } = process.memoryUsage()
  const size = memory.memory.buffer.byteLength
  const resident = residentOf(size)
  return [
    'Memory:',
    `guest RAM and ROM   ${sizeToStr(size - RAM_BASE)}`,
    `translator          ${sizeToStr(RAM_BASE)} before it, ${sizeToStr(heapUsed)} of the isolate's heap`,
    `process             ${sizeToStr(rss)} resident${resident === null ? '' : `, ${sizeToStr(rss - resident)} of it outside of WebAssembly's memory`}`,
  ]
}

/** Bytes of a mapping that are in memory, found by its size; null where the host does not tell. */
function residentOf(size: number): number | null {
  try {
    const wanted = new RegExp(`^Size: +${size / 1024} kB\\n(?:.*\\n){2}Rss: +(\\d+) kB`, 'm')
    const match = wanted.exec(readFileSync('/proc/self/smaps', 'latin1'))
    return match && Number(match[1]) * 1024
  } catch {
    return null
  }
}
