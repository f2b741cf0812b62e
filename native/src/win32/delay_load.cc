// SPDX-License-Identifier: GPL-2.0-or-later
//
// Node-API's functions come from the program that loads the addon, but Windows binds them to a file's name. They are
// therefore bound late, and the name `node.exe` is answered with the program itself: Electron, or a Node.js of another name.
#include <windows.h>

#include <delayimp.h>

#include <cstring>

namespace {

FARPROC WINAPI resolve(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  // SAFETY: the helper wants the module in this type; for other events it is a function.
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

}  // namespace

/// The linker's helper for late binding calls what this points to.
extern "C" {
PfnDliHook __pfnDliNotifyHook2 = resolve;
}
