'use strict';
// The script half of `console`: the class `Console`, and every method of the global one as far as the native half
// doesn't do it by itself (it prints texts and other primitives without loading this).

const {
  ArrayPrototypeUnshift, Error, FunctionPrototypeBind, Map, MapPrototypeGet, Number, ObjectDefineProperty, ObjectKeys,
  ReflectApply, ReflectConstruct, SafeMap, SafeWeakMap, StringPrototypeIncludes, StringPrototypeRepeat, StringPrototypeReplaceAll,
  StringPrototypeSlice, Symbol, SymbolHasInstance, SymbolToStringTag,
} = primordials;
const { nodeError } = binding('errors');
const native = binding('console');

const kState = Symbol('console');
const OUT = 1, ERROR = 2;

/**
 * A console that prints to streams of one's own.
 * @param {object|Writable} options `{ stdout, stderr, ignoreErrors, colorMode, inspectOptions, groupIndentation }`, or
 * (old form) the streams and `ignoreErrors` as arguments
 */
function Console(options) {
  if (!new.target) return ReflectConstruct(Console, arguments);
  if (!options || typeof options.write === 'function') {
    options = { stdout: options, stderr: arguments[1], ignoreErrors: arguments[2] };
  }
  const { stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation } = options;
  if (!stdout || typeof stdout.write !== 'function') throw nodeError('ERR_CONSOLE_WRITABLE_STREAM', 'stdout');
  if (!stderr || typeof stderr.write !== 'function') throw nodeError('ERR_CONSOLE_WRITABLE_STREAM', 'stderr');
  const validators = binding('validators');
  validators.validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) validators.validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
  if (inspectOptions !== undefined) {
    validators.validateObject(inspectOptions, 'options.inspectOptions');
    if (inspectOptions.colors !== undefined && options.colorMode !== undefined) {
      throw nodeError('ERR_INCOMPATIBLE_OPTION_PAIR', 'options.inspectOptions.color', 'colorMode');
    }
  }
  // Each instance has methods of its own, bound to it, so that `list.forEach(c.log)` works.
  const names = ObjectKeys(Console.prototype);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const bound = FunctionPrototypeBind(this[name], this);
    ObjectDefineProperty(bound, 'name', { __proto__: null, value: name, configurable: true });
    this[name] = bound;
  }
  hidden(this, '_stdout', stdout);
  hidden(this, '_stderr', stderr);
  hidden(this, '_ignoreErrors', ignoreErrors);
  hidden(this, '_times', new SafeMap());
  hidden(this, kState, newState(this, colorMode, inspectOptions, groupIndentation));
  ObjectDefineProperty(this, SymbolToStringTag, { __proto__: null, value: 'console', configurable: true });
}

function hidden(object, key, value) {
  ObjectDefineProperty(object, key, { __proto__: null, value, configurable: true, enumerable: false, writable: true });
}

function newState(owner, colorMode, inspectOptions, groupIndentation = 2) {
  return { owner, colorMode, inspectOptions, width: groupIndentation, indent: '', counts: new SafeMap(), onError: undefined };
}

ObjectDefineProperty(Console, SymbolHasInstance, {
  __proto__: null,
  value(instance) {
    return instance !== null && typeof instance === 'object' && instance[kState] !== undefined;
  },
});

// Printing

/** Whether the descriptor itself is printed to: the global console, as long as nobody has asked for its stream. */
function isDirect(state, which) {
  return state === globalState && !native.streamIsMade(which);
}

function streamFor(state, which) {
  return which === OUT ? state.owner._stdout : state.owner._stderr;
}

function inspectOptionsFor(state, which) {
  let given = state.inspectOptions;
  if (given instanceof Map) given = MapPrototypeGet(given, streamFor(state, which));
  if (given?.colors !== undefined) return given;
  let colors = state.colorMode;
  if (colors === 'auto') {
    if (isDirect(state, which) && !native.isTerminal(which)) return given;
    const stream = streamFor(state, which);
    colors = !!stream.isTTY && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2);
  }
  return colors ? { ...given, colors: true } : given;
}

function print(self, which, args) {
  const state = self[kState];
  const { formatArguments } = require('util/format');
  write(state, which, formatArguments(inspectOptionsFor(state, which), args));
}

function write(state, which, text) {
  const { indent } = state;
  if (indent !== '') {
    if (StringPrototypeIncludes(text, '\n')) text = StringPrototypeReplaceAll(text, '\n', `\n${indent}`);
    text = indent + text;
  }
  text += '\n';
  if (isDirect(state, which)) {
    native.write(which, text);
    return;
  }
  const stream = streamFor(state, which);
  if (state.owner._ignoreErrors === false) {
    stream.write(text);
    return;
  }
  // What goes wrong with the stream is not the concern of who prints.
  const listens = typeof stream.once === 'function';
  try {
    if (listens && stream.listenerCount?.('error') === 0) stream.once('error', ignore);
    stream.write(text, errorIgnorer(stream));
  } catch (error) {
    if (error?.name === 'RangeError' && error.message === 'Maximum call stack size exceeded') throw error;
  } finally {
    if (listens) stream.removeListener?.('error', ignore);
  }
}

function ignore() {}

// One for each stream, which then calls it in one tick for any number of writes.
const ignorers = new SafeWeakMap();

// The error may be emitted after the callback of the write.
function errorIgnorer(stream) {
  const known = ignorers.get(stream);
  if (known !== undefined) return known;
  const callback = (error) => {
    if (error != null && stream._writableState !== undefined && !stream._writableState.errorEmitted &&
        stream.listenerCount('error') === 0) {
      stream.once('error', ignore);
    }
  };
  ignorers.set(stream, callback);
  return callback;
}

