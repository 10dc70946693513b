/* Iterations of a loop that has one idle handle and nothing else to do. */
#include "bench.h"

static uint64_t left;

static void on_idle(uv_idle_t* idle) {
  if (--left == 0) uv_close((uv_handle_t*)idle, NULL);
}

void turns_idle(uint64_t count) {
  uv_loop_t loop;
  uv_idle_t idle;
  CHECK(uv_loop_init(&loop));
  CHECK(uv_idle_init(&loop, &idle));
  CHECK(uv_idle_start(&idle, on_idle));
  left = count;
  uint64_t begin = uv_hrtime();
  CHECK(uv_run(&loop, UV_RUN_DEFAULT));
  uint64_t spent = uv_hrtime() - begin;
  CHECK(uv_loop_close(&loop));
  report(count, spent);
}
