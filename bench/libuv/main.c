/* The libuv side of `ouro-bench loop`: runs one workload and prints how long it took. `libuv-bench WORKLOAD COUNT`;
 * without words it prints the version of libuv. */
#include "bench.h"

static void tcp_ping_pong_1(uint64_t count) { tcp_ping_pong(count, 1); }
static void tcp_ping_pong_100(uint64_t count) { tcp_ping_pong(count, 100); }
static void unix_ping_pong_1(uint64_t count) { unix_ping_pong(count, 1); }
static void work_1(uint64_t count) { work_round_trips(count, 1); }
static void work_1000(uint64_t count) { work_round_trips(count, 1000); }

static const struct {
  const char* name;
  void (*run)(uint64_t count);
} workloads[] = {
    {"timers-fire", timers_fire},
    {"timers-cancel", timers_cancel},
    {"timers-restart", timers_restart},
    {"turns-idle", turns_idle},
    {"tcp-ping-pong-1", tcp_ping_pong_1},
    {"tcp-ping-pong-100", tcp_ping_pong_100},
    {"unix-ping-pong", unix_ping_pong_1},
    {"tcp-throughput", tcp_throughput},
    {"tcp-try-vectored", tcp_try_vectored},
    {"tcp-write-vectored", tcp_write_vectored},
    {"tcp-accept", tcp_accept},
    {"udp-pummel", udp_pummel},
    {"wake-ping-pong", wake_ping_pong},
    {"wake-flood", wake_flood},
    {"work-1", work_1},
    {"work-1000", work_1000},
};

void report(uint64_t operations, uint64_t nanoseconds) {
  printf("{\"operations\":%llu,\"seconds\":%.9f}\n", (unsigned long long)operations,
         (double)nanoseconds / 1e9);
}

void die(const char* what, int error) {
  fprintf(stderr, "libuv: %s: %s\n", what, error == 0 ? "wrong" : uv_strerror(error));
  exit(1);
}

uint64_t scattered(uint64_t* state, uint64_t below) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (*state >> 33) % below;
}

struct sockaddr_in loopback(int port) {
  struct sockaddr_in address;
  CHECK(uv_ip4_addr("127.0.0.1", port, &address));
  return address;
}

int port_of(const uv_tcp_t* tcp) {
  struct sockaddr_in address;
  int length = sizeof address;
  CHECK(uv_tcp_getsockname(tcp, (struct sockaddr*)&address, &length));
  return ntohs(address.sin_port);
}

void* need(size_t size) {
  void* memory = malloc(size);
  if (memory == NULL) die("malloc", UV_ENOMEM);
  return memory;
}

void end_loop(uv_loop_t* loop) {
  CHECK(uv_run(loop, UV_RUN_DEFAULT));
  CHECK(uv_loop_close(loop));
}

int main(int argc, char** argv) {
  if (argc < 3) {
    puts(uv_version_string());
    return 0;
  }
  uint64_t count = strtoull(argv[2], NULL, 10);
  for (size_t at = 0; at < sizeof workloads / sizeof *workloads; at++) {
    if (strcmp(workloads[at].name, argv[1]) == 0) {
      workloads[at].run(count);
      return 0;
    }
  }
  fprintf(stderr, "libuv: no workload %s\n", argv[1]);
  return 1;
}