function warn(message) {
  require('process').emitWarning(message);
}

// Durations

function now() {
  const { 0: seconds, 1: nanoseconds } = require('process').hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Milliseconds as people read them: `12.3ms`, `1.234s`, `1:02.345 (m:ss.mmm)`, `1:02:03.456 (h:mm:ss.mmm)`. */
function formatTime(ms) {
  if (ms < 1000) return `${Number(ms.toFixed(3))}ms`;
  const total = ms / 1000;
  if (total < 60) return `${total.toFixed(3)}s`;
  // Rounded at the end, so that no part says 60.
  const rounded = Math.round(ms);
  const hours = Math.floor(rounded / 3_600_000);
  const minutes = Math.floor(rounded / 60_000) % 60;
  const seconds = ((rounded % 60_000) / 1000).toFixed(3).padStart(6, '0');
  if (hours > 0) return `${hours}:${`${minutes}`.padStart(2, '0')}:${seconds} (h:mm:ss.mmm)`;
  return `${minutes}:${seconds} (m:ss.mmm)`;
}

function elapsed(self, method, label, data, end) {
  label = `${label}`;
  const start = MapPrototypeGet(self._times, label);
  if (start === undefined) {
    warn(`No such label '${label}' for console.${method}()`);
    return;
  }
  const text = `${label}: ${formatTime(now() - start)}`;
  if (data === undefined) print(self, OUT, ['%s', text]);
  else print(self, OUT, ['%s', text, ...data]);
  if (end) self._times.delete(label);
}

const methods = {
  log(...args) {
    print(this, OUT, args);
  },
  info(...args) {
    print(this, OUT, args);
  },
  debug(...args) {
    print(this, OUT, args);
  },
  warn(...args) {
    print(this, ERROR, args);
  },
  error(...args) {
    print(this, ERROR, args);
  },
  dir(object, options) {
    const state = this[kState];
    const text = require('util/inspect').inspect(object, { customInspect: false, ...inspectOptionsFor(state, OUT), ...options });
    write(state, OUT, text);
  },
  time(label = 'default') {
    label = `${label}`;
    if (this._times.has(label)) warn(`Label '${label}' already exists for console.time()`);
    else this._times.set(label, now());
  },
  timeEnd(label = 'default') {
    elapsed(this, 'timeEnd', label, undefined, true);
  },
  timeLog(label = 'default', ...data) {
    elapsed(this, 'timeLog', label, data, false);
  },
  trace: function trace(...args) {
    const { formatArguments } = require('util/format');
    const holder = { name: 'Trace', message: formatArguments(inspectOptionsFor(this[kState], ERROR), args) };
    Error.captureStackTrace(holder, trace);
    this.error(holder.stack);
  },
  assert(expression, ...args) {
    if (expression) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else ArrayPrototypeUnshift(args, 'Assertion failed');
    // Through the method: somebody may have replaced it.
    ReflectApply(this.warn, this, args);
  },
  clear() {
    if (isDirect(this[kState], OUT) && !native.isTerminal(OUT)) return;
    const stream = streamFor(this[kState], OUT);
    if (stream.isTTY && require('process').env.TERM !== 'dumb') stream.write('\u001b[1;1H\u001b[0J');
  },
  count(label = 'default') {
    label = `${label}`;
    const { counts } = this[kState];
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    this.log(`${label}: ${count}`);
  },
  countReset(label = 'default') {
    const { counts } = this[kState];
    if (!counts.has(`${label}`)) warn(`Count for '${label}' does not exist`);
    else counts.delete(`${label}`);
  },
  group(...data) {
    if (data.length > 0) ReflectApply(this.log, this, data);
    const state = this[kState];
    setIndent(state, state.indent + StringPrototypeRepeat(' ', state.width));
  },
  groupEnd() {
    const state = this[kState];
    setIndent(state, StringPrototypeSlice(state.indent, 0, state.indent.length - state.width));
  },
  table(data, properties) {
    if (data === null || typeof data !== 'object') return this.log(data);
    if (properties !== undefined) binding('validators').validateArray(properties, 'properties');
    const state = this[kState];
    this.log(require('console/table').table(data, properties, inspectOptionsFor(state, OUT)));
  },
  dirxml(...data) {
    print(this, OUT, data);
  },
  groupCollapsed(...data) {
    ReflectApply(this.group, this, data);
  },
};

function setIndent(state, indent) {
  state.indent = indent;
  if (state === globalState) native.setIndent(indent);
}

const names = ObjectKeys(methods);
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  ObjectDefineProperty(Console.prototype, name, {
    __proto__: null, value: name === 'trace' ? methodOnly(methods.trace) : methods[name], configurable: true, enumerable: true, writable: true,
  });
}

// `trace` needs a name for itself to leave its own frame out, but is no constructor.
function methodOnly(call) {
  return { trace(...args) { return ReflectApply(call, this, args); } }.trace;
}

// The global console: natives that land here when they can't do it alone.
const globalConsole = require('console');
hidden(globalConsole, '_ignoreErrors', true);
hidden(globalConsole, '_times', new SafeMap());
const globalState = newState(globalConsole, 'auto', undefined);
hidden(globalConsole, kState, globalState);

exports.Console = Console;
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  exports[name] = (...args) => ReflectApply(methods[name], globalConsole, args);
}
exports.formatTime = formatTime;
