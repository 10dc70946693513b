// Timers of different durations, nested, refreshed, cleared by each other.
const log = (...args) => console.log(...args);
const order = [];
setTimeout(() => { order.push('b10'); process.nextTick(() => order.push('tick b10')); }, 10);
setTimeout(() => { order.push('c10'); Promise.resolve().then(() => order.push('micro c10')); }, 10);
setTimeout(() => order.push('a5'), 5);
const cleared = setTimeout(() => order.push('never'), 12);
setTimeout(() => clearTimeout(cleared), 11);
let n = 0;
const interval = setInterval(() => {
  order.push(`interval ${++n}`);
  if (n === 3) {
    clearInterval(interval);
    setTimeout(() => log(order.join(', ')), 60);
  }
}, 15);
const busy = Date.now();
while (Date.now() - busy < 30);
