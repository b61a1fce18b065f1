#include "server_host.h"

#define STOCK(id, token) "key=peerjs&id=" id "&token=" token

static void test_open_and_relay(void **state) {
    (void)state;
    run((step[]){
        OPEN(1, STOCK("a", "t")),
        GETS(1, "{\"type\":\"OPEN\"}"),
        OPEN(2, STOCK("b", "t")),
        GETS(2, "{\"type\":\"OPEN\"}"),
        SAY(1, "{\"type\":\"OFFER\",\"payload\":{\"x\":[1, 2]},\"dst\":\"b\",\"src\":\"z\"}"),
        GETS(2, "{\"type\":\"OFFER\",\"src\":\"a\",\"dst\":\"b\",\"payload\":{\"x\":[1, 2]}}"),
        FINISH,
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_and_relay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
