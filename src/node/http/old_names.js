// What `_http_agent`, `_http_client`, `_http_common`, `_http_incoming`, `_http_outgoing` and `_http_server` export: names from
// before `http` had them all, which old packages still require. Nothing of `http` is loaded before one of them is read.
'use strict';

const { ObjectDefineProperty, RegExpPrototypeExec } = primordials;
const native = binding('http');
const { nodeError } = binding('errors');
const { defineLate } = binding('util');

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const notInHeader = /[^\t\x20-\x7e\x80-\xff]/;

/** Properties that a file has under the same names. */
function late(target, id, names) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    defineLate(target, name, () => require(id)[name]);
  }
  return target;
}

// Assigning to `http.globalAgent` is seen here, and the other way round.
exports.agent = ObjectDefineProperty(late({}, 'http/agent', ['Agent']), 'globalAgent', {
  __proto__: null,
  get: () => require('http/agent').globalAgent,
  set(value) {
    require('http/agent').globalAgent = value;
  },
  enumerable: true,
  configurable: true,
});

exports.client = late({}, 'http/client', ['ClientRequest']);

exports.common = ObjectDefineProperty(late({
  _checkInvalidHeaderChar: (value) => RegExpPrototypeExec(notInHeader, value) !== null,
  _checkIsHttpToken: (value) => RegExpPrototypeExec(token, value) !== null,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  methods: native.methods,
  isLenient: () => native.insecureHTTPParser,
}, 'http/client', ['parsers']), 'HTTPParser', {
  __proto__: null,
  get() {
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_http_common.HTTPParser');
  },
  enumerable: true,
  configurable: true,
});

exports.incoming = late({
  readStart(socket) {
    if (socket?._handle && !socket._paused && socket.readable) socket.resume();
  },
  readStop(socket) {
    if (socket?._handle) socket.pause();
  },
}, 'http', ['IncomingMessage']);

exports.outgoing = late({
  validateHeaderName: native.validateHeaderName,
  validateHeaderValue: native.validateHeaderValue,
}, 'http', ['OutgoingMessage']);

exports.server = late({ STATUS_CODES: native.statusCodes }, 'http', ['Server', 'ServerResponse', '_connectionListener']);
defineLate(exports.server, 'kConnectionsCheckingInterval', () => {
  require('http');
  return native.checking;
});
