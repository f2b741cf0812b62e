// SPDX-License-Identifier: GPL-2.0-or-later
#include "linux/vcpu_server.h"

#include <errno.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>

#include <mutex>

#include "posix/futex_linux.h"

namespace dromaius {

namespace {

/** The vCPU whose KVM_RUN the calling thread executes; read by the signal handler. */
thread_local kvm_run* t_run = nullptr;

/** @qemu accel/kvm/kvm-all.c kvm_ipi_signal */
void KvmIpiSignal(int) {
  if (t_run != nullptr) __atomic_store_n(&t_run->immediate_exit, 1, __ATOMIC_SEQ_CST);
}

/** One handler for all isolates of the process. Returns 0 or -errno. */
int InstallIpiHandler() {
  static std::once_flag once;
  static int result = 0;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_handler = KvmIpiSignal;
    sigfillset(&action.sa_mask);
    if (sigaction(SigIpi(), &action, nullptr) != 0) result = -errno;
  });
  return result;
}

struct IoctlArguments {
  int fd;
  unsigned long request;
  unsigned long argument;
};

struct SignalArguments {
  kvm_run* run;
};

}  // namespace

int SigIpi() { return SIGRTMIN + 5; }

int VcpuServer::Start(const std::string& name) {
  const int error = qemu_thread_create(&thread_, name.c_str(), ThreadFn, this, QEMU_THREAD_JOINABLE);
  started_ = error == 0;
  return error;
}

void* VcpuServer::ThreadFn(void* opaque) {
  static_cast<VcpuServer*>(opaque)->Serve();
  return nullptr;
}

void VcpuServer::Serve() {
  for (;;) {
    switch (AwaitTurn()) {
      case kCommand:
        value_ = command_(argument_);
        Hand(kIsolate, isolate_sleeps_);
        break;
      case kRun: {
        const int value = ioctl(vcpu_fd_, KVM_RUN, 0);
        entry_.result = value < 0 ? -errno : value;
        // The turn goes back first: the isolate may start the next run as soon as it sees the entry.
        turn_.store(kIsolate);
        queue_->Push(&entry_);
        break;
      }
      case kStop:
        entry_.ended = true;
        queue_->Push(&entry_);
        return;
      case kIsolate:
        break;
    }
  }
}

VcpuServer::Turn VcpuServer::AwaitTurn() {
  const auto handed = [this] { return turn_.load() != kIsolate; };
  if (!thread_spin_.Spin(handed)) {
    const uint64_t start = NowNs();
    LinuxFutex futex;
    thread_sleeps_.store(1);
    while (!handed()) futex.wait(&turn_, kIsolate);
    thread_sleeps_.store(0);
    thread_spin_.Slept(NowNs() - start);
  }
  return static_cast<Turn>(turn_.load());
}

void VcpuServer::Hand(Turn turn, std::atomic<uint32_t>& sleeping) {
  turn_.store(turn);
  if (sleeping.load() != 0) LinuxFutex().wakeAll(&turn_);
}

long VcpuServer::Call(Command command, void* argument) {
  command_ = command;
  argument_ = argument;
  Hand(kCommand, thread_sleeps_);
  const auto answered = [this] { return turn_.load() == kIsolate; };
  if (!isolate_spin_.Spin(answered)) {
    const uint64_t start = NowNs();
    LinuxFutex futex;
    isolate_sleeps_.store(1);
    while (!answered()) futex.wait(&turn_, kCommand);
    isolate_sleeps_.store(0);
    isolate_spin_.Slept(NowNs() - start);
  }
  return value_;
}

long VcpuServer::Ioctl(int fd, unsigned long request, unsigned long argument) {
  IoctlArguments arguments{fd, request, argument};
  return Call(
      [](void* opaque) -> long {
        const auto* a = static_cast<IoctlArguments*>(opaque);
        // SAFETY: the caller checked that `argument` is a value or points to memory of the size that the
        // request reads and writes, and keeps it alive until Call returns.
        const int value = ioctl(a->fd, a->request, a->argument);
        return value < 0 ? -errno : value;
      },
      &arguments);
}

int VcpuServer::InitSignals(kvm_run* run) {
  SignalArguments arguments{run};
  const int error = static_cast<int>(Call(
      [](void* opaque) -> long {
        const int error = InstallIpiHandler();
        if (error != 0) return error;
        // SAFETY: the mapping is kept until the thread has been told of its end by InitSignals(nullptr) or joined.
        t_run = static_cast<SignalArguments*>(opaque)->run;
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SigIpi());
        return -pthread_sigmask(t_run == nullptr ? SIG_BLOCK : SIG_UNBLOCK, &set, nullptr);
      },
      &arguments));
  can_be_kicked_ = error == 0 && run != nullptr;
  return error;
}

void VcpuServer::Run(int vcpu_fd) {
  vcpu_fd_ = vcpu_fd;
  Hand(kRun, thread_sleeps_);
}

void VcpuServer::Kick() {
  // A thread that has ended but is not joined yet answers ESRCH, which is as good as kicked.
  pthread_kill(thread_.thread, SigIpi());
}

void VcpuServer::Stop() { Hand(kStop, thread_sleeps_); }

void VcpuServer::Join() {
  if (!started_) return;
  qemu_thread_join(&thread_);
  started_ = false;
}

void VcpuServer::Shutdown() {
  if (!started_) return;
  for (uint32_t turn = turn_.load(); turn == kRun; turn = turn_.load()) {
    Kick();
    const timespec pause{0, 200'000};
    nanosleep(&pause, nullptr);
  }
  if (turn_.load() == kIsolate) Stop();
  Join();
}

}  // namespace dromaius
