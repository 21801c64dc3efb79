// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 of the test VM. It mounts, loads modules, runs one command, hands back
 * what the command left, and goes down. tools/vm/run prepares its files:
 *
 *	/vm/modules	one "<path> [parameters]" per line, in loading order
 *	/vm/command	the command, a shell script
 *	/vm/shell	if it exists, the command talks to a terminal
 *	/vm/leaks	if it exists, unload the modules and look for leaks
 *
 * and is at the other end of these:
 *
 *	I/O port 0xe9	short lines of control: "init" once all is mounted,
 *			"report <text>" for a finding of this program,
 *			"exit <status>" as the last word
 *	ttyS0		the kernel's console
 *	ttyS1		the command's output (and input, for a shell)
 *	ivshmem BAR 2	a tar stream with the kernel log and all of /out;
 *			memory, so that megabytes cost nothing
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define OUT_DEVICE	"/sys/bus/pci/devices/0000:00:10.0"
#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
/* kmemleak does not look at objects that are younger than this. */
#define KMEMLEAK_AGE_S	5
#define MAX_MODULES	32

static int control = -1;

__attribute__((format(printf, 1, 2)))
static void say(const char *format, ...)
{
	char line[256];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	/* Writing to /dev/port moves on to the next port with each byte. */
	for (int i = 0; i < len; i++)
		if (pwrite(control, &line[i], 1, 0xe9) != 1)
			break;
}

static void go_down(int status)
{
	say("exit %d", status);
	reboot(RB_AUTOBOOT);
	pause();
}

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("report %s: %s", text, strerror(errno));
	go_down(125);
	_exit(125);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void mount_all(void)
{
	static const struct { const char *type, *dir, *options; } mounts[] = {
		{ "devtmpfs", "/dev", NULL },
		{ "proc", "/proc", NULL },
		{ "sysfs", "/sys", NULL },
		{ "tmpfs", "/tmp", "mode=1777" },
		{ "tmpfs", "/run", NULL },
		{ "tmpfs", "/out", NULL },
		{ "devpts", "/dev/pts", NULL },
		{ "tmpfs", "/dev/shm", "mode=1777" },
		{ "debugfs", "/sys/kernel/debug", NULL },
		{ "tracefs", "/sys/kernel/tracing", NULL },
		{ "cgroup2", "/sys/fs/cgroup", NULL },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].dir, 0755);
		/* A kernel without one of them is still worth a run. */
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0,
			  mounts[i].options) && i < 3)
			_exit(1);
	}
	chmod("/dev/null", 0666);
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static char *modules[MAX_MODULES];
static int nr_modules;

static void load_modules(void)
{
	FILE *list = fopen("/vm/modules", "re");
	char line[1024];

	while (list && nr_modules < MAX_MODULES &&
	       fgets(line, sizeof(line), list)) {
		char *params = line, *path, *name;
		int fd;

		line[strcspn(line, "\n")] = '\0';
		path = strsep(&params, " ");
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die("%s", path);
		if (syscall(SYS_finit_module, fd, params ?: "", 0))
			die("cannot load %s", path);
		close(fd);

		/* Its name, for unloading, has "_" for "-" and no ".ko". */
		name = strdup(strrchr(path, '/') + 1);
		name[strcspn(name, ".")] = '\0';
		for (char *c = name; *c; c++)
			if (*c == '-')
				*c = '_';
		modules[nr_modules++] = name;
	}
	if (list)
		fclose(list);
	mount("configfs", "/sys/kernel/config", "configfs", 0, NULL);
}

static void unload_modules(void)
{
	for (int i = nr_modules - 1; i >= 0; i--) {
		if (!strcmp(modules[i], "configfs"))
			umount("/sys/kernel/config");
		/* The command may have unloaded it itself. */
		if (syscall(SYS_delete_module, modules[i], O_NONBLOCK) &&
		    errno != ENOENT)
			say("report module %s cannot be unloaded: %s",
			    modules[i], strerror(errno));
	}
}

