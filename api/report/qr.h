/* SPDX-License-Identifier: MIT */
#pragma once
#include "core/buffer.h"

#include <stdbool.h>

/* A text as a QR code, with the quiet zone around it. False: no memory, or more than a code can hold. */
bool qr_svg(const char *text, struct buffer *ret_body);
bool qr_png(const char *text, struct buffer *ret_body);
