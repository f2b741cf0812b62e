// SPDX-License-Identifier: GPL-2.0-or-later
// data table
//
// Constants of <linux/kvm.h> and <asm/kvm.h> (x86-64) under their own names. The build compares each with the kernel's
// headers where those know it.

export const KVM_API_VERSION = 12

export const KVM_MEM_LOG_DIRTY_PAGES = 1
export const KVM_MEM_READONLY = 2

export const KVM_PIT_SPEAKER_DUMMY = 1

export const KVM_EXIT_HYPERV_SYNIC = 1
export const KVM_EXIT_HYPERV_HCALL = 2
export const KVM_EXIT_HYPERV_SYNDBG = 3
export const KVM_EXIT_XEN_HCALL = 1
export const KVM_EXIT_UNKNOWN = 0
export const KVM_EXIT_EXCEPTION = 1
export const KVM_EXIT_IO = 2
export const KVM_EXIT_HYPERCALL = 3
export const KVM_EXIT_DEBUG = 4
export const KVM_EXIT_HLT = 5
export const KVM_EXIT_MMIO = 6
export const KVM_EXIT_IRQ_WINDOW_OPEN = 7
export const KVM_EXIT_SHUTDOWN = 8
export const KVM_EXIT_FAIL_ENTRY = 9
export const KVM_EXIT_INTR = 10
export const KVM_EXIT_SET_TPR = 11
export const KVM_EXIT_TPR_ACCESS = 12
export const KVM_EXIT_NMI = 16
export const KVM_EXIT_INTERNAL_ERROR = 17
export const KVM_EXIT_WATCHDOG = 21
export const KVM_EXIT_SYSTEM_EVENT = 24
export const KVM_EXIT_IOAPIC_EOI = 26
export const KVM_EXIT_HYPERV = 27
export const KVM_EXIT_X86_RDMSR = 29
export const KVM_EXIT_X86_WRMSR = 30
export const KVM_EXIT_DIRTY_RING_FULL = 31
export const KVM_EXIT_AP_RESET_HOLD = 32
export const KVM_EXIT_X86_BUS_LOCK = 33
export const KVM_EXIT_XEN = 34
export const KVM_EXIT_NOTIFY = 37

export const KVM_INTERNAL_ERROR_EMULATION = 1
export const KVM_INTERNAL_ERROR_SIMUL_EX = 2
export const KVM_INTERNAL_ERROR_DELIVERY_EV = 3
export const KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON = 4
export const KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES = 1

export const KVM_EXIT_IO_IN = 0
export const KVM_EXIT_IO_OUT = 1

export const KVM_SYSTEM_EVENT_SHUTDOWN = 1
export const KVM_SYSTEM_EVENT_RESET = 2
export const KVM_SYSTEM_EVENT_CRASH = 3
export const KVM_SYSTEM_EVENT_WAKEUP = 4
export const KVM_SYSTEM_EVENT_SUSPEND = 5
export const KVM_SYSTEM_EVENT_SEV_TERM = 6

export const KVM_MSR_EXIT_REASON_INVAL = 1
export const KVM_MSR_EXIT_REASON_UNKNOWN = 2
export const KVM_MSR_EXIT_REASON_FILTER = 4

export const KVM_NOTIFY_CONTEXT_INVALID = 1

export const KVM_MP_STATE_RUNNABLE = 0
export const KVM_MP_STATE_UNINITIALIZED = 1
export const KVM_MP_STATE_INIT_RECEIVED = 2
export const KVM_MP_STATE_HALTED = 3
export const KVM_MP_STATE_SIPI_RECEIVED = 4
export const KVM_MP_STATE_STOPPED = 5
export const KVM_MP_STATE_CHECK_STOP = 6
export const KVM_MP_STATE_OPERATING = 7
export const KVM_MP_STATE_LOAD = 8
export const KVM_MP_STATE_AP_RESET_HOLD = 9
export const KVM_MP_STATE_SUSPENDED = 10

