// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/host_bindings.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include "addon_data.h"
#include "errors.h"

namespace dromaius {

namespace {

/** eventfdCreate(initial): fd, non-blocking. */
Napi::Value EventfdCreate(const Napi::CallbackInfo& info) {
  const int fd = eventfd(info[0].As<Napi::Number>().Uint32Value(), EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) ThrowHostError(info.Env(), "eventfd", errno);
  AddonData::Of(info.Env()).fds.insert(fd);
  return Napi::Number::New(info.Env(), fd);
}

/** A descriptor that this addon made: nobody else's file is read or written through these functions. */
int EventfdArgument(const Napi::CallbackInfo& info) {
  const int fd = info[0].As<Napi::Number>().Int32Value();
  if (!AddonData::Of(info.Env()).fds.contains(fd)) throw Napi::Error::New(info.Env(), "Not a descriptor of this addon");
  return fd;
}

/** eventfdSignal(fd): adds 1 to the counter. */
void EventfdSignal(const Napi::CallbackInfo& info) {
  const uint64_t one = 1;
  if (write(EventfdArgument(info), &one, sizeof(one)) < 0 && errno != EAGAIN) {
    ThrowHostError(info.Env(), "write", errno, "eventfd");
  }
}

/** eventfdRead(fd): the counter as a bigint, which goes back to 0; 0n if it was 0. */
Napi::Value EventfdRead(const Napi::CallbackInfo& info) {
  uint64_t value = 0;
  if (read(EventfdArgument(info), &value, sizeof(value)) < 0) {
    if (errno != EAGAIN) ThrowHostError(info.Env(), "read", errno, "eventfd");
    value = 0;
  }
  return Napi::BigInt::New(info.Env(), value);
}

// ---- the terminal's settings, put back when a signal ends the process ----

termios g_saved;
int g_tty = -1;

constexpr int kFatalSignals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGQUIT, SIGSYS, SIGTRAP, SIGXCPU, SIGXFSZ};
struct sigaction g_previous[sizeof(kFatalSignals) / sizeof(int)];

void RestoreTty(int signal) {
  // Only async-signal-safe calls: tcsetattr, sigaction and raise are.
  if (g_tty >= 0) tcsetattr(g_tty, TCSANOW, &g_saved);
  for (size_t i = 0; i < sizeof(kFatalSignals) / sizeof(int); i++) {
    if (kFatalSignals[i] == signal) sigaction(signal, &g_previous[i], nullptr);
  }
  raise(signal);
}

/** ttyGuard(fd): from now on a crash of the process puts the terminal's present settings back; -1 ends it. */
void TtyGuard(const Napi::CallbackInfo& info) {
  const int fd = info[0].As<Napi::Number>().Int32Value();
  const bool armed = g_tty >= 0;
  if (fd < 0) {
    g_tty = -1;
    return;
  }
  if (tcgetattr(fd, &g_saved) != 0) ThrowHostError(info.Env(), "tcgetattr", errno, "the terminal");
  g_tty = fd;
  if (armed) return;
  struct sigaction action = {};
  action.sa_handler = RestoreTty;
  // The handler may run on V8's guarded stack: use the alternate one where the thread has it.
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (size_t i = 0; i < sizeof(kFatalSignals) / sizeof(int); i++) {
    struct sigaction present;
    sigaction(kFatalSignals[i], nullptr, &present);
    // Armed a second time: what stood here before the first time is still what comes after us.
    if (present.sa_handler == RestoreTty) continue;
    g_previous[i] = present;
    sigaction(kFatalSignals[i], &action, nullptr);
  }
}

/**
 * lockFile(fd): takes the write lock of a whole file, which lasts until the descriptor is closed; false if another open file has it.
 * As QEMU's qemu_lock_fd.
 */
Napi::Value LockFile(const Napi::CallbackInfo& info) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (fcntl(info[0].As<Napi::Number>().Int32Value(), F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return Napi::Boolean::New(info.Env(), false);
    ThrowHostError(info.Env(), "fcntl(F_OFD_SETLK)", errno, "a file lock");
  }
  return Napi::Boolean::New(info.Env(), true);
}

}  // namespace

void InitHost(Napi::Env env, Napi::Object exports) {
  exports.Set("eventfdCreate", Napi::Function::New<EventfdCreate>(env, "eventfdCreate"));
  exports.Set("eventfdSignal", Napi::Function::New<EventfdSignal>(env, "eventfdSignal"));
  exports.Set("eventfdRead", Napi::Function::New<EventfdRead>(env, "eventfdRead"));
  exports.Set("ttyGuard", Napi::Function::New<TtyGuard>(env, "ttyGuard"));
  exports.Set("lockFile", Napi::Function::New<LockFile>(env, "lockFile"));
}

}  // namespace dromaius
