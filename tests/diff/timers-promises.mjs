import { setTimeout as sleep, setImmediate as immediate, setInterval as every } from 'node:timers/promises';
console.log(await sleep(2, 'slept'));
console.log(await immediate('now'));
const controller = new AbortController();
sleep(1000, null, { signal: controller.signal }).catch((error) => console.log(error.name, error.code, error.message));
controller.abort();
let n = 0;
for await (const value of every(1, 'tick')) {
  console.log(value, ++n);
  if (n === 3) break;
}
