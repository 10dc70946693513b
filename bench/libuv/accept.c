/* Connections made, accepted and closed at once by the server; 16 clients, each of which then connects anew. */
#include "bench.h"

enum { CLIENTS = 16 };

typedef struct {
  uv_tcp_t tcp;
  uv_connect_t connect;
} client_t;

static uv_loop_t loop;
static char buffer[READ_SIZE];
static uv_tcp_t listener;
static client_t clients[CLIENTS];
static struct sockaddr_in address;
static uint64_t total, begun, accepted, done;
static uint64_t begin;

static void on_alloc(uv_handle_t* handle, size_t suggested, uv_buf_t* room) {
  (void)handle;
  (void)suggested;
  *room = uv_buf_init(buffer, sizeof buffer);
}

static void connect_client(client_t* client);

static void on_client_closed(uv_handle_t* handle) {
  done++;
  if (begun < total) {
    connect_client((client_t*)handle);
  } else if (done == total) {
    report(done, uv_hrtime() - begin);
    uv_close((uv_handle_t*)&listener, NULL);
  }
}

static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* room) {
  (void)room;
  if (count != UV_EOF) die("the end of a connection", (int)count);
  uv_close((uv_handle_t*)stream, on_client_closed);
}

static void on_connected(uv_connect_t* request, int status) {
  CHECK(status);
  CHECK(uv_read_start(request->handle, on_alloc, on_read));
}

static void connect_client(client_t* client) {
  begun++;
  CHECK(uv_tcp_init(&loop, &client->tcp));
  CHECK(uv_tcp_connect(&client->connect, &client->tcp, (struct sockaddr*)&address, on_connected));
}

static void on_server_closed(uv_handle_t* handle) { free(handle); }

static void on_connection(uv_stream_t* stream, int status) {
  CHECK(status);
  uv_tcp_t* server = need(sizeof *server);
  CHECK(uv_tcp_init(&loop, server));
  CHECK(uv_accept(stream, (uv_stream_t*)server));
  accepted++;
  uv_close((uv_handle_t*)server, on_server_closed);
}

void tcp_accept(uint64_t count) {
  total = count;
  CHECK(uv_loop_init(&loop));
  address = loopback(0);
  CHECK(uv_tcp_init(&loop, &listener));
  CHECK(uv_tcp_bind(&listener, (struct sockaddr*)&address, 0));
  CHECK(uv_listen((uv_stream_t*)&listener, 511, on_connection));
  address = loopback(port_of(&listener));
  begin = uv_hrtime();
  for (unsigned i = 0; i < CLIENTS && begun < total; i++) connect_client(&clients[i]);
  end_loop(&loop);
  if (accepted != count) die("connections accepted", 0);
}
