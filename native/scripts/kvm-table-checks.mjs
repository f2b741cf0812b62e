// SPDX-License-Identifier: GPL-2.0-or-later
//
// Prints a C file that compares lib/kvm-structs.ts and lib/kvm-constants.ts with the kernel's headers: a wrong
// offset, size or value does not compile.

import * as constants from '../dist/kvm-constants.js'
import { checkedStructs, kvm_run, kvm_run_members } from '../dist/kvm-structs.js'

const lines = ['#include <assert.h>', '#include <stddef.h>', '#include <linux/kvm.h>', '']

/** Older headers lack newer constants: those are left to the kernels that know them. */
for (const [name, value] of Object.entries(constants)) {
  lines.push(`#ifdef ${name}`, `static_assert(${name} == ${value}LL, "${name}");`, '#endif')
}

function checkFields(type, cName, path, base) {
  for (const [field, fieldType] of Object.entries(type.fields)) {
    const offset = base + type.offsets[field]
    const name = `${path}${field}`
    if (!/pad/.test(field)) {
      lines.push(`static_assert(offsetof(struct ${cName}, ${name}) == ${offset}, "${cName}.${name}");`)
      const bytes = fieldType.kind === 'array' ? fieldType.element.size * fieldType.length : fieldType.size
      lines.push(
        `static_assert(sizeof(((struct ${cName}*)0)->${name}) == ${bytes}, "size of ${cName}.${name}");`,
      )
    }
    if (fieldType.kind === 'struct') checkFields(fieldType, cName, `${name}.`, offset)
  }
}

for (const type of checkedStructs) {
  lines.push(`static_assert(sizeof(struct ${type.name}) == ${type.size}, "size of ${type.name}");`)
  checkFields(type, type.name, '', 0)
}

// struct kvm_run is compared by its fixed part and the members of its union.
checkFields(kvm_run, 'kvm_run', '', 0)
for (const [member, type] of Object.entries(kvm_run_members)) {
  checkFields(type, 'kvm_run', `${member}.`, kvm_run.size)
}

console.log(lines.join('\n'))
