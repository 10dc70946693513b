'use strict';
// The Interface of `readline`: lines from a stream, with prompts and questions. What a terminal adds (editing, history, completion)
// is in `readline/editor`, which loads with the first terminal.

const {
  DateNow, FunctionPrototypeCall, MathMax, NumberIsFinite, ObjectDefineProperties, ObjectDefineProperty, ObjectKeys,
  ObjectSetPrototypeOf,
  ReflectApply, StringPrototypeCharCodeAt, StringPrototypeEndsWith, StringPrototypeSlice, Symbol, SymbolAsyncIterator, SymbolDispose,
} = primordials;
const { nodeError } = binding('errors');
const { validateAbortSignal, validateArray, validateNumber, validateString, validateUint32 } = binding('validators');
const native = binding('readline');
const { nextTick } = binding('task_queue');
const EventEmitter = require('events');

const HISTORY_SIZE = 30;
const TAB_SIZE = 8;
const ESCAPE_TIMEOUT = 500;
/** Less than this between CR and LF is one end of a line, in milliseconds. */
const LEAST_CRLF_DELAY = 100;

const kLines = Symbol('kLines');
const kRejectQuestion = Symbol('kRejectQuestion');

/** Options, or `input`, `output`, `completer` and `terminal` one by one. */
function Interface(input, output, completer, terminal) {
  if (!new.target) return new Interface(input, output, completer, terminal);
  FunctionPrototypeCall(EventEmitter, this, undefined);
  let options = { output, completer, terminal };
  if (input?.input) {
    options = input;
    validateAbortSignal(options.signal, 'options.signal');
    ({ input } = options);
  }
  this.isCompletionEnabled = true;
  this.escapeCodeTimeout = ESCAPE_TIMEOUT;
  setOptions(this, input, options);
  this.setPrompt(options.prompt ?? '> ');
  this.line = '';
  listen(this, input, options.signal);
  input.resume();
}
ObjectSetPrototypeOf(Interface.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(Interface, EventEmitter);

function setOptions(rl, input, options) {
  const { completer, historySize = HISTORY_SIZE, tabSize = TAB_SIZE, crlfDelay, history = [], escapeCodeTimeout } = options;
  let { terminal } = options;
  if (escapeCodeTimeout !== undefined) {
    if (typeof escapeCodeTimeout !== 'number' || !NumberIsFinite(escapeCodeTimeout)) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'input.escapeCodeTimeout', rl.escapeCodeTimeout);
    }
    rl.escapeCodeTimeout = escapeCodeTimeout;
  }
  if (options.tabSize !== undefined) validateUint32(tabSize, 'tabSize', true);
  if (completer !== undefined && typeof completer !== 'function') throw nodeError('ERR_INVALID_ARG_VALUE', 'completer', completer);
  validateArray(history, 'history');
  validateNumber(historySize, 'size', 0);
  const { output } = options;
  if (terminal === undefined && output !== null && output !== undefined) terminal = output.isTTY;
  rl.output = output;
  rl.input = input;
  rl.tabSize = tabSize;
  rl.history = history;
  rl.historyIndex = -1;
  rl.historySize = historySize;
  rl.removeHistoryDuplicates = !!options.removeHistoryDuplicates;
  rl.crlfDelay = crlfDelay ? MathMax(LEAST_CRLF_DELAY, crlfDelay) : LEAST_CRLF_DELAY;
  rl.completer = completer;
  rl.terminal = !!terminal;
  rl.paused = false;
  rl.closed = false;
}

function listen(rl, input, signal) {
  const { terminal, output } = rl;
  const onError = (error) => rl.emit('error', error);
  const listeners = terminal ? require('readline/editor').begin(rl) : textListeners(rl);
  listeners.error = onError;
  for (const name in listeners) input.on(name, listeners[name]);
  const onResize = () => rl._refreshLine();
  const isResized = terminal && output !== null && output !== undefined && typeof output.on === 'function';
  if (isResized) output.on('resize', onResize);
  rl.once('close', () => {
    for (const name in listeners) input.removeListener(name, listeners[name]);
    if (isResized) output.removeListener('resize', onResize);
  });
  if (!signal) return;
  const onAbort = () => rl.close();
  if (signal.aborted) {
    nextTick(onAbort);
  } else {
    const listening = EventEmitter.addAbortListener(signal, onAbort);
    rl.once('close', () => listening[SymbolDispose]());
  }
}

/** Those of an input that is no terminal. */
function textListeners(rl) {
  const { StringDecoder } = require('string_decoder');
  rl._decoder = new StringDecoder('utf8');
  rl._line_buffer = null;
  rl._sawReturnAt = 0;
  return {
    __proto__: null,
    data(chunk) {
      rl._normalWrite(chunk);
    },
    end() {
      if (typeof rl._line_buffer === 'string' && rl._line_buffer.length > 0) rl.emit('line', rl._line_buffer);
      rl.close();
    },
  };
}

function checkOpen(rl) {
  if (rl.closed) throw nodeError('ERR_USE_AFTER_CLOSE', 'readline');
}

