// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Packages that are used by the names they register: accelerators, the architecture's side of them, devices for `-device`.
 * What a machine builds itself is imported where it is built.
 */
import '@dromaius/native' // which the command's bundle leaves outside
import '@dromaius/accel-kvm'
import '@dromaius/accel-qtest'
import '@dromaius/accel-tcg'
import '@dromaius/hw-misc'
import '@dromaius/target-i386/kvm'
import '@dromaius/target-i386/tcg'
