/* SPDX-License-Identifier: MIT */
#pragma once
/* Ownership in the declaration: `cleanup(buffer_done) struct buffer b = {0};` runs buffer_done(&b) at the end of the
 * block. */
#define cleanup(function) __attribute__((cleanup(function)))
#define countof(array)    (sizeof(array) / sizeof(array)[0])
