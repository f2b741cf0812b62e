// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/kvm_bindings.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "addon_data.h"
#include "errors.h"
#include "linux/kvm_ioctls.h"
#include "mapping.h"
#include "linux/pump.h"

namespace dromaius {

namespace {

/** Where an ioctl goes: a descriptor on the calling thread, or a vCPU's own thread. */
struct Target {
  Napi::Env env;
  const char* name;
  int fd = -1;
  VcpuServer* server = nullptr;

  /** The ioctl's value; throws a HostError when it fails. */
  long Issue(unsigned long request, unsigned long argument) const {
    long value = server != nullptr ? server->Ioctl(fd, request, argument) : ioctl(fd, request, argument);
    // A call on the isolate's own thread reports through errno.
    if (server == nullptr && value < 0) value = -errno;
    if (value < 0) ThrowHostError(env, name, static_cast<int>(-value));
    return value;
  }
};

/** `(descriptor, ...)` */
Target FdTarget(const Napi::CallbackInfo& info, const char* name) {
  return {info.Env(), name, info[0].As<Napi::Number>().Int32Value(), nullptr};
}

/** `(server id, vCPU descriptor, ...)` */
Target VcpuTarget(const Napi::CallbackInfo& info, const char* name) {
  VcpuServer* server = AddonData::Of(info.Env()).pump->Find(info[0].As<Napi::Number>().Uint32Value());
  if (server == nullptr) throw Napi::Error::New(info.Env(), std::string(name) + ": the vCPU thread has ended");
  if (!server->at_rest()) throw Napi::Error::New(info.Env(), std::string(name) + ": the vCPU is in KVM_RUN");
  return {info.Env(), name, info[1].As<Napi::Number>().Int32Value(), server};
}

/** The bytes of a Uint8Array argument that has to hold at least `size`. */
uint8_t* Bytes(const Napi::CallbackInfo& info, size_t index, size_t size, const char* name) {
  if (!info[index].IsTypedArray()) throw Napi::TypeError::New(info.Env(), std::string(name) + ": expected a Uint8Array");
  const auto array = info[index].As<Napi::Uint8Array>();
  if (array.ByteLength() < size) {
    throw Napi::RangeError::New(info.Env(), std::string(name) + ": expected at least " + std::to_string(size) +
                                                " bytes, not " + std::to_string(array.ByteLength()));
  }
  return static_cast<uint8_t*>(array.ArrayBuffer().Data()) + array.ByteOffset();
}

template <typename T>
unsigned long Pointer(T* pointer) {
  return reinterpret_cast<unsigned long>(pointer);
}

/** The kernel decides how long an XSAVE image is, so it is exchanged through room that always fits. */
constexpr size_t kXsaveRoom = 65536;

long IssueXsave(const Napi::CallbackInfo& info, const Target& target, const kvm_ioctl_row& row, size_t index) {
  uint8_t* bytes = Bytes(info, index, row.size, row.operation);
  const size_t length = std::min(info[index].As<Napi::Uint8Array>().ByteLength(), kXsaveRoom);
  std::vector<uint8_t> room(kXsaveRoom);
  if (row.kind == KVM_IOCTL_XSAVE_IN) memcpy(room.data(), bytes, length);
  const long value = target.Issue(row.request, Pointer(room.data()));
  if (row.kind == KVM_IOCTL_XSAVE_OUT) memcpy(bytes, room.data(), length);
  return value;
}

/** Checks the arguments that a row asks for and issues its ioctl. */
long IssueRow(const Napi::CallbackInfo& info, const Target& target, const kvm_ioctl_row& row, size_t index) {
  switch (row.kind) {
    case KVM_IOCTL_NONE:
      return target.Issue(row.request, 0);
    case KVM_IOCTL_VALUE:
      return target.Issue(row.request, static_cast<unsigned long>(info[index].As<Napi::Number>().Int64Value()));
    case KVM_IOCTL_U64: {
      bool lossless;
      uint64_t value = info[index].As<Napi::BigInt>().Uint64Value(&lossless);
      return target.Issue(row.request, Pointer(&value));
    }
    case KVM_IOCTL_BUF:
      return target.Issue(row.request, Pointer(Bytes(info, index, row.size, row.operation)));
    case KVM_IOCTL_LIST: {
      uint8_t* bytes = Bytes(info, index, row.size, row.operation);
      uint32_t count;
      memcpy(&count, bytes + row.count_offset, sizeof(count));
      Bytes(info, index, row.size + size_t{count} * row.entry_size, row.operation);
      return target.Issue(row.request, Pointer(bytes));
    }
    case KVM_IOCTL_RESULT: {
      uint8_t* bytes = Bytes(info, index, row.size + row.entry_size, row.operation);
      const uint64_t pointer = Pointer(bytes + row.size);
      memcpy(bytes + row.count_offset, &pointer, sizeof(pointer));
      const long value = target.Issue(row.request, Pointer(bytes));
      // No address is left for JavaScript to see.
      memset(bytes + row.count_offset, 0, sizeof(pointer));
      return value;
    }
    case KVM_IOCTL_SIZED: {
      uint8_t* bytes = Bytes(info, index, row.size, row.operation);
      uint32_t size;
      memcpy(&size, bytes + row.count_offset, sizeof(size));
      Bytes(info, index, size, row.operation);
      return target.Issue(row.request, Pointer(bytes));
    }
    case KVM_IOCTL_XSAVE_OUT:
    case KVM_IOCTL_XSAVE_IN:
      return IssueXsave(info, target, row, index);
  }
  return -EINVAL;
}

Napi::Value Ioctl(const Napi::CallbackInfo& info) {
  const auto& row = *static_cast<const kvm_ioctl_row*>(info.Data());
  const Target target = row.on_vcpu ? VcpuTarget(info, row.operation) : FdTarget(info, row.operation);
  const long value = IssueRow(info, target, row, row.on_vcpu ? 2 : 1);
  return Napi::Number::New(info.Env(), static_cast<double>(value));
}

void InitIoctls(Napi::Env env, Napi::Object exports) {
  for (size_t i = 0; i < kvm_ioctl_row_count; i++) {
    const kvm_ioctl_row& row = kvm_ioctl_rows[i];
    exports.Set(row.name, Napi::Function::New(env, Ioctl, row.name, const_cast<kvm_ioctl_row*>(&row)));
  }
}

// ---- ioctls whose arguments do not fit the table ----

/** openKvm(path): fd of /dev/kvm. */
Napi::Value OpenKvm(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) ThrowHostError(info.Env(), "open", errno, path);
  AddonData::Of(info.Env()).fds.insert(fd);
  return Napi::Number::New(info.Env(), fd);
}

/** closeFd(fd): closes a descriptor that this addon opened. */
void CloseFd(const Napi::CallbackInfo& info) {
  const int fd = info[0].As<Napi::Number>().Int32Value();
  AddonData& data = AddonData::Of(info.Env());
  if (data.fds.erase(fd) == 0) throw Napi::Error::New(info.Env(), "Not a descriptor of this addon");
  std::erase_if(data.slots, [fd](const auto& slot) { return slot.first.first == fd; });
  close(fd);
}

/** adoptFd(fd): the descriptor, made by an ioctl, is closed at the latest with the environment. */
void AdoptFd(const Napi::CallbackInfo& info) {
  AddonData::Of(info.Env()).fds.insert(info[0].As<Napi::Number>().Int32Value());
}

/** kvmCreateVcpu(server, vmfd, id): fd; issued on the vCPU's own thread. */
Napi::Value KvmCreateVcpu(const Napi::CallbackInfo& info) {
  const Target target = VcpuTarget(info, "KVM_CREATE_VCPU");
  const long fd = target.Issue(KVM_CREATE_VCPU, static_cast<unsigned long>(info[2].As<Napi::Number>().Uint32Value()));
  AddonData::Of(info.Env()).fds.insert(static_cast<int>(fd));
  return Napi::Number::New(info.Env(), static_cast<double>(fd));
}

/** kvmMapRun(server, fd, size): id of the mapping of struct kvm_run, made on the vCPU's own thread. */
Napi::Value KvmMapRun(const Napi::CallbackInfo& info) {
  struct Arguments {
    int fd;
    size_t size;
    void* address;
  };
  const Target target = VcpuTarget(info, "mmap");
  Arguments arguments{target.fd, static_cast<size_t>(info[2].As<Napi::Number>().Uint32Value()), nullptr};
  const long error = target.server->Call(
      [](void* opaque) -> long {
        auto* a = static_cast<Arguments*>(opaque);
        a->address = mmap(nullptr, a->size, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
        return a->address == MAP_FAILED ? errno : 0;
      },
      &arguments);
  if (error != 0) ThrowHostError(info.Env(), "mmap", static_cast<int>(error), "struct kvm_run");
  return Napi::Number::New(info.Env(), AddMapping(info.Env(), arguments.address, arguments.size));
}

/** kvmInitSignals(server, fd, mapping of kvm_run or 0): unblocks SIG_IPI in the vCPU's thread, or blocks it again. */
void KvmInitSignals(const Napi::CallbackInfo& info) {
  const Target target = VcpuTarget(info, "sigaction");
  auto& mappings = AddonData::Of(info.Env()).mappings;
  const auto it = mappings.find(info[2].As<Napi::Number>().Uint32Value());
  kvm_run* run = it == mappings.end() ? nullptr : reinterpret_cast<kvm_run*>(it->second->address);
  const int error = target.server->InitSignals(run);
  if (error != 0) ThrowHostError(info.Env(), "sigaction", -error, "SIG_IPI");
}

/** kvmSetUserMemoryRegion(vmfd, slot, flags, guest address, size, host address). KVM API 4.35 */
void KvmSetUserMemoryRegion(const Napi::CallbackInfo& info) {
  bool lossless;
  kvm_userspace_memory_region region = {};
  region.slot = info[1].As<Napi::Number>().Uint32Value();
  region.flags = info[2].As<Napi::Number>().Uint32Value();
  region.guest_phys_addr = static_cast<uint64_t>(info[3].As<Napi::Number>().Int64Value());
  region.memory_size = static_cast<uint64_t>(info[4].As<Napi::Number>().Int64Value());
  region.userspace_addr = info[5].As<Napi::BigInt>().Uint64Value(&lossless);
  // SAFETY: the kernel only walks the process's page tables with the address; memory that is unmapped later makes
  // the guest's access fail, it does not fault here.
  const Target target = FdTarget(info, "KVM_SET_USER_MEMORY_REGION");
  target.Issue(KVM_SET_USER_MEMORY_REGION, Pointer(&region));
  AddonData::Of(info.Env()).slots[{target.fd, region.slot}] = region.memory_size;
}

/** kvmGetDirtyLog(vmfd, slot, bitmap): one bit per 4 KiB page of the slot, in whole 64-bit words. KVM API 4.8 */
void KvmGetDirtyLog(const Napi::CallbackInfo& info) {
  kvm_dirty_log log = {};
  log.slot = info[1].As<Napi::Number>().Uint32Value();
  const Target target = FdTarget(info, "KVM_GET_DIRTY_LOG");
  const auto& slots = AddonData::Of(info.Env()).slots;
  const auto slot = slots.find({target.fd, log.slot});
  const uint64_t pages = slot == slots.end() ? 0 : slot->second / 4096;
  log.dirty_bitmap = Bytes(info, 2, (pages + 63) / 64 * 8, "KVM_GET_DIRTY_LOG");
  target.Issue(KVM_GET_DIRTY_LOG, Pointer(&log));
}

/**
 * kvmIrqLine(vmfd, irq, level): how many CPUs took it, 0 when it fell together with one that was pending, negative when it is
 * masked. KVM API 4.25; the status comes with KVM_CAP_IRQ_INJECT_STATUS, which every kernel with MSI routing has.
 */
Napi::Value KvmIrqLine(const Napi::CallbackInfo& info) {
  kvm_irq_level level = {};
  level.irq = info[1].As<Napi::Number>().Uint32Value();
  level.level = info[2].As<Napi::Number>().Uint32Value();
  FdTarget(info, "KVM_IRQ_LINE_STATUS").Issue(KVM_IRQ_LINE_STATUS, Pointer(&level));
  return Napi::Number::New(info.Env(), static_cast<int32_t>(level.status));
}

/** kvmX86GetMceCapSupported(fd): bigint, the MCG_CAP bits and bank count. KVM API 4.104 */
Napi::Value KvmX86GetMceCapSupported(const Napi::CallbackInfo& info) {
  uint64_t cap = 0;
  FdTarget(info, "KVM_X86_GET_MCE_CAP_SUPPORTED").Issue(KVM_X86_GET_MCE_CAP_SUPPORTED, Pointer(&cap));
  return Napi::BigInt::New(info.Env(), cap);
}

void InitSpecial(Napi::Env env, Napi::Object exports) {
  exports.Set("openKvm", Napi::Function::New<OpenKvm>(env, "openKvm"));
  exports.Set("closeFd", Napi::Function::New<CloseFd>(env, "closeFd"));
  exports.Set("adoptFd", Napi::Function::New<AdoptFd>(env, "adoptFd"));
  exports.Set("kvmCreateVcpu", Napi::Function::New<KvmCreateVcpu>(env, "kvmCreateVcpu"));
  exports.Set("kvmMapRun", Napi::Function::New<KvmMapRun>(env, "kvmMapRun"));
  exports.Set("kvmInitSignals", Napi::Function::New<KvmInitSignals>(env, "kvmInitSignals"));
  exports.Set("kvmSetUserMemoryRegion", Napi::Function::New<KvmSetUserMemoryRegion>(env, "kvmSetUserMemoryRegion"));
  exports.Set("kvmGetDirtyLog", Napi::Function::New<KvmGetDirtyLog>(env, "kvmGetDirtyLog"));
  exports.Set("kvmIrqLine", Napi::Function::New<KvmIrqLine>(env, "kvmIrqLine"));
  exports.Set("kvmX86GetMceCapSupported", Napi::Function::New<KvmX86GetMceCapSupported>(env, "kvmX86GetMceCapSupported"));
}

}  // namespace

void InitKvm(Napi::Env env, Napi::Object exports) {
  InitIoctls(env, exports);
  InitSpecial(env, exports);
}

}  // namespace dromaius
