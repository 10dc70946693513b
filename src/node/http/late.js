// What an HTTP server does rarely: its options, informational responses, messages that script constructed. Sockets that
// script sees are in `http/sockets`.
'use strict';

const { ArrayIsArray, ObjectKeys, ReflectApply, Symbol, SymbolFor } = primordials;
const native = binding('http');
const { nodeError, connResetException } = binding('errors');
const { nextTick } = binding('task_queue');

// ---- the server's options

exports.checkOptions = function checkOptions(options) {
  const { validateBoolean, validateInteger } = binding('validators');
  const flags = [
    'insecureHTTPParser', 'requireHostHeader', 'joinDuplicateHeaders', 'rejectNonStandardBodyWrites', 'optimizeEmptyRequests',
  ];
  for (let i = 0; i < flags.length; i++) {
    if (options[flags[i]] !== undefined) validateBoolean(options[flags[i]], `options.${flags[i]}`);
  }
  checkValidation(options.httpValidation, options.insecureHTTPParser);
  const numbers = [
    'maxHeaderSize', 'requestTimeout', 'headersTimeout', 'keepAliveTimeout', 'connectionsCheckingInterval',
    'keepAliveTimeoutBuffer',
  ];
  for (let i = 0; i < numbers.length; i++) {
    const name = numbers[i];
    if (options[name] !== undefined) validateInteger(options[name], name, 0);
  }
  if (options.requestTimeout > 0 && options.headersTimeout > options.requestTimeout) {
    throw nodeError('ERR_OUT_OF_RANGE', 'headersTimeout', '<= requestTimeout', options.headersTimeout);
  }
  if (options.shouldUpgradeCallback !== undefined) {
    binding('validators').validateFunction(options.shouldUpgradeCallback, 'options.shouldUpgradeCallback');
  }
  if (options.requestTimeout > 0 && options.headersTimeout === undefined && options.requestTimeout < 60000) {
    options = { ...options, headersTimeout: options.requestTimeout };
  }
  return options;
};

/** The option `httpValidation`, of servers and of requests. */
const checkValidation = exports.checkValidation = function checkValidation(value, insecureHTTPParser) {
  if (value === undefined) return;
  binding('validators').validateOneOf(value, 'options.httpValidation', ['strict', 'relaxed', 'insecure']);
  if (insecureHTTPParser !== undefined) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options.httpValidation', value,
      'cannot be used together with options.insecureHTTPParser');
  }
};

exports.configure = function configure(server, options) {
  if (options.httpValidation !== undefined) server.httpValidation = options.httpValidation;
  if (options.shouldUpgradeCallback !== undefined) server.shouldUpgradeCallback = options.shouldUpgradeCallback;
};

exports.setGlobalProxyFromEnv = (env) => require('http/proxy').setGlobal(env);

// ---- requests

exports.resumeSocket = function resumeSocket(socket) {
  if (socket._handle && typeof socket.resume === 'function') socket.resume();
};

exports.refuse = function refuse(res, status) {
  res.writeHead(status, ['Connection', 'close']);
  res.end();
};

exports.dropRequest = function dropRequest(server, req, res) {
  server.emit('dropRequest', req, req.socket);
  res.writeHead(503);
  res.end();
};

exports.expectation = function expectation(server, req, res, value) {
  if (/(?:^|\W)100-continue(?:$|\W)/i.exec(value) !== null) {
    res._expect_continue = true;
    if (server.listenerCount('checkContinue') > 0) {
      server.emit('checkContinue', req, res);
    } else {
      res.writeContinue();
      server.emit('request', req, res);
    }
  } else if (server.listenerCount('checkExpectation') > 0) {
    server.emit('checkExpectation', req, res);
  } else {
    res.writeHead(417);
    res.end();
  }
};

exports.abort = function abort(req) {
  req.destroy(connResetException('aborted'));
};

const kAbort = Symbol('abort');

/** `message.signal`: aborted when the connection closes before the response is over. */
exports.signalOf = function signalOf(message) {
  let controller = message[kAbort];
  if (controller !== undefined) return controller.signal;
  controller = message[kAbort] = new globalThis.AbortController();
  const { socket } = message;
  if ((message.destroyed && (!message.readableEnded || !message.complete)) || socket?.destroyed) {
    controller.abort();
  } else if (socket && message.statusCode) {
    // What a client receives. Of what a server receives `cutOff` tells.
    const abort = () => controller.abort();
    socket.once('close', abort);
    message.once('end', () => socket.removeListener('close', abort));
  }
  return controller.signal;
};

