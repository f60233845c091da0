/* SPDX-License-Identifier: MIT */
#pragma once
#include "contract/contract.h"

/* The formats of the contract. Texts that PostgreSQL would refuse are no dates here either. */
bool format_matches(enum format format, const json_t *value); /* true where the format says nothing of that kind */
const char *format_name(enum format format);
