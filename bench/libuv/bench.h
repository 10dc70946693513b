/* What the workloads share. Each is a function that does its work `count` times on one loop, as a careful user of libuv
 * would write it, and says with `report` how long that took. The other side of each is in bench/src/workloads. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Reads fetch at most so much; what libuv suggests to its allocation callbacks. */
enum { READ_SIZE = 64 * 1024 };

/* One line of JSON for whoever started the program. */
void report(uint64_t operations, uint64_t nanoseconds);

/* The end of a workload that can't go on. */
void die(const char* what, int error);

/* `call`, which answers a negative number when it fails. */
#define CHECK(call)                          \
  do {                                       \
    int error_ = (call);                     \
    if (error_ < 0) die(#call, error_);      \
  } while (0)

/* The same numbers in the same order on both sides. */
uint64_t scattered(uint64_t* state, uint64_t below);

struct sockaddr_in loopback(int port);
int port_of(const uv_tcp_t* tcp);

void* need(size_t size);

/* Lets every handle of a loop go, and checks that nothing is left. */
void end_loop(uv_loop_t* loop);

void timers_fire(uint64_t count);
void timers_cancel(uint64_t count);
void timers_restart(uint64_t count);
void turns_idle(uint64_t count);
void tcp_ping_pong(uint64_t count, unsigned connections);
void unix_ping_pong(uint64_t count, unsigned connections);
void tcp_throughput(uint64_t count);
void tcp_try_vectored(uint64_t count);
void tcp_write_vectored(uint64_t count);
void tcp_accept(uint64_t count);
void udp_pummel(uint64_t count);
void wake_ping_pong(uint64_t count);
void wake_flood(uint64_t count);
void work_round_trips(uint64_t count, unsigned in_flight);

#endif