/** Sends what a message has written before there was a socket, by way of the socket's stream; `done` ends it. */
exports.flushBy = function flushBy(message, socket, waiting, done) {
  const flushed = waiting?.length || done ? (err) => {
    if (waiting) for (let i = 0; i < waiting.length; i++) waiting[i](err);
    done?.(err);
  } : undefined;
  const output = message._takeOutput();
  let more = true;
  if (output !== undefined) more = socket.write(output, flushed);
  else if (flushed) socket.write('', 'latin1', flushed);
  if (done) {
    message._finish();
  } else if (more && message._needDrain) {
    message._needDrain = false;
    message.emit('drain');
  }
};

/** The connection closed under a request. */
exports.cutOff = function cutOff(req, res) {
  if (!req.destroyed) exports.abort(req);
  req[kAbort]?.abort();
  if (!res._closed) {
    res.destroyed = true;
    res._closed = true;
    res.emit('close');
  }
};

/** A listener's promise was rejected, and rejections are captured. */
exports.rejected = function rejected(server, err, event, args) {
  if (event !== 'request') {
    ReflectApply(require('net').Server.prototype[SymbolFor('nodejs.rejection')], server, [err, event, ...args]);
    return;
  }
  const res = args[1];
  if (res.headersSent || res.writableEnded) {
    res.destroy();
    return;
  }
  // What the headers were to say isn't for everybody's eyes.
  const names = res.getHeaderNames();
  for (let i = 0; i < names.length; i++) res.removeHeader(names[i]);
  res.statusCode = 500;
  res.end(native.statusCodes[500]);
};

// ---- messages on a socket of script

/** Hands kept bytes to the message's socket; answers whether more are welcome. */
exports.pass = function pass(message, callback) {
  const { socket } = message;
  const busy = socket && socket._httpMessage !== undefined && socket._httpMessage !== message;
  if (!socket || busy || !socket.writable) {
    if (typeof callback === 'function') {
      if (socket?.destroyed) nextTick(callback, nodeError('ERR_STREAM_DESTROYED', 'write'));
      else (message._waitingCallbacks ??= []).push(callback);
    }
    const room = message.writableLength < 65536;
    if (!room) message._needDrain = true;
    return room;
  }
  const output = message._takeOutput();
  if (output === undefined) {
    if (typeof callback === 'function') nextTick(callback);
    return true;
  }
  const more = socket.write(output, callback);
  if (!more) message._needDrain = true;
  return more;
};

/** `end` was called on a message without native connection. */
exports.finish = function finish(message) {
  const { socket } = message;
  const done = (err) => {
    if (message._finished) return;
    const { socket } = message;
    if (err || socket?._hadError) {
      message._flushEnd(err || socket.errored || nodeError('ERR_STREAM_DESTROYED', 'end'));
      return;
    }
    message._finished = true;
    message._flushEnd();
    message.emit('finish');
  };
  if (!socket) {
    message._finishWhenFlushed = done;
    return;
  }
  message._finish();
  if (socket.destroyed) {
    done();
    return;
  }
  const output = message._takeOutput();
  while (socket.writableCorked) socket.uncork();
  if (output === undefined) {
    socket.write('', 'latin1', done);
  } else if (socket._handle) {
    socket.write(output, done);
  } else {
    // A stream of script may count on the last write being an empty one.
    socket.cork?.();
    socket.write(output);
    socket.write('', 'latin1', done);
    socket.uncork?.();
  }
};

exports.cork = function cork(message, on) {
  const { socket } = message;
  if (socket && socket._handle === undefined) {
    if (on) socket.cork?.();
    else socket.uncork?.();
  }
};

exports.writeError = function writeError(message, code, callback) {
  const err = code === 'ERR_STREAM_DESTROYED' ? nodeError(code, 'write') : nodeError(code);
  if (message.destroyed) {
    if (typeof callback === 'function') nextTick(callback, err);
    return;
  }
  nextTick(() => {
    if (typeof callback === 'function') callback(err);
    message._errored = err;
    message.emit('error', err);
  });
};

exports.headerText = function headerText(message) {
  let text = `HTTP/1.1 ${message.statusCode} ${message.statusMessage}\r\n`;
  const headers = message.getHeaders();
  const names = message.getRawHeaderNames();
  for (let i = 0; i < names.length; i++) {
    const value = headers[names[i].toLowerCase()];
    const all = ArrayIsArray(value) ? value : [value];
    for (let j = 0; j < all.length; j++) text += `${names[i]}: ${all[j]}\r\n`;
  }
  return `${text}\r\n`;
};

