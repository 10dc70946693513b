/* One TCP connection, both ends on one loop, bytes one way: large writes, small vectored ones at once, small vectored
 * ones by the queue. */
#include "bench.h"

enum { LARGE = 64 * 1024, PARTS = 8, PART = 100, IN_FLIGHT = 16 };

static uv_loop_t loop;
static char buffer[READ_SIZE];
static char payload[LARGE];
static uv_tcp_t listener, sender, receiver;
static uv_connect_t connecting;
static uv_write_t requests[IN_FLIGHT];
static uv_buf_t parts[PARTS];
static size_t write_size;
static uint64_t writes, writes_left, expected, received;
static int have_sender, have_receiver, queued;
static uint64_t begin;

static void pump(void);

static void on_rest_written(uv_write_t* request, int status) {
  (void)request;
  CHECK(status);
  pump();
}

/* Writes at once until the socket has enough; what it left of a write goes by the queue, whose end goes on. */
static void pump(void) {
  unsigned count = write_size == LARGE ? 1 : PARTS;
  while (writes_left > 0) {
    int sent = uv_try_write((uv_stream_t*)&sender, parts, count);
    if (sent == UV_EAGAIN) sent = 0;
    CHECK(sent);
    writes_left--;
    if ((size_t)sent < write_size) {
      uv_buf_t rest[PARTS];
      unsigned used = 0;
      size_t skip = (size_t)sent;
      for (unsigned i = 0; i < count; i++) {
        if (skip >= parts[i].len) {
          skip -= parts[i].len;
        } else {
          rest[used++] = uv_buf_init(parts[i].base + skip, (unsigned)(parts[i].len - skip));
          skip = 0;
        }
      }
      CHECK(uv_write(&requests[0], (uv_stream_t*)&sender, rest, used, on_rest_written));
      return;
    }
  }
}

static void on_written(uv_write_t* request, int status) {
  CHECK(status);
  if (writes_left > 0) {
    writes_left--;
    CHECK(uv_write(request, (uv_stream_t*)&sender, parts, PARTS, on_written));
  }
}

static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* room) {
  (void)handle;
  (void)suggested;
  *room = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* room) {
  (void)stream;
  (void)room;
  CHECK((int)count);
  received += (uint64_t)count;
  if (received >= expected) {
    uint64_t spent = uv_hrtime() - begin;
    uv_close((uv_handle_t*)&sender, NULL);
    uv_close((uv_handle_t*)&receiver, NULL);
    report(writes, spent);
  }
}

static void start(void) {
  if (!have_sender || !have_receiver) return;
  uv_close((uv_handle_t*)&listener, NULL);
  CHECK(uv_read_start((uv_stream_t*)&receiver, on_alloc, on_read));
  begin = uv_hrtime();
  if (!queued) {
    pump();
    return;
  }
  for (unsigned i = 0; i < IN_FLIGHT && writes_left > 0; i++) {
    writes_left--;
    CHECK(uv_write(&requests[i], (uv_stream_t*)&sender, parts, PARTS, on_written));
  }
}

static void on_connection(uv_stream_t* stream, int status) {
  CHECK(status);
  CHECK(uv_tcp_init(&loop, &receiver));
  CHECK(uv_accept(stream, (uv_stream_t*)&receiver));
  have_receiver = 1;
  start();
}

static void on_connected(uv_connect_t* request, int status) {
  (void)request;
  CHECK(status);
  CHECK(uv_tcp_nodelay(&sender, 1));
  have_sender = 1;
  start();
}

static void run(uint64_t count, size_t size) {
  CHECK(uv_loop_init(&loop));
  writes = writes_left = count;
  write_size = size;
  expected = count * size;
  memset(payload, 'x', sizeof payload);
  for (unsigned i = 0; i < PARTS; i++) parts[i] = uv_buf_init(payload + i * PART, PART);
  if (size == LARGE) parts[0] = uv_buf_init(payload, LARGE);
  struct sockaddr_in address = loopback(0);
  CHECK(uv_tcp_init(&loop, &listener));
  CHECK(uv_tcp_bind(&listener, (struct sockaddr*)&address, 0));
  CHECK(uv_listen((uv_stream_t*)&listener, 511, on_connection));
  address = loopback(port_of(&listener));
  CHECK(uv_tcp_init(&loop, &sender));
  CHECK(uv_tcp_connect(&connecting, &sender, (struct sockaddr*)&address, on_connected));
  end_loop(&loop);
  if (received != expected) die("bytes received", 0);
}

void tcp_throughput(uint64_t count) { run(count, LARGE); }

void tcp_try_vectored(uint64_t count) { run(count, PARTS * PART); }

void tcp_write_vectored(uint64_t count) {
  queued = 1;
  run(count, PARTS * PART);
}
