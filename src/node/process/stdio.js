'use strict';
// The streams behind `process.stdin`, `process.stdout` and `process.stderr`; each is made when a script first touches it.

const { ObjectSetPrototypeOf, FunctionPrototypeCall } = primordials;
const { Writable, Readable } = require('stream');
const natives = binding('process');
const { nextTick } = binding('task_queue');

/** A stream that writes synchronously to a descriptor, as Node's does for files, pipes and terminals on Linux. */
function OutputStream(fd, kind) {
  FunctionPrototypeCall(Writable, this, { decodeStrings: false, emitClose: false, autoDestroy: true });
  this.fd = fd;
  this._type = kind === 'TTY' ? 'tty' : kind === 'FILE' ? 'fs' : 'pipe';
}
ObjectSetPrototypeOf(OutputStream.prototype, Writable.prototype);
ObjectSetPrototypeOf(OutputStream, Writable);

// A duplex stream in Node, of which this is the half that works.
OutputStream.prototype.readable = false;

OutputStream.prototype._write = function _write(chunk, encoding, callback) {
  try {
    if (typeof chunk === 'string' && encoding !== 'utf8' && encoding !== 'utf-8' && encoding !== 'buffer') {
      chunk = require('buffer').Buffer.from(chunk, encoding);
    }
    natives.writeSync(this.fd, chunk);
  } catch (error) {
    callback(error);
    return;
  }
  callback();
};

// A standard stream is never really closed: `destroy` reports what Node's reports and leaves the descriptor open.
function destroyStandard(error, callback) {
  this._undestroy();
  nextTick(undestroyed, this, error, callback);
}

function undestroyed(stream, error, callback) {
  callback(error);
  if (!error) stream.emit('close');
}

OutputStream.prototype.ref = OutputStream.prototype.unref = function() { return this; };

function standard(stream) {
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  stream._destroy = destroyStandard;
  return stream;
}

function output(fd) {
  const kind = natives.streamKind(fd);
  if (kind !== 'TTY') return standard(new OutputStream(fd, kind));
  const { WriteStream } = require('tty/streams');
  const stream = standard(new WriteStream(fd));
  require('process').on('SIGWINCH', () => stream._refreshSize());
  return stream;
}

/** What the loop reads from a descriptor: standard input, terminals. */
function InputStream(fd, highWaterMark) {
  FunctionPrototypeCall(Readable, this, { highWaterMark });
  this.fd = fd;
  this._reading = false;
  const input = natives.openInput(fd, (error, chunk) => {
    if (error) {
      this.destroy(error);
    } else if (!this.push(chunk) || chunk === null) {
      this._reading = false;
      natives.inputReadStop(input);
    }
  });
  this._input = input;
  this._handle = {
    __proto__: null,
    fd,
    close: () => natives.inputClose(input),
    readStart: () => natives.inputReadStart(input),
    readStop: () => natives.inputReadStop(input),
    ref: () => natives.inputSetRef(input, true),
    unref: () => natives.inputSetRef(input, false),
  };
  // A paused input doesn't keep the process alive.
  this.on('pause', () => {
    if (this._reading) {
      this._reading = false;
      natives.inputReadStop(input);
    }
  });
  this.on('resume', this._read);
}
ObjectSetPrototypeOf(InputStream.prototype, Readable.prototype);
ObjectSetPrototypeOf(InputStream, Readable);

InputStream.prototype._read = function _read() {
  if (!this._reading) {
    this._reading = true;
    const errno = natives.inputReadStart(this._input);
    if (errno) this.destroy(binding('errors').errnoException(errno, 'read'));
  }
};
InputStream.prototype._destroy = function _destroy(error, callback) {
  natives.inputClose(this._input);
  callback(error);
};
InputStream.prototype.ref = function ref() {
  natives.inputSetRef(this._input, true);
  return this;
};
InputStream.prototype.unref = function unref() {
  natives.inputSetRef(this._input, false);
  return this;
};

function stdin() {
  const kind = natives.streamKind(0);
  if (kind === 'FILE') {
    const stream = new (require('fs').ReadStream)(null, { fd: 0, autoClose: false });
    stream.fd = 0;
    return stream;
  }
  if (kind === 'UNKNOWN') {
    const empty = new Readable({ read() {} });
    empty.push(null);
    return empty;
  }
  if (kind === 'TTY') {
    const { ReadStream } = require('tty/streams');
    return new ReadStream(0);
  }
  return new InputStream(0, 65536);
}

module.exports = {
  InputStream,
  OutputStream,
  stdin,
  stdout: () => output(1),
  stderr: () => output(2),
};
