// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/ram_bindings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "addon_data.h"
#include "errors.h"
#include "mapping.h"

namespace dromaius {

namespace {

/** ramMapFd(fd, size, shared): id. The descriptor stays the caller's. */
Napi::Value RamMapFd(const Napi::CallbackInfo& info) {
  const int fd = info[0].As<Napi::Number>().Int32Value();
  const size_t size = SizeArgument(info, 1);
  const bool shared = info[2].As<Napi::Boolean>();
  struct stat status;
  if (fstat(fd, &status) != 0) ThrowHostError(info.Env(), "fstat", errno, "guest RAM");
  if (static_cast<size_t>(status.st_size) < size) ThrowHostError(info.Env(), "mmap", EINVAL, "the file is smaller than guest RAM");
  void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, shared ? MAP_SHARED : MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) ThrowHostError(info.Env(), "mmap", errno, "guest RAM");
  madvise(address, size, MADV_DONTFORK);
  return Napi::Number::New(info.Env(), AddMapping(info.Env(), address, size));
}

/** memfdCreate(name, size): fd, sealed against shrinking so that a mapping of it cannot fault. */
Napi::Value MemfdCreate(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  const size_t size = SizeArgument(info, 1);
  const int fd = memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) ThrowHostError(info.Env(), "memfd_create", errno, name);
  if (ftruncate(fd, static_cast<off_t>(size)) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
    const int error = errno;
    close(fd);
    ThrowHostError(info.Env(), "ftruncate", error, name);
  }
  AddonData::Of(info.Env()).fds.insert(fd);
  return Napi::Number::New(info.Env(), fd);
}

/** openFile(path, create size or 0): fd. */
Napi::Value OpenRamFile(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) ThrowHostError(info.Env(), "open", errno, path);
  AddonData::Of(info.Env()).fds.insert(fd);
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace

void InitRamFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("ramMapFd", Napi::Function::New<RamMapFd>(env, "ramMapFd"));
  exports.Set("memfdCreate", Napi::Function::New<MemfdCreate>(env, "memfdCreate"));
  exports.Set("openRamFile", Napi::Function::New<OpenRamFile>(env, "openRamFile"));
}

}  // namespace dromaius
