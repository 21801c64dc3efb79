// SPDX-License-Identifier: GPL-2.0
/*
 * The schemas, taken from the documentation when the program is built. The assembler
 * looks for them from this directory, which is on the include path.
 */
#include "schema.h"

__asm__("	.macro	schema name, file\n"
"	.globl	\\name\n"
"	.type	\\name, @object\n"
"\\name:\n"
"	.incbin	\"../../Documentation/\\file\"\n"
"	.byte	0\n"
"	.size	\\name, . - \\name\n"
"	.endm\n"
"	.section .rodata\n"
"	schema	scenario_schema, scenario.schema.json\n"
"	schema	recording_schema, recording.schema.json\n"
"	.text\n"
);
