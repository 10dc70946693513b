// Streams of files: the order of their events, with what a program may put in the place of ours.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ouro-diff-'));
const file = path.join(folder, 'file.txt');
fs.writeFileSync(file, 'abcdefghij'.repeat(20));

/** What a stream tells until it closes, one line each. */
function told(name, stream, also = []) {
  const lines = [`${name}: pending ${stream.pending} fd ${stream.fd === null ? null : typeof stream.fd}`];
  for (const event of ['open', 'ready', 'end', 'finish', 'pause', 'resume', ...also]) {
    stream.on(event, (value) => lines.push(`  ${event} ${typeof value}`));
  }
  return new Promise((resolve) => {
    stream.on('error', (error) => lines.push(`  error ${error.code} ${error.syscall} ${error.message.replace(folder, '')}`));
    stream.on('close', () => {
      lines.push(`  close fd ${stream.fd} read ${stream.bytesRead} written ${stream.bytesWritten} pos ${stream.pos}`);
      console.log(lines.join('\n'));
      resolve(lines);
    });
    if (stream.read) stream.on('data', (chunk) => lines.push(`  data ${chunk.length} ${typeof chunk}`));
  });
}

class Reversed extends fs.ReadStream {
  _read(n) {
    this.asked = (this.asked ?? 0) + 1;
    super._read(Math.min(n, 90));
  }
}

async function main() {
  await told('plain', fs.createReadStream(file));
  await told('small', fs.createReadStream(file, { highWaterMark: 64 }));
  await told('part', fs.createReadStream(file, { start: 5, end: 104, highWaterMark: 30 }));
  await told('text', fs.createReadStream(file, { encoding: 'utf8', highWaterMark: 150 }));
  await told('nothing', fs.createReadStream(file, { start: 1000 }));
  await told('descriptor', fs.createReadStream(null, { fd: fs.openSync(file), highWaterMark: 128 }));
  await told('missing', fs.createReadStream(path.join(folder, 'missing')));
  await told('directory', fs.createReadStream(folder));
  await told('subclass', new Reversed(file));

  const early = fs.createReadStream(file);
  early.destroy(new Error('early'));
  await told('destroyed at once', early);
  const opened = fs.createReadStream(file);
  opened.on('open', () => opened.destroy());
  await told('destroyed when open', opened);
  const reading = fs.createReadStream(file, { highWaterMark: 16 });
  reading.on('data', () => reading.destroy(new Error('enough')));
  await told('destroyed while it reads', reading);
  const kept = fs.createReadStream(file, { autoClose: false });
  const lines = [];
  kept.on('end', () => setImmediate(() => {
    lines.push(`kept: fd ${typeof kept.fd} destroyed ${kept.destroyed}`);
    kept.close();
  })).resume();
  await told('kept', kept);
  console.log(lines.join('\n'));

  const calls = [];
  const own = {
    open: (...args) => (calls.push('open'), fs.open(...args)),
    read: (...args) => (calls.push(`read ${args.length} ${args[3]}`), fs.read(...args)),
    close: (...args) => (calls.push('close'), fs.close(...args)),
  };
  await told('own functions', fs.createReadStream(file, { fs: own, highWaterMark: 100 }));
  console.log(calls.join(', '));

  const { read, close } = fs;
  fs.read = function(...args) {
    fs.read = read;
    args.at(-1)(Object.assign(new Error('replaced'), { code: 'EOWN', syscall: 'read' }));
  };
  await told('replaced read', fs.createReadStream(file));
  fs.read = read;
  fs.close = (fd, callback) => close(fd, () => callback(Object.assign(new Error('not closed'), { code: 'EOWN', syscall: 'close' })));
  await told('replaced close', fs.createReadStream(file));
  fs.close = close;

  const handle = await fs.promises.open(file);
  await told('handle', handle.createReadStream({ highWaterMark: 120 }));

  const copy = path.join(folder, 'copy');
  const writer = fs.createWriteStream(copy);
  writer.write('one ');
  writer.end('two');
  await told('writer', writer);
  console.log(fs.readFileSync(copy, 'utf8'));
  await told('writer to nowhere', fs.createWriteStream(path.join(folder, 'no', 'where')));
  fs.rmSync(folder, { recursive: true });
}

main();
