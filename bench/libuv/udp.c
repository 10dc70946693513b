/* Ten senders, ten receivers: each sender sends to its receiver, and the end of a send begins the next. */
#include "bench.h"

enum { PAIRS = 10, DATAGRAM = 100 };

static uv_loop_t loop;
static char buffer[READ_SIZE];
static char payload[DATAGRAM];
static uv_udp_t senders[PAIRS], receivers[PAIRS];
static uv_udp_send_t requests[PAIRS];
static struct sockaddr_in addresses[PAIRS];
static uint64_t total, begun, received;
static uint64_t begin;

static void on_sent(uv_udp_send_t* request, int status);

static void send_one(unsigned pair) {
  begun++;
  uv_buf_t bytes = uv_buf_init(payload, DATAGRAM);
  CHECK(uv_udp_send(&requests[pair], &senders[pair], &bytes, 1, (struct sockaddr*)&addresses[pair],
                    on_sent));
}

static void on_sent(uv_udp_send_t* request, int status) {
  CHECK(status);
  if (begun < total) send_one((unsigned)(request - requests));
}

static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* room) {
  (void)handle;
  (void)suggested;
  *room = uv_buf_init(buffer, sizeof buffer);
}

static void on_received(uv_udp_t* handle, ssize_t count, const uv_buf_t* room,
                        const struct sockaddr* from, unsigned flags) {
  (void)handle;
  (void)room;
  (void)flags;
  CHECK((int)count);
  if (from == NULL) return;
  if (count != DATAGRAM) die("a datagram", 0);
  if (++received < total) return;
  report(received, uv_hrtime() - begin);
  for (unsigned i = 0; i < PAIRS; i++) {
    uv_close((uv_handle_t*)&senders[i], NULL);
    uv_close((uv_handle_t*)&receivers[i], NULL);
  }
}

void udp_pummel(uint64_t count) {
  total = count;
  CHECK(uv_loop_init(&loop));
  for (unsigned i = 0; i < PAIRS; i++) {
    struct sockaddr_in any = loopback(0);
    int length = sizeof addresses[i];
    CHECK(uv_udp_init(&loop, &receivers[i]));
    CHECK(uv_udp_bind(&receivers[i], (struct sockaddr*)&any, 0));
    CHECK(uv_udp_getsockname(&receivers[i], (struct sockaddr*)&addresses[i], &length));
    CHECK(uv_udp_recv_start(&receivers[i], on_alloc, on_received));
    CHECK(uv_udp_init(&loop, &senders[i]));
    CHECK(uv_udp_bind(&senders[i], (struct sockaddr*)&any, 0));
  }
  begin = uv_hrtime();
  for (unsigned i = 0; i < PAIRS && begun < total; i++) send_one(i);
  end_loop(&loop);
  if (received != count) die("datagrams received", 0);
}
