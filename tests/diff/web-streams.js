// The web's streams, alone and between Node's.
'use strict';
const { Readable, Writable, Duplex, Transform } = require('stream');
const consumers = require('stream/consumers');
const { ReadableStream: same } = require('stream/web');

(async () => {
  console.log(same === ReadableStream, ReadableStream.length, Object.keys(ReadableStream.prototype));
  const numbers = () => ReadableStream.from([1, 2, 3]);
  const double = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk * 2) });
  const seen = [];
  await numbers().pipeThrough(double).pipeTo(new WritableStream({ write: (chunk) => void seen.push(chunk) }));
  console.log(seen);

  const [left, right] = numbers().tee();
  console.log(await Promise.all([left, right].map(async (stream) => {
    const list = [];
    for await (const chunk of stream) list.push(chunk);
    return list;
  })));

  const bytes = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const { view } = controller.byobRequest;
      view[0] = 7;
      controller.byobRequest.respond(1);
    },
  });
  const byob = bytes.getReader({ mode: 'byob' });
  console.log(await byob.read(new Uint8Array(4)));

  const text = ReadableStream.from(['h\u00e9', 'llo']).pipeThrough(new TextEncoderStream());
  console.log(await consumers.text(text.pipeThrough(new TextDecoderStream())));
  console.log(await consumers.text(new Blob(['blob ', 'bytes']).stream()));

  console.log(await consumers.text(Readable.toWeb(Readable.from(['a', 'b']))));
  console.log(await Readable.fromWeb(ReadableStream.from(['c', 'd'])).toArray());
  const written = [];
  const sink = new Writable({ write(chunk, encoding, callback) { written.push(String(chunk)); callback(); } });
  const writer = Writable.toWeb(sink).getWriter();
  await writer.write('e');
  await writer.close();
  const back = Writable.fromWeb(new WritableStream({ write(chunk) { written.push(Buffer.from(chunk).toString()); } }));
  back.end('f');
  await new Promise((resolve) => back.on('finish', resolve));
  console.log(written);
  const upper = Duplex.toWeb(new Transform({ transform(chunk, encoding, callback) { callback(null, String(chunk).toUpperCase()); } }));
  console.log(await consumers.text(ReadableStream.from(['g', 'h']).pipeThrough(new TextEncoderStream()).pipeThrough(upper)));

  const controller = new AbortController();
  const stuck = new ReadableStream().pipeTo(new WritableStream(), { signal: controller.signal });
  controller.abort(new Error('enough'));
  console.log(await stuck.catch((error) => error.message));
  for (const wrong of [
    () => new ReadableStream({ type: 'x' }), () => new ReadableStream(null), () => new WritableStreamDefaultController(),
    () => new ReadableStream({}, { highWaterMark: -1 }), () => new ReadableStreamDefaultReader({}),
    () => new ByteLengthQueuingStrategy({}), () => Readable.fromWeb({}), () => Writable.toWeb({}),
  ]) {
    try { wrong(); } catch ({ name, code }) { console.log(name, code); }
  }
  console.log(new ReadableStream(), new WritableStream(), new CountQueuingStrategy({ highWaterMark: 2 }));
})();
