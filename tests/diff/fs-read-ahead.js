// What a ReadStream sees of its file, when that is looked at or changed while it reads: positions, growth, other readers, its end.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-ahead-'));
const file = path.join(folder, 'file');
const size = 65536;
const renew = () => fs.writeFileSync(file, Buffer.alloc(size, 'abcdefghij'));

function watch(name, stream, also = () => {}) {
  return new Promise((resolve) => {
    const seen = [];
    for (const event of ['open', 'ready', 'data', 'end', 'close', 'error']) {
      stream.on(event, (value) => {
        seen.push(event === 'data' ? `data ${value.length}` : event === 'error' ? value.code : event);
        also(event, stream, value, seen);
      });
    }
    stream.on('close', () => {
      console.log(name, seen.join(), stream.bytesRead, stream.pos);
      resolve();
    });
  });
}

/** Does something when an event comes for the first time. */
const once = (name, act) => {
  let done = false;
  return (event, stream, value, seen) => {
    if (event === name && !done) {
      done = true;
      act(stream, value, seen);
    }
  };
};

async function main() {
  const read = (options, target = file) => fs.createReadStream(target, options);
  renew();
  await watch('whole', read());
  for (const options of [{ start: 10, end: 99 }, { start: 10 }, { end: 9 }, { start: size - 1 }, { start: size }, { start: size * 2 }, { end: 0 }, { start: 3, end: size * 2 }]) {
    await watch(JSON.stringify(options), read(options));
  }
  for (const highWaterMark of [1, 30000, size - 1, size, size + 1, 1 << 20]) {
    if (highWaterMark > 1) await watch(`mark ${highWaterMark}`, read({ highWaterMark }));
    await watch(`mark ${highWaterMark} of three`, read({ highWaterMark, end: 2 }));
  }
  fs.writeFileSync(path.join(folder, 'empty'), '');
  await watch('empty', read({}, path.join(folder, 'empty')));
  await watch('folder', read({}, folder));
  await watch('missing', read({}, path.join(folder, 'missing')));

  await watch('appended to at its data', read(), once('data', () => fs.appendFileSync(file, 'more')));
  renew();
  await watch('appended to at open', read(), once('open', () => fs.appendFileSync(file, 'more')));
  renew();
  await watch('appended to after its data', read(), once('data', (stream) => {
    stream.pause();
    setTimeout(() => {
      fs.appendFileSync(file, 'more');
      stream.resume();
    }, 5);
  }));
  renew();
  await watch('destroyed at open', read(), once('open', (stream) => stream.destroy()));
  await watch('destroyed at ready', read(), once('ready', (stream) => stream.destroy(new RangeError('enough'))));
  await watch('destroyed at data', read(), once('data', (stream) => stream.destroy()));
  await watch('paused at open', read(), once('open', (stream) => {
    stream.pause();
    setTimeout(() => stream.resume(), 5);
  }));
  await watch('read elsewhere at open', read(), once('open', (stream, fd, seen) => {
    const bytes = Buffer.alloc(10);
    fs.readSync(fd, bytes, 0, 10, 5);
    seen.push(String(bytes));
  }));
  await watch('a descriptor that is given', read({ fd: fs.openSync(file, 'r') }));

  // Nobody reads the stream itself: its file is where it was.
  await new Promise((resolve) => {
    const stream = read();
    stream.on('open', () => {
      console.log('child', spawnSync('wc', ['-c'], { stdio: [stream, 'pipe', 'inherit'] }).stdout.toString().trim());
      stream.destroy();
    });
    stream.on('close', resolve);
  });

  const calls = [];
  const { open, read: readOwn, close } = fs;
  const noted = (name, own) => (...args) => {
    calls.push(name);
    return own(...args);
  };
  await watch('functions that are given', read({ fs: { open: noted('open', open), read: noted('read', readOwn), close: noted('close', close) } }));
  console.log(calls.join());
  calls.length = 0;
  fs.read = noted('read', readOwn);
  await watch('a function that was replaced', read());
  fs.read = readOwn;
  console.log(calls.join());

  let text = '';
  for await (const part of read({ encoding: 'latin1', start: 7, end: 16 })) text += part;
  console.log(text);
  const order = [];
  const stream = read({ end: 4 });
  stream.on('data', () => {
    order.push('data');
    process.nextTick(() => order.push('tick'));
    Promise.resolve().then(() => order.push('promise'));
  });
  stream.on('end', () => order.push('end'));
  stream.on('close', () => console.log(order.join()));
}

main().finally(() => process.on('exit', () => fs.rmSync(folder, { recursive: true })));
