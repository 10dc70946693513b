// `Duplex.from` and `duplexPair`.
'use strict';

const { Promise, ReflectApply, Symbol } = primordials;
const { Duplex, Readable, Writable, inherit } = require('stream/core');
const { eos } = require('stream/finished');
const { fromIterable } = require('stream/from');
const utils = require('stream/utils');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

const {
  destroyer,
  isDuplexNode,
  isIterable,
  isNodeStream,
  isReadableNode,
  isReadableStream,
  isWritableNode,
  isWritableStream,
} = utils;

const abortError = (options) => new (require('errors').AbortError)(undefined, options);
const isBlob = (value) => typeof value?.arrayBuffer === 'function' && typeof value.stream === 'function' && typeof value.slice === 'function';

function from(body, name = 'body') {
  if (isDuplexNode(body)) return body;
  if (isReadableNode(body)) return unite(body, undefined);
  if (isWritableNode(body)) return unite(undefined, body);
  if (isNodeStream(body)) return unite(undefined, undefined);
  if (isReadableStream(body)) return unite(Readable.fromWeb(body), undefined);
  if (isWritableStream(body)) return unite(undefined, Writable.fromWeb(body));
  if (typeof body === 'function') return fromFunction(body, name);
  if (isBlob(body)) return from(body.arrayBuffer(), name);
  if (isIterable(body)) return fromIterable(Duplex, body, { objectMode: true, writable: false });
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) return Duplex.fromWeb(body);
  if (typeof body?.writable === 'object' || typeof body?.readable === 'object') {
    const { readable, writable } = body;
    return unite(
      readable && (isReadableNode(readable) ? readable : from(readable, name)),
      writable && (isWritableNode(writable) ? writable : from(writable, name)));
  }
  const then = body?.then;
  if (typeof then === 'function') {
    const duplex = new Duplex({ objectMode: true, writable: false, read() {} });
    ReflectApply(then, body, [(value) => {
      if (value != null) duplex.push(value);
      duplex.push(null);
    }, (err) => destroyer(duplex, err)]);
    return duplex;
  }
  throw nodeError('ERR_INVALID_ARG_TYPE', name, [
    'Blob', 'ReadableStream', 'WritableStream', 'Stream', 'Iterable', 'AsyncIterable', 'Function',
    '{ readable, writable } pair', 'Promise',
  ], body);
}

/** A function that is given what is written, as an async iterable, and returns what can be read. */
function fromFunction(body, name) {
  const { AbortController } = require('events/abort');
  const controller = new AbortController();
  const { signal } = controller;
  let resolve;
  let promise = new Promise((r) => {
    resolve = r;
  });
  async function* written() {
    for (;;) {
      const { chunk, done, cb } = await promise;
      promise = new Promise((r) => {
        resolve = r;
      });
      nextTick(cb);
      if (done) return;
      if (signal.aborted) throw abortError({ cause: signal.reason });
      yield chunk;
    }
  }
  const value = body(written(), { signal });
  const write = (chunk, encoding, cb) => resolve({ chunk, done: false, cb });
  const final = (cb) => resolve({ done: true, cb });
  const destroy = (err, cb) => {
    controller.abort();
    cb(err);
  };

  if (isDuplexNode(value)) return value;
  if (isIterable(value)) return fromIterable(Duplex, value, { objectMode: true, write, final, destroy });
  const then = value?.then;
  if (typeof then !== 'function') {
    throw nodeError('ERR_INVALID_RETURN_VALUE', 'Iterable, AsyncIterable or AsyncFunction', name, value);
  }
  let duplex;
  const settled = ReflectApply(then, value, [(result) => {
    if (result != null) throw nodeError('ERR_INVALID_RETURN_VALUE', 'nully', 'body', result);
  }, (err) => {
    destroyer(duplex, err);
  }]);
  duplex = new Duplex({
    objectMode: true,
    readable: false,
    write,
    final(cb) {
      final(async () => {
        try {
          await settled;
          nextTick(cb, null);
        } catch (err) {
          nextTick(cb, err);
        }
      });
    },
    destroy,
  });
  return duplex;
}

/** One duplex out of a source and a sink, either of which may be missing. */
function unite(source, sink) {
  const r = source && typeof source.read !== 'function' ? Readable.wrap(source) : source;
  const w = sink;
  const readable = !!utils.isReadable(r);
  const writable = !!utils.isWritable(w);
  let ondrain = null;
  let onfinish = null;
  let onreadable = null;
  let onclose; // null as soon as one half is over
  const over = (err) => {
    const cb = onclose;
    onclose = null;
    if (cb) cb(err);
    else if (err) duplex.destroy(err);
  };
  const call = (cb) => {
    if (cb) cb();
  };
  const duplex = new Duplex({
    readableObjectMode: !!r?.readableObjectMode,
    writableObjectMode: !!w?.writableObjectMode,
    readable,
    writable,
  });

  if (writable) {
    eos(w, {}, (err) => {
      if (err) destroyer(r, err);
      over(err);
    });
    duplex._write = (chunk, encoding, cb) => {
      if (w.write(chunk, encoding)) cb();
      else ondrain = cb;
    };
    duplex._final = (cb) => {
      w.end();
      onfinish = cb;
    };
    w.on('drain', () => {
      const cb = ondrain;
      ondrain = null;
      call(cb);
    });
    w.on('finish', () => {
      const cb = onfinish;
      onfinish = null;
      call(cb);
    });
  }
  if (readable) {
    eos(r, {}, (err) => {
      if (err) destroyer(w, err);
      over(err);
    });
    r.on('readable', () => {
      const cb = onreadable;
      onreadable = null;
      call(cb);
    });
    r.on('end', () => duplex.push(null));
    duplex._read = () => {
      for (;;) {
        const chunk = r.read();
        if (chunk === null) {
          onreadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }
  duplex._destroy = (err, cb) => {
    if (!err && onclose !== null) err = abortError();
    onreadable = ondrain = onfinish = null;
    if (onclose === null) {
      cb(err);
    } else {
      onclose = cb;
      destroyer(w, err);
      destroyer(r, err);
    }
  };
  return duplex;
}

// ---- two duplexes, each reading what is written to the other

const kCallback = Symbol('Callback');
const kOther = Symbol('Other');

function DuplexSide(options) {
  ReflectApply(Duplex, this, [options]);
  this[kCallback] = null;
  this[kOther] = null;
}
const side = inherit(DuplexSide, Duplex);

side._read = function() {
  const cb = this[kCallback];
  if (cb) {
    this[kCallback] = null;
    cb();
  }
};

side._write = function(chunk, encoding, cb) {
  if (chunk.length === 0) {
    nextTick(cb);
    return;
  }
  this[kOther].push(chunk);
  this[kOther][kCallback] = cb;
};

side._final = function(cb) {
  this[kOther].on('end', cb);
  this[kOther].push(null);
};

side._destroy = function(err, cb) {
  const other = this[kOther];
  if (other !== null && !other.destroyed) {
    // The other side hears of it in its own time: as an error, or as the end.
    nextTick(() => {
      if (other.destroyed) return;
      if (err) other.destroy();
      else if (!other.readableEnded) other.push(null);
    });
  }
  cb(err);
};

function duplexPair(options) {
  const a = new DuplexSide(options);
  const b = new DuplexSide(options);
  a[kOther] = b;
  b[kOther] = a;
  return [a, b];
}

module.exports = { from, duplexPair };
