// What `_http_agent`, `_http_client`, `_http_common`, `_http_incoming`, `_http_outgoing` and `_http_server` export: names from
// before `http` had them all, which old packages still require.
'use strict';

const { ObjectDefineProperty, RegExpPrototypeExec } = primordials;
const http = require('http');
const { nodeError } = binding('errors');

const token = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const notInHeader = /[^\t\x20-\x7e\x80-\xff]/;

function late(target, name, get) {
  ObjectDefineProperty(target, name, { __proto__: null, get, enumerable: true, configurable: true });
  return target;
}

exports.agent = {
  Agent: http.Agent,
  get globalAgent() {
    return http.globalAgent;
  },
};

exports.client = { ClientRequest: http.ClientRequest };

exports.common = late({
  _checkInvalidHeaderChar: (value) => RegExpPrototypeExec(notInHeader, value) !== null,
  _checkIsHttpToken: (value) => RegExpPrototypeExec(token, value) !== null,
  chunkExpression: /(?:^|\W)chunked(?:$|\W)/i,
  continueExpression: /(?:^|\W)100-continue(?:$|\W)/i,
  CRLF: '\r\n',
  methods: http.METHODS,
  parsers: require('http/client').parsers,
}, 'HTTPParser', () => {
  throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', '_http_common.HTTPParser');
});

exports.incoming = {
  IncomingMessage: http.IncomingMessage,
  readStart(socket) {
    if (socket?._handle && !socket._paused && socket.readable) socket.resume();
  },
  readStop(socket) {
    if (socket?._handle) socket.pause();
  },
};

exports.outgoing = {
  OutgoingMessage: http.OutgoingMessage,
  validateHeaderName: http.validateHeaderName,
  validateHeaderValue: http.validateHeaderValue,
};

exports.server = {
  STATUS_CODES: http.STATUS_CODES,
  Server: http.Server,
  ServerResponse: http.ServerResponse,
  _connectionListener: http._connectionListener,
};
