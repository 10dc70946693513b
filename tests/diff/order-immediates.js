// Immediates made by immediates run in the next turn; cleared ones never.
const log = (...args) => console.log(...args);
setImmediate(() => {
  log('first');
  setImmediate(() => log('next turn'));
  clearImmediate(second);
  process.nextTick(() => log('tick'));
});
const second = setImmediate(() => log('never'));
setImmediate((...args) => log('third', args), 1, 'two', [3]);