export const KVM_GUESTDBG_ENABLE = 1
export const KVM_GUESTDBG_SINGLESTEP = 2

export const KVM_IOEVENTFD_FLAG_DATAMATCH = 1
export const KVM_IOEVENTFD_FLAG_PIO = 2
export const KVM_IOEVENTFD_FLAG_DEASSIGN = 4
export const KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY = 8

export const KVM_X86_DISABLE_EXITS_MWAIT = 1
export const KVM_X86_DISABLE_EXITS_HLT = 2
export const KVM_X86_DISABLE_EXITS_PAUSE = 4
export const KVM_X86_DISABLE_EXITS_CSTATE = 8

export const KVM_CAP_IRQCHIP = 0
export const KVM_CAP_HLT = 1
export const KVM_CAP_MMU_SHADOW_CACHE_CONTROL = 2
export const KVM_CAP_USER_MEMORY = 3
export const KVM_CAP_SET_TSS_ADDR = 4
export const KVM_CAP_VAPIC = 6
export const KVM_CAP_EXT_CPUID = 7
export const KVM_CAP_CLOCKSOURCE = 8
export const KVM_CAP_NR_VCPUS = 9
export const KVM_CAP_NR_MEMSLOTS = 10
export const KVM_CAP_PIT = 11
export const KVM_CAP_NOP_IO_DELAY = 12
export const KVM_CAP_PV_MMU = 13
export const KVM_CAP_MP_STATE = 14
export const KVM_CAP_COALESCED_MMIO = 15
export const KVM_CAP_SYNC_MMU = 16
export const KVM_CAP_IOMMU = 18
export const KVM_CAP_DESTROY_MEMORY_REGION_WORKS = 21
export const KVM_CAP_USER_NMI = 22
export const KVM_CAP_SET_GUEST_DEBUG = 23
export const KVM_CAP_REINJECT_CONTROL = 24
export const KVM_CAP_IRQ_ROUTING = 25
export const KVM_CAP_IRQ_INJECT_STATUS = 26
export const KVM_CAP_ASSIGN_DEV_IRQ = 29
export const KVM_CAP_JOIN_MEMORY_REGIONS_WORKS = 30
export const KVM_CAP_MCE = 31
export const KVM_CAP_IRQFD = 32
export const KVM_CAP_PIT2 = 33
export const KVM_CAP_SET_BOOT_CPU_ID = 34
export const KVM_CAP_PIT_STATE2 = 35
export const KVM_CAP_IOEVENTFD = 36
export const KVM_CAP_SET_IDENTITY_MAP_ADDR = 37
export const KVM_CAP_XEN_HVM = 38
export const KVM_CAP_ADJUST_CLOCK = 39
export const KVM_CAP_INTERNAL_ERROR_DATA = 40
export const KVM_CAP_VCPU_EVENTS = 41
export const KVM_CAP_HYPERV = 44
export const KVM_CAP_HYPERV_VAPIC = 45
export const KVM_CAP_HYPERV_SPIN = 46
export const KVM_CAP_PCI_SEGMENT = 47
export const KVM_CAP_INTR_SHADOW = 49
export const KVM_CAP_DEBUGREGS = 50
export const KVM_CAP_X86_ROBUST_SINGLESTEP = 51
export const KVM_CAP_ENABLE_CAP = 54
export const KVM_CAP_XSAVE = 55
export const KVM_CAP_XCRS = 56
export const KVM_CAP_ASYNC_PF = 59
export const KVM_CAP_TSC_CONTROL = 60
export const KVM_CAP_GET_TSC_KHZ = 61
export const KVM_CAP_MAX_VCPUS = 66
export const KVM_CAP_ONE_REG = 70
export const KVM_CAP_TSC_DEADLINE_TIMER = 72
export const KVM_CAP_SYNC_REGS = 74
export const KVM_CAP_PCI_2_3 = 75
export const KVM_CAP_KVMCLOCK_CTRL = 76
export const KVM_CAP_SIGNAL_MSI = 77
export const KVM_CAP_READONLY_MEM = 81
export const KVM_CAP_IRQFD_RESAMPLE = 82
export const KVM_CAP_DEVICE_CTRL = 89
export const KVM_CAP_IRQ_MPIC = 90
export const KVM_CAP_IRQ_XICS = 92
export const KVM_CAP_EXT_EMUL_CPUID = 95
export const KVM_CAP_HYPERV_TIME = 96
export const KVM_CAP_IOAPIC_POLARITY_IGNORED = 97
export const KVM_CAP_ENABLE_CAP_VM = 98
export const KVM_CAP_IOEVENTFD_NO_LENGTH = 100
export const KVM_CAP_VM_ATTRIBUTES = 101
export const KVM_CAP_CHECK_EXTENSION_VM = 105
export const KVM_CAP_DISABLE_QUIRKS = 116
export const KVM_CAP_X86_SMM = 117
export const KVM_CAP_MULTI_ADDRESS_SPACE = 118
export const KVM_CAP_GUEST_DEBUG_HW_BPS = 119
export const KVM_CAP_GUEST_DEBUG_HW_WPS = 120
export const KVM_CAP_SPLIT_IRQCHIP = 121
export const KVM_CAP_IOEVENTFD_ANY_LENGTH = 122
export const KVM_CAP_HYPERV_SYNIC = 123
export const KVM_CAP_VCPU_ATTRIBUTES = 127
export const KVM_CAP_MAX_VCPU_ID = 128
export const KVM_CAP_X2APIC_API = 129
export const KVM_CAP_MSI_DEVID = 131
export const KVM_CAP_IMMEDIATE_EXIT = 136
export const KVM_CAP_X86_DISABLE_EXITS = 143
export const KVM_CAP_HYPERV_SYNIC2 = 148
export const KVM_CAP_HYPERV_VP_INDEX = 149
export const KVM_CAP_GET_MSR_FEATURES = 153
export const KVM_CAP_HYPERV_EVENTFD = 154
export const KVM_CAP_HYPERV_TLBFLUSH = 155
export const KVM_CAP_NESTED_STATE = 157
export const KVM_CAP_MSR_PLATFORM_INFO = 159
export const KVM_CAP_HYPERV_SEND_IPI = 161
export const KVM_CAP_COALESCED_PIO = 162
export const KVM_CAP_HYPERV_ENLIGHTENED_VMCS = 163
export const KVM_CAP_EXCEPTION_PAYLOAD = 164
export const KVM_CAP_MANUAL_DIRTY_LOG_PROTECT = 166
export const KVM_CAP_HYPERV_CPUID = 167
export const KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 = 168
export const KVM_CAP_PMU_EVENT_FILTER = 173
export const KVM_CAP_HYPERV_DIRECT_TLBFLUSH = 175
export const KVM_CAP_HALT_POLL = 182
export const KVM_CAP_ASYNC_PF_INT = 183
export const KVM_CAP_LAST_CPU = 184
export const KVM_CAP_SMALLER_MAXPHYADDR = 185
export const KVM_CAP_STEAL_TIME = 187
export const KVM_CAP_X86_USER_SPACE_MSR = 188
export const KVM_CAP_X86_MSR_FILTER = 189
export const KVM_CAP_ENFORCE_PV_FEATURE_CPUID = 190
export const KVM_CAP_SYS_HYPERV_CPUID = 191
export const KVM_CAP_DIRTY_LOG_RING = 192
export const KVM_CAP_X86_BUS_LOCK_EXIT = 193
export const KVM_CAP_SET_GUEST_DEBUG2 = 195
export const KVM_CAP_SGX_ATTRIBUTE = 196
export const KVM_CAP_VM_COPY_ENC_CONTEXT_FROM = 197
export const KVM_CAP_PTP_KVM = 198
export const KVM_CAP_HYPERV_ENFORCE_CPUID = 199
export const KVM_CAP_SREGS2 = 200
export const KVM_CAP_EXIT_HYPERCALL = 201
export const KVM_CAP_BINARY_STATS_FD = 203
export const KVM_CAP_EXIT_ON_EMULATION_FAILURE = 204
export const KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM = 206
export const KVM_CAP_VM_GPA_BITS = 207
export const KVM_CAP_XSAVE2 = 208
export const KVM_CAP_SYS_ATTRIBUTES = 209
export const KVM_CAP_PMU_CAPABILITY = 212
export const KVM_CAP_DISABLE_QUIRKS2 = 213
export const KVM_CAP_VM_TSC_CONTROL = 214
export const KVM_CAP_SYSTEM_EVENT_DATA = 215
export const KVM_CAP_X86_TRIPLE_FAULT_EVENT = 218
export const KVM_CAP_X86_NOTIFY_VMEXIT = 219
export const KVM_CAP_VM_DISABLE_NX_HUGE_PAGES = 220
export const KVM_CAP_DIRTY_LOG_RING_ACQ_REL = 223

