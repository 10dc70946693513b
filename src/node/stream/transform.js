// Transform and PassThrough: duplexes whose output is made from their input. Making and ending one; what moves data is
// native.
'use strict';

const { ObjectAssign, ReflectApply } = primordials;
const { Duplex, inherit } = require('stream/core');
const { defineTransform, highWaterMark } = binding('stream');

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

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  ReflectApply(Transform, this, [options]);
}
defineTransform(proto, inherit(PassThrough, Transform));

module.exports = { Transform, PassThrough };
