/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Model profiles as JSON. The same form is read and written: what "model show"
 * tells with -d, "model add" takes.
 */
#ifndef DREAMCTL_PROFILE_H
#define DREAMCTL_PROFILE_H

#include <jansson.h>

#include <dream/dream.h>

#include "faults.h"

/**
 * struct profile - a profile that has been read, and its memory
 * @upload: for dream_nl_model_upload()
 * @name: its name
 * @variant_layers: layers of each variant
 */
struct profile {
	struct dream_profile upload;
	char name[DREAM_NAME_LEN];
	uint32_t variant_layers[DREAM_VARIANTS_MAX];
};

void profile_read(struct profile *profile, const json_t *json,
		  const struct place *place, struct faults *faults);
void profile_free(struct profile *profile);
json_t *profile_write(const struct dream_model *model,
		      const struct dream_rows *rows);

#endif
