// Connecting: the forms of `net.connect`, names to addresses, one address after the other.
'use strict';

const { AggregateError, ArrayIsArray, Symbol } = primordials;
const native = binding('net');
const { nodeError, exceptionWithHostPort } = binding('errors');
const { nextTick } = binding('task_queue');

const normalized = Symbol('normalized');
const autoSelect = exports.autoSelect = {
  on: native.autoSelectFamily,
  timeout: native.autoSelectFamilyAttemptTimeout,
};

exports.setAutoSelect = function(value) {
  binding('validators').validateBoolean(value, 'value');
  autoSelect.on = value;
};

exports.setAutoSelectTimeout = function(value) {
  binding('validators').validateInt32(value, 'value', 1);
  autoSelect.timeout = value < 10 ? 10 : value;
};

const { lookupAll } = require('net/lookup');

const isPipe = (value) => typeof value === 'string' && !(+value >= 0);

/** `[options, callback]` for the arguments of `connect` and `listen`. */
exports.normalizeArgs = function normalizeArgs(args) {
  if (args[normalized]) return args;
  const list = args;
  let options = {};
  const first = list[0];
  if (list.length === 0) {
    const none = [options, null];
    none[normalized] = true;
    return none;
  }
  if (typeof first === 'object' && first !== null) {
    options = first;
  } else if (isPipe(first)) {
    options.path = first;
  } else {
    options.port = first;
    if (list.length > 1 && typeof list[1] === 'string') options.host = list[1];
  }
  const last = list[list.length - 1];
  const result = [options, typeof last === 'function' ? last : null];
  result[normalized] = true;
  return result;
};

exports.connect = function connect(...args) {
  const pair = exports.normalizeArgs(args);
  const { Socket } = require('net/socket');
  const socket = new Socket(pair[0]);
  if (binding('async_context').channels() & 4) require('diagnostics_channel/told').publish('net.client.socket', { socket });
  if (pair[0].timeout) socket.setTimeout(pair[0].timeout);
  return socket.connect(pair);
};

/** Called by `socket.connect` once its options are known. */
exports.lookupAndConnect = function lookupAndConnect(socket, options) {
  const validators = binding('validators');
  const { localAddress, localPort } = options;
  let { family, port } = options;
  const host = options.host || 'localhost';
  if (localAddress && !native.isIP(localAddress)) throw nodeError('ERR_INVALID_IP_ADDRESS', localAddress);
  if (localPort) validators.validateNumber(localPort, 'options.localPort');
  if (port !== undefined) {
    if (typeof port !== 'number' && typeof port !== 'string') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.port', ['number', 'string'], port);
    }
    validators.validatePort(port);
  }
  port |= 0;
  if (binding('async_context').channels() & 64) require('perf_hooks/observed').connects(socket, port);
  if (options.autoSelectFamily != null) validators.validateBoolean(options.autoSelectFamily, 'options.autoSelectFamily');
  const many = options.autoSelectFamily ?? autoSelect.on;
  if (options.autoSelectFamilyAttemptTimeout !== undefined) {
    validators.validateInt32(options.autoSelectFamilyAttemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1);
  }
  const { blockList } = options;
  if (blockList && !require('net').BlockList.isBlockList(blockList)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.blockList', 'net.BlockList', blockList);
  }
  const patience = options.autoSelectFamilyAttemptTimeout ?? autoSelect.timeout;
  const from = { localAddress, localPort, blockList, patience: patience < 10 ? 10 : patience };
  if (native.isIP(host)) {
    nextTick(() => {
      if (socket.connecting) tryOne(socket, host, port, from);
    });
    return;
  }
  if (options.hints & ~(8 | 16 | 32)) throw nodeError('ERR_INVALID_ARG_VALUE', 'hints', options.hints);
  if (options.lookup != null) validators.validateFunction(options.lookup, 'options.lookup');
  if (family === 'IPv4') family = 4;
  else if (family === 'IPv6') family = 6;
  if (family != null && family !== 4 && family !== 6 && family !== 0) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options.family', family, 'must be one of: 0, 4, 6');
  }
  const query = { family: family ?? 0, hints: options.hints || 0, all: many };
  socket._host = host;
  const { lookup } = options;
  const found = (err, list) => {
    socket.emit('lookup', err, list?.[0]?.address, list?.[0]?.family, host);
    if (!socket.connecting) return;
    if (err) {
      nextTick(failed, socket, err);
      return;
    }
    tryAll(socket, list, port, from, 0, []);
  };
  if (lookup == null) {
    lookupAll(host, query, (err, list) => {
      if (!err && !many) list = [list[0]];
      if (err || !socket.connecting) found(err, list);
      else each(socket, list, host, port, from);
    });
    return;
  }
  lookup(host, query, (err, address, family) => {
    let list = address;
    if (!err && !ArrayIsArray(address)) list = [{ address, family }];
    if (!err) {
      for (let i = 0; i < list.length; i++) {
        if (!native.isIP(list[i].address)) {
          err = nodeError('ERR_INVALID_IP_ADDRESS', list[i].address);
        } else if (list[i].family !== 4 && list[i].family !== 6) {
          err = nodeError('ERR_INVALID_ADDRESS_FAMILY', list[i].family, host, port);
        }
      }
    }
    if (err) {
      socket.emit('lookup', err, undefined, undefined, host);
      if (socket.connecting) nextTick(failed, socket, err);
      return;
    }
    each(socket, list, host, port, from);
  });
};

