// SPDX-License-Identifier: GPL-2.0-or-later
//
// Linked into the prebuilt addon only (prebuild.mk): what the static C++ library wants of a younger glibc than the
// oldest one that Node 20 runs on.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Since 2.32. Whether atomic counters may be plain ones: never here, there are threads.
char __libc_single_threaded = 0;

// Since 2.33; before, it was an inline function. The kernel's structure is glibc's on x86-64.
int fstat(int fd, struct stat* status) { return (int)syscall(SYS_fstat, fd, status); }
