#include "server/http_socket.h"
#include "host/net.h"

gc_addr gc_http_socket_from(gc_http_socket *c) {
    struct sockaddr_storage ss = {0};
    int len = sizeof ss;
    gc_addr from = {0};
    uv_tcp_getpeername(&c->stream.tcp, (struct sockaddr *)&ss, &len);
    gc_net_from_sockaddr((struct sockaddr *)&ss, &from);
    return from;
}

void gc_http_socket_forget(gc_http_socket *c, uint32_t reason) {
    gc_service *service = gc_http_socket_service(c);
    if (c->conn != GC_CONN_NONE) {
        service->by_slot[gc_conn_slot(c->conn)] = NULL;
        gc_server_close(service->core, gc_service_now_ms(service), c->conn, reason);
        c->conn = GC_CONN_NONE;
    }
}

void gc_http_socket_lose(gc_http_socket *c, uint32_t reason) {
    if (c->state == GC_HTTP_SOCKET_GONE) {
        return;
    }
    gc_list_remove(&c->place);
    c->state = GC_HTTP_SOCKET_GONE;
    gc_http_socket_forget(c, reason);
    gc_stream_close(&c->stream);
}
