// In an ES module the microtasks come before nextTick.
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('microtask'));
queueMicrotask(() => console.log('microtask 2'));
console.log('body');
await null;
console.log('after await');
process.nextTick(() => console.log('tick 2'));
await new Promise((resolve) => setTimeout(resolve, 1));
console.log('after timeout');
