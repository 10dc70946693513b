// Methods that a program puts in, takes away or hides between two uses of a stream are seen at the next.
'use strict';

const { EventEmitter } = require('events');
const { Readable } = require('stream');

class Middle extends Readable {
  _read() {}
}
class Source extends Middle {}

const seen = [];
function use(title, stream = new Source()) {
  seen.length = 0;
  stream.on('data', () => {});
  stream.resume();
  stream.push('some');
  stream.pause();
  console.log(title, seen.join(' '));
  stream.destroy();
  return stream;
}

function noting(name, emit = EventEmitter.prototype.emit) {
  return function (...args) {
    if (args[0] !== 'newListener') seen.push(`${name}:${String(args[0])}`);
    return Reflect.apply(emit, this, args);
  };
}

function rounds(title, change, undo) {
  use(`${title}, before:`);
  change();
  use(`${title}, changed:`);
  undo();
  use(`${title}, undone:`);
}

rounds('assigned to the class', () => { Source.prototype.emit = noting('class'); }, () => { delete Source.prototype.emit; });
rounds('assigned in the middle', () => { Middle.prototype.emit = noting('middle'); }, () => { delete Middle.prototype.emit; });

const { emit } = EventEmitter.prototype;
rounds('assigned at the root', () => { EventEmitter.prototype.emit = noting('root', emit); }, () => { EventEmitter.prototype.emit = emit; });

rounds('a getter', () => {
  let reads = 0;
  const own = noting('getter');
  Object.defineProperty(Middle.prototype, 'emit', { configurable: true, get() { reads++; return reads > 0 ? own : undefined; } });
}, () => { delete Middle.prototype.emit; });

rounds('another prototype', () => {
  Object.setPrototypeOf(Source.prototype, Object.create(Middle.prototype, { emit: { value: noting('between') } }));
}, () => { Object.setPrototypeOf(Source.prototype, Middle.prototype); });

rounds('a proxy among the prototypes', () => {
  const proxy = new Proxy(Middle.prototype, {
    get(target, key, receiver) {
      return key === 'emit' ? noting('trap') : Reflect.get(target, key, receiver);
    },
  });
  Object.setPrototypeOf(Source.prototype, proxy);
}, () => { Object.setPrototypeOf(Source.prototype, Middle.prototype); });

// Many of a kind, one of which has its own.
for (let i = 0; i < 4; i++) {
  const one = new Source();
  if (i === 2) one.emit = noting('own');
  use(`number ${i}:`, one);
}

// What isn't there comes to be there.
function pipe(title) {
  const target = Object.assign(new EventEmitter(), { write: () => true, end() {} });
  seen.length = 0;
  new Source().pipe(target);
  console.log(title, seen.join(' '));
}
pipe('on no object:');
Object.defineProperty(Object.prototype, 'writableNeedDrain', { configurable: true, get() { seen.push('asked'); return undefined; } });
pipe('on every object:');
delete Object.prototype.writableNeedDrain;
pipe('no more:');

// A stream behind a proxy.
const hidden = new Source();
const proxied = new Proxy(hidden, {
  get(object, key, receiver) {
    if (key === 'emit') return noting('outside');
    return Reflect.get(object, key, receiver);
  },
});
use('a proxy:', proxied);
use('what is behind one of its kind:');
