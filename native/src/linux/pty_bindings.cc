// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/pty_bindings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "addon_data.h"
#include "errors.h"

namespace dromaius {

namespace {

/** Closes the descriptor and throws what errno says. */
[[noreturn]] void Fail(Napi::Env env, const char* operation, int fd) {
  const int error = errno;
  if (fd >= 0) close(fd);
  ThrowHostError(env, operation, error, "a pseudo terminal");
}

/** Puts the slave side into raw mode: what the guest sends is not looked at on its way. */
bool MakeRaw(const char* path) {
  const int slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return false;
  termios settings;
  bool done = tcgetattr(slave, &settings) == 0;
  if (done) {
    cfmakeraw(&settings);
    done = tcsetattr(slave, TCSAFLUSH, &settings) == 0;
  }
  const int error = errno;
  close(slave);
  errno = error;
  return done;
}

/** A descriptor of this addon's. */
int PtyArgument(const Napi::CallbackInfo& info) {
  const int fd = info[0].As<Napi::Number>().Int32Value();
  if (!AddonData::Of(info.Env()).fds.contains(fd)) throw Napi::Error::New(info.Env(), "Not a descriptor of this addon");
  return fd;
}

/** ptyOpen(): { fd, path }, the master side, non-blocking, and the path of the slave side, in raw mode. */
Napi::Value PtyOpen(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) Fail(env, "posix_openpt", fd);
  char path[64];
  if (grantpt(fd) != 0) Fail(env, "grantpt", fd);
  if (unlockpt(fd) != 0) Fail(env, "unlockpt", fd);
  if (const int error = ptsname_r(fd, path, sizeof(path)); error != 0) {
    errno = error;
    Fail(env, "ptsname", fd);
  }
  if (!MakeRaw(path)) Fail(env, "tcsetattr", fd);
  if (fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) != 0) Fail(env, "fcntl", fd);
  AddonData::Of(env).fds.insert(fd);
  Napi::Object result = Napi::Object::New(env);
  result.Set("fd", fd);
  result.Set("path", path);
  return result;
}

/** ptyConnected(fd): whether somebody has the slave side open. */
Napi::Value PtyConnected(const Napi::CallbackInfo& info) {
  pollfd state = {PtyArgument(info), POLLOUT, 0};
  if (poll(&state, 1, 0) < 0 && errno != EINTR) ThrowHostError(info.Env(), "poll", errno, "a pseudo terminal");
  return Napi::Boolean::New(info.Env(), (state.revents & POLLHUP) == 0);
}

/** ptyDuplicate(fd): another descriptor of the master side, which its reader closes. */
Napi::Value PtyDuplicate(const Napi::CallbackInfo& info) {
  const int fd = fcntl(PtyArgument(info), F_DUPFD_CLOEXEC, 0);
  if (fd < 0) ThrowHostError(info.Env(), "fcntl", errno, "a pseudo terminal");
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace

void InitPty(Napi::Env env, Napi::Object exports) {
  exports.Set("ptyOpen", Napi::Function::New<PtyOpen>(env, "ptyOpen"));
  exports.Set("ptyConnected", Napi::Function::New<PtyConnected>(env, "ptyConnected"));
  exports.Set("ptyDuplicate", Napi::Function::New<PtyDuplicate>(env, "ptyDuplicate"));
}

}  // namespace dromaius
