// What may be said about a child: checks, defaults, and the forms of `stdio`.
'use strict';

const {
  ArrayBufferIsView, ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeSlice, ArrayPrototypeUnshift, NumberIsInteger,
  StringPrototypeIncludes, StringPrototypeToUpperCase,
} = primordials;
const { nodeError } = binding('errors');
const { validateArray, validateBoolean, validateObject, validateString } = binding('validators');

/** A string with a NUL in it would end there for the system. */
function rejectNul(value, name) {
  if (typeof value === 'string' && StringPrototypeIncludes(value, '\u0000')) {
    throw nodeError('ERR_INVALID_ARG_VALUE', name, value, 'must be a string without null bytes');
  }
}

function validateTimeout(timeout) {
  if (timeout != null && !(NumberIsInteger(timeout) && timeout >= 0)) {
    throw nodeError('ERR_OUT_OF_RANGE', 'timeout', 'an unsigned integer', timeout);
  }
}

/** The number of a signal given by name or number. */
function signalNumber(signal) {
  const { signals } = require('os').constants;
  if (typeof signal === 'number') {
    for (const name in signals) {
      if (signals[name] === signal) return signal;
    }
  } else if (typeof signal === 'string') {
    const number = signals[StringPrototypeToUpperCase(signal)];
    if (number) return number;
  }
  throw nodeError('ERR_UNKNOWN_SIGNAL', signal);
}

function killSignalOf(signal) {
  if (typeof signal === 'string' || typeof signal === 'number') return signalNumber(signal);
  if (signal != null) throw nodeError('ERR_INVALID_ARG_TYPE', 'options.killSignal', ['string', 'number'], signal);
}

/** A path as a string, given as one, as bytes or as a file URL. */
function validatePath(path, name) {
  if (path !== null && typeof path === 'object' && path.href && path.protocol && path.auth === undefined) {
    path = require('url').fileURLToPath(path);
  }
  const bytes = binding('types').isUint8Array(path);
  if (typeof path !== 'string' && !bytes) {
    throw nodeError('ERR_INVALID_ARG_TYPE', name, ['string', 'Buffer', 'URL'], path);
  }
  const text = bytes ? require('buffer').Buffer.from(path).toString() : path;
  if (StringPrototypeIncludes(text, '\u0000')) {
    throw nodeError('ERR_INVALID_ARG_VALUE', name, path, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return text;
}

function validateId(id, name) {
  if (id != null && !binding('validators').isInt32(id)) throw nodeError('ERR_INVALID_ARG_TYPE', name, 'int32', id);
}

let warned = false;

/** The arguments of `spawn` as one object, with the shell put in. */
function normalizeSpawn(file, args, options) {
  validateString(file, 'file');
  rejectNul(file, 'file');
  if (file.length === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'file', file, 'cannot be empty');
  if (ArrayIsArray(args)) {
    args = ArrayPrototypeSlice(args);
  } else if (args == null) {
    args = [];
  } else if (typeof args !== 'object') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'args', 'object', args);
  } else {
    options = args;
    args = [];
  }
  for (let i = 0; i < args.length; i++) rejectNul(args[i], `args[${i}]`);
  if (options !== undefined) validateObject(options, 'options');
  // Only what is the object's own counts.
  options = { __proto__: null, ...options };

  let { cwd } = options;
  const { argv0, detached, gid, shell, uid, windowsHide, windowsVerbatimArguments } = options;
  if (cwd != null) cwd = validatePath(cwd, 'options.cwd');
  if (detached != null) validateBoolean(detached, 'options.detached');
  validateId(uid, 'options.uid');
  validateId(gid, 'options.gid');
  if (shell != null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.shell', ['boolean', 'string'], shell);
  }
  if (argv0 != null) {
    validateString(argv0, 'options.argv0');
    rejectNul(argv0, 'options.argv0');
  }
  if (windowsHide != null) validateBoolean(windowsHide, 'options.windowsHide');
  if (windowsVerbatimArguments != null) validateBoolean(windowsVerbatimArguments, 'options.windowsVerbatimArguments');
  if (shell) {
    rejectNul(shell, 'options.shell');
    if (args.length > 0 && !warned) {
      warned = true;
      require('process').emitWarning(
        'Passing args to a child process with shell option true can lead to security vulnerabilities, as the ' +
        'arguments are not escaped, only concatenated.', 'DeprecationWarning', 'DEP0190');
    }
    const command = args.length > 0 ? `${file} ${ArrayPrototypeJoin(args, ' ')}` : file;
    file = typeof shell === 'string' ? shell : '/bin/sh';
    args = ['-c', command];
  }
  ArrayPrototypeUnshift(args, typeof argv0 === 'string' ? argv0 : file);
  return {
    __proto__: null,
    ...options,
    args,
    cwd,
    detached: !!detached,
    envPairs: pairs(options.env || require('process').env),
    file,
    windowsHide: !!windowsHide,
    windowsVerbatimArguments: !!windowsVerbatimArguments,
  };
}