export const KVM_IRQ_ROUTING_IRQCHIP = 1
export const KVM_IRQ_ROUTING_MSI = 2
export const KVM_IRQ_ROUTING_HV_SINT = 4
export const KVM_IRQ_ROUTING_XEN_EVTCHN = 5

export const KVM_IRQFD_FLAG_DEASSIGN = 1
export const KVM_IRQFD_FLAG_RESAMPLE = 2

export const KVM_CLOCK_TSC_STABLE = 2
export const KVM_CLOCK_REALTIME = 4
export const KVM_CLOCK_HOST_TSC = 8

export const KVM_HYPERV_EVENTFD = 1075359421

export const KVM_X2APIC_API_USE_32BIT_IDS = 1
export const KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK = 2

export const KVM_BUS_LOCK_DETECTION_OFF = 1
export const KVM_BUS_LOCK_DETECTION_EXIT = 2

export const KVM_X86_NOTIFY_VMEXIT_ENABLED = 1
export const KVM_X86_NOTIFY_VMEXIT_USER = 2

export const KVM_NR_INTERRUPTS = 0x100

export const KVM_IRQCHIP_PIC_MASTER = 0
export const KVM_IRQCHIP_PIC_SLAVE = 1
export const KVM_IRQCHIP_IOAPIC = 2

