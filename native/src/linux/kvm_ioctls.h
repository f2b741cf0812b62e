// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What an ioctl takes besides its target. */
enum kvm_ioctl_kind {
  KVM_IOCTL_NONE,
  KVM_IOCTL_VALUE,
  KVM_IOCTL_U64,
  KVM_IOCTL_BUF,
  KVM_IOCTL_LIST,
  /** A structure with a pointer to its result, for which there is room behind it. */
  KVM_IOCTL_RESULT,
  /** A structure that says itself how many bytes it has. */
  KVM_IOCTL_SIZED,
  KVM_IOCTL_XSAVE_OUT,
  KVM_IOCTL_XSAVE_IN,
};

/** One row of kvm_ioctls.def. */
struct kvm_ioctl_row {
  /** Name in JavaScript. */
  const char* name;
  /** Name of the request, for errors. */
  const char* operation;
  unsigned long request;
  /** Whether it is issued on a vCPU's thread. */
  int on_vcpu;
  enum kvm_ioctl_kind kind;
  /** Bytes of the structure, or up to the entries of a list. */
  size_t size;
  /** Where a list's count, a structure's own size, or its pointer stands, and the bytes of one entry or of the result. */
  size_t count_offset;
  size_t entry_size;
};

extern const struct kvm_ioctl_row kvm_ioctl_rows[];
extern const size_t kvm_ioctl_row_count;

#ifdef __cplusplus
}
#endif
