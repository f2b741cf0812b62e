// SPDX-License-Identifier: GPL-2.0-or-later
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Flow, structure } from './wasm-flow.js'

/** The node that a part is entered at when it is fallen into or chosen. */
const heads = (part: Flow): readonly number[] => (typeof part === 'number' ? [part] : part.headers)

/** Places from which a jump to each node is possible, as WebAssembly nests them: later parts, and loops around. */
function check(
  flow: readonly Flow[],
  around: ReadonlySet<number>,
  jumps: (from: number) => readonly number[],
): void {
  flow.forEach((part, i) => {
    const open = new Set([...around, ...flow.slice(i + 1).flatMap(heads)])
    if (typeof part === 'number') for (const to of jumps(part)) expect(open).toContain(to)
    else check(part.body, new Set([...open, ...part.headers]), jumps)
  })
}

const nodes = (flow: readonly Flow[]): number[] =>
  flow.flatMap((part) => (typeof part === 'number' ? [part] : nodes(part.body)))

describe('control flow of a region', () => {
  it('is a loop for a block that leads to itself', () => {
    expect(structure([[0]])).toEqual([{ headers: [0], body: [0] }])
  })

  it('is what comes first, then what comes after', () => {
    expect(structure([[2, 1], [], [1]])).toEqual([0, 2, 1])
  })

  it('is a loop within a loop', () => {
    expect(structure([[1], [1, 0, 2], []])).toEqual([
      { headers: [0], body: [0, { headers: [1], body: [1] }] },
      2,
    ])
  })

  it('chooses between the headers of a loop that is entered at two places', () => {
    expect(structure([[1, 2], [2], [1]])).toEqual([0, { headers: [2, 1].sort(), body: expect.anything() }])
  })

  it('has every node once, and every jump forwards or to a loop around', () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }),
      )
    fc.assert(
      fc.property(graph, (successors) => {
        const reached = new Set([0])
        for (const node of reached) for (const next of successors[node]!) reached.add(next)
        const flow = structure(successors)
        expect(nodes(flow).sort((a, b) => a - b)).toEqual([...reached].sort((a, b) => a - b))
        expect(heads(flow[0]!)).toEqual([0])
        check(flow, new Set(), (from) => successors[from]!)
      }),
    )
  })
})