export const KVM_RUN_X86_SMM = 1
export const KVM_RUN_X86_BUS_LOCK = 2

export const KVM_CPUID_FLAG_SIGNIFCANT_INDEX = 1
export const KVM_CPUID_FLAG_STATEFUL_FUNC = 2
export const KVM_CPUID_FLAG_STATE_READ_NEXT = 4

export const KVM_GUESTDBG_USE_SW_BP = 0x10000
export const KVM_GUESTDBG_USE_HW_BP = 0x20000
export const KVM_GUESTDBG_INJECT_DB = 0x40000
export const KVM_GUESTDBG_INJECT_BP = 0x80000
export const KVM_GUESTDBG_BLOCKIRQ = 0x100000

export const KVM_PIT_FLAGS_HPET_LEGACY = 1
export const KVM_PIT_FLAGS_SPEAKER_DATA_ON = 2

export const KVM_VCPUEVENT_VALID_NMI_PENDING = 1
export const KVM_VCPUEVENT_VALID_SIPI_VECTOR = 2
export const KVM_VCPUEVENT_VALID_SHADOW = 4
export const KVM_VCPUEVENT_VALID_SMM = 8
export const KVM_VCPUEVENT_VALID_PAYLOAD = 16
export const KVM_VCPUEVENT_VALID_TRIPLE_FAULT = 32

export const KVM_SYNC_X86_REGS = 1
export const KVM_SYNC_X86_SREGS = 2
export const KVM_SYNC_X86_EVENTS = 4

export const KVM_STATE_NESTED_FORMAT_VMX = 0
export const KVM_STATE_NESTED_FORMAT_SVM = 1
export const KVM_STATE_NESTED_GUEST_MODE = 1
export const KVM_STATE_NESTED_GIF_SET = 256
