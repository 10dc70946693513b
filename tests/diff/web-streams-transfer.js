'use strict';
// Node: 24
// Web streams that are transferred.

const { MessageChannel } = require('worker_threads');

async function show(what, run) {
  try {
    console.log(what, await run());
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
}

const moved = (stream) => structuredClone(stream, { transfer: [stream] });

function counting(to) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === to) controller.close();
      else controller.enqueue({ at: at++ });
    },
  });
}

async function all(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

async function main() {
  await show('readable', () => all(moved(counting(3))));
  await show('locked behind', () => {
    const stream = counting(1);
    moved(stream);
    return stream.locked;
  });
  await show('locked before', () => {
    const stream = counting(1);
    stream.getReader();
    return moved(stream);
  });
  await show('not listed', () => structuredClone(counting(1)));
  await show('writable', async () => {
    const chunks = [];
    let closed = false;
    const writer = moved(new WritableStream({
      write(chunk) { chunks.push(chunk); },
      close() { closed = true; },
    })).getWriter();
    await writer.write('a');
    await writer.write(['b']);
    await writer.close();
    while (!closed) await new Promise((resolve) => setTimeout(resolve, 1));
    return chunks;
  });
  await show('pair', async () => {
    const { readable, writable } = moved(new TransformStream({
      transform(chunk, controller) { controller.enqueue(chunk.toUpperCase()); },
    }));
    const writer = writable.getWriter();
    writer.write('a').then(() => writer.write('b')).then(() => writer.close());
    return all(readable);
  });
  await show('error', () => all(moved(new ReadableStream({
    start(controller) { controller.error(new RangeError('from the source')); },
  }))));
  await show('through a port', async () => {
    const { port1, port2 } = new MessageChannel();
    const stream = counting(2);
    port1.postMessage({ stream }, [stream]);
    const { stream: arrived } = await new Promise((resolve) => port2.once('message', resolve));
    port1.close();
    return all(arrived);
  });
  await show('cancelled', async () => {
    let reason;
    const stream = moved(new ReadableStream({ cancel(why) { reason = why; } }));
    const reader = stream.getReader();
    await reader.cancel('enough');
    while (reason === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    return reason;
  });
}

main();
