'use strict';
// `tty`: whether a descriptor is a terminal, and the streams of terminals.

const { NumberIsInteger } = primordials;

/** Whether a file descriptor is open on a terminal. */
exports.isatty = function isatty(fd) {
  return NumberIsInteger(fd) && fd >= 0 && fd <= 2147483647 && binding('process').streamKind(fd) === 'TTY';
};

const { defineLate } = binding('util');
defineLate(exports, 'ReadStream', () => require('tty/streams').ReadStream);
defineLate(exports, 'WriteStream', () => require('tty/streams').WriteStream);