// Fields of which the first one counts.
const single = { __proto__: null };
const singles = [
  'age', 'from', 'etag', 'host', 'server', 'referer', 'expires', 'location', 'user-agent', 'retry-after', 'content-type',
  'max-forwards', 'authorization', 'last-modified', 'content-length', 'if-modified-since', 'proxy-authorization',
  'if-unmodified-since',
];
for (let i = 0; i < singles.length; i++) single[singles[i]] = true;

function abortedError(self, error, cb) {
  if (self.listenerCount('error') === 0) cb();
  else cb(error);
}

/** `req.setTimeout(ms, callback)` */
exports.setRequestTimeout = function setRequestTimeout(ms, callback) {
  if (callback) this.on('timeout', callback);
  const { socket } = this;
  if (socket) {
    socket.setTimeout(ms);
    socket._httpRequest = this;
    socket._bytesSeen = socket.bytesRead;
  } else if (!this.readable && !this.statusCode && this.once) {
    this.once('socket', (s) => s.setTimeout(ms));
  }
  return this;
};

exports.methods = {
  // ---- IncomingMessage

  _destroy(err, cb) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
      this[kAbort]?.abort();
    }
    const { socket } = this;
    if (socket && !socket.destroyed && this.aborted) {
      socket.destroy(err);
      const { finished } = require('stream');
      const cleanup = finished(socket, (e) => {
        if (e?.code === 'ERR_STREAM_PREMATURE_CLOSE') e = null;
        cleanup();
        nextTick(abortedError, this, e || err, cb);
      });
    } else {
      nextTick(abortedError, this, err, cb);
    }
  },

  _addHeaderLines(headers, n) {
    if (!headers?.length) return;
    const dest = this.complete ? this.trailers : this.headers;
    const raw = this.complete ? this.rawTrailers : this.rawHeaders;
    for (let i = 0; i < n; i += 2) {
      raw.push(headers[i], headers[i + 1]);
      this._addHeaderLine(headers[i], headers[i + 1], dest);
    }
  },

  _addHeaderLine(field, value, dest) {
    field = field.toLowerCase();
    if (field === 'set-cookie') {
      if (dest[field] === undefined) dest[field] = [value];
      else dest[field].push(value);
    } else if (dest[field] === undefined) {
      dest[field] = value;
    } else if (field === 'cookie') {
      dest[field] += `; ${value}`;
    } else if (!single[field] || this.joinDuplicateHeaders) {
      dest[field] += `, ${value}`;
    }
  },

  // ---- OutgoingMessage

  addTrailers(headers) {
    let text = '';
    const isArray = ArrayIsArray(headers);
    const keys = ObjectKeys(headers);
    try {
      for (let i = 0; i < keys.length; i++) {
        const field = isArray ? headers[keys[i]][0] : keys[i];
        const value = isArray ? headers[keys[i]][1] : headers[keys[i]];
        native.validateHeaderName(field, 'Trailer name');
        const all = ArrayIsArray(value) ? value : [value];
        for (let j = 0; j < all.length; j++) {
          checkContent(this, field, all[j]);
          text += `${field}: ${all[j]}\r\n`;
        }
      }
    } finally {
      // Those before a bad one stay.
      this._setTrailers(text);
    }
  },

  setHeaders(headers) {
    if (this.headersSent) throw nodeError('ERR_HTTP_HEADERS_SENT', 'set');
    if (!headers || ArrayIsArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'headers', ['Headers', 'Map'], headers);
    }
    const cookies = [];
    for (const [key, value] of headers) {
      if (key === 'set-cookie') {
        if (ArrayIsArray(value)) cookies.push(...value);
        else cookies.push(value);
      } else {
        this.setHeader(key, value);
      }
    }
    if (cookies.length) this.setHeader('set-cookie', cookies);
    return this;
  },

  destroy(err) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.errored = err;
    const { socket } = this;
    if (socket) {
      socket.destroy(err);
    } else {
      this.once('socket', (late) => late.destroy(err));
    }
    return this;
  },

  pipe() {
    this.emit('error', nodeError('ERR_STREAM_CANNOT_PIPE'));
  },

  setTimeout(ms, callback) {
    if (callback) this.on('timeout', callback);
    const { socket } = this;
    if (!socket) {
      this.once('socket', (late) => late.setTimeout(ms));
    } else {
      socket.setTimeout(ms);
      socket._httpMessage ??= this;
    }
    return this;
  },

  _send(data, encoding, callback) {
    return this.write(data, encoding, callback);
  },

  _finish() {
    this.emit('prefinish');
  },

  _flush() {
    const { socket } = this;
    if (!socket?.writable) return;
    const waiting = this._waitingCallbacks;
    this._waitingCallbacks = undefined;
    const done = this._finishWhenFlushed;
    this._finishWhenFlushed = undefined;
    exports.flushBy(this, socket, waiting, done);
  },

  _renderHeaders() {
    if (this._header) throw nodeError('ERR_HTTP_HEADERS_SENT', 'render');
    const headers = {};
    const names = this.getRawHeaderNames();
    const values = this.getHeaders();
    for (let i = 0; i < names.length; i++) headers[names[i]] = values[names[i].toLowerCase()];
    return headers;
  },

  // ---- ServerResponse

  assignSocket(socket) {
    if (socket._httpMessage) throw nodeError('ERR_HTTP_SOCKET_ASSIGNED');
    socket._httpMessage = this;
    this._onSocketClose = () => {
      if (socket._httpMessage && !this._closed) {
        this.destroyed = true;
        this._closed = true;
        this.emit('close');
      }
    };
    socket.on('close', this._onSocketClose);
    this.socket = socket;
    this.emit('socket', socket);
    this._flush();
  },

  detachSocket(socket) {
    socket.removeListener('close', this._onSocketClose);
    socket._httpMessage = null;
    this.socket = null;
  },

  writeContinue(callback) {
    this.writeInformation(100, null, callback);
    this._sent100 = true;
  },

  writeProcessing(callback) {
    this.writeInformation(102, null, callback);
  },

  writeInformation(status, headers, callback) {
    if (this.headersSent) throw nodeError('ERR_HTTP_HEADERS_SENT', 'write');
    const { validateInteger, validateObject } = binding('validators');
    validateInteger(status, 'statusCode', 100, 199);
    if (status === 101) throw nodeError('ERR_HTTP_INVALID_STATUS_CODE', status);
    let text = `HTTP/1.1 ${status} ${native.statusCodes[status] || 'unknown'}\r\n`;
    const add = (name, value) => {
      native.validateHeaderName(name);
      native.validateHeaderValue(name, value, this);
      text += `${name}: ${value}\r\n`;
    };
    if (ArrayIsArray(headers)) {
      if (ArrayIsArray(headers[0])) {
        for (let i = 0; i < headers.length; i++) add(headers[i][0], headers[i][1]);
      } else {
        if (headers.length % 2 !== 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'headers', headers);
        for (let i = 0; i < headers.length; i += 2) add(headers[i], headers[i + 1]);
      }
    } else if (headers !== undefined && headers !== null) {
      validateObject(headers, 'headers');
      const keys = ObjectKeys(headers);
      for (let i = 0; i < keys.length; i++) add(keys[i], headers[keys[i]]);
    }
    return this._writeRaw(`${text}\r\n`, 'ascii', callback);
  },

  writeEarlyHints(hints, callback) {
    const { validateObject } = binding('validators');
    validateObject(hints, 'hints');
    if (hints.link === null || hints.link === undefined) return;
    const link = linkValue(hints.link);
    if (link.length === 0) return;
    native.validateHeaderValue('Link', link, this);
    const headers = { __proto__: null, Link: link };
    const keys = ObjectKeys(hints);
    for (let i = 0; i < keys.length; i++) if (keys[i] !== 'link') headers[keys[i]] = hints[keys[i]];
    this.writeInformation(103, headers, callback);
  },
};

const linkPattern = /^(?:<[^>\r\n]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;

function linkValue(value) {
  const fail = (given) => nodeError('ERR_INVALID_ARG_VALUE', 'hints', given,
    'must be an array or string of format "</styles.css>; rel=preload; as=style"');
  const check = (link) => {
    if (typeof link !== 'string' || linkPattern.exec(link) === null) throw fail(link);
    return link;
  };
  if (typeof value === 'string') return check(value);
  if (!ArrayIsArray(value)) throw fail(value);
  let text = '';
  for (let i = 0; i < value.length; i++) text += (i ? ', ' : '') + check(value[i]);
  return text;
}

function checkContent(message, name, value) {
  try {
    native.validateHeaderValue(name, `${value}`, message);
  } catch {
    throw nodeError('ERR_INVALID_CHAR', 'trailer content', name);
  }
}
