// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <atomic>

namespace dromaius {

/// Windows's wait on an address (Windows 8 and later), as QEMU uses it since 10.1.
/// @qemu include/qemu/futex.h qemu_futex_wait
/// @qemu include/qemu/futex.h qemu_futex_wake_all
class Win32Futex {
 public:
  /// Sleeps while *value is `expected`: Windows may end a wait for no reason, so a waiter that was woken but finds the
  /// event busy again, for a later waiter, sleeps on. QEMU's waiters do so on every host.
  void wait(std::atomic<unsigned>* value, unsigned expected) {
    // SAFETY: std::atomic<unsigned> is lock-free, so its address is that of a plain 32-bit word.
    do {
      WaitOnAddress(value, &expected, sizeof(expected), INFINITE);
    } while (value->load(std::memory_order_acquire) == expected);
  }

  void wakeAll(std::atomic<unsigned>* value) {
    // SAFETY: only the address is used. Should the event be gone by now, the wake is one for nobody.
    WakeByAddressAll(value);
  }

 private:
  static_assert(sizeof(std::atomic<unsigned>) == 4 && std::atomic<unsigned>::is_always_lock_free);
};

}  // namespace dromaius
