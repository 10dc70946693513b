/* Jobs that do next to nothing, to the thread pool and back: one at a time, or many in flight. */
#include "bench.h"

typedef struct {
  uv_work_t request;
  uint64_t input, output;
} job_t;

static uv_loop_t loop;
static uint64_t total, begun, done, sum;

static void on_done(uv_work_t* request, int status);

static void work(uv_work_t* request) {
  job_t* job = (job_t*)request;
  job->output = job->input + 1;
}

static void submit(job_t* job) {
  job->input = begun++;
  CHECK(uv_queue_work(&loop, &job->request, work, on_done));
}

static void on_done(uv_work_t* request, int status) {
  CHECK(status);
  job_t* job = (job_t*)request;
  sum += job->output;
  done++;
  if (begun < total) submit(job);
}

void work_round_trips(uint64_t count, unsigned in_flight) {
  total = count;
  CHECK(uv_loop_init(&loop));
  job_t* jobs = need(in_flight * sizeof *jobs);
  uint64_t begin = uv_hrtime();
  for (unsigned i = 0; i < in_flight && begun < total; i++) submit(&jobs[i]);
  CHECK(uv_run(&loop, UV_RUN_DEFAULT));
  uint64_t spent = uv_hrtime() - begin;
  if (done != count || sum != count * (count + 1) / 2) die("jobs", 0);
  report(done, spent);
}
