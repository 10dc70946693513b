'use strict';
// `readline/promises`: an Interface whose questions are promises, and a `Readline` that gathers what it does to the terminal.

const { ArrayPrototypeJoin, Promise, SymbolDispose } = primordials;
const { AbortError } = require('errors');
const { nodeError } = binding('errors');
const { validateAbortSignal, validateBoolean, validateInteger } = binding('validators');
const { nextTick } = binding('task_queue');
const EventEmitter = require('events');
const { Interface: Base, kRejectQuestion } = require('readline/interface');
const { step, clearing } = require('readline/callbacks');

class Interface extends Base {
  constructor(input, output, completer, terminal) {
    super(input, output, completer, terminal);
    const given = this.completer;
    if (given !== undefined && given.length !== 2) {
      // It may return what others hand to a callback, or a promise of it.
      this.completer = async (line, done) => {
        let found;
        try {
          found = await given(line);
        } catch (error) {
          return done(error);
        }
        return done(null, found);
      };
    }
  }

  question(query, options = { __proto__: null }) {
    // Two arrow functions deep, the engine's `this` is the global one.
    const reader = this;
    return new Promise((resolve, reject) => {
      let answer = resolve;
      const signal = options?.signal;
      if (signal) {
        validateAbortSignal(signal, 'options.signal');
        if (signal.aborted) {
          reject(new AbortError(undefined, { cause: signal.reason }));
          return;
        }
        const onAbort = () => {
          reader._questionCancel();
          reject(new AbortError(undefined, { cause: signal.reason }));
        };
        const listening = EventEmitter.addAbortListener(signal, onAbort);
        answer = (line) => {
          listening[SymbolDispose]();
          resolve(line);
        };
      }
      reader[kRejectQuestion] = reject;
      reader._question(query, answer);
    });
  }
}

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

/** Gathers movements and clearings until `commit`. */
class Readline {
  #stream;
  #autoCommit = false;
  #pending = [];

  constructor(stream, options = undefined) {
    const isWritable = stream !== null && typeof stream === 'object' && typeof stream.write === 'function' &&
      typeof stream.on === 'function' && stream.writable !== false && stream._writableState !== null;
    if (!isWritable) throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', 'Writable', stream);
    this.#stream = stream;
    if (options?.autoCommit != null) {
      validateBoolean(options.autoCommit, 'options.autoCommit');
      this.#autoCommit = options.autoCommit;
    }
  }

  #add(data) {
    if (this.#autoCommit) nextTick(() => this.#stream.write(data));
    else this.#pending[this.#pending.length] = data;
    return this;
  }

  cursorTo(x, y = undefined) {
    validateInteger(x, 'x');
    if (y != null) validateInteger(y, 'y');
    return this.#add(y == null ? `\x1b[${x + 1}G` : `\x1b[${y + 1};${x + 1}H`);
  }

  moveCursor(dx, dy) {
    if (dx || dy) {
      validateInteger(dx, 'dx');
      validateInteger(dy, 'dy');
      return this.#add(step(dx, dy));
    }
    return this;
  }

  clearLine(direction) {
    validateInteger(direction, 'dir', -1, 1);
    return this.#add(clearing(direction));
  }

  clearScreenDown() {
    return this.#add('\x1b[0J');
  }

  /** Writes what was gathered. */
  commit() {
    return new Promise((resolve) => {
      this.#stream.write(ArrayPrototypeJoin(this.#pending, ''), resolve);
      this.#pending = [];
    });
  }

  /** Forgets it. */
  rollback() {
    this.#pending = [];
    return this;
  }
}

module.exports = { Interface, Readline, createInterface };