const methods = {
  setPrompt(prompt) {
    this._prompt = prompt;
  },

  getPrompt() {
    return this._prompt;
  },

  /** Shows the prompt, on a line of its own; with `true` the cursor stays where it is in the text. */
  prompt(preserveCursor) {
    checkOpen(this);
    if (this.paused) this.resume();
    if (this.terminal && require('process').env.TERM !== 'dumb') {
      if (!preserveCursor) this.cursor = 0;
      this._refreshLine();
    } else {
      this._writeToOutput(this._prompt);
    }
  },

  /** Ends it: the streams are nobody's again. */
  close() {
    if (this.closed) return;
    this.pause();
    if (this.terminal) this._setRawMode(false);
    this.closed = true;
    this.emit('close');
  },

  pause() {
    checkOpen(this);
    if (this.paused) return undefined;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  },

  resume() {
    checkOpen(this);
    if (!this.paused) return undefined;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  },

  /** As if it had been typed: text, or a key (`{ ctrl: true, name: 'u' }`). */
  write(data, key) {
    checkOpen(this);
    if (this.paused) this.resume();
    if (this.terminal) this._ttyWrite(data, key);
    else this._normalWrite(data);
  },

  /** Where the cursor is, counted from the start of the prompt. */
  getCursorPos() {
    return this._getDisplayPos(this._prompt + StringPrototypeSlice(this.line, 0, this.cursor));
  },

  _getCursorPos() {
    return this.getCursorPos();
  },

  _getDisplayPos(text) {
    const { 0: cols, 1: rows } = native.displayPosition(text, this.columns, this.tabSize);
    return { cols, rows };
  },

  _setRawMode(mode) {
    const { input } = this;
    const before = input.isRaw;
    if (typeof input.setRawMode === 'function') input.setRawMode(mode);
    return before;
  },

  _writeToOutput(text) {
    validateString(text, 'stringToWrite');
    if (this.output !== null && this.output !== undefined) this.output.write(text);
  },

  /** A line is complete: whoever asked gets it, or the listeners. */
  _onLine(line) {
    const answer = this._questionCallback;
    if (answer) {
      this._questionCallback = null;
      this.setPrompt(this._oldPrompt);
      answer(line);
    } else {
      this.emit('line', line);
    }
  },

  _question(query, answer) {
    checkOpen(this);
    if (this._questionCallback) {
      this.prompt();
      return;
    }
    this._oldPrompt = this._prompt;
    this.setPrompt(query);
    this._questionCallback = answer;
    this.prompt();
  },

  _questionCancel() {
    if (!this._questionCallback) return;
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    this.clearLine();
  },

  /** Takes the cursor below the text, and forgets the text. */
  clearLine() {
    this._moveCursor(+Infinity);
    this._writeToOutput('\r\n');
    this.line = '';
    this.cursor = 0;
    this.prevRows = 0;
  },

  /** Text from an input that is no terminal. */
  _normalWrite(chunk) {
    if (chunk === undefined) return;
    let text = this._decoder.write(chunk);
    if (this._sawReturnAt && DateNow() - this._sawReturnAt <= this.crlfDelay) {
      // The second half of an end of a line.
      if (StringPrototypeCharCodeAt(text, 0) === 10) text = StringPrototypeSlice(text, 1);
      this._sawReturnAt = 0;
    }
    if (text === '') return;
    const lines = native.splitLines(text);
    const last = lines.length - 1;
    if (last > 0) {
      if (this._line_buffer) lines[0] = this._line_buffer + lines[0];
      this._line_buffer = null;
      this._sawReturnAt = StringPrototypeEndsWith(text, '\r') ? DateNow() : 0;
      // Before the lines: a listener may write, too.
      this._line_buffer = lines[last];
      for (let i = 0; i < last; i++) this._onLine(lines[i]);
    } else {
      this._line_buffer = this._line_buffer ? this._line_buffer + text : text;
    }
  },

  [SymbolAsyncIterator]() {
    this[kLines] ??= require('events/extra').on(this, 'line', { close: ['close'], highWaterMark: 1024 }, true);
    return this[kLines];
  },

  [SymbolDispose]() {
    this.close();
  },
};

const METHODS = ObjectKeys(methods);
for (let i = 0; i < METHODS.length; i++) {
  const name = METHODS[i];
  ObjectDefineProperty(Interface.prototype, name, {
    __proto__: null, configurable: true, writable: true, value: methods[name],
  });
}
ObjectDefineProperties(Interface.prototype, {
  columns: {
    __proto__: null,
    configurable: true,
    get() {
      return this.output?.columns || Infinity;
    },
  },
  [SymbolAsyncIterator]: { __proto__: null, configurable: true, writable: true, value: methods[SymbolAsyncIterator] },
  [SymbolDispose]: { __proto__: null, configurable: true, writable: true, value: methods[SymbolDispose] },
});

// Programs replace these on an instance or on the prototype; each loads the editor when it is called.
const EDITING = [
  '_addHistory', '_refreshLine', '_insertString', '_tabComplete', '_wordLeft', '_wordRight', '_deleteLeft', '_deleteRight',
  '_deleteWordLeft', '_deleteWordRight', '_deleteLineLeft', '_deleteLineRight', '_line', '_historyNext', '_historyPrev', '_moveCursor',
  '_ttyWrite', '_undo', '_redo', '_yank', '_yankPop',
];
for (let i = 0; i < EDITING.length; i++) {
  const name = EDITING[i];
  ObjectDefineProperty(Interface.prototype, name, {
    __proto__: null,
    configurable: true,
    writable: true,
    value: {
      [name](...args) {
        return ReflectApply(require('readline/editor').methods[name], this, args);
      },
    }[name],
  });
}

module.exports = { Interface, kRejectQuestion };
