// Requests by way of a proxy that the environment names: `proxyEnv` of an agent, NODE_USE_ENV_PROXY, `http.setGlobalProxyFromEnv`.
'use strict';

const { RegExpPrototypeExec, StringPrototypeEndsWith, StringPrototypeSplit, StringPrototypeTrim, StringPrototypeToLowerCase } = primordials;
const { nodeError } = binding('errors');

const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** The variables of an environment that concern proxies. */
exports.filter = function filter(env) {
  const found = {};
  for (let i = 0; i < names.length; i++) if (env[names[i]] !== undefined) found[names[i]] = env[names[i]];
  return found;
};

const proxyOf = (env) => env.http_proxy || env.HTTP_PROXY;

function number(address) {
  const parts = StringPrototypeSplit(address, '.');
  return ((parts[0] * 256 + +parts[1]) * 256 + +parts[2]) * 256 + +parts[3];
}

function bypasses(entry, host, port) {
  if (entry === '*' || entry === host || entry === `${host}:${port}`) return true;
  if (entry[0] === '.') return StringPrototypeEndsWith(host, entry) || entry === `.${host}`;
  if (entry[0] === '*' && entry[1] === '.') return StringPrototypeEndsWith(host, entry.slice(1));
  const range = RegExpPrototypeExec(/^(\d+\.\d+\.\d+\.\d+)-(\d+\.\d+\.\d+\.\d+)$/, entry);
  if (range === null || binding('net').isIP(host) !== 4) return false;
  return number(range[1]) <= number(host) && number(host) <= number(range[2]);
}

class Proxy {
  constructor(url, noProxy, keepAlive) {
    const { protocol, hostname, port, username, password } = url;
    this.href = `${protocol}//${url.host}${url.pathname === '/' ? '/' : url.pathname}${url.search}`;
    this.protocol = protocol;
    if (username || password) {
      const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      this.auth = `Basic ${require('buffer').Buffer.from(credentials).toString('base64')}`;
    }
    this.bypassList = noProxy ? StringPrototypeSplit(noProxy, ',') : [];
    for (let i = 0; i < this.bypassList.length; i++) {
      this.bypassList[i] = StringPrototypeToLowerCase(StringPrototypeTrim(this.bypassList[i]));
    }
    this.connection = {
      host: hostname[0] === '[' ? hostname.slice(1, -1) : hostname,
      port: +port || 80,
      keepAlive,
    };
  }

  /** Whether requests with such options go by way of it. */
  serves(options) {
    if (options.socketPath) return false;
    const host = StringPrototypeToLowerCase(options.host || 'localhost');
    const { bypassList } = this;
    for (let i = 0; i < bypassList.length; i++) {
      if (bypassList[i] !== '' && bypasses(bypassList[i], host, options.port)) return false;
    }
    return true;
  }

  connect(args) {
    const net = require('net');
    const normalized = net._normalizeArgs(args);
    if (!this.serves(normalized[0])) return net.createConnection(...args);
    return net.connect({ ...this.connection }, normalized[1]);
  }

  /** Makes a request one for the proxy. */
  rewrite(req, options) {
    if (req._header || !this.serves(options)) return;
    if (this.auth !== undefined) req.setHeader('proxy-authorization', this.auth);
    req.setHeader('proxy-connection', req.shouldKeepAlive ? 'keep-alive' : 'close');
    req.path = `http://${req.getHeader('host') || 'localhost'}${req.path}`;
  }
}

/** The proxy that an environment names for `http:`; `undefined` for none. */
exports.parse = function parse(env, protocol, keepAlive) {
  const text = protocol === 'http:' ? proxyOf(env) : undefined;
  if (!text) return undefined;
  const { URL } = require('url');
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol === 'https:') throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'A proxy that is spoken to with TLS');
  return url.protocol === 'http:' ? new Proxy(url, env.no_proxy || env.NO_PROXY, keepAlive) : undefined;
};

/** `http.setGlobalProxyFromEnv(env)`: the global agent goes by the proxy of an environment; answers what undoes that. */
exports.setGlobal = function setGlobal(env = require('process').env) {
  binding('validators').validateObject(env, 'proxyEnv');
  const text = proxyOf(env);
  if (!text && !env.https_proxy && !env.HTTPS_PROXY) return () => {};
  if (text && !require('url').URL.canParse(text)) throw nodeError('ERR_PROXY_INVALID_CONFIG', text);
  const http = require('http');
  const before = http.globalAgent;
  http.globalAgent = new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000, proxyEnv: exports.filter(env) });
  return function restore() {
    http.globalAgent = before;
  };
};
