/* Ping-pong of 64-byte messages over TCP or Unix-domain sockets, both ends on one loop. */
#include <unistd.h>

#include "bench.h"

enum { MESSAGE = 64 };

/* One end of a connection. */
typedef struct {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  } as;
  uv_connect_t connect;
  int is_client;
  size_t got;
} end_t;

static uv_loop_t loop;
static int over_tcp;
static char buffer[READ_SIZE];
static const char message[MESSAGE];
static end_t listener;
static end_t* clients;
static end_t* servers;
static unsigned wanted, accepted, connected;
static uint64_t rounds, begun, done;
static uint64_t begin;

static void init(end_t* end, int is_client) {
  end->is_client = is_client;
  end->got = 0;
  if (over_tcp) {
    CHECK(uv_tcp_init(&loop, &end->as.tcp));
  } else {
    CHECK(uv_pipe_init(&loop, &end->as.pipe, 0));
  }
}

static void on_written(uv_write_t* request, int status) {
  CHECK(status);
  free(request);
}

/* At once what the socket takes, the rest by the queue. */
static void send_message(end_t* end) {
  uv_buf_t bytes = uv_buf_init((char*)message, MESSAGE);
  int sent = uv_try_write(&end->as.stream, &bytes, 1);
  if (sent == UV_EAGAIN) sent = 0;
  CHECK(sent);
  if (sent < MESSAGE) {
    bytes = uv_buf_init((char*)message + sent, MESSAGE - sent);
    uv_write_t* request = need(sizeof *request);
    CHECK(uv_write(request, &end->as.stream, &bytes, 1, on_written));
  }
}

static void finish(void) {
  uint64_t spent = uv_hrtime() - begin;
  for (unsigned i = 0; i < wanted; i++) {
    uv_close(&clients[i].as.handle, NULL);
    uv_close(&servers[i].as.handle, NULL);
  }
  report(done, spent);
}

static void on_message(end_t* end) {
  if (!end->is_client) {
    send_message(end);
    return;
  }
  done++;
  if (begun < rounds) {
    begun++;
    send_message(end);
  } else if (done == rounds) {
    finish();
  }
}

static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* room) {
  (void)handle;
  (void)suggested;
  *room = uv_buf_init(buffer, sizeof buffer);
}

static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* room) {
  (void)room;
  CHECK((int)count);
  end_t* end = (end_t*)stream;
  end->got += (size_t)count;
  while (end->got >= MESSAGE) {
    end->got -= MESSAGE;
    on_message(end);
  }
}

static void ready(end_t* end) {
  if (over_tcp) CHECK(uv_tcp_nodelay(&end->as.tcp, 1));
  CHECK(uv_read_start(&end->as.stream, on_alloc, on_read));
  if (accepted < wanted || connected < wanted) return;
  uv_close(&listener.as.handle, NULL);
  begin = uv_hrtime();
  for (unsigned i = 0; i < wanted; i++) {
    begun++;
    send_message(&clients[i]);
  }
}

static void on_connection(uv_stream_t* stream, int status) {
  CHECK(status);
  end_t* end = &servers[accepted++];
  init(end, 0);
  CHECK(uv_accept(stream, &end->as.stream));
  ready(end);
}

static void on_connected(uv_connect_t* request, int status) {
  CHECK(status);
  connected++;
  ready((end_t*)request->handle);
}

static void run(uint64_t count, unsigned connections) {
  CHECK(uv_loop_init(&loop));
  rounds = count;
  wanted = connections;
  clients = need(connections * sizeof *clients);
  servers = need(connections * sizeof *servers);
  char path[64];
  struct sockaddr_in address = loopback(0);
  snprintf(path, sizeof path, "/tmp/ouro-bench-libuv-%d.sock", (int)getpid());
  init(&listener, 0);
  if (over_tcp) {
    CHECK(uv_tcp_bind(&listener.as.tcp, (struct sockaddr*)&address, 0));
  } else {
    CHECK(uv_pipe_bind(&listener.as.pipe, path));
  }
  CHECK(uv_listen(&listener.as.stream, 511, on_connection));
  if (over_tcp) address = loopback(port_of(&listener.as.tcp));
  for (unsigned i = 0; i < connections; i++) {
    end_t* end = &clients[i];
    init(end, 1);
    if (over_tcp) {
      CHECK(uv_tcp_connect(&end->connect, &end->as.tcp, (struct sockaddr*)&address, on_connected));
    } else {
      uv_pipe_connect(&end->connect, &end->as.pipe, path, on_connected);
    }
  }
  end_loop(&loop);
  if (done != count) die("round trips", 0);
}

void tcp_ping_pong(uint64_t count, unsigned connections) {
  over_tcp = 1;
  run(count, connections);
}

void unix_ping_pong(uint64_t count, unsigned connections) {
  over_tcp = 0;
  run(count, connections);
}
