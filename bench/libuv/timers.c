/* Timers: many fired, many cancelled, few restarted often. */
#include "bench.h"

static uint64_t fired;

static void on_timer(uv_timer_t* timer) {
  (void)timer;
  fired++;
}

/* Starts `count` timers due at scattered times of one second, waits until all are due, lets them fire. */
void timers_fire(uint64_t count) {
  uv_loop_t loop;
  CHECK(uv_loop_init(&loop));
  uv_timer_t* timers = need(count * sizeof *timers);
  uint64_t random = 1;
  uint64_t begin = uv_hrtime();
  for (uint64_t i = 0; i < count; i++) {
    CHECK(uv_timer_init(&loop, &timers[i]));
    CHECK(uv_timer_start(&timers[i], on_timer, scattered(&random, 1000), 0));
  }
  uint64_t spent = uv_hrtime() - begin;
  uv_sleep(1001);
  begin = uv_hrtime();
  CHECK(uv_run(&loop, UV_RUN_DEFAULT));
  spent += uv_hrtime() - begin;
  if (fired != count) die("timers that fired", 0);
  report(fired, spent);
}

/* Starts `count` timers, stops them in another order, closes them. */
void timers_cancel(uint64_t count) {
  uv_loop_t loop;
  CHECK(uv_loop_init(&loop));
  uv_timer_t* timers = need(count * sizeof *timers);
  uint64_t random = 1;
  uint64_t begin = uv_hrtime();
  for (uint64_t i = 0; i < count; i++) {
    CHECK(uv_timer_init(&loop, &timers[i]));
    CHECK(uv_timer_start(&timers[i], on_timer, 60000 + scattered(&random, 60000), 0));
  }
  for (uint64_t i = 0; i < count; i++) CHECK(uv_timer_stop(&timers[i * 7919 % count]));
  for (uint64_t i = 0; i < count; i++) uv_close((uv_handle_t*)&timers[i], NULL);
  end_loop(&loop);
  uint64_t spent = uv_hrtime() - begin;
  if (fired != 0) die("timers that were stopped", 0);
  report(count, spent);
}

/* 10,000 timers run, as many connections with an idle time-out have; one after another is started anew. */
void timers_restart(uint64_t count) {
  enum { TIMERS = 10000 };
  uv_loop_t loop;
  CHECK(uv_loop_init(&loop));
  uv_timer_t* timers = need(TIMERS * sizeof *timers);
  uint64_t random = 1;
  for (int i = 0; i < TIMERS; i++) {
    CHECK(uv_timer_init(&loop, &timers[i]));
    CHECK(uv_timer_start(&timers[i], on_timer, 60000 + scattered(&random, 60000), 0));
  }
  uint64_t begin = uv_hrtime();
  for (uint64_t i = 0; i < count; i++) {
    uv_timer_t* timer = &timers[scattered(&random, TIMERS)];
    CHECK(uv_timer_start(timer, on_timer, 60000 + scattered(&random, 60000), 0));
  }
  uint64_t spent = uv_hrtime() - begin;
  for (int i = 0; i < TIMERS; i++) uv_close((uv_handle_t*)&timers[i], NULL);
  end_loop(&loop);
  if (fired != 0) die("timers that were restarted", 0);
  report(count, spent);
}
