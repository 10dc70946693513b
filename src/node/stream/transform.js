// Transform and PassThrough: duplexes whose output is made from their input.
'use strict';

const { ObjectAssign, ReflectApply, Symbol } = primordials;
const { Duplex, inherit } = require('stream/core');
const { highWaterMark } = require('stream/state');
const { nodeError } = binding('errors');

// What `_write` was given and can't call until the reader has made room.
const kCallback = Symbol('kCallback');

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  // A readable side without a buffer must not lend its mark to the writable side.
  const mark = options ? highWaterMark(options, 'readableHighWaterMark', true, options.readableObjectMode || options.objectMode) : null;
  if (mark === 0) {
    options = ObjectAssign({}, options, {
      highWaterMark: null,
      readableHighWaterMark: 0,
      writableHighWaterMark: options.writableHighWaterMark || 0,
    });
  }
  ReflectApply(Duplex, this, [options]);
  // The first `_read` finds nothing to do: reading starts with writing.
  this._readableState.sync = false;
  this[kCallback] = null;
  if (options) {
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  this.on('prefinish', prefinish);
}

function final(cb) {
  const end = (err, data) => {
    if (err) {
      if (cb) cb(err);
      else this.destroy(err);
      return;
    }
    if (data != null) this.push(data);
    this.push(null);
    if (cb) cb();
  };
  if (typeof this._flush === 'function' && !this.destroyed) this._flush(end);
  else end();
}

// A subclass that has its own `_final` still gets its flush.
function prefinish() {
  if (this._final !== final) ReflectApply(final, this, []);
}

const proto = inherit(Transform, Duplex);
proto._final = final;

proto._transform = function(chunk, encoding, cb) {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_transform()');
};

proto._write = function(chunk, encoding, cb) {
  const r = this._readableState;
  const w = this._writableState;
  const { length } = r;
  this._transform(chunk, encoding, (err, value) => {
    if (err) {
      cb(err);
      return;
    }
    if (value != null) this.push(value);
    if (w.ended || length === r.length || r.length < r.highWaterMark) cb();
    else this[kCallback] = cb;
  });
};

proto._read = function() {
  const cb = this[kCallback];
  if (cb) {
    this[kCallback] = null;
    cb();
  }
};

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  ReflectApply(Transform, this, [options]);
}
inherit(PassThrough, Transform)._transform = function(chunk, encoding, cb) {
  cb(null, chunk);
};

module.exports = { Transform, PassThrough };
