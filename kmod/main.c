// SPDX-License-Identifier: GPL-2.0
/*
 * dream: a scheduling class for machine-learning accelerators. Load and unload.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "arbiter.h"
#include "client.h"
#include "debugfs.h"
#include "event.h"
#include "log.h"
#include "model.h"
#include "params.h"
#include "window.h"

static int __init dream_init(void)
{
	int ret;

	dream_params_init();
	ret = dream_log_init();
	if (ret)
		return ret;
	ret = dream_arbiter_init();
	if (ret)
		goto err_log;
	dream_window_init();
	ret = dream_netlink_init();
	if (ret)
		goto err_arbiter;
	ret = dream_chardev_init();
	if (ret)
		goto err_netlink;
	dream_debugfs_init();
	return 0;

err_netlink:
	dream_netlink_exit();
	dream_models_exit();
err_arbiter:
	dream_arbiter_exit();
err_log:
	dream_log_exit();
	return ret;
}

/* No file is open and no driver is loaded: both pin the module. */
static void __exit dream_exit(void)
{
	dream_debugfs_exit();
	dream_chardev_exit();
	dream_window_exit();
	dream_netlink_exit();
	dream_models_exit();
	dream_arbiter_exit();
	dream_log_exit();
}

module_init(dream_init);
module_exit(dream_exit);
MODULE_DESCRIPTION("Scheduling class for machine-learning accelerators");
MODULE_LICENSE("GPL");