static void look_for_leaks(void)
{
	char text[4096];
	ssize_t len;
	int fd;

	if (access(KMEMLEAK, F_OK))
		return;
	/* No event tells that an object is old enough: here only time helps. */
	sleep(KMEMLEAK_AGE_S + 1);
	/* The first scan notes checksums, the second one reports. */
	write_file(KMEMLEAK, "scan");
	write_file(KMEMLEAK, "scan");

	fd = open(KMEMLEAK, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, text, sizeof(text));
	if (len > 0) {
		char *rest = text, *line;

		text[len - 1] = '\0';
		while ((line = strsep(&rest, "\n")))
			say("report kmemleak: %s", line);
	}
	close(fd);
}

static void become_command(bool shell)
{
	struct termios tio;
	int tty, in;

	setsid();
	tty = open("/dev/ttyS1", O_RDWR);
	if (tty < 0 || tcgetattr(tty, &tio))
		_exit(125);
	if (shell) {
		ioctl(tty, TIOCSCTTY, 0);
		in = tty;
	} else {
		cfmakeraw(&tio);
		tcsetattr(tty, TCSANOW, &tio);
		in = open("/dev/null", O_RDONLY);
	}
	dup2(in, 0);
	dup2(tty, 1);
	dup2(tty, 2);
	close(tty);
	if (!shell)
		close(in);

	clearenv();
	setenv("PATH", "/usr/bin:/bin:/files", 1);
	setenv("HOME", "/tmp", 1);
	setenv("TERM", shell ? "linux" : "dumb", 1);
	setenv("NO_COLOR", "1", 1);
	chdir("/files");
	execl("/bin/sh", "sh", "/vm/command", NULL);
	_exit(125);
}

static int run_command(bool shell)
{
	pid_t command, pid;
	int status, result = 125, tty;

	command = fork();
	if (command < 0)
		die("fork");
	if (!command)
		become_command(shell);
	while ((pid = wait(&status)) != command)
		;
	if (WIFEXITED(status))
		result = WEXITSTATUS(status);
	else
		result = 128 + WTERMSIG(status);

	/* Whoever was left behind must not hold a module. */
	kill(-1, SIGKILL);
	while (wait(NULL) > 0)
		;
	tty = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty >= 0) {
		tcdrain(tty);
		close(tty);
	}
	return result;
}

static void save_kernel_log(void)
{
	int size = klogctl(10 /* SYSLOG_ACTION_SIZE_BUFFER */, NULL, 0);
	char *text = malloc(size > 0 ? size : 1);
	FILE *file = fopen("/dmesg", "we");
	int len;

	if (size > 0 && text && file) {
		len = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, text, size);
		if (len > 0)
			fwrite(text, 1, len, file);
	}
	if (file)
		fclose(file);
	free(text);
}

static void hand_back(void)
{
	struct stat bar;
	char *memory;
	size_t done = 0;
	ssize_t len;
	int fd, fds[2];

	write_file(OUT_DEVICE "/enable", "1");
	fd = open(OUT_DEVICE "/resource2", O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &bar))
		die("no shared memory");
	memory = mmap(NULL, bar.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (memory == MAP_FAILED || pipe(fds))
		die("cannot map the shared memory");

	if (!fork()) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		execl("/bin/busybox", "tar", "-c", "-f", "-", "-C", "/",
		      "dmesg", "out", NULL);
		_exit(1);
	}
	close(fds[1]);
	while (done < (size_t)bar.st_size &&
	       (len = read(fds[0], memory + done, bar.st_size - done)) > 0)
		done += len;
	if (done == (size_t)bar.st_size)
		say("report /out is larger than %zu bytes", done);
	close(fds[0]);
	wait(NULL);
}

int main(void)
{
	bool shell, leaks;
	int status;

	mount_all();
	control = open("/dev/port", O_WRONLY | O_CLOEXEC);
	shell = !access("/vm/shell", F_OK);
	leaks = !access("/vm/leaks", F_OK);
	say("init");
	write_file("/dev/kmsg", "<4>vm: init\n");

	load_modules();
	status = run_command(shell);
	if (leaks) {
		unload_modules();
		look_for_leaks();
	}
	save_kernel_log();
	hand_back();
	go_down(status);
	return 0;
}
