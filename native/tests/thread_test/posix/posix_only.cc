// SPDX-License-Identifier: GPL-2.0-or-later
// What only POSIX has: limits that make a thread fail, and signal masks.
#include "thread_test/support.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

using namespace dromaius;

namespace {

void testCreateFailure() {
  // The sanitizers map memory of their own for a thread and cannot live with the limit.
  if (kSanitized) return;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    rlimit none = {0, 0};
    setrlimit(RLIMIT_AS, &none);
    QemuThread thread{};
    auto body = [](void*) -> void* { return nullptr; };
    _exit(qemu_thread_create(&thread, "never", body, nullptr, QEMU_THREAD_JOINABLE) == -EAGAIN ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void testSignalMask() {
  sigset_t before, inside, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  auto body = [&] { pthread_sigmask(SIG_SETMASK, nullptr, &inside); };
  QemuThread thread = spawn("mask", body);
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  qemu_thread_join(&thread);
  for (int sig : {SIGSEGV, SIGFPE, SIGILL}) CHECK(sigismember(&inside, sig) == 0);
  for (int sig : {SIGBUS, SIGINT, SIGTERM, SIGUSR1, SIGCHLD, SIGALRM, SIGRTMIN, SIGRTMAX}) {
    CHECK(sigismember(&inside, sig) == 1);
    CHECK(sigismember(&after, sig) == sigismember(&before, sig));
  }
}

}  // namespace

void testPlatform() {
  testCreateFailure();
  testSignalMask();
}
