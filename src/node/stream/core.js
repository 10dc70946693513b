// The classes Stream, Readable, Writable and Duplex as far as their shape: constructors and
// prototypes whose members fetch the file that implements them when first used. A server that
// never reads a body parses no more of the streams than this.
'use strict';

const {
  FunctionPrototypeSymbolHasInstance,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectPrototypeHasOwnProperty,
  ObjectSetPrototypeOf,
  ReflectApply,
  SymbolAsyncDispose,
  SymbolFor,
  SymbolHasInstance,
} = primordials;
const EventEmitter = require('events');

const emitters = binding('events');
const native = binding('stream');

const kRejection = SymbolFor('nodejs.rejection');

// For each implementing file, the places where its members stand in for stubs.
const places = { __proto__: null };

function define(target, name, descriptor) {
  descriptor.__proto__ = null;
  descriptor.configurable = true;
  ObjectDefineProperty(target, name, descriptor);
}

/** Loads `id` and puts its members in the place of their stubs, unless a script was there first. */
function load(id) {
  const file = require(id);
  const members = file.members ?? file;
  const stubs = places[id];
  if (stubs !== undefined) {
    places[id] = undefined;
    for (let i = 0; i < stubs.length; i++) {
      const { target, name, stub } = stubs[i];
      const now = ObjectGetOwnPropertyDescriptor(target, name);
      if (now === undefined || (now.value ?? now.get) !== stub) continue;
      const real = ObjectGetOwnPropertyDescriptor(members, name);
      real.enumerable = now.enumerable;
      ObjectDefineProperty(target, name, real);
    }
  }
  return members;
}

function note(id, target, name, stub) {
  const list = places[id] ??= [];
  list[list.length] = { target, name, stub };
}

function method(target, id, name, hidden) {
  const stub = {
    [name](...args) {
      return ReflectApply(load(id)[name], this, args);
    },
  }[name];
  if (hidden) define(target, name, { value: stub, writable: true });
  else target[name] = stub;
  note(id, target, name, stub);
}

function methods(target, id, names, hidden) {
  for (let i = 0; i < names.length; i++) method(target, id, names[i], hidden);
}

function inherit(constructor, parent) {
  ObjectSetPrototypeOf(constructor, parent);
  constructor.prototype = { __proto__: parent.prototype };
  define(constructor.prototype, 'constructor', { value: constructor, writable: true });
  return constructor.prototype;
}

// ---- Stream: an emitter with `pipe`

function Stream(options) {
  becomeEmitter(this, options);
}

/** What the constructors of streams do for their emitter. */
function becomeEmitter(stream, options) {
  if (emitters.alwaysInit || options?.captureRejections) {
    ReflectApply(EventEmitter.init, stream, [options]);
  } else if (stream._events === undefined || !ObjectPrototypeHasOwnProperty(stream, '_events')) {
    stream._events = { __proto__: null };
    stream._eventsCount = 0;
  }
}

inherit(Stream, EventEmitter);
Stream.prototype.pipe = function pipe(dest, options) {
  return ReflectApply(require('stream/pipe').legacyPipe, this, [dest, options]);
};

method(Stream.prototype, 'stream/utils', 'eventNames');

// ---- Readable

let initReadable;

function Readable(options) {
  if (new.target === undefined && !(this instanceof Readable)) return new Readable(options);
  if (initReadable === undefined) {
    load('stream/readable');
    ({ initReadable } = require('stream/readable'));
  }
  initReadable(this, options);
}
const source = inherit(Readable, Stream);
native.defineReadable(source);
methods(source, 'stream/readable', [
  '_undestroy', '_read', 'wrap', kRejection, SymbolAsyncDispose,
]);
methods(source, 'stream/operators', ['iterator', 'compose']);
methods(source, 'stream/operators', [
  'drop', 'filter', 'flatMap', 'map', 'take', 'every', 'forEach', 'reduce', 'toArray', 'some', 'find',
], true);
methods(Readable, 'stream/from', ['from', 'wrap']);
Readable.fromWeb = (stream, options) => require('stream/web_adapters').readableFromWeb(stream, options);
Readable.toWeb = (stream, options) => require('stream/web_adapters').readableToWeb(stream, options);
define(Readable, 'ReadableState', { enumerable: true, get: () => require('stream/readable').ReadableState });
define(Readable, '_fromList', { enumerable: true, get: () => native.fromList });

// ---- Writable, and what a duplex has of it

let initWritable;

function Writable(options) {
  if (new.target === undefined && !(this instanceof Writable)) return new Writable(options);
  if (initWritable === undefined) {
    load('stream/writable');
    ({ initWritable } = require('stream/writable'));
  }
  initWritable(this, options);
}
const sink = inherit(Writable, Stream);
methods(sink, 'stream/writable', ['pipe', '_undestroy', kRejection, SymbolAsyncDispose]);
Writable.fromWeb = (stream, options) => require('stream/web_adapters').writableFromWeb(stream, options);
Writable.toWeb = (stream) => require('stream/web_adapters').writableToWeb(stream);
define(Writable, 'WritableState', { enumerable: true, get: () => require('stream/writable').WritableState });
// A duplex is a Writable too, although it inherits from Readable.
define(Writable, SymbolHasInstance, {
  value(object) {
    if (FunctionPrototypeSymbolHasInstance(this, object)) return true;
    return this === Writable && object?._writableState instanceof Writable.WritableState;
  },
});

// ---- Duplex

let initDuplex;

function Duplex(options) {
  if (new.target === undefined && !(this instanceof Duplex)) return new Duplex(options);
  if (initDuplex === undefined) {
    load('stream/readable');
    load('stream/writable');
    ({ initDuplex } = require('stream/duplex'));
  }
  initDuplex(this, options);
}
const both = inherit(Duplex, Readable);
native.defineWritable(sink, both);
methods(both, 'stream/writable', [kRejection, SymbolAsyncDispose]);
Duplex.fromWeb = (pair, options) => require('stream/web_adapters').duplexFromWeb(pair, options);
Duplex.toWeb = (duplex, options) => require('stream/web_adapters').duplexToWeb(duplex, options);
Duplex.from = (body) => require('stream/duplexify').from(body);

module.exports = { becomeEmitter, Stream, Readable, Writable, Duplex, methods, define, inherit };
