// SPDX-License-Identifier: GPL-2.0
/*
 * The schema, taken from the documentation when the program is built. The assembler
 * looks for it from this directory, which is on the include path.
 */
#include "schema.h"

__asm__("	.section .rodata\n"
"	.globl	scenario_schema\n"
"	.type	scenario_schema, @object\n"
"scenario_schema:\n"
"	.incbin	\"../../Documentation/scenario.schema.json\"\n"
"	.byte	0\n"
"	.size	scenario_schema, . - scenario_schema\n"
"	.text\n");
