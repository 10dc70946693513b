// Timers of different durations, nested, refreshed, cleared by each other. The delays lie so far apart that a busy machine
// doesn't change their order.
const log = (...args) => console.log(...args);
const order = [];
setTimeout(() => { order.push('b'); process.nextTick(() => order.push('tick b')); }, 200);
setTimeout(() => { order.push('c'); Promise.resolve().then(() => order.push('micro c')); }, 200);
setTimeout(() => order.push('a'), 100);
const cleared = setTimeout(() => order.push('never'), 500);
setTimeout(() => clearTimeout(cleared), 400);
let n = 0;
const interval = setInterval(() => {
  order.push(`interval ${++n}`);
  if (n === 3) {
    clearInterval(interval);
    setTimeout(() => log(order.join(', ')), 60);
  }
}, 300);
const busy = Date.now();
while (Date.now() - busy < 600);
