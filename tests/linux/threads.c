// SPDX-License-Identifier: GPL-2.0-or-later
/* Threads that take turns, a mutex that all of them want, and signals between them. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static long counter, atomics;
static int whose;
static volatile sig_atomic_t alarms, users;
static __thread long own;

static void on_signal(int number)
{
	if (number == SIGALRM)
		alarms++;
	else
		users++;
}

static void *work(void *arg)
{
	int me = (int)(long)arg;
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		counter += me;
		pthread_mutex_unlock(&lock);
		__atomic_fetch_add(&atomics, 1, __ATOMIC_SEQ_CST);
		own += i;
	}
	for (int i = 0; i < 20; i++) {
		pthread_mutex_lock(&lock);
		while (whose != me)
			pthread_cond_wait(&turn, &lock);
		whose = (whose + 1) % THREADS;
		pthread_cond_broadcast(&turn);
		pthread_mutex_unlock(&lock);
	}
	return (void *)own;
}

int main(void)
{
	pthread_t threads[THREADS];
	struct sigaction action = { .sa_handler = on_signal };
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)i);
	long sum = 0;
	for (int i = 0; i < THREADS; i++) {
		void *result;
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("counter %ld, atomics %ld, thread-local %ld\n", counter, atomics, sum);

	for (int i = 0; i < 100; i++)
		raise(SIGUSR1);
	alarm(1);
	while (!alarms)
		pause();
	pid_t child = fork();
	if (child == 0) {
		volatile int *nowhere = NULL;
		*nowhere = 1;
		_exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	printf("signals %d, alarms %d, child ended by %s\n", (int)users, (int)alarms, strsignal(WTERMSIG(status)));
	return 0;
}
