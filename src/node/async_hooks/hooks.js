'use strict';
// `createHook`: who listens to the lives of resources. The runtime calls the functions at the end of this file, and only
// those that some enabled hook wants.
// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/async_hooks.html>

const { ArrayPrototypeIndexOf, ArrayPrototypeSlice, ArrayPrototypeSplice, ErrorCaptureStackTrace, ObjectFreeze, String,
  StringPrototypeSplit, Symbol } = primordials;
const { setHooks } = binding('async_context');
const { nodeError } = binding('errors');

const NAMES = ['init', 'before', 'after', 'destroy', 'promiseResolve'];
const INIT = 1;
const ANY = 32;

const symbols = [Symbol('init'), Symbol('before'), Symbol('after'), Symbol('destroy'), Symbol('promiseResolve')];
const [sInit, sBefore, sAfter, sDestroy, sResolve] = symbols;
const sNoPromises = Symbol('kNoPromiseHook');

let enabled = [];
// While hooks are being called, changes wait in this list.
let changed;
let depth = 0;

function bitsOf(hooks) {
  let bits = 0;
  for (let i = 0; i < hooks.length; i++) {
    for (let at = 0; at < 5; at++) {
      if (hooks[i][symbols[at]] !== undefined) bits |= (1 << at) | ANY;
    }
  }
  return bits;
}

let bits = 0;

function apply(list) {
  enabled = list;
  bits = bitsOf(list);
  setHooks(bits, callers);
}

function change(list) {
  if (depth === 0) apply(list);
  else changed = list;
}

function leave() {
  depth--;
  if (depth === 0 && changed !== undefined) {
    const list = changed;
    changed = undefined;
    apply(list);
  }
}

/** What `createHook` returns. */
class AsyncHook {
  constructor(functions) {
    const { init, before, after, destroy, promiseResolve } = functions;
    const given = [init, before, after, destroy, promiseResolve];
    for (let i = 0; i < 5; i++) {
      if (given[i] !== undefined && typeof given[i] !== 'function') throw nodeError('ERR_ASYNC_CALLBACK', `hook.${NAMES[i]}`);
    }
    for (let i = 0; i < 5; i++) this[symbols[i]] = given[i];
    this[sNoPromises] = false;
  }

  /** Starts to listen. */
  enable() {
    const list = changed ?? enabled;
    if (ArrayPrototypeIndexOf(list, this) >= 0) return this;
    const next = ArrayPrototypeSlice(list);
    next[next.length] = this;
    change(next);
    return this;
  }

  /** Ends that. */
  disable() {
    const list = changed ?? enabled;
    const at = ArrayPrototypeIndexOf(list, this);
    if (at < 0) return this;
    const next = ArrayPrototypeSlice(list);
    ArrayPrototypeSplice(next, at, 1);
    change(next);
    return this;
  }
}

// A hook that throws ends the process: nobody could know what it has missed.
function fatal(error) {
  const process = require('process');
  if (typeof error?.stack === 'string') {
    process._rawDebug(error.stack);
  } else {
    const shown = { __proto__: { name: 'Error' }, message: String(error) };
    ErrorCaptureStackTrace(shown, fatal);
    process._rawDebug(shown.stack);
  }
  process.exit(1);
}

function call(symbol, id) {
  const list = enabled;
  depth++;
  try {
    for (let i = 0; i < list.length; i++) {
      const hook = list[i];
      if (typeof hook[symbol] === 'function') hook[symbol](id);
    }
  } catch (error) {
    fatal(error);
  } finally {
    leave();
  }
}

const callers = {
  init(id, type, trigger, resource) {
    const list = enabled;
    depth++;
    try {
      for (let i = 0; i < list.length; i++) {
        const hook = list[i];
        if (typeof hook[sInit] === 'function') hook[sInit](id, type, trigger, resource);
      }
    } catch (error) {
      fatal(error);
    } finally {
      leave();
    }
  },
  before(id) { call(sBefore, id); },
  after(id) { call(sAfter, id); },
  destroy(id) { call(sDestroy, id); },
  promiseResolve(id) { call(sResolve, id); },
};

const PROVIDERS = 'NONE DIRHANDLE DNSCHANNEL ELDHISTOGRAM FILEHANDLE FILEHANDLECLOSEREQ BLOBREADER FSEVENTWRAP FSREQCALLBACK ' +
  'FSREQPROMISE GETADDRINFOREQWRAP GETNAMEINFOREQWRAP HEAPSNAPSHOT HTTP2SESSION HTTP2STREAM HTTP2PING HTTP2SETTINGS ' +
  'HTTPINCOMINGMESSAGE HTTPCLIENTREQUEST LOCKS JSSTREAM JSUDPWRAP MESSAGEPORT PIPECONNECTWRAP PIPESERVERWRAP PIPEWRAP ' +
  'PROCESSWRAP PROMISE QUERYWRAP QUIC_ENDPOINT QUIC_LOGSTREAM QUIC_SESSION QUIC_STREAM QUIC_UDP SHUTDOWNWRAP SIGNALWRAP ' +
  'STATWATCHER STREAMPIPE TCPCONNECTWRAP TCPSERVERWRAP TCPWRAP TTYWRAP UDPSENDWRAP UDPWRAP SIGINTWATCHDOG WORKER ' +
  'WORKERCPUPROFILE WORKERCPUUSAGE WORKERHEAPPROFILE WORKERHEAPSNAPSHOT WORKERHEAPSTATISTICS WRITEWRAP ZLIB ' +
  'CHECKPRIMEREQUEST PBKDF2REQUEST KEYPAIRGENREQUEST KEYGENREQUEST KEYEXPORTREQUEST ARGON2REQUEST CIPHERREQUEST ' +
  'DERIVEBITSREQUEST HASHREQUEST RANDOMBYTESREQUEST RANDOMPRIMEREQUEST SCRYPTREQUEST SIGNREQUEST TLSWRAP VERIFYREQUEST';

let known;

/** `asyncWrapProviders`: the types of the runtime's own resources, numbered as in Node. */
function providers() {
  if (known === undefined) {
    const names = StringPrototypeSplit(PROVIDERS, ' ');
    known = { __proto__: null };
    for (let i = 0; i < names.length; i++) known[names[i]] = i;
    ObjectFreeze(known);
  }
  return known;
}

module.exports = {
  createHook(functions) { return new AsyncHook(functions); },
  providers,
  wantsInit() { return (bits & INIT) !== 0; },
};
