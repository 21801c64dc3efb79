/* SPDX-License-Identifier: GPL-2.0 OR LGPL-2.1-or-later */
#ifndef _VNPU_TRANSFORM_H
#define _VNPU_TRANSFORM_H

#include "pure.h"

void dream_vnpu_transform(u64 *out, const u64 *in, u64 in_words, u64 key,
			  u64 first, u64 count);

#endif
