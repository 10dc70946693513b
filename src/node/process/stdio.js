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
  this._isStdio = true;
  this.destroySoon = this.destroy;
  if (kind === 'TTY') {
    this.isTTY = true;
    updateSize(this);
  }
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
OutputStream.prototype._destroy = function _destroy(error, callback) {
  this._undestroy();
  nextTick(undestroyed, this, error, callback);
};

function undestroyed(stream, error, callback) {
  callback(error);
  if (!error) stream.emit('close');
}

OutputStream.prototype.ref = OutputStream.prototype.unref = function() { return this; };

function updateSize(stream) {
  const size = natives.windowSize(stream.fd);
  if (size !== undefined) {
    stream.columns = size[0];
    stream.rows = size[1];
  }
}

OutputStream.prototype.getWindowSize = function getWindowSize() {
  updateSize(this);
  return [this.columns, this.rows];
};
OutputStream.prototype.getColorDepth = function getColorDepth(env) {
  return require('tty/colors').getColorDepth(env);
};
OutputStream.prototype.hasColors = function hasColors(count, env) {
  return require('tty/colors').hasColors(count, env);
};

function output(fd) {
  const kind = natives.streamKind(fd);
  const stream = new OutputStream(fd, kind);
  if (kind === 'TTY') require('process').on('SIGWINCH', () => resized(stream));
  return stream;
}

function resized(stream) {
  const { columns, rows } = stream;
  updateSize(stream);
  if (columns !== stream.columns || rows !== stream.rows) stream.emit('resize');
}

/** Standard input read by the loop: pipes, sockets, terminals. */
function InputStream(highWaterMark) {
  FunctionPrototypeCall(Readable, this, { highWaterMark, emitClose: false, autoDestroy: true });
  this.fd = 0;
  this._reading = false;
  this._handle = {
    __proto__: null,
    fd: 0,
    close: natives.stdinClose,
    readStart: natives.stdinReadStart,
    readStop: natives.stdinReadStop,
    ref: () => natives.stdinSetRef(true),
    unref: () => natives.stdinSetRef(false),
  };
  natives.openStdin((error, chunk) => {
    if (error) {
      this.destroy(error);
    } else if (!this.push(chunk) || chunk === null) {
      this._reading = false;
      natives.stdinReadStop();
    }
  });
  // A paused standard input doesn't keep the process alive.
  this.on('pause', () => {
    if (this._reading) {
      this._reading = false;
      natives.stdinReadStop();
    }
  });
  this.on('resume', this._read);
}
ObjectSetPrototypeOf(InputStream.prototype, Readable.prototype);
ObjectSetPrototypeOf(InputStream, Readable);

InputStream.prototype._read = function _read() {
  if (!this._reading) {
    this._reading = true;
    const errno = natives.stdinReadStart();
    if (errno) this.destroy(binding('errors').errnoException(errno, 'read'));
  }
};
InputStream.prototype._destroy = function _destroy(error, callback) {
  natives.stdinClose();
  callback(error);
};
InputStream.prototype.ref = function ref() {
  natives.stdinSetRef(true);
  return this;
};
InputStream.prototype.unref = function unref() {
  natives.stdinSetRef(false);
  return this;
};

/** Standard input from a terminal, which can give each key as it is pressed. */
function TerminalInput() {
  // Nothing is read ahead, so that a paused terminal lets the process end.
  FunctionPrototypeCall(InputStream, this, 0);
  this.isTTY = true;
  this.isRaw = false;
}
ObjectSetPrototypeOf(TerminalInput.prototype, InputStream.prototype);
ObjectSetPrototypeOf(TerminalInput, InputStream);

TerminalInput.prototype.setRawMode = function setRawMode(flag) {
  flag = !!flag;
  const errno = this.destroyed ? 0 : natives.stdinSetRawMode(flag);
  if (errno) {
    this.emit('error', binding('errors').errnoException(errno, 'setRawMode'));
    return this;
  }
  this.isRaw = flag;
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
  return kind === 'TTY' ? new TerminalInput() : new InputStream(65536);
}

module.exports = {
  stdin,
  stdout: () => output(1),
  stderr: () => output(2),
};
