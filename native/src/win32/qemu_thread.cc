// SPDX-License-Identifier: GPL-2.0-or-later
#include "thread/qemu_thread.h"

#include <process.h>

#include <atomic>
#include <bit>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "win32/error_exit.h"

namespace dromaius {

/// What a thread and whoever joins or detaches it share; the one that lets go last frees it.
/// @qemu util/qemu-thread-win32.c QemuThreadData
/// @differs counted, since a thread may be detached after its start. `handle` is left by a thread that ends: in QEMU a
/// join finds only that it is about to end, and does not wait for the rest.
struct QemuThreadData {
  void* (*start_routine)(void*);
  void* arg;
  NotifierList exit;
  std::atomic<int> holders;

  // For joinable threads.
  CRITICAL_SECTION cs;
  bool exited = false;      // under cs
  HANDLE handle = nullptr;  // under cs: the thread itself, once it has `exited`
  void* ret = nullptr;

  QemuThreadData(void* (*routine)(void*), void* argument, QemuThreadMode mode)
      : start_routine(routine), arg(argument), holders(mode == QEMU_THREAD_JOINABLE ? 2 : 1) {
    InitializeCriticalSection(&cs);
  }
  ~QemuThreadData() {
    if (handle != nullptr) CloseHandle(handle);
    DeleteCriticalSection(&cs);
  }
  void release() {
    if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
};

namespace {

/// Null in threads that qemu_thread_create did not make.
thread_local QemuThreadData* qemu_thread_data = nullptr;

/// The exit list of such a thread: it takes notifiers, and nobody calls them, as on POSIX.
thread_local NotifierList foreign_thread_exit;

using SetThreadDescriptionFunc = HRESULT(WINAPI*)(HANDLE thread, PCWSTR name);

/// Windows has it since 10 (version 1607; in Server 2016 in another library), so it is looked up.
/// @qemu util/qemu-thread-win32.c load_set_thread_description
SetThreadDescriptionFunc load_set_thread_description() {
  for (const char* library : {"kernel32.dll", "KernelBase.dll"}) {
    const HMODULE module = GetModuleHandleA(library);
    const FARPROC found = module == nullptr ? nullptr : GetProcAddress(module, "SetThreadDescription");
    // SAFETY: the function of that name has this type; through void* because FARPROC has none of its own.
    if (found != nullptr) return reinterpret_cast<SetThreadDescriptionFunc>(reinterpret_cast<void*>(found));
  }
  return nullptr;
}

/// @qemu util/qemu-thread-win32.c set_thread_description
void set_thread_description(HANDLE thread, const char* name) {
  static const SetThreadDescriptionFunc set = load_set_thread_description();
  // The name is for people who look on; a system that cannot have it still has a working thread.
  if (set == nullptr) return;
  const int length = MultiByteToWideChar(CP_UTF8, 0, name, -1, nullptr, 0);
  if (length <= 0) return;
  std::wstring wide(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, name, -1, wide.data(), length);
  set(thread, wide.c_str());
}

/// @qemu util/qemu-thread-win32.c win32_start_routine
unsigned __stdcall win32_start_routine(void* opaque) {
  auto* data = static_cast<QemuThreadData*>(opaque);
  qemu_thread_data = data;
  qemu_thread_exit(data->start_routine(data->arg));
}

/// A handle to wait for the thread's end with; null when it is gone or cannot be opened.
///
/// Copies of a QemuThread exist (qemu_thread_get_self), so none holds a handle: the id is opened again. While the thread
/// has not `exited`, nobody else can have its id.
/// @qemu util/qemu-thread-win32.c qemu_thread_get_handle
HANDLE qemu_thread_get_handle(const QemuThread* thread) {
  QemuThreadData* data = thread->data;
  EnterCriticalSection(&data->cs);
  HANDLE handle = nullptr;
  if (data->exited) {
    handle = data->handle;
    data->handle = nullptr;
  } else {
    handle = OpenThread(SYNCHRONIZE, FALSE, static_cast<DWORD>(thread->tid));
  }
  LeaveCriticalSection(&data->cs);
  return handle;
}

}  // namespace

int qemu_thread_create(QemuThread* thread, const char* name, void* (*start_routine)(void*), void* arg,
                       QemuThreadMode mode) {
  auto* data = new QemuThreadData(start_routine, arg, mode);
  unsigned tid = 0;
  // SAFETY: the thread owns one reference to `data`, the caller of a joinable one the other.
  const auto handle = reinterpret_cast<HANDLE>(_beginthreadex(nullptr, 0, win32_start_routine, data, 0, &tid));
  if (handle == nullptr) {
    const int err = errno;  // which _beginthreadex sets, other than GetLastError
    delete data;
    return err == 0 ? -EAGAIN : -err;
  }
  set_thread_description(handle, name);
  CloseHandle(handle);
  thread->data = mode == QEMU_THREAD_JOINABLE ? data : nullptr;
  thread->tid = static_cast<long>(tid);
  return 0;
}

void* qemu_thread_join(QemuThread* thread) {
  QemuThreadData* data = thread->data;
  assert(data != nullptr);
  const HANDLE handle = qemu_thread_get_handle(thread);
  if (handle == nullptr) error_exit(GetLastError(), "OpenThread");
  if (WaitForSingleObject(handle, INFINITE) != WAIT_OBJECT_0) error_exit(GetLastError(), "WaitForSingleObject");
  CloseHandle(handle);
  void* ret = data->ret;
  data->release();
  thread->data = nullptr;
  return ret;
}

void qemu_thread_detach(QemuThread* thread) {
  assert(thread->data != nullptr);
  thread->data->release();
  thread->data = nullptr;
}

void qemu_thread_get_self(QemuThread* thread) {
  thread->data = qemu_thread_data;
  thread->tid = qemu_get_thread_id();
}

bool qemu_thread_is_self(const QemuThread* thread) { return qemu_get_thread_id() == thread->tid; }

void qemu_thread_exit(void* retval) {
  QemuThreadData* data = qemu_thread_data;
  assert(data != nullptr);
  notifier_list_notify(&data->exit, nullptr);
  HANDLE self = nullptr;
  if (!DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, SYNCHRONIZE, FALSE, 0)) {
    error_exit(GetLastError(), "DuplicateHandle");
  }
  EnterCriticalSection(&data->cs);
  data->ret = retval;
  data->exited = true;
  data->handle = self;
  LeaveCriticalSection(&data->cs);
  data->release();
  _endthreadex(0);
  std::abort();  // never reached; the C runtime's header does not say so
}

long qemu_get_thread_id() { return static_cast<long>(GetCurrentThreadId()); }

void qemu_thread_atexit_add(Notifier* notifier) {
  notifier_list_add(qemu_thread_data == nullptr ? &foreign_thread_exit : &qemu_thread_data->exit, notifier);
}

void qemu_thread_atexit_remove(Notifier* notifier) { notifier_remove(notifier); }

// ---- affinity: a thread of Windows runs on CPUs of one processor group of at most 64. CPU n is number n % 64 of group
// n / 64. ----

namespace {

constexpr unsigned kGroupBits = 64;
constexpr unsigned kWordBits = sizeof(unsigned long) * CHAR_BIT;
constexpr unsigned kGroupWords = kGroupBits / kWordBits;

/// Opens a running thread. @return 0, or -ESRCH when it ended.
int open_running(const QemuThread* thread, DWORD access, HANDLE* handle) {
  *handle = OpenThread(access | SYNCHRONIZE, FALSE, static_cast<DWORD>(thread->tid));
  if (*handle == nullptr) return GetLastError() == ERROR_ACCESS_DENIED ? -EPERM : -ESRCH;
  // The id stays taken while somebody has a handle to the thread that ended.
  if (WaitForSingleObject(*handle, 0) != WAIT_OBJECT_0) return 0;
  CloseHandle(*handle);
  return -ESRCH;
}

}  // namespace

int qemu_thread_set_affinity(const QemuThread* thread, const unsigned long* host_cpus, unsigned long nbits) {
  HANDLE handle = nullptr;
  int rc = open_running(thread, THREAD_SET_INFORMATION | THREAD_QUERY_INFORMATION, &handle);
  if (rc < 0) return rc;
  GROUP_AFFINITY affinity = {};
  rc = -EINVAL;  // until a CPU is found that exists
  for (unsigned long bit = 0; bit < nbits; bit++) {
    if ((host_cpus[bit / kWordBits] >> (bit % kWordBits) & 1) == 0) continue;
    const auto group = static_cast<WORD>(bit / kGroupBits);
    if (bit % kGroupBits >= GetActiveProcessorCount(group)) continue;
    if (affinity.Mask != 0 && affinity.Group != group) {
      rc = -EINVAL;
      break;
    }
    affinity.Group = group;
    affinity.Mask |= KAFFINITY{1} << (bit % kGroupBits);
    rc = 0;
  }
  if (rc == 0 && !SetThreadGroupAffinity(handle, &affinity, nullptr)) rc = negative_errno(GetLastError());
  CloseHandle(handle);
  return rc;
}

int qemu_thread_get_affinity(const QemuThread* thread, std::vector<unsigned long>* host_cpus) {
  HANDLE handle = nullptr;
  int rc = open_running(thread, THREAD_QUERY_INFORMATION, &handle);
  if (rc < 0) return rc;
  GROUP_AFFINITY affinity = {};
  if (!GetThreadGroupAffinity(handle, &affinity)) rc = negative_errno(GetLastError());
  CloseHandle(handle);
  if (rc < 0) return rc;
  host_cpus->assign((affinity.Group + 1u) * kGroupWords, 0);
  for (unsigned word = 0; word < kGroupWords; word++) {
    (*host_cpus)[affinity.Group * kGroupWords + word] =
        static_cast<unsigned long>(static_cast<uint64_t>(affinity.Mask) >> (word * kWordBits));
  }
  return 0;
}

void qemu_thread_pin_library() {
  HMODULE module = nullptr;
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCSTR>(&qemu_thread_pin_library), &module);
}

}  // namespace dromaius
