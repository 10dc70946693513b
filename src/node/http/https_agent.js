// `https.Agent` as far as no connection is made: programs make theirs while they load, whatever they use later.
'use strict';

const { FunctionPrototypeCall } = primordials;
const { inherit } = require('stream/core');
const { Agent: HttpAgent } = require('http/agent');

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  options = { __proto__: null, ...options };
  options.defaultPort ??= 443;
  options.protocol ??= 'https:';
  FunctionPrototypeCall(HttpAgent, this, options);
  this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
}
inherit(Agent, HttpAgent);

Agent.prototype.createConnection = function createConnection() {
  throw binding('errors').nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'https.Agent.createConnection()');
};

let globalAgent;
module.exports = {
  __proto__: null,
  Agent,
  get globalAgent() {
    return globalAgent ??= new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  },
};
