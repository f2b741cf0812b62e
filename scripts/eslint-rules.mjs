// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The project's own lint rules. Each forbids some syntax and says why; each has a name, so that several can
 * hold for one file, which `no-restricted-syntax` (one list per file, the last one wins) does not give.
 */

/** @typedef {import('eslint').Rule.RuleModule} RuleModule */

/**
 * A rule that reports every node that one of the selectors matches.
 * @param {string} message
 * @param {string[]} selectors esquery selectors
 * @returns {RuleModule}
 */
const forbid = (message, selectors) => ({
  meta: { type: 'problem', docs: { description: message }, schema: [], messages: { forbidden: message } },
  create: (context) =>
    Object.fromEntries(
      selectors.map((selector) => [
        selector,
        (/** @type {import('eslint').Rule.Node} */ node) => context.report({ node, messageId: 'forbidden' }),
      ]),
    ),
})

const bql = 'the BQL is given up only where QEMU gives it up'
const waits = ['AwaitExpression', 'ForOfStatement[await=true]']

/** @type {RuleModule} */
const disableWithReason = {
  meta: {
    type: 'problem',
    docs: { description: 'a switched-off rule says why' },
    schema: [],
    messages: { forbidden: 'write the reason after the rule: // eslint-disable-next-line rule -- reason' },
  },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments())
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value) && comment.loc)
          context.report({ loc: comment.loc, messageId: 'forbidden' })
    },
  }),
}

export default {
  rules: {
    'no-async': forbid(`No async, await or Promise here: ${bql}; use a timer or a bottom half.`, [
      ':function[async=true]',
      ...waits,
      "NewExpression[callee.name='Promise']",
      "MemberExpression[object.name='Promise']",
      'TSTypeReference[typeName.name=/^Promise(Like)?$/]',
    ]),
    'no-await': forbid(
      `No await in this file: ${bql}; a file that mirrors such a place is added to mayAwait in eslint.config.mjs.`,
      waits,
    ),
    'no-host-timers': forbid('No host timers here: guest time is a QEMUTimer, later work is a bottom half.', [
      'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|queueMicrotask)$/]',
      "CallExpression[callee.object.name='process'][callee.property.name='nextTick']",
    ]),
    'no-module-let': forbid('No variable state at module level: two machines may share an isolate.', [
      "Program > VariableDeclaration[kind!='const']",
      "Program > ExportNamedDeclaration > VariableDeclaration[kind!='const']",
    ]),
    'no-default-export': forbid('No default export: a name is the same everywhere.', [
      'ExportDefaultDeclaration',
      "ExportSpecifier[exported.name='default']",
    ]),
    'disable-with-reason': disableWithReason,
  },
}
