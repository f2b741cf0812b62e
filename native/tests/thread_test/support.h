// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the parts of thread_test share. posix/ and win32/ hold what differs by system.
#pragma once

#include "check.h"
#include "thread/qemu_thread.h"
#include "thread_test/host.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
/// What a thread does to a mutex that it does not hold is answered by the mutex, but ThreadSanitizer reports it.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kMayMisuse = false;
#else
inline constexpr bool kMayMisuse = true;
#endif

/// Runs a lambda on a new thread; the lambda must live until the thread's end.
template <typename Fn>
dromaius::QemuThread spawn(const char* name, Fn& fn,
                           dromaius::QemuThreadMode mode = dromaius::QEMU_THREAD_JOINABLE) {
  dromaius::QemuThread thread{};
  int rc = qemu_thread_create(
      &thread, name,
      [](void* arg) -> void* {
        (*static_cast<Fn*>(arg))();
        return arg;
      },
      &fn, mode);
  CHECK(rc == 0);
  return thread;
}

// ---- the parts ----

/// What only this system has: posix/posix_only.cc, win32/win32_only.cc.
void testPlatform();
void testCreateAndJoin();
void testExit();
void testSelf();
void testNames();
void testDetached();
void testNothingLeaks();
void testExitNotifiers();
void testThreadLocal();
void testAffinity();
void testMutex();
void testContention();
void testRecMutex();
void testCond();
void testSemaphore();
void testEvent();
void testThreadServer();
void testSharedPrimitives();
