'use strict';
// The streams of terminals: `tty.ReadStream` and `tty.WriteStream`, of which `process.stdin`, `stdout` and `stderr` are when they are
// open on a terminal.

const { FunctionPrototypeCall, ObjectSetPrototypeOf } = primordials;
const { nodeError, errnoException } = binding('errors');
const natives = binding('process');
const { InputStream, OutputStream } = require('process/stdio');

/** The kind of a descriptor has to be a terminal. */
function check(fd) {
  if (fd >> 0 !== fd || fd < 0) throw nodeError('ERR_INVALID_FD', fd);
  if (natives.streamKind(fd) !== 'TTY') {
    throw nodeError('ERR_TTY_INIT_FAILED', {
      errno: -22, code: 'EINVAL', message: 'invalid argument', syscall: 'uv_tty_init',
    });
  }
}

/** A descriptor that was given to a stream is its own, but for those of the process. */
function release(fd) {
  if (fd > 2) require('fs').closeSync(fd);
}

/** Keys and lines from a terminal. */
function ReadStream(fd) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd);
  check(fd);
  // Nothing is read ahead, so that a paused terminal lets the process end.
  FunctionPrototypeCall(InputStream, this, fd, 0);
  this.isTTY = true;
  this.isRaw = false;
  return undefined;
}
ObjectSetPrototypeOf(ReadStream.prototype, InputStream.prototype);
ObjectSetPrototypeOf(ReadStream, InputStream);

ReadStream.prototype._destroy = function _destroy(error, callback) {
  FunctionPrototypeCall(InputStream.prototype._destroy, this, error, (failure) => {
    release(this.fd);
    callback(failure);
  });
};

/** In raw mode each key comes as it is pressed, and none of them means anything to the terminal. */
ReadStream.prototype.setRawMode = function setRawMode(flag) {
  flag = !!flag;
  const errno = this.destroyed ? 0 : natives.inputSetRawMode(this._input, flag);
  if (errno) {
    this.emit('error', errnoException(errno, 'setRawMode'));
    return this;
  }
  this.isRaw = flag;
  return this;
};

/** A terminal to write to. */
function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  check(fd);
  FunctionPrototypeCall(OutputStream, this, fd, 'TTY');
  const size = natives.windowSize(fd);
  if (size !== undefined) {
    this.columns = size[0];
    this.rows = size[1];
  }
  return undefined;
}
ObjectSetPrototypeOf(WriteStream.prototype, OutputStream.prototype);
ObjectSetPrototypeOf(WriteStream, OutputStream);

WriteStream.prototype.isTTY = true;

WriteStream.prototype._destroy = function _destroy(error, callback) {
  release(this.fd);
  callback(error);
};

/** Looks how large the window is now, and tells of it if that has changed. */
WriteStream.prototype._refreshSize = function _refreshSize() {
  const { columns, rows } = this;
  const size = natives.windowSize(this.fd);
  if (size === undefined) return;
  this.columns = size[0];
  this.rows = size[1];
  if (columns !== size[0] || rows !== size[1]) this.emit('resize');
};

WriteStream.prototype.getWindowSize = function getWindowSize() {
  return [this.columns, this.rows];
};

WriteStream.prototype.getColorDepth = function getColorDepth(env) {
  return require('tty/colors').getColorDepth(env);
};

WriteStream.prototype.hasColors = function hasColors(count, env) {
  return require('tty/colors').hasColors(count, env);
};

WriteStream.prototype.cursorTo = function cursorTo(x, y, callback) {
  return require('readline/callbacks').cursorTo(this, x, y, callback);
};

WriteStream.prototype.moveCursor = function moveCursor(dx, dy, callback) {
  return require('readline/callbacks').moveCursor(this, dx, dy, callback);
};

WriteStream.prototype.clearLine = function clearLine(direction, callback) {
  return require('readline/callbacks').clearLine(this, direction, callback);
};

WriteStream.prototype.clearScreenDown = function clearScreenDown(callback) {
  return require('readline/callbacks').clearScreenDown(this, callback);
};

module.exports = { ReadStream, WriteStream };
