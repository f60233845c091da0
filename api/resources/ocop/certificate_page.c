/* SPDX-License-Identifier: MIT */
/* What the link in a QR code opens: the answer of the public check for people, in Vietnamese and English, for a phone
 * in a market. No script; the one style sheet is named by its digest. */
#include "core/cleanup.h"
#include "generated.h"
#include "http/exchange.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>

#define PAGE_MAX ((size_t)32 * 1024)

static const char style[] =
    "body{margin:0 auto;max-width:34rem;padding:1rem;font:1rem/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff}"
    "h1{margin:0;padding:1rem;border-radius:.5rem;color:#fff;background:#a11d1d;font-size:1.4rem}"
    "h1.valid{background:#14692f}h1.expired,h1.suspended,h1.superseded{background:#7a4f00}"
    "h1 small,dt small{display:block;font-weight:400;opacity:.85}"
    "dl{margin:1rem "
    "0}dt{margin-top:.7rem;font-size:.9rem;color:#555}dd{margin:0;overflow-wrap:anywhere;font-weight:600}"
    "footer{border-top:1px solid #ccc;padding-top:.7rem;font-size:.9rem;color:#444}";

static const struct status {
    const char *name, *vi, *en;
} statuses[] = {
    {"valid", "✓ Còn hiệu lực", "Valid"},
    {"expired", "Hết hiệu lực", "Expired"},
    {"suspended", "Tạm đình chỉ", "Suspended"},
    {"revoked", "✗ Đã thu hồi", "Revoked"},
    {"superseded", "Đã thay thế bằng giấy khác", "Superseded by another certificate"},
    {"not_issued", "✗ Chưa từng cấp giấy chứng nhận có số này", "No certificate of this number was ever issued"},
};

/* A path leads into the members of the answer; what is null has no row. */
static const struct row {
    const char *member, *inner, *vi, *en;
    enum { TEXT, DAY } shape;
} rows[] = {
    {"kind", NULL, "Loại giấy", "Kind", TEXT},
    {"product_name", NULL, "Sản phẩm", "Product", TEXT},
    {"stars", NULL, "Hạng sao OCOP", "OCOP stars", TEXT},
    {"establishment_name", NULL, "Chủ thể", "Producer", TEXT},
    {"product_set", NULL, "Bộ sản phẩm", "Product set", TEXT},
    {"product_group", NULL, "Nhóm sản phẩm", "Product group", TEXT},
    {"product_code", NULL, "Mã sản phẩm", "Product code", TEXT},
    {"certificate_no", NULL, "Số giấy chứng nhận", "Certificate number", TEXT},
    {"issuer", "name", "Nơi cấp", "Issued by", TEXT},
    {"decision_no", NULL, "Quyết định số", "Decision", TEXT},
    {"issued_on", NULL, "Ngày cấp", "Issued on", DAY},
    {"valid_to", NULL, "Có hiệu lực đến hết ngày", "Valid through", DAY},
    {"revoked_on", NULL, "Ngày thu hồi", "Revoked on", DAY},
    {"revocation_ground", "label_vi", "Căn cứ thu hồi", "Ground of revocation", TEXT},
    {"revocation_ground", "label_en", "Căn cứ thu hồi, bằng tiếng Anh", "Ground of revocation, in English", TEXT},
    {"replaced_by", NULL, "Số tra cứu của giấy thay thế", "Replaced by", TEXT},
    {"province", "name", "Tỉnh, thành phố khi cấp", "Province at the time", TEXT},
    {"source", NULL, "Nguồn", "Source", TEXT},
    {"public_no", NULL, "Số tra cứu", "Public number", TEXT},
    {"checked_on", NULL, "Ngày tra cứu", "Checked on", DAY},
};

static void json_done(json_t **value)
{
    json_decref(*value);
}

static const struct status *status_of(const json_t *answer)
{
    const char *name = json_string_value(json_object_get(answer, "status"));
    for (size_t i = 0; name && i < countof(statuses); i++)
        if (!strcmp(statuses[i].name, name))
            return &statuses[i];
    return NULL;
}

/* As people here write it, and for machines as the API does. */
static void add_day(struct buffer *page, const char *day)
{
    if (strlen(day) == strlen("2026-11-22"))
        buffer_printf(page, "<time datetime=\"%s\">%.2s/%.2s/%.4s</time>", day, day + 8, day + 5, day);
}

static void add_row(struct buffer *page, const struct row *row, const json_t *answer)
{
    const json_t *value = json_object_get(answer, row->member);
    if (row->inner)
        value = json_object_get(value, row->inner);
    if (!json_is_string(value) && !json_is_integer(value))
        return;
    buffer_printf(page, "<dt>%s<small lang=\"en\">%s</small></dt><dd>", row->vi, row->en);
    if (json_is_integer(value))
        buffer_printf(page, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (row->shape == DAY)
        add_day(page, json_string_value(value));
    else
        buffer_html(page, json_string_value(value));
    buffer_text(page, "</dd>");
}

static void add_page(struct buffer *page, const json_t *answer, const struct status *status)
{
    buffer_printf(page,
                  "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\">"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                  "<meta name=\"robots\" content=\"noindex\"><title>%s</title><style>%s</style></head><body><main>"
                  "<h1 class=\"%s\">%s<small lang=\"en\">%s</small></h1><dl>",
                  status->vi, style, status->name, status->vi, status->en);
    for (size_t i = 0; i < countof(rows); i++)
        add_row(page, &rows[i], answer);
    buffer_text(page,
                "</dl></main><footer><p>Trích từ sổ đăng ký, không thay con dấu: bản chính là quyết định đã ký.</p>"
                "<p lang=\"en\">An extract of the register, not the seal: the signed decision is the original.</p>"
                "</footer></body></html>\n");
}

/* Nothing is loaded and nothing runs; the style sheet above is known by its digest. */
static const char *policy(struct arena *arena)
{
    unsigned char digest[32], text[45];
    if (EVP_Digest(style, sizeof style - 1, digest, NULL, EVP_sha256(), NULL) != 1 ||
        EVP_EncodeBlock(text, digest, sizeof digest) != sizeof text - 1)
        return NULL;
    return arena_printf(arena,
                        "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; "
                        "frame-ancestors 'none'",
                        (const char *)text);
}

bool certificate_page(struct exchange *x)
{
    cleanup(json_done) json_t *answer = json_loadb(x->reply.body.bytes, x->reply.body.length, 0, NULL);
    const struct status *status = status_of(answer);
    const char *rules = policy(&x->arena);
    struct buffer page = buffer_with_limit(PAGE_MAX);
    if (status && rules)
        add_page(&page, answer, status);
    if (!status || !rules || page.failed) {
        buffer_done(&page);
        return fail(x, "internal");
    }
    buffer_done(&x->reply.body);
    x->reply.body = page;
    x->reply.media = "text/html; charset=utf-8";
    x->reply.status = strcmp(status->name, "not_issued") ? 200 : 404;
    reply_header(x, "Content-Security-Policy", rules);
    reply_header(x, "Referrer-Policy", "no-referrer");
    reply_header(x, "X-Robots-Tag", "noindex");
    return true;
}
