// A forked child and its channel.
'use strict';
const { fork } = require('child_process');

if (process.argv[2] === 'child') {
  // Both write to one output: the child waits until the parent has nothing more to say.
  const lines = [];
  const log = (...args) => lines.push(args);
  process.on('exit', () => lines.forEach((args) => console.log(...args)));
  log('child', process.connected, typeof process.channel.ref, process.env.NODE_CHANNEL_FD, process.argv.slice(2));
  process.on('message', (message) => {
    if (message === 'stop') {
      process.disconnect();
      log('child', process.connected, process.channel);
      process.send('late', (err) => log('child', err.code, err.message));
    } else {
      process.send({ got: message, type: typeof message }, (err) => {
        if (message === 2) log('child sent', err);
      });
    }
  });
  process.on('disconnect', () => log('child disconnected'));
  return;
}

const child = fork(__filename, ['child', 'x'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
console.log(child.connected, child.stdio, child.channel !== null);
const messages = [1, 2, 'text', null, true, { deep: [1, { é: '\n' }] }, [], 'x'.repeat(100000).length];
let left = messages.length;
child.on('message', (message, handle) => {
  console.log('parent', message, handle);
  if (--left === 0) child.send('stop');
});
for (const message of messages) child.send(message);
for (const wrong of [undefined, () => {}, Symbol('x'), 5n]) {
  try {
    child.send(wrong);
  } catch (err) {
    console.log(err.name, err.code, err.message);
  }
}
try {
  child.send('x', 'no handle');
} catch (err) {
  console.log(err.name, err.code, err.message);
}
const seen = [];
child.on('disconnect', () => seen.push('disconnect'));
child.on('exit', (code) => seen.push(`exit ${code}`));
child.on('close', (code) => {
  console.log(seen.sort(), 'close', code, child.connected, child.channel);
  child.on('error', (err) => console.log(err.code, err.message));
  child.disconnect();
  console.log(child.send('late'));
});
