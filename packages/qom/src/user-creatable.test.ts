// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import { UserError } from '@dromaius/util'
import {
  objectClassPropertyAdd,
  objectClassPropertyAddLink,
  objectGetCanonicalPath,
  objectResolvePath,
  objectRootNew,
  QemuObject,
  TYPE_USER_CREATABLE,
  typeRegister,
  userCreatableAdd,
  userCreatableDel,
} from './index.js'

const calls: string[] = []

class Backend extends QemuObject {
  size = 0
  next: Backend | null = null
  busy = false
}
const TYPE_BACKEND = typeRegister<Backend>({
  name: 'backend',
  instance: Backend,
  interfaces: [TYPE_USER_CREATABLE],
  classInit(klass) {
    objectClassPropertyAdd<Backend, 'size'>(klass, {
      name: 'size',
      type: 'size',
      set: (b, size) => (b.size = size),
    })
    objectClassPropertyAddLink<Backend, Backend>(klass, 'next', 'backend', 'next')
    const ucc = TYPE_USER_CREATABLE.classCast(klass)
    ucc.complete = (backend: Backend) => {
      calls.push(`complete ${backend.size}`)
      if (backend.size === 0) throw new UserError("Property 'size' must not be zero")
    }
    ucc.canBeDeleted = (backend: Backend) => !backend.busy
  },
  instanceFinalize: () => void calls.push('end'),
})
typeRegister({ name: 'backend-base', abstract: true, parent: TYPE_BACKEND })
typeRegister({ name: 'private-object' })

describe('userCreatableAdd', () => {
  it('sets the properties, then completes', () => {
    const root = objectRootNew()

    const a = userCreatableAdd(root, 'backend', 'a', { size: '1M' })
    const b = TYPE_BACKEND.cast(userCreatableAdd(root, 'backend', 'b', { size: 4096, next: 'a' }))

    expect(objectGetCanonicalPath(a)).toBe('/objects/a')
    expect(b.next).toBe(a)
    expect(calls.splice(0)).toEqual(['complete 1048576', 'complete 4096'])
  })

  it('leaves nothing behind when it fails', () => {
    const root = objectRootNew()

    expect(() => userCreatableAdd(root, 'backend', 'a', { size: '0' })).toThrow(
      "Property 'size' must not be zero",
    )
    expect(() => userCreatableAdd(root, 'backend', 'a', { foo: '0' })).toThrow(
      "Property 'backend.foo' not found",
    )

    expect(objectResolvePath(root, '/objects/a')).toBeNull()
    expect(calls.splice(0)).toEqual(['complete 0', 'end', 'end'])
  })

  it('refuses unknown and private types, abstract ones, bad and duplicate ids', () => {
    const root = objectRootNew()
    userCreatableAdd(root, 'backend', 'a', { size: 1 })
    const add = (type: string, id: string) => () => userCreatableAdd(root, type, id, { size: 1 })

    expect(add('nonsense', 'b')).toThrow("Parameter 'qom-type' does not accept value 'nonsense'")
    expect(add('private-object', 'b')).toThrow("Object type 'private-object' isn't supported by object-add")
    expect(add('backend-base', 'b')).toThrow("Object type 'backend-base' is abstract")
    expect(add('backend', '1b')).toThrow("Parameter 'id' expects an identifier")
    expect(add('backend', 'a')).toThrow("Duplicate ID 'a' for object")
  })

  it('deletes what is not in use', () => {
    const root = objectRootNew()
    const a = TYPE_BACKEND.cast(userCreatableAdd(root, 'backend', 'a', { size: 1 }))
    a.busy = true

    expect(() => userCreatableDel(root, 'a')).toThrow("Object 'a' is in use, can not be deleted")
    a.busy = false
    userCreatableDel(root, 'a')

    expect(a.finalized).toBe(true)
    expect(() => userCreatableDel(root, 'a')).toThrow("Object 'a' not found")
  })
})
