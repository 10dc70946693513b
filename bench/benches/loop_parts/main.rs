//! What the parts of the loop cost, one at a time: `cargo bench -p ouro-bench --bench loop_parts [-- FILTER]`. `ouro-bench loop` measures
//! the whole beside libuv.

mod tcp;
mod timers;
mod turns;
mod wake;

fn main() {
    let mut criterion = criterion::Criterion::default().configure_from_args();
    timers::start_and_stop(&mut criterion);
    timers::restart(&mut criterion);
    timers::expire(&mut criterion);
    turns::watchers(&mut criterion);
    wake::wake(&mut criterion);
    tcp::ping_pong(&mut criterion);
    tcp::try_write(&mut criterion);
    criterion.final_summary();
}
