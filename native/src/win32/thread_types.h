// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the opaque structures of qemu_thread.h hold on Windows. Only qemu_thread.h and win32/ include this file.
#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <atomic>
#include <climits>

#include "thread/event_protocol.h"
#include "win32/futex_win32.h"

namespace dromaius {

/// @qemu include/qemu/thread-win32.h QemuMutex
/// @differs knows its owner, for the errors that a mutex of this kind reports.
struct QemuMutex {
  SRWLOCK lock;
  /// Id of the thread that holds it, 0 while it is free.
  std::atomic<DWORD> owner;
  bool initialized;
};

/// @qemu include/qemu/thread-win32.h QemuRecMutex
struct QemuRecMutex {
  CRITICAL_SECTION lock;
  std::atomic<DWORD> owner;
  /// How often the owner has taken it; only the owner touches it.
  unsigned depth;
  bool initialized;
};

/// @qemu include/qemu/thread-win32.h QemuCond
struct QemuCond {
  CONDITION_VARIABLE var;
  bool initialized;
};

/// @qemu include/qemu/thread-win32.h QemuSemaphore
struct QemuSemaphore {
  HANDLE sema;
  bool initialized;
};

/// Largest count that a semaphore takes.
inline constexpr unsigned kSemaphoreMax = LONG_MAX;

struct QemuEvent {
  EventProtocol<Win32Futex> protocol;
  bool initialized;
};

struct QemuThreadData;

/// @qemu include/qemu/thread-win32.h QemuThread
struct QemuThread {
  /// Shared by the thread and whoever may join it; null for a thread that is not ours.
  QemuThreadData* data;
  /// The id that the Task Manager's kin show (GetThreadId).
  long tid;
};

struct QemuThreadLocal {
  DWORD key;
  bool initialized;
};

}  // namespace dromaius
