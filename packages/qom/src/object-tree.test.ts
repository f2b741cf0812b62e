// SPDX-License-Identifier: GPL-2.0-or-later
import { describe, expect, it } from 'vitest'
import {
  containerGet,
  objectChildForeachRecursive,
  objectChildren,
  objectGetCanonicalPath,
  objectGetRoot,
  objectPropertyAddAlias,
  objectPropertyAddChild,
  objectPropertyAddLink,
  objectPropertyGet,
  objectPropertyGetLink,
  objectPropertyGetType,
  objectPropertyParse,
  objectPropertyPrint,
  objectPropertySet,
  objectResolvePath,
  objectResolvePathType,
  objectRootNew,
  objectUnparent,
  QemuObject,
  typeRegister,
} from './index.js'

const ended: string[] = []

class Node extends QemuObject {
  label = ''
  peer: Node | null = null
}
const TYPE_NODE = typeRegister<Node>({
  name: 'node',
  instance: Node,
  classInit(klass) {
    klass.unparent = (node) => void ended.push(`unparent ${objectGetCanonicalPath(node)}`)
  },
  instanceFinalize: (node) => void ended.push(`end ${node.label}`),
})
const TYPE_OTHER = typeRegister<QemuObject>({ name: 'other' })

function nodeAt(parent: QemuObject, name: string): Node {
  const node = TYPE_NODE.new()
  node.label = name
  objectPropertyAddChild(parent, name, node)
  return node
}

describe('object tree', () => {
  it('canonical paths lead from the root', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')
    const b = nodeAt(a, 'b')

    expect(objectGetCanonicalPath(root)).toBe('/')
    expect(objectGetCanonicalPath(b)).toBe('/a/b')
    expect(objectGetRoot(b)).toBe(root)
    expect(objectPropertyGet(root, 'a')).toBe('/a')
    expect(objectPropertyGetType(root, 'a')).toBe('child<node>')
    expect(objectGetCanonicalPath(TYPE_NODE.new())).toBeNull()
  })

  it('[*] numbers the children', () => {
    const parent = containerGet(objectRootNew(), '/machine/unattached')

    const names = [0, 1, 2].map(() => objectPropertyAddChild(parent, 'device[*]', TYPE_NODE.new()).name)

    expect(names).toEqual(['device[0]', 'device[1]', 'device[2]'])
  })

  it('a child has one parent, one name, no slash', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')

    expect(() => objectPropertyAddChild(root, 'b', a)).toThrow('has a parent already')
    expect(() => nodeAt(root, 'a')).toThrow("Attempt to add duplicate property 'a'")
    expect(() => nodeAt(root, 'x/y')).toThrow('must not have a slash')
  })

  it('unparent ends the subtree, children within their parents paths', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')
    nodeAt(a, 'b')
    nodeAt(a, 'c')
    ended.length = 0

    objectUnparent(a)
    objectUnparent(a)

    expect(ended).toEqual(['unparent /a', 'unparent null', 'end c', 'unparent null', 'end b', 'end a'])
    expect(objectResolvePath(root, '/a')).toBeNull()
    expect(a.parent).toBeNull()
    expect(() => objectPropertyAddChild(root, 'a', a)).toThrow('has ended')
  })

  it('paths resolve through children, links and aliases', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')
    const b = nodeAt(root, 'b')
    const deep = nodeAt(b, 'deep')
    objectPropertyAddLink(a, 'peer', TYPE_NODE, 'peer')
    objectPropertyAddAlias(root, 'short', b, 'deep')
    a.peer = b

    expect(objectResolvePath(root, '/a/peer/deep')).toBe(deep)
    expect(objectResolvePath(root, '/short')).toBe(deep)
    expect(objectPropertyGetType(root, 'short')).toBe('link<node>')
    expect(objectResolvePath(root, '/')).toBe(root)
    expect(objectResolvePath(root, '/a/nonsense')).toBeNull()
    expect(objectResolvePath(root, '')).toBeNull()
  })

  it('a partial path finds the only object whose path ends so', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')
    const x = nodeAt(a, 'x')
    nodeAt(a, 'twice')
    nodeAt(nodeAt(root, 'b'), 'twice')
    const state = { ambiguous: false }

    expect(objectResolvePath(root, 'x', state)).toBe(x)
    expect(objectResolvePath(root, 'a/x', state)).toBe(x)
    expect(state.ambiguous).toBe(false)
    expect(objectResolvePath(root, 'twice', state)).toBeNull()
    expect(state.ambiguous).toBe(true)
  })

  it('a type narrows the search, an empty path finds the only one', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')
    objectPropertyAddChild(a, 'other', TYPE_OTHER.new())

    expect(objectResolvePathType(root, '/a/other', TYPE_NODE)).toBeNull()
    expect(objectResolvePathType(root, '', TYPE_NODE)).toBe(a)
  })

  it('children come in their order, parents first', () => {
    const root = objectRootNew()
    const a = nodeAt(root, 'a')
    nodeAt(a, 'b')
    nodeAt(root, 'c')
    const seen: string[] = []

    objectChildForeachRecursive(root, (obj) => void seen.push(objectGetCanonicalPath(obj)!))

    expect(seen).toEqual(['/a', '/a/b', '/c'])
    expect(objectChildren(root)).toHaveLength(2)
  })
})

describe('link property', () => {
  function linked(): { root: QemuObject; a: Node; b: Node } {
    const root = objectRootNew()
    const [a, b] = [nodeAt(root, 'a'), nodeAt(root, 'b')]
    objectPropertyAddChild(root, 'other', TYPE_OTHER.new())
    objectPropertyAddLink(a, 'peer', TYPE_NODE, 'peer', {
      check: (_a, _name, target) => {
        if (target === a) throw new Error('no self')
      },
    })
    return { root, a, b }
  }

  it('is set by object or by path, and prints the path', () => {
    const { a, b } = linked()

    objectPropertySet(a, 'peer', b)
    expect(a.peer).toBe(b)
    expect(objectPropertyPrint(a, 'peer')).toBe('/b')
    expect(objectPropertyGetLink(a, 'peer')).toBe(b)
    objectPropertyParse(a, 'peer', '')
    expect(a.peer).toBeNull()
    expect(objectPropertyPrint(a, 'peer')).toBe('')
    objectPropertyParse(a, 'peer', 'b')
    expect(a.peer).toBe(b)
    expect(objectPropertyGetType(a, 'peer')).toBe('link<node>')
  })

  it('refuses another type, nothing, several, and what its check refuses', () => {
    const { root, a } = linked()
    nodeAt(nodeAt(root, 'c'), 'twice')
    nodeAt(nodeAt(root, 'd'), 'twice')

    const wrong = "Invalid parameter type for 'peer', expected: node"
    expect(() => objectPropertyParse(a, 'peer', '/other')).toThrow(wrong)
    expect(() => objectPropertySet(a, 'peer', TYPE_OTHER.new())).toThrow(wrong)
    expect(() => objectPropertySet(a, 'peer', 5)).toThrow(wrong)
    expect(() => objectPropertyParse(a, 'peer', 'foo')).toThrow("Device 'foo' not found")
    expect(() => objectPropertyParse(a, 'peer', 'twice')).toThrow(
      "Path 'twice' does not uniquely identify an object",
    )
    expect(() => objectPropertySet(a, 'peer', a)).toThrow('no self')
    expect(a.peer).toBeNull()
  })
})
