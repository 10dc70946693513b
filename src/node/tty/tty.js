'use strict';
// `tty`: whether a descriptor is a terminal. The streams of terminals are those of `process`.

const { NumberIsInteger } = primordials;

/** Whether a file descriptor is open on a terminal. */
exports.isatty = function isatty(fd) {
  return NumberIsInteger(fd) && fd >= 0 && fd <= 2147483647 && binding('process').streamKind(fd) === 'TTY';
};

// Each says what is missing when it is called.
for (const name of ['ReadStream', 'WriteStream']) {
  exports[name] = {
    [name]: function() {
      const { nodeError } = binding('errors');
      throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', `tty.${name}()`);
    },
  }[name];
}
