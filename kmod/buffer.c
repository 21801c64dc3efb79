// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Buffers
 *
 * A buffer is zeroed kernel memory that can be mapped by user space. Its handle,
 * jobs and mappings hold it, and it is charged until the last of them is gone.
 * dma-buf was not taken: it ties the lifetime of the memory to a file and to module
 * text, and the virtual devices need nothing of it; an importer can be added
 * beside this.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "buffer.h"
#include "user.h"

/**
 * dream_buffer_new() - make a buffer
 * @user: account to be charged
 * @size: bytes, not 0; rounded up to whole pages
 *
 * Context: process context, may sleep.
 * Return: the buffer, or an ERR_PTR: -EDQUOT, -E2BIG (larger than a user may ever
 * have), -ENOMEM.
 */
struct dream_buffer *dream_buffer_new(struct dream_user *user, u64 size)
{
	struct dream_buffer *buf;
	int ret;

	if (size > dream_user_limit(DREAM_QUOTA_BUFFERS))
		return ERR_PTR(-E2BIG);
	size = PAGE_ALIGN(size);

	buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	ret = dream_user_charge(user, DREAM_QUOTA_BUFFERS, size);
	if (ret)
		goto err_free;
	buf->vaddr = vmalloc_user(size);
	if (!buf->vaddr) {
		ret = -ENOMEM;
		goto err_uncharge;
	}
	kref_init(&buf->refs);
	refcount_inc(&user->refs);
	buf->user = user;
	buf->size = size;
	return buf;

err_uncharge:
	dream_user_uncharge(user, DREAM_QUOTA_BUFFERS, size);
err_free:
	kfree(buf);
	return ERR_PTR(ret);
}

static void buffer_release(struct kref *refs)
{
	struct dream_buffer *buf = container_of(refs, struct dream_buffer, refs);

	vfree(buf->vaddr);
	dream_user_uncharge(buf->user, DREAM_QUOTA_BUFFERS, buf->size);
	dream_user_put(buf->user);
	kfree(buf);
}

/**
 * dream_buffer_get() - take a reference
 * @buf: buffer
 *
 * Context: any.
 */
void dream_buffer_get(struct dream_buffer *buf)
{
	kref_get(&buf->refs);
}

/**
 * dream_buffer_put() - give a reference back
 * @buf: buffer
 *
 * Context: process context.
 */
void dream_buffer_put(struct dream_buffer *buf)
{
	kref_put(&buf->refs, buffer_release);
}

static void buffer_vm_open(struct vm_area_struct *vma)
{
	dream_buffer_get(vma->vm_private_data);
}

static void buffer_vm_close(struct vm_area_struct *vma)
{
	dream_buffer_put(vma->vm_private_data);
}

static const struct vm_operations_struct buffer_vm_ops = {
	.open = buffer_vm_open,
	.close = buffer_vm_close,
};

/**
 * dream_buffer_mmap() - map a buffer
 * @buf: buffer
 * @vma: where; from the start of the buffer, at most its size
 *
 * Context: process context, mmap lock held.
 * Return: 0, -EINVAL if it is too long or private, or another errno.
 */
int dream_buffer_mmap(struct dream_buffer *buf, struct vm_area_struct *vma)
{
	int ret;

	/* The device would not see what is written to a private copy. */
	if (!(vma->vm_flags & VM_SHARED) ||
	    vma->vm_end - vma->vm_start > buf->size)
		return -EINVAL;
	ret = remap_vmalloc_range(vma, buf->vaddr, 0);
	if (ret)
		return ret;
	dream_buffer_get(buf);
	vma->vm_private_data = buf;
	vma->vm_ops = &buffer_vm_ops;
	return 0;
}
