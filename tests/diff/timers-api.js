const timeout = setTimeout(() => {}, 10);
console.log(timeout.hasRef(), timeout.unref() === timeout, timeout.hasRef(), timeout.ref().hasRef());
console.log(typeof timeout[Symbol.toPrimitive](), timeout.constructor.name, timeout.close() === timeout);
const immediate = setImmediate(() => {});
console.log(immediate.hasRef(), immediate.unref().hasRef(), immediate.constructor.name);
clearImmediate(immediate);
clearTimeout(undefined); clearTimeout(null); clearTimeout({}); clearTimeout('x'); clearInterval(12345);
for (const bad of [undefined, null, 1, 'x', {}]) {
  try { setTimeout(bad); } catch (error) { console.log(error.code, error.message); }
}
const id = +setTimeout(() => console.log('never'), 1);
clearTimeout(id);
setTimeout((...args) => console.log(args), 1, 'a', 'b');
for (const delay of ['3', 3.7, true, null, []]) setTimeout(() => {}, delay);
const again = setTimeout(() => console.log('refreshed'), 20);
setTimeout(() => again.refresh(), 10);