// Inherited properties count, as they do in Node.
function pairs(env) {
  const list = [];
  for (const name in env) {
    const value = env[name];
    if (value !== undefined) {
      rejectNul(name, `options.env['${name}']`);
      rejectNul(value, `options.env['${name}']`);
      list[list.length] = `${name}=${value}`;
    }
  }
  return list;
}

/** `'pipe'`, `'ignore'`, `'inherit'` as the list that it stands for. */
function stdioOf(stdio, channel) {
  let list;
  if (stdio === 'ignore' || stdio === 'overlapped' || stdio === 'pipe') list = [stdio, stdio, stdio];
  else if (stdio === 'inherit') list = [0, 1, 2];
  else throw nodeError('ERR_INVALID_ARG_VALUE', 'stdio', stdio);
  if (channel) list[list.length] = channel;
  return list;
}

/** Each entry of `stdio` as `{ type, … }`, and where the channel is. */
function validStdio(stdio, sync) {
  if (typeof stdio === 'string') stdio = stdioOf(stdio);
  else if (!ArrayIsArray(stdio)) throw nodeError('ERR_INVALID_ARG_VALUE', 'stdio', stdio);
  const found = { __proto__: null, stdio: [], ipcFd: -1 };
  for (let i = 0; i < stdio.length || i < 3; i++) {
    const entry = entryOf(stdio[i] ?? (i < 3 ? 'pipe' : 'ignore'), i, sync);
    if (entry.ipc) {
      if (sync) throw nodeError('ERR_IPC_SYNC_FORK');
      if (found.ipcFd !== -1) throw nodeError('ERR_IPC_ONE_PIPE');
      found.ipcFd = i;
    }
    found.stdio[i] = entry;
  }
  return found;
}

function entryOf(stdio, fd, sync) {
  if (stdio === 'ignore') return { type: 'ignore' };
  if (stdio === 'pipe' || stdio === 'overlapped' || (typeof stdio === 'number' && stdio < 0)) {
    return { type: stdio === 'overlapped' ? stdio : 'pipe', readable: fd === 0, writable: fd !== 0 };
  }
  if (stdio === 'ipc') return { type: 'pipe', ipc: true };
  if (stdio === 'inherit') return { type: 'inherit', fd };
  if (typeof stdio === 'number') return { type: 'fd', fd: stdio };
  if (typeof stdio.fd === 'number') return { type: 'fd', fd: stdio.fd };
  const handle = handleOf(stdio) || handleOf(stdio.handle) || handleOf(stdio._handle);
  if (handle) return sync ? { type: 'fd', fd: handle.fd } : { type: 'wrap', handle, stream: stdio };
  if (ArrayBufferIsView(stdio) || typeof stdio === 'string') {
    if (!sync) throw nodeError('ERR_INVALID_SYNC_FORK_INPUT', require('util').inspect(stdio));
    return { type: 'pipe', input: stdio, readable: fd === 0, writable: fd !== 0 };
  }
  throw nodeError('ERR_INVALID_ARG_VALUE', 'stdio', stdio);
}

// Something of ours that is open on a descriptor.
function handleOf(value) {
  return value && typeof value.fd === 'number' && typeof value.readStart === 'function' ? value : undefined;
}

module.exports = {
  killSignalOf,
  normalizeSpawn,
  rejectNul,
  signalNumber,
  stdioOf,
  validStdio,
  validateArray,
  validatePath,
  validateTimeout,
};
