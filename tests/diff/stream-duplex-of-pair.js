// Node: 24
'use strict';
// Duplex.from({ readable, writable }): when it closes, and who is destroyed with whom.
const { Duplex, PassThrough, Readable, Writable } = require('stream');

function tell(name, stream) {
  for (const event of ['data', 'end', 'finish', 'close']) stream.on(event, (chunk) => console.log(name, event, chunk === undefined ? '' : String(chunk)));
  stream.on('error', (err) => console.log(name, 'error', err.message));
}

function paused(next) {
  const through = new PassThrough({ objectMode: true });
  const duplex = Duplex.from({ readable: through, writable: through });
  Readable.from(['foo', 'bar']).pipe(duplex);
  duplex.on('data', () => {
    duplex.pause();
    setImmediate(() => duplex.resume());
  });
  tell('paused', duplex);
  duplex.on('close', next);
}

function failing(next) {
  const readable = new Readable({ read() {} });
  const writable = new Writable({ write(chunk, encoding, cb) { cb(); } });
  const duplex = Duplex.from({ readable, writable });
  writable.on('error', (err) => console.log('writable', err.message));
  tell('failing', duplex);
  duplex.on('close', () => setImmediate(() => {
    console.log(readable.destroyed, writable.destroyed);
    next();
  }));
  readable.destroy(new Error('from the readable half'));
}

function failingToo() {
  const readable = new Readable({ read() {} });
  const writable = new Writable({ write(chunk, encoding, cb) { cb(new Error('from the writable half')); } });
  const duplex = Duplex.from({ readable, writable });
  readable.on('error', (err) => console.log('readable', err.message));
  tell('failing too', duplex);
  duplex.on('close', () => setImmediate(() => console.log(readable.destroyed, writable.destroyed)));
  duplex.write('x');
}

paused(() => failing(failingToo));
