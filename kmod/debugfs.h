/* SPDX-License-Identifier: GPL-2.0 */
/* Tables for people. */
#ifndef _DREAM_DEBUGFS_H
#define _DREAM_DEBUGFS_H

void dream_debugfs_init(void);
void dream_debugfs_exit(void);

#endif
