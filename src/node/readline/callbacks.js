'use strict';
// What `readline` does with any terminal: the cursor is moved, lines are cleared. Each writes one control sequence.

const { NumberIsNaN } = primordials;
const { nodeError } = binding('errors');
const { validateFunction } = binding('validators');
const { nextTick } = binding('task_queue');

// Nothing to be written: done, but not at once.
function nothing(callback) {
  if (typeof callback === 'function') nextTick(callback, null);
  return true;
}

function check(callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
}

/** To a column, and a row if one is given. */
function cursorTo(stream, x, y, callback) {
  check(callback);
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  if (NumberIsNaN(x)) throw nodeError('ERR_INVALID_ARG_VALUE', 'x', x);
  if (NumberIsNaN(y)) throw nodeError('ERR_INVALID_ARG_VALUE', 'y', y);
  if (stream == null || (typeof x !== 'number' && typeof y !== 'number')) return nothing(callback);
  if (typeof x !== 'number') throw nodeError('ERR_INVALID_CURSOR_POS');
  return stream.write(typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`, callback);
}

/** The sequence that goes so many columns and rows further. */
function step(dx, dy) {
  let data = '';
  if (dx < 0) data += `\x1b[${-dx}D`;
  else if (dx > 0) data += `\x1b[${dx}C`;
  if (dy < 0) data += `\x1b[${-dy}A`;
  else if (dy > 0) data += `\x1b[${dy}B`;
  return data;
}

/** By so many columns and rows. */
function moveCursor(stream, dx, dy, callback) {
  check(callback);
  if (stream == null || !(dx || dy)) return nothing(callback);
  return stream.write(step(dx, dy), callback);
}

/** The sequence that clears to the left (-1), to the right (1) or all of the line (0). */
function clearing(direction) {
  return direction < 0 ? '\x1b[1K' : direction > 0 ? '\x1b[0K' : '\x1b[2K';
}

function clearLine(stream, direction, callback) {
  check(callback);
  if (stream === null || stream === undefined) return nothing(callback);
  return stream.write(clearing(direction), callback);
}

/** All that is below the cursor, and right of it. */
function clearScreenDown(stream, callback) {
  check(callback);
  if (stream === null || stream === undefined) return nothing(callback);
  return stream.write('\x1b[0J', callback);
}

module.exports = { cursorTo, moveCursor, clearLine, clearScreenDown, step, clearing };
