// SPDX-License-Identifier: GPL-2.0-or-later
/** Reading of fenced code blocks, for the tests that run what the documents say. */

/**
 * One fenced block.
 * @typedef {object} Block
 * @property {string} language first word after the fence, empty if there is none
 * @property {string} info what stands behind it on the fence's line
 * @property {string} text
 * @property {number} line of the opening fence, from 1
 */

/** All fenced blocks of a Markdown text, in order. @param {string} markdown @returns {Block[]} */
export function blocksOf(markdown) {
  /** @type {Block[]} */
  const blocks = []
  /** @type {Block | undefined} */
  let open
  for (const [index, line] of markdown.split('\n').entries()) {
    if (!line.startsWith('```')) {
      if (open) open.text += `${line}\n`
    } else if (open) {
      blocks.push(open)
      open = undefined
    } else {
      const [language = '', info = ''] = line.slice(3).split(/\s+(.*)/)
      open = { language, info, text: '', line: index + 1 }
    }
  }
  if (open) throw new Error(`the block that line ${open.line} opens is never closed`)
  return blocks
}

/**
 * The programs of a README: its `js` blocks, each with the output that a `text` block after it expects.
 * @param {string} markdown
 * @returns {(Block & { output: string | undefined })[]}
 */
export function examplesOf(markdown) {
  const blocks = blocksOf(markdown)
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1]
    return block.language === 'js'
      ? [{ ...block, output: next?.language === 'text' ? next.text : undefined }]
      : []
  })
}

/**
 * Regular expression source for expected output: `…` is any text, and as a line of its own any lines.
 * @param {string} expected
 */
export function outputPattern(expected) {
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
