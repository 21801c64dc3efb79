/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that user space, the kernel and the accelerators share. */
#ifndef _DREAM_BUFFER_H
#define _DREAM_BUFFER_H

#include <linux/kref.h>
#include <linux/types.h>

struct dream_user;
struct vm_area_struct;

/**
 * struct dream_buffer - a buffer
 * @refs: references: its handle, jobs
 * @user: account that is charged
 * @vaddr: memory, mapped in the kernel
 * @size: whole pages
 */
struct dream_buffer {
	struct kref refs;
	struct dream_user *user;
	void *vaddr;
	u64 size;
};

struct dream_buffer *dream_buffer_new(struct dream_user *user, u64 size);
void dream_buffer_get(struct dream_buffer *buf);
void dream_buffer_put(struct dream_buffer *buf);
int dream_buffer_mmap(struct dream_buffer *buf, struct vm_area_struct *vma);

#endif
