// What a listener of 'unhandledRejection' queues runs before the loop goes on.
process.on('unhandledRejection', (reason) => {
  console.log('unhandled', reason);
  Promise.resolve().then(() => console.log('microtask of', reason));
  if (reason === 'first') {
    setImmediate(() => console.log('immediate of', reason));
    process.nextTick(() => console.log('tick of', reason));
    Promise.reject('second');
  }
});
process.on('rejectionHandled', () => {
  console.log('handled');
  Promise.resolve().then(() => console.log('microtask of handled'));
});
const rejected = Promise.reject('first');
setImmediate(() => {
  console.log('immediate');
  rejected.catch(() => console.log('caught'));
});
