// SPDX-License-Identifier: GPL-2.0-or-later
//
// Control flow as WebAssembly has it: blocks that are left forwards and loops that are gone back in, from a graph.

/** A part of a function, in the order in which it is emitted: a node of the graph, or a loop. */
export type Flow = number | FlowLoop

/** Parts that are gone through again and again. */
export interface FlowLoop {
  /** Where it is entered, also from within; more than one and a number chooses. */
  readonly headers: readonly number[]
  readonly body: readonly Flow[]
}

/**
 * Orders what can be reached from node 0: what is jumped to comes later, but for jumps to the header of a loop around.
 * @param successors  of each node
 */
export function structure(successors: readonly (readonly number[])[]): Flow[] {
  const all = successors.map((_, node) => node)
  return order(all, [0], successors)
}

/** @param entries  nodes that are jumped to from outside */
function order(
  nodes: readonly number[],
  entries: readonly number[],
  successors: readonly (readonly number[])[],
): Flow[] {
  const parts = components(nodes, entries, successors)
  return parts.map((part): Flow => {
    const [only] = part
    if (part.length === 1 && !successors[only!]!.includes(only!)) return only!
    const inside = new Set(part)
    const reached = new Set(entries)
    for (const node of parts.flat()) {
      if (!inside.has(node)) for (const next of successors[node]!) reached.add(next)
    }
    const headers = part.filter((node) => reached.has(node))
    // Seen from within the loop a jump to a header leaves for the loop's beginning.
    const inner = successors.map((list, node) =>
      inside.has(node) ? list.filter((next) => inside.has(next) && !headers.includes(next)) : [],
    )
    return { headers, body: order(part, headers, inner) }
  })
}

/** Strongly connected components in topological order (Tarjan's algorithm). */
function components(
  nodes: readonly number[],
  entries: readonly number[],
  successors: readonly (readonly number[])[],
): number[][] {
  const allowed = new Set(nodes)
  const index = new Map<number, number>()
  const low = new Map<number, number>()
  const stack: number[] = []
  const found: number[][] = []
  const visit = (node: number): void => {
    const mine = index.size
    index.set(node, mine)
    low.set(node, mine)
    stack.push(node)
    for (const next of successors[node]!) {
      if (!allowed.has(next)) continue
      if (!index.has(next)) {
        visit(next)
        low.set(node, Math.min(low.get(node)!, low.get(next)!))
      } else if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, index.get(next)!))
    }
    if (low.get(node) !== mine) return
    found.push(stack.splice(stack.indexOf(node)))
  }
  for (const entry of entries) if (!index.has(entry)) visit(entry)
  return found.reverse()
}
