// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The yardstick: a plain KVM loop in C that runs a flat bench guest and does nothing on an exit but count it.
 *
 *   kvm-loop [--count N] [--warm-up N] [--vcpus 1|2] [--irqchip] GUEST.bin
 *
 * The guest is loaded at 0x1000 and started in real mode with CS 0 and IP 0x1000 on every vCPU. RAM is 0 to 0xa0000;
 * the device at 0xd0000 is a hole. A vCPU is done when it writes to port 0xf4. Prints one line of JSON: nanoseconds
 * for each exit, the mean over all vCPUs, from the vCPU's first exit after the warm-up (1000 by default, not counted) to its last
 * one; exit code 1 with one line on stderr if anything fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define GUEST_ADDRESS 0x1000
#define COUNT_ADDRESS 0x800
#define RAM_SIZE 0xa0000
#define TSS_ADDRESS 0xfffbd000 /* three pages that Intel hosts need for real mode; nothing else is there */
#define PORT_EXIT 0xf4
#define MAX_VCPUS 2

struct vcpu {
    pthread_t thread;
    int fd;
    struct kvm_run *run;
    uint64_t exits;
    uint64_t nanoseconds;
};

static pthread_barrier_t start_line;
static uint32_t warm_up = 1000;

static void fail(const char *what)
{
    fprintf(stderr, "kvm-loop: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int checked_ioctl(int fd, unsigned long request, void *argument, const char *name)
{
    int result = ioctl(fd, request, argument);

    if (result < 0)
        fail(name);
    return result;
}

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *run_vcpu(void *argument)
{
    struct vcpu *vcpu = argument;
    struct kvm_run *run = vcpu->run;
    uint64_t seen = 0, first = 0;

    pthread_barrier_wait(&start_line);
    for (;;) {
        if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
            if (errno == EINTR || errno == EAGAIN)
                continue;
            fail("KVM_RUN");
        }
        if (seen++ == warm_up)
            first = now();
        if (run->exit_reason == KVM_EXIT_IO) {
            if (run->io.port == PORT_EXIT)
                break;
        } else if (run->exit_reason != KVM_EXIT_MMIO) {
            fprintf(stderr, "kvm-loop: unexpected exit reason %u\n", run->exit_reason);
            exit(1);
        }
    }
    /* From the return of exit warm_up + 1 to that of the write to port 0xf4. */
    vcpu->nanoseconds = now() - first;
    vcpu->exits = seen - 1 - warm_up;
    return 0;
}

static void create_vcpu(struct vcpu *vcpu, int vm, long id, int run_size, bool irqchip)
{
    struct kvm_regs regs = {.rip = GUEST_ADDRESS, .rflags = 2};
    struct kvm_mp_state runnable = {KVM_MP_STATE_RUNNABLE};
    struct kvm_sregs sregs;

    vcpu->fd = checked_ioctl(vm, KVM_CREATE_VCPU, (void *)id, "KVM_CREATE_VCPU");
    vcpu->run = mmap(0, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (vcpu->run == MAP_FAILED)
        fail("mmap of kvm_run");
    checked_ioctl(vcpu->fd, KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
    sregs.cs.base = 0;
    sregs.cs.selector = 0;
    checked_ioctl(vcpu->fd, KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");
    checked_ioctl(vcpu->fd, KVM_SET_REGS, &regs, "KVM_SET_REGS");
    if (irqchip) /* the second vCPU would wait for a start-up IPI */
        checked_ioctl(vcpu->fd, KVM_SET_MP_STATE, &runnable, "KVM_SET_MP_STATE");
}

static void load(const char *path, uint8_t *ram)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0 || read(fd, ram + GUEST_ADDRESS, 0x1000) <= 0)
        fail(path);
    close(fd);
}

static void usage(void)
{
    fprintf(stderr, "usage: kvm-loop [--count N] [--warm-up N] [--vcpus 1|2] [--irqchip] GUEST.bin\n");
    exit(1);
}

int main(int argc, char **argv)
{
    struct vcpu vcpus[MAX_VCPUS] = {0};
    uint32_t count = 100000;
    int vcpu_count = 1, i;
    bool irqchip = false;
    const char *path = 0;
    uint64_t exits = 0, nanoseconds = 0;

    for (i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--irqchip"))
            irqchip = true;
        else if (!strcmp(argv[i], "--count") && i + 1 < argc)
            count = strtoul(argv[++i], 0, 10);
        else if (!strcmp(argv[i], "--warm-up") && i + 1 < argc)
            warm_up = strtoul(argv[++i], 0, 10);
        else if (!strcmp(argv[i], "--vcpus") && i + 1 < argc)
            vcpu_count = atoi(argv[++i]);
        else if (argv[i][0] != '-' && !path)
            path = argv[i];
        else
            usage();
    }
    if (!path || !count || vcpu_count < 1 || vcpu_count > MAX_VCPUS)
        usage();

    int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0)
        fail("/dev/kvm");
    int run_size = checked_ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE");
    int vm = checked_ioctl(kvm, KVM_CREATE_VM, 0, "KVM_CREATE_VM");
    uint8_t *ram = mmap(0, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ram == MAP_FAILED)
        fail("mmap of RAM");
    load(path, ram);
    count += warm_up;
    memcpy(ram + COUNT_ADDRESS, &count, sizeof(count));

    struct kvm_userspace_memory_region region = {.memory_size = RAM_SIZE, .userspace_addr = (uintptr_t)ram};
    checked_ioctl(vm, KVM_SET_TSS_ADDR, (void *)TSS_ADDRESS, "KVM_SET_TSS_ADDR");
    if (irqchip)
        checked_ioctl(vm, KVM_CREATE_IRQCHIP, 0, "KVM_CREATE_IRQCHIP");
    checked_ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");

    pthread_barrier_init(&start_line, 0, vcpu_count);
    for (i = 0; i < vcpu_count; i++)
        create_vcpu(&vcpus[i], vm, i, run_size, irqchip);
    for (i = 0; i < vcpu_count; i++) {
        if ((errno = pthread_create(&vcpus[i].thread, 0, run_vcpu, &vcpus[i])))
            fail("pthread_create");
    }
    for (i = 0; i < vcpu_count; i++) {
        pthread_join(vcpus[i].thread, 0);
        exits += vcpus[i].exits;
        nanoseconds += vcpus[i].nanoseconds;
    }

    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    printf("{\"guest\":\"%.*s\",\"vcpus\":%d,\"irqchip\":%s,\"exits\":%llu,\"nsPerExit\":%.1f}\n",
           (int)strcspn(name, "."), name, vcpu_count, irqchip ? "true" : "false", (unsigned long long)exits,
           (double)nanoseconds / exits);
    return 0;
}
