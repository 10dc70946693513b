'use strict';
// `readline`: <https://nodejs.org/docs/latest-v24.x/api/readline.html>

const {
  FunctionPrototypeCall, ObjectDefineProperty, ObjectSetPrototypeOf, Promise, PromiseReject, ReflectConstruct, SymbolDispose, SymbolFor,
} = primordials;
const { AbortError } = require('errors');
const { validateAbortSignal } = binding('validators');
const EventEmitter = require('events');
const { clearLine, clearScreenDown, cursorTo, moveCursor } = require('readline/callbacks');
const { Interface: Base } = require('readline/interface');

/** Lines of a stream, told by events and answered to by callbacks. */
function Interface(input, output, completer, terminal) {
  const self = ReflectConstruct(Base, [input, output, completer, terminal], new.target || Interface);
  const given = self.completer;
  if (given !== undefined && given.length !== 2) {
    // It returns what others hand to a callback.
    self.completer = (line, done) => done(null, given(line));
  }
  return self;
}
ObjectSetPrototypeOf(Interface.prototype, Base.prototype);
ObjectSetPrototypeOf(Interface, Base);

function question(query, options, answer) {
  answer = typeof options === 'function' ? options : answer;
  if (options !== null && typeof options === 'object' && options.signal) {
    const { signal } = options;
    validateAbortSignal(signal, 'options.signal');
    if (signal.aborted) return;
    const onAbort = () => this._questionCancel();
    const listening = EventEmitter.addAbortListener(signal, onAbort);
    const given = answer;
    answer = typeof given === 'function' ? (line) => {
      listening[SymbolDispose]();
      return given(line);
    } : given;
  }
  if (typeof answer === 'function') this._question(query, answer);
}
ObjectDefineProperty(Interface.prototype, 'question', { __proto__: null, configurable: true, writable: true, value: question });

// `util.promisify(rl.question)`
const ask = question;
ObjectDefineProperty(question, SymbolFor('nodejs.util.promisify.custom'), {
  __proto__: null,
  value: function question(query, options) {
    const signal = options?.signal;
    if (options !== null && typeof options === 'object') validateAbortSignal(signal, 'options.signal');
    if (signal?.aborted) return PromiseReject(new AbortError(undefined, { cause: signal.reason }));
    return new Promise((resolve, reject) => {
      let answer = resolve;
      if (signal) {
        const onAbort = () => reject(new AbortError(undefined, { cause: signal.reason }));
        const listening = EventEmitter.addAbortListener(signal, onAbort);
        answer = (line) => {
          listening[SymbolDispose]();
          resolve(line);
        };
      }
      FunctionPrototypeCall(ask, this, query, options, answer);
    });
  },
});

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

function emitKeypressEvents(stream, rl) {
  require('readline/keys').emitKeypressEvents(stream, rl);
}

module.exports = {
  Interface,
  clearLine,
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents,
  moveCursor,
};
binding('util').defineLate(module.exports, 'promises', () => require('readline/promises'));
