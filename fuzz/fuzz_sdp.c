/* SDP: a description that is taken stays inside the bounds of the header, and ours with its values
 * reads back as the same; a DCEP message that is taken is written again as it came. */
#include "core/base/assert.h"
#include "core/base/mem.h"
#include "rtc/dcep.h"
#include "rtc/sdp.h"

static void check_bounds(gc_span text, const gc_sdp *sdp) {
    gc_assert(sdp->ufrag.len >= GC_SDP_UFRAG_BYTES_MIN);
    gc_assert(sdp->ufrag.len <= GC_SDP_CREDENTIAL_BYTES_MAX);
    gc_assert(sdp->pwd.len >= GC_SDP_PWD_BYTES_MIN && sdp->pwd.len <= GC_SDP_CREDENTIAL_BYTES_MAX);
    gc_assert(sdp->mid.len >= 1 && sdp->mid.len <= GC_SDP_MID_BYTES_MAX);
    gc_assert(sdp->sctp_port > 0 && sdp->message_bytes_max > 0);
    gc_assert(sdp->candidate_count <= GC_CANDIDATES_MAX);
    for (uint32_t i = 0; i < sdp->candidate_count; i++) {
        gc_span c = sdp->candidates[i];
        gc_assert(c.data >= text.data && c.data + c.len <= text.data + text.len);
        gc_assert(gc_span_starts(c, GC_SPAN("candidate")));
    }
}

static void check_ours(const gc_sdp *sdp) {
    gc_sdp_local local = {.ufrag = sdp->ufrag,
                          .pwd = sdp->pwd,
                          .mid = sdp->mid,
                          .message_bytes_max = sdp->message_bytes_max,
                          .sctp_init = gc_span_of(sdp->sctp_init, sdp->sctp_init_len),
                          .setup = sdp->setup};
    memcpy(local.fingerprint, sdp->fingerprint, sizeof local.fingerprint);
    uint8_t bytes[GC_SDP_BYTES_MAX];
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_sdp_write(&local, &w);
    gc_sdp again;
    gc_assert(!w.failed && gc_sdp_parse(gc_writer_done(&w), &again) == 0);
    gc_assert(gc_span_equal(again.ufrag, sdp->ufrag) && gc_span_equal(again.pwd, sdp->pwd));
    gc_assert(gc_span_equal(again.mid, sdp->mid) && again.setup == sdp->setup);
    gc_assert(memcmp(again.fingerprint, sdp->fingerprint, sizeof again.fingerprint) == 0);
    gc_assert(again.message_bytes_max == sdp->message_bytes_max);
    gc_assert(sdp->sctp_init_len <= GC_SDP_SCTP_INIT_BYTES_MAX);
    gc_assert(again.sctp_init_len == sdp->sctp_init_len);
    gc_assert(memcmp(again.sctp_init, sdp->sctp_init, sdp->sctp_init_len) == 0);
}

static void check_dcep(gc_span message) {
    static uint8_t bytes[GC_DCEP_OPEN_HEAD_BYTES + 2 * GC_DCEP_NAME_BYTES_MAX];
    gc_dcep_open open;
    if (gc_dcep_parse_open(message, &open) != 0) {
        return;
    }
    gc_writer w;
    gc_writer_init(&w, bytes, sizeof bytes);
    gc_dcep_write_open(&open, &w);
    gc_span out = gc_writer_done(&w);
    gc_assert(!w.failed && out.len == message.len);
    gc_assert(gc_span_equal(gc_span_from(out, 8), gc_span_from(message, 8)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 2 * GC_SDP_BYTES_MAX) {
        return 0;
    }
    gc_span text = gc_span_of(data, (uint32_t)size);
    gc_sdp sdp;
    if (gc_sdp_parse(text, &sdp) == 0) {
        check_bounds(text, &sdp);
        check_ours(&sdp);
    }
    gc_dcep_is_ack(text);
    check_dcep(text);
    return 0;
}