function each(socket, list, host, port, from) {
  for (let i = 0; i < list.length; i++) socket.emit('lookup', null, list[i].address, list[i].family, host);
  if (!socket.connecting) return;
  if (list.length > 1) list = inTurns(list);
  if (list.length === 1) tryOne(socket, list[0].address, port, from);
  else tryAll(socket, list, port, from, 0, []);
}

// The first address's family and the other in turns.
function inTurns(list) {
  const first = [];
  const other = [];
  for (let i = 0; i < list.length; i++) {
    const into = list[i].family === list[0].family ? first : other;
    into[into.length] = list[i];
  }
  const all = [];
  for (let i = 0; i < first.length || i < other.length; i++) {
    if (i < first.length) all[all.length] = first[i];
    if (i < other.length) all[all.length] = other[i];
  }
  return all;
}

function failed(socket, err) {
  socket.destroy(err);
}

function tryOne(socket, address, port, from) {
  attempt(socket, address, port, from, (err) => {
    if (err) socket.destroy(err);
  });
}

// One address after the other until one answers; all errors together if none does.
function tryAll(socket, list, port, from, at, errors) {
  const { address } = list[at];
  (socket.autoSelectFamilyAttemptedAddresses ??= []).push(`${address}:${port}`);
  let timer;
  attempt(socket, address, port, from, (err) => {
    if (timer !== undefined) require('timers').clearTimeout(timer);
    timer = null;
    if (!err) return;
    errors[errors.length] = err;
    if (!socket.connecting || socket.destroyed) return;
    if (at + 1 < list.length) {
      socket.emit('connectionAttemptFailed', address, port, native.isIP(address), err);
      tryAll(socket, list, port, from, at + 1, errors);
      return;
    }
    socket.destroy(errors.length === 1 ? errors[0] : aggregate(errors));
  });
  // The last one has all the time it wants.
  if (timer === null || at + 1 >= list.length) return;
  timer = require('timers').setTimeout(() => {
    if (!socket.connecting || socket.destroyed) return;
    errors[errors.length] = exceptionWithHostPort(-require('os').constants.errno.ETIMEDOUT, 'connect', address, port);
    socket.emit('connectionAttemptTimeout', address, port, native.isIP(address));
    socket._connectDone = undefined;
    socket._handle.close(() => {});
    socket._handle = native.makeHandle(socket, false);
    tryAll(socket, list, port, from, at + 1, errors);
  }, from.patience).unref();
}

function aggregate(errors) {
  const err = new AggregateError(errors, '');
  err.code = errors[0].code;
  return err;
}

/** Begins to connect; `done` hears of a failure, or of success by nothing. */
function attempt(socket, address, port, from, done) {
  const { localAddress, localPort, blockList } = from;
  if (blockList?.check(address, `ipv${native.isIP(address)}`)) {
    done(nodeError('ERR_IP_BLOCKED', address));
    return;
  }
  let outcome;
  try {
    outcome = native.connectTcp(socket._handle, address, port, localAddress, localPort || 0);
  } catch (err) {
    done(err);
    return;
  }
  socket.emit('connectionAttempt', address, port, native.isIP(address));
  const fail = (errno) => {
    let detail;
    if (localAddress || localPort) detail = `${localAddress ?? ''}:${localPort ?? 0}`;
    const err = exceptionWithHostPort(errno, 'connect', address, port, detail);
    if (localPort) err.localPort = localPort;
    if (localAddress) err.localAddress = localAddress;
    return err;
  };
  if (outcome !== 0) {
    done(fail(outcome));
    return;
  }
  socket._connectDone = (errno) => done(errno ? fail(errno) : null);
}

exports.connectPipe = function connectPipe(socket, path) {
  binding('validators').validateString(path, 'options.path');
  let outcome;
  try {
    outcome = native.connectPipe(socket._handle, path);
  } catch (err) {
    nextTick(() => socket.destroy(err));
    return;
  }
  const fail = (errno) => socket.destroy(exceptionWithHostPort(errno, 'connect', path));
  if (outcome !== 0) {
    nextTick(fail, outcome);
    return;
  }
  socket._connectDone = (errno) => {
    if (errno) fail(errno);
  };
};
