// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table in C: a request's number contains the size of its structure, and where that has a flexible array C++
// gives it another size than the kernel.

#include "linux/kvm_ioctls.h"

#include <linux/kvm.h>

/* `operation` is made to text by each kind itself: one level further down it would be the request's expansion. */
#define ROW(name, operation, request, on_vcpu, kind, size, count_offset, entry_size) \
  {#name, operation, request, on_vcpu, kind, size, count_offset, entry_size},
#define LIST(name, operation, request, on_vcpu, type, count, entries)                            \
  ROW(name, operation, request, on_vcpu, KVM_IOCTL_LIST, offsetof(struct type, entries), offsetof(struct type, count), \
      sizeof(((struct type*)0)->entries[0]))

#define FD_NONE(name, request) ROW(name, #request, request, 0, KVM_IOCTL_NONE, 0, 0, 0)
#define FD_VALUE(name, request) ROW(name, #request, request, 0, KVM_IOCTL_VALUE, 0, 0, 0)
#define FD_U64(name, request) ROW(name, #request, request, 0, KVM_IOCTL_U64, 0, 0, 0)
#define FD_BUF(name, request, type) ROW(name, #request, request, 0, KVM_IOCTL_BUF, sizeof(struct type), 0, 0)
#define FD_LIST(name, request, type, count, entries) LIST(name, #request, request, 0, type, count, entries)
#define VCPU_NONE(name, request) ROW(name, #request, request, 1, KVM_IOCTL_NONE, 0, 0, 0)
#define VCPU_VALUE(name, request) ROW(name, #request, request, 1, KVM_IOCTL_VALUE, 0, 0, 0)
#define VCPU_U64(name, request) ROW(name, #request, request, 1, KVM_IOCTL_U64, 0, 0, 0)
#define VCPU_BUF(name, request, type) ROW(name, #request, request, 1, KVM_IOCTL_BUF, sizeof(struct type), 0, 0)
#define VCPU_LIST(name, request, type, count, entries) LIST(name, #request, request, 1, type, count, entries)
#define VCPU_RESULT(name, request, type, field, bytes) \
  ROW(name, #request, request, 1, KVM_IOCTL_RESULT, sizeof(struct type), offsetof(struct type, field), bytes)
#define VCPU_SIZED(name, request, type, field) \
  ROW(name, #request, request, 1, KVM_IOCTL_SIZED, sizeof(struct type), offsetof(struct type, field), 0)
#define VCPU_XSAVE_OUT(name, request) ROW(name, #request, request, 1, KVM_IOCTL_XSAVE_OUT, sizeof(struct kvm_xsave), 0, 0)
#define VCPU_XSAVE_IN(name, request) ROW(name, #request, request, 1, KVM_IOCTL_XSAVE_IN, sizeof(struct kvm_xsave), 0, 0)

const struct kvm_ioctl_row kvm_ioctl_rows[] = {
#include "linux/kvm_ioctls.def"
};

const size_t kvm_ioctl_row_count = sizeof(kvm_ioctl_rows) / sizeof(kvm_ioctl_rows[0]);
