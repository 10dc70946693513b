/* Wake-ups from another thread: to and fro between two loops, and one way as fast as it goes. */
#include <stdatomic.h>

#include "bench.h"

typedef struct {
  uv_loop_t loop;
  uv_async_t async;
  uv_async_t* other;
  uint64_t left;
} player_t;

static void on_ball(uv_async_t* async) {
  player_t* player = async->data;
  player->left--;
  CHECK(uv_async_send(player->other));
  if (player->left == 0) uv_close((uv_handle_t*)async, NULL);
}

static void prepare(player_t* player, player_t* other, uint64_t count) {
  CHECK(uv_loop_init(&player->loop));
  CHECK(uv_async_init(&player->loop, &player->async, on_ball));
  player->async.data = player;
  player->other = &other->async;
  player->left = count;
}

static void play(void* data) {
  player_t* player = data;
  CHECK(uv_run(&player->loop, UV_RUN_DEFAULT));
}

static void on_last_ball(uv_async_t* async) {
  player_t* player = async->data;
  if (--player->left == 0) {
    uv_close((uv_handle_t*)async, NULL);
  } else {
    CHECK(uv_async_send(player->other));
  }
}

/* Player one serves, and gets the ball back `count` times. */
void wake_ping_pong(uint64_t count) {
  static player_t one, two;
  uv_thread_t thread;
  prepare(&one, &two, count);
  prepare(&two, &one, count);
  one.async.async_cb = on_last_ball;
  CHECK(uv_thread_create(&thread, play, &two));
  uint64_t begin = uv_hrtime();
  CHECK(uv_async_send(&two.async));
  play(&one);
  uint64_t spent = uv_hrtime() - begin;
  CHECK(uv_thread_join(&thread));
  if (one.left != 0 || two.left != 0) die("wake-ups", 0);
  report(count, spent);
}

static uint64_t flood_size;
static atomic_int flood_over;

/* The last wake-up finds that all others are over; how many came in between is the loop's affair. */
static void on_flood(uv_async_t* async) {
  if (atomic_load(&flood_over)) uv_close((uv_handle_t*)async, NULL);
}

static void flood(void* data) {
  for (uint64_t i = 1; i < flood_size; i++) CHECK(uv_async_send(data));
  atomic_store(&flood_over, 1);
  CHECK(uv_async_send(data));
}

void wake_flood(uint64_t count) {
  uv_loop_t loop;
  uv_async_t async;
  uv_thread_t thread;
  flood_size = count;
  CHECK(uv_loop_init(&loop));
  CHECK(uv_async_init(&loop, &async, on_flood));
  uint64_t begin = uv_hrtime();
  CHECK(uv_thread_create(&thread, flood, &async));
  CHECK(uv_run(&loop, UV_RUN_DEFAULT));
  uint64_t spent = uv_hrtime() - begin;
  CHECK(uv_thread_join(&thread));
  report(count, spent);
}
