// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <napi.h>

namespace dromaius {

/** Registers one function per ioctl (kvm_ioctls.def), /dev/kvm and descriptors. */
void InitKvm(Napi::Env env, Napi::Object exports);

}  // namespace dromaius
