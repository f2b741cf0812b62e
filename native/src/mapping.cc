// SPDX-License-Identifier: GPL-2.0-or-later
#include "mapping.h"

#include "addon_data.h"
#include "errors.h"

namespace dromaius {

Mapping::~Mapping() {
  // SAFETY: `address` and `size` are those of the mapping that made this object, and all windows are detached
  // (release) or their environment no longer runs JavaScript (shutdown).
  Unmap(address, size);
}

Napi::Value Mapping::Window(Napi::Env env, size_t offset, size_t length) {
  napi_value buffer;
  // SAFETY: the range lies inside the mapping (checked by the caller), which outlives the buffer's attachment.
  if (napi_create_external_arraybuffer(env, address + offset, length, nullptr, nullptr, &buffer) != napi_ok) {
    throw Napi::Error::New(env, "This JavaScript engine does not allow ArrayBuffers over external memory");
  }
  napi_ref reference;
  napi_create_reference(env, buffer, 0, &reference);
  windows_.push_back(reference);
  return Napi::Value(env, buffer);
}

void Mapping::Detach(Napi::Env env) {
  for (napi_ref reference : windows_) {
    napi_value buffer = nullptr;
    napi_get_reference_value(env, reference, &buffer);
    if (buffer != nullptr) napi_detach_arraybuffer(env, buffer);
    napi_delete_reference(env, reference);
  }
  windows_.clear();
}

uint32_t AddMapping(Napi::Env env, void* address, size_t size) {
  AddonData& data = AddonData::Of(env);
  const uint32_t id = data.next_mapping_id++;
  data.mappings[id] = std::make_unique<Mapping>(address, size);
  return id;
}

size_t SizeArgument(const Napi::CallbackInfo& info, size_t index) {
  const double value = info[index].As<Napi::Number>().DoubleValue();
  if (!(value >= 0) || value > 9007199254740991.0 || value != static_cast<double>(static_cast<uint64_t>(value))) {
    throw Napi::RangeError::New(info.Env(), "A size or offset must be a non-negative integer");
  }
  return static_cast<size_t>(value);
}

namespace {

Mapping& MappingArgument(const Napi::CallbackInfo& info) {
  auto& mappings = AddonData::Of(info.Env()).mappings;
  const auto it = mappings.find(info[0].As<Napi::Number>().Uint32Value());
  if (it == mappings.end()) throw Napi::Error::New(info.Env(), "The memory is not mapped any more");
  return *it->second;
}

/** ramMapAnonymous(size): id. */
Napi::Value RamMapAnonymous(const Napi::CallbackInfo& info) {
  const size_t size = SizeArgument(info, 0);
  void* address = nullptr;
  const int error = MapAnonymous(size, &address);
  if (error != 0) ThrowHostError(info.Env(), kMapOperation, error, "guest RAM");
  return Napi::Number::New(info.Env(), AddMapping(info.Env(), address, size));
}

/** memoryAddress(id): bigint, for structures that the kernel reads. */
Napi::Value MemoryAddress(const Napi::CallbackInfo& info) {
  return Napi::BigInt::New(info.Env(), reinterpret_cast<uint64_t>(MappingArgument(info).address));
}

/** memoryWindow(id, offset, length): ArrayBuffer. */
Napi::Value MemoryWindow(const Napi::CallbackInfo& info) {
  Mapping& mapping = MappingArgument(info);
  const size_t offset = SizeArgument(info, 1);
  const size_t length = SizeArgument(info, 2);
  if (offset > mapping.size || length > mapping.size - offset) {
    throw Napi::RangeError::New(info.Env(), "The window reaches beyond the memory");
  }
  return mapping.Window(info.Env(), offset, length);
}

/** memoryReprotect(id, offset, length): takes access to whole pages away and gives it back, so that a guest's mappings of them go. */
void MemoryReprotect(const Napi::CallbackInfo& info) {
  Mapping& mapping = MappingArgument(info);
  const size_t offset = SizeArgument(info, 1);
  const size_t length = SizeArgument(info, 2);
  if (offset > mapping.size || length > mapping.size - offset) {
    throw Napi::RangeError::New(info.Env(), "The pages reach beyond the memory");
  }
  // SAFETY: the pages lie inside the mapping, and this thread, the only one that reads guest RAM through windows, is here.
  const int error = Reprotect(mapping.address + offset, length);
  if (error != 0) ThrowHostError(info.Env(), "mprotect", error, "guest RAM");
}

/** memoryRelease(id): detaches every window, then unmaps. */
void MemoryRelease(const Napi::CallbackInfo& info) {
  MappingArgument(info).Detach(info.Env());
  AddonData::Of(info.Env()).mappings.erase(info[0].As<Napi::Number>().Uint32Value());
}

}  // namespace

void InitMapping(Napi::Env env, Napi::Object exports) {
  exports.Set("ramMapAnonymous", Napi::Function::New<RamMapAnonymous>(env, "ramMapAnonymous"));
  exports.Set("memoryAddress", Napi::Function::New<MemoryAddress>(env, "memoryAddress"));
  exports.Set("memoryWindow", Napi::Function::New<MemoryWindow>(env, "memoryWindow"));
  exports.Set("memoryReprotect", Napi::Function::New<MemoryReprotect>(env, "memoryReprotect"));
  exports.Set("memoryRelease", Napi::Function::New<MemoryRelease>(env, "memoryRelease"));
}

}  // namespace dromaius
