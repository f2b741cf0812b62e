// SPDX-License-Identifier: GPL-2.0-or-later
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { nativeRamAllocator, type RamAllocator } from '@dromaius/memory'
import { type ObjectClass, objectClassPropertyAdd, QemuObject, typeRegister } from '@dromaius/qom'
import { strerror, UserError } from '@dromaius/util'

/**
 * Memory of the host that can be a machine's RAM: `-object memory-backend-...`, then `-machine memory-backend=ID`.
 * @qemu include/sysemu/hostmem.h HostMemoryBackend
 */
export class HostMemoryBackend extends QemuObject {
  /** Bytes. */
  size = 0
  /** memory-backend-file: its path. */
  memPath = ''
  /** memory-backend-file: whether the guest's writes reach the file. */
  share = false

  /** Where the memory comes from. Throws UserError when there is none to be had. */
  allocator(): RamAllocator {
    return nativeRamAllocator({ kind: 'anonymous' })
  }

  /** Refuses what cannot be. @qemu backends/hostmem.c host_memory_backend_memory_complete */
  complete(): void {
    if (this.size === 0) throw new UserError("can't create backend with size 0")
  }
}

class MemfdBackend extends HostMemoryBackend {
  override allocator(): RamAllocator {
    return nativeRamAllocator({ kind: 'memfd' })
  }
}

class FileBackend extends HostMemoryBackend {
  /** @qemu backends/hostmem-file.c file_backend_memory_alloc */
  override complete(): void {
    super.complete()
    if (this.memPath === '') throw new UserError('mem-path property not set')
  }

  /** @qemu softmmu/physmem.c file_ram_open */
  override allocator(): RamAllocator {
    const { memPath, size } = this
    try {
      const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NONBLOCK ?? 0)
      const fd = openSync(memPath, flags, 0o644)
      try {
        const stat = fstatSync(fd)
        if (!stat.isFile())
          throw new UserError(`can't open backing store '${memPath}': it is not a regular file`)
        if (stat.size < size) ftruncateSync(fd, size)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      if (error instanceof UserError) throw error
      throw new UserError(`can't open backing store '${memPath}': ${strerror(error)}`, { cause: error })
    }
    return nativeRamAllocator({ kind: 'file', path: memPath, share: this.share })
  }
}

export const TYPE_MEMORY_BACKEND = typeRegister<HostMemoryBackend>({
  name: 'memory-backend',
  abstract: true,
  instance: HostMemoryBackend,
  classInit(klass) {
    objectClassPropertyAdd<HostMemoryBackend, 'size'>(klass, {
      name: 'size',
      type: 'size',
      get: (backend) => backend.size,
      set: (backend, value) => {
        backend.size = value
      },
      description: 'Size of the memory region (ex: 500M)',
    })
  },
})

typeRegister<HostMemoryBackend>({ name: 'memory-backend-ram', parent: TYPE_MEMORY_BACKEND })

typeRegister<MemfdBackend>({
  name: 'memory-backend-memfd',
  parent: TYPE_MEMORY_BACKEND,
  instance: MemfdBackend,
})

typeRegister<FileBackend>({
  name: 'memory-backend-file',
  parent: TYPE_MEMORY_BACKEND,
  instance: FileBackend,
  classInit(klass: ObjectClass) {
    objectClassPropertyAdd<FileBackend, 'string'>(klass, {
      name: 'mem-path',
      type: 'string',
      get: (backend) => backend.memPath,
      set: (backend, value) => {
        backend.memPath = value
      },
      description: 'File that the memory is; made if it is not there',
    })
    objectClassPropertyAdd<FileBackend, 'bool'>(klass, {
      name: 'share',
      type: 'bool',
      get: (backend) => backend.share,
      set: (backend, value) => {
        backend.share = value
      },
      description: "Whether the guest's writes go to the file",
    })
  },
})
