// SPDX-License-Identifier: GPL-2.0-or-later
// QemuEvent and its protocol.
#include "thread_test/support.h"

#include <atomic>
#include <vector>

#if defined(_WIN32)
#include "win32/futex_win32.h"
#else
#include "posix/futex_portable.h"
#endif

using namespace dromaius;

namespace {

/// One battery for QemuEvent's protocol over every back end that the system has.
template <typename Futex>
void testEventProtocol() {
  EventProtocol<Futex> event;
  event.init(true);
  event.wait();  // set: returns at once, again and again
  event.wait();
  event.reset();
  event.reset();
  CHECK(!event.isSet());

  // Many waiters, one set.
  std::atomic<int> through{0};
  auto waiter = [&] {
    event.wait();
    through++;
  };
  std::vector<QemuThread> threads;
  for (int i = 0; i < 16; i++) threads.push_back(spawn("event", waiter));
  sleepMs(20);
  CHECK(through == 0);
  event.set();
  for (QemuThread& thread : threads) qemu_thread_join(&thread);
  CHECK(through == 16);

  // Ping-pong: a lost wake-up would hang here.
  EventProtocol<Futex> ping, pong;
  ping.init(false);
  pong.init(false);
  constexpr int kTurns = 3000;
  auto answer = [&] {
    for (int i = 0; i < kTurns; i++) {
      ping.wait();
      ping.reset();
      pong.set();
    }
  };
  QemuThread thread = spawn("pong", answer);
  for (int i = 0; i < kTurns; i++) {
    ping.set();
    pong.wait();
    pong.reset();
  }
  qemu_thread_join(&thread);
  CHECK(!ping.isSet() && !pong.isSet());
}

}  // namespace

void testEvent() {
  QemuEvent event;
  qemu_event_init(&event, false);
  auto body = [&] { qemu_event_set(&event); };
  QemuThread thread = spawn("set", body);
  qemu_event_wait(&event);
  qemu_thread_join(&thread);
  qemu_event_wait(&event);
  qemu_event_reset(&event);
  qemu_event_destroy(&event);

#if defined(_WIN32)
  testEventProtocol<Win32Futex>();
#else
#if defined(__linux__)
  testEventProtocol<LinuxFutex>();
#endif
  testEventProtocol<PortableFutex>();
#endif
}
