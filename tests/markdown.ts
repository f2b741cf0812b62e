// SPDX-License-Identifier: GPL-2.0-or-later
/** Reading of fenced code blocks, for the tests that run what the documents say. */

/** One fenced block. */
export interface Block {
  /** First word after the fence, empty if there is none. */
  language: string
  text: string
  /** Line of the opening fence, from 1. */
  line: number
}

/** All fenced blocks of a Markdown text, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let open: Block | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    if (!line.startsWith('```')) {
      if (open) open.text += `${line}\n`
    } else if (open) {
      blocks.push(open)
      open = undefined
    } else open = { language: /^\w*/.exec(line.slice(3))?.[0] ?? '', text: '', line: index + 1 }
  }
  if (open) throw new Error(`the block that line ${open.line} opens is never closed`)
  return blocks
}

/** Regular expression source for expected output: `…` is any text, and as a line of its own any lines. */
export function outputPattern(expected: string): string {
  return expected
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line.trim() === '…') return '(?:.*\n)*?'
      const parts = line.trimEnd().split('…')
      return `${parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}[ \\t]*\n`
    })
    .join('')
}
