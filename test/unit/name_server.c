#include "test/unit/name_server.h"
#include "test/unit/unit.h"

#include "core/base/writer.h"
#include "host/net.h"

#define HEAD_BYTES 12 /* RFC 1035 4.1.1 */
#define TYPE_A     1
#define TYPE_AAAA  28

/* The length of the question behind the head: labels, type, class. */
static uint32_t question_len(gc_span query) {
    uint32_t at = HEAD_BYTES;
    while (at < query.len && query.data[at] != 0) {
        at += 1u + query.data[at];
    }
    return at + 5 - HEAD_BYTES;
}

static void write_answer(gc_writer *w, gc_span query, uint16_t type, const gc_addr *a,
                         uint32_t count) {
    gc_writer_bytes(w, query.data, 2);
    gc_writer_u16(w, 0x8180); /* an answer, recursion available */
    gc_writer_u16(w, 1);
    gc_writer_u16(w, (uint16_t)count);
    gc_writer_u32(w, 0);
    gc_writer_bytes(w, query.data + HEAD_BYTES, question_len(query));
    for (uint32_t i = 0; i < count; i++) {
        uint16_t bytes = type == TYPE_A ? 4 : 16;
        gc_writer_u16(w, 0xc00c); /* the name of the question */
        gc_writer_u16(w, type);
        gc_writer_u16(w, 1);
        gc_writer_u32(w, 60);
        gc_writer_u16(w, bytes);
        gc_writer_bytes(w, a[i].ip, bytes);
    }
}

static void on_query(gc_udp *u, const gc_udp_datagram *d) {
    name_server *n = u->group->context;
    uint8_t out[1024];
    gc_writer w;
    gc_writer_init(&w, out, sizeof out);
    n->questions++;
    uint32_t end = HEAD_BYTES + question_len(d->bytes);
    assert_true(end <= d->bytes.len);
    uint16_t type = (uint16_t)(d->bytes.data[end - 4] << 8 | d->bytes.data[end - 3]);
    bool v6 = type == TYPE_AAAA;
    if (v6 ? n->v6_silent : n->v4_silent) {
        return;
    }
    if (n->garbage) {
        memset(out, 0xc0, sizeof out);
        w.at = sizeof out;
    } else {
        write_answer(&w, d->bytes, type, v6 ? n->v6 : n->v4, v6 ? n->v6_count : n->v4_count);
    }
    gc_udp_send(u, &d->from, NULL, gc_writer_done(&w));
}

void name_server_open(name_server *n, uv_loop_t *loop) {
    char error[200];
    int fds[2];
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    gc_addr a;
    assert_int_equal(gc_udp_group_open(&n->group, loop, on_query, n), 0);
    assert_int_equal(gc_net_bind_udp("127.0.0.1", 0, fds, error, sizeof error), 0);
    assert_int_equal(getsockname(fds[0], (struct sockaddr *)&name, &len), 0);
    assert_true(gc_net_from_sockaddr((struct sockaddr *)&name, &a));
    snprintf(n->address, sizeof n->address, "127.0.0.1:%u", a.port);
    assert_int_equal(gc_udp_open(&n->udp, &n->group, fds[0], 0), 0);
}

void name_server_close(name_server *n) {
    gc_udp_close(&n->udp);
}

void name_server_free(name_server *n) {
    gc_udp_group_free(&n->group);
}
