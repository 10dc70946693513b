'use strict';

// The URL parser that Node had before there was a standard: `url.parse`, `url.format`, `url.resolve`.

const {
  ArrayPrototypeJoin, decodeURIComponent, FunctionPrototypeCall, ObjectKeys, RegExpPrototypeExec, RegExpPrototypeTest, SafeSet,
  StringPrototypeCharCodeAt, StringPrototypeIndexOf, RegExpPrototypeSymbolReplace, StringPrototypeSlice,
  StringPrototypeSplit, StringPrototypeStartsWith, StringPrototypeToLowerCase, encodeURIComponent,
} = primordials;
const { nodeError } = binding('errors');
const { validateString, validateObject } = binding('validators');
const { toASCII, invalidUrl, formatUrl } = binding('url');

// The script may do as it likes in these, so nothing is escaped.
const unsafeProtocols = new SafeSet(['javascript', 'javascript:']);
// These never have a host.
const hostlessProtocols = unsafeProtocols;
// These always have `//`.
const slashedProtocols = new SafeSet([
  'http', 'http:', 'https', 'https:', 'ftp', 'ftp:', 'gopher', 'gopher:', 'file', 'file:', 'ws', 'ws:', 'wss', 'wss:',
]);

const escapes = {
  '__proto__': null,
  '\t': '%09', '\n': '%0A', '\r': '%0D', ' ': '%20', '"': '%22', '\'': '%27', '<': '%3C', '>': '%3E', '\\': '%5C',
  '^': '%5E', '`': '%60', '{': '%7B', '|': '%7C', '}': '%7D',
};
const mustEscape = /[\t\n\r "'<>\\^`{|}]/g;
const afterHost = '\t\n\r "%\';<>\\^`{|}';
const forbiddenInHost = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const forbiddenInIpv6 = /[\0\t\n\r #%/<>?@\\^|]/;

/** What `url.parse` returns. */
function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

function querystring() {
  return require('querystring');
}

function urlParse(url, parseQueryString, slashesDenoteHost) {
  if (url instanceof Url) return url;
  const result = new Url();
  result.parse(url, parseQueryString, slashesDenoteHost);
  return result;
}

/** Trims white space, and turns the backslashes before a query into slashes. */
function tidy(url) {
  url = RegExpPrototypeSymbolReplace(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, url, '');
  const end = RegExpPrototypeExec(/[?#]/, url)?.index ?? url.length;
  return RegExpPrototypeSymbolReplace(/\\/g, StringPrototypeSlice(url, 0, end), '/') + StringPrototypeSlice(url, end);
}

Url.prototype.parse = function(url, parseQueryString, slashesDenoteHost) {
  validateString(url, 'url');
  let rest = tidy(url);

  const hasHash = StringPrototypeIndexOf(rest, '#') !== -1;
  const hasAt = StringPrototypeIndexOf(rest, '@') !== -1;
  if (!slashesDenoteHost && !hasHash && !hasAt) {
    const simple = RegExpPrototypeExec(/^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/, rest);
    if (simple !== null) {
      this.path = rest;
      this.href = rest;
      this.pathname = simple[1];
      if (simple[2]) {
        this.search = simple[2];
        this.query = StringPrototypeSlice(this.search, 1);
        if (parseQueryString) this.query = querystring().parse(this.query);
      } else if (parseQueryString) {
        this.search = null;
        this.query = { __proto__: null };
      }
      return this;
    }
  }

  let protocol = RegExpPrototypeExec(/^[a-z0-9.+-]+:/i, rest)?.[0];
  let lower;
  if (protocol) {
    lower = StringPrototypeToLowerCase(protocol);
    this.protocol = lower;
    rest = StringPrototypeSlice(rest, protocol.length);
  }

  let slashes;
  if (slashesDenoteHost || protocol || RegExpPrototypeTest(/^\/\/[^@/]+@[^@/]+/, rest)) {
    slashes = StringPrototypeStartsWith(rest, '//');
    if (slashes && !(protocol && hostlessProtocols.has(lower))) {
      rest = StringPrototypeSlice(rest, 2);
      this.slashes = true;
    }
  }

  if (!hostlessProtocols.has(lower) && (slashes || (protocol && !slashedProtocols.has(protocol)))) {
    rest = takeHost(this, rest, url);
  }
  if (!unsafeProtocols.has(lower)) rest = RegExpPrototypeSymbolReplace(mustEscape, rest, (symbol) => escapes[symbol]);

  const hashAt = StringPrototypeIndexOf(rest, '#');
  if (hashAt !== -1) this.hash = StringPrototypeSlice(rest, hashAt);
  const beforeHash = hashAt === -1 ? rest : StringPrototypeSlice(rest, 0, hashAt);
  const questionAt = StringPrototypeIndexOf(beforeHash, '?');
  if (questionAt !== -1) {
    this.search = StringPrototypeSlice(beforeHash, questionAt);
    this.query = StringPrototypeSlice(this.search, 1);
    if (parseQueryString) this.query = querystring().parse(this.query);
  } else if (parseQueryString) {
    this.search = null;
    this.query = { __proto__: null };
  }
  const pathname = questionAt === -1 ? beforeHash : StringPrototypeSlice(beforeHash, 0, questionAt);
  if (pathname) this.pathname = pathname;
  if (slashedProtocols.has(lower) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = (this.pathname || '') + (this.search || '');
  this.href = this.format();
  return this;
};

/** Takes user, host and port off the front, and returns what is left. */
function takeHost(self, rest, url) {
  let hostEnd = -1;
  let at = -1;
  let nonHost = -1;
  for (let i = 0; i < rest.length && hostEnd === -1; i++) {
    const symbol = rest[i];
    if (symbol === '@') {
      at = i;
      nonHost = -1;
    } else if (symbol === '#' || symbol === '/' || symbol === '?') {
      if (nonHost === -1) nonHost = i;
      hostEnd = i;
    } else if (nonHost === -1 && StringPrototypeIndexOf(afterHost, symbol) !== -1) {
      nonHost = i;
    }
  }
  if (at !== -1) self.auth = decodeURIComponent(StringPrototypeSlice(rest, 0, at));
  if (nonHost === -1) nonHost = rest.length;
  self.host = StringPrototypeSlice(rest, at + 1, nonHost);
  rest = StringPrototypeSlice(rest, nonHost);
  self.parseHost();
  if (typeof self.hostname !== 'string') self.hostname = '';
  const hostname = self.hostname;
  const isIpv6 = isBracketed(hostname);
  if (!isIpv6) rest = cutHostname(self, rest, hostname);
  if (self.hostname.length > 255) self.hostname = '';
  else self.hostname = StringPrototypeToLowerCase(self.hostname);
  if (self.hostname !== '') {
    if (isIpv6) {
      if (RegExpPrototypeTest(forbiddenInIpv6, self.hostname)) throw invalidUrl(url);
    } else {
      self.hostname = toASCII(self.hostname);
      // What only looks like the host must not become it.
      if (self.hostname === '' || RegExpPrototypeTest(forbiddenInHost, self.hostname)) throw invalidUrl(url);
    }
  }
  self.host = (self.hostname || '') + (self.port ? `:${self.port}` : '');
  if (isIpv6) {
    self.hostname = StringPrototypeSlice(self.hostname, 1, -1);
    if (rest[0] !== '/') rest = `/${rest}`;
  }
  return rest;
}

function isBracketed(hostname) {
  return hostname[0] === '[' && hostname[hostname.length - 1] === ']';
}

/** A host ends at what no host may hold. */
function cutHostname(self, rest, hostname) {
  for (let i = 0; i < hostname.length; i++) {
    const code = StringPrototypeCharCodeAt(hostname, i);
    const fits = code !== 47 && code !== 92 && code !== 35 && code !== 63 && code !== 58;
    if (!fits) {
      self.hostname = StringPrototypeSlice(hostname, 0, i);
      return `/${StringPrototypeSlice(hostname, i)}${rest}`;
    }
  }
  return rest;
}

Url.prototype.parseHost = function() {
  let { host } = this;
  let port = RegExpPrototypeExec(/:[0-9]*$/, host)?.[0];
  if (port) {
    if (port !== ':') this.port = StringPrototypeSlice(port, 1);
    host = StringPrototypeSlice(host, 0, host.length - port.length);
  }
  if (host) this.hostname = host;
};

function urlFormat(urlObject, options) {
  if (typeof urlObject === 'string') {
    urlObject = urlParse(urlObject);
  } else if (typeof urlObject !== 'object' || urlObject === null) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'urlObject', ['Object', 'string'], urlObject);
  } else if (urlObject instanceof URL) {
    let fragment = true;
    let unicode = false;
    let search = true;
    let auth = true;
    if (options) {
      validateObject(options, 'options');
      if (options.fragment != null) fragment = Boolean(options.fragment);
      if (options.unicode != null) unicode = Boolean(options.unicode);
      if (options.search != null) search = Boolean(options.search);
      if (options.auth != null) auth = Boolean(options.auth);
    }
    return formatUrl(urlObject, fragment, unicode, search, auth);
  }
  return FunctionPrototypeCall(Url.prototype.format, urlObject);
}

function escapeAuth(auth) {
  return RegExpPrototypeSymbolReplace(/%3A/gi, encodeURIComponent(auth), ':');
}

Url.prototype.format = function() {
  let auth = this.auth || '';
  if (auth) auth = `${escapeAuth(auth)}@`;
  let protocol = this.protocol || '';
  let pathname = this.pathname || '';
  let hash = this.hash || '';
  let host = '';
  let query = '';
  if (this.host) {
    host = auth + this.host;
  } else if (this.hostname) {
    const { hostname } = this;
    host = auth + (StringPrototypeIndexOf(hostname, ':') !== -1 && !isBracketed(hostname) ? `[${hostname}]` : hostname);
    if (this.port) host += `:${this.port}`;
  }
  if (this.query !== null && typeof this.query === 'object') query = querystring().stringify(this.query);
  let search = this.search || (query && `?${query}`) || '';
  if (protocol && protocol[protocol.length - 1] !== ':') protocol += ':';
  pathname = RegExpPrototypeSymbolReplace(/\?/g, RegExpPrototypeSymbolReplace(/#/g, pathname, '%23'), '%3F');
  if (this.slashes || slashedProtocols.has(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (StringPrototypeStartsWith(protocol, 'file')) {
      host = '//';
    }
  }
  search = RegExpPrototypeSymbolReplace(/#/g, search, '%23');
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  if (search && search[0] !== '?') search = `?${search}`;
  return protocol + host + pathname + search + hash;
};

function urlResolve(source, relative) {
  return urlParse(source, false, true).resolve(relative);
}

Url.prototype.resolve = function(relative) {
  return this.resolveObject(urlParse(relative, false, true)).format();
};

function urlResolveObject(source, relative) {
  if (!source) return relative;
  return urlParse(source, false, true).resolveObject(relative);
}

function finishPath(result) {
  if (result.pathname !== null || result.search !== null) {
    result.path = (result.pathname ? result.pathname : '') + (result.search ? result.search : '');
  }
}

Url.prototype.resolveObject = function(relative) {
  if (typeof relative === 'string') {
    const parsed = new Url();
    parsed.parse(relative, false, true);
    relative = parsed;
  }
  const result = new Url();
  const own = ObjectKeys(this);
  for (let i = 0; i < own.length; i++) result[own[i]] = this[own[i]];
  // A relative URL brings its own hash, or none.
  result.hash = relative.hash;
  if (relative.href === '') {
    result.href = result.format();
    return result;
  }
  if (relative.slashes && !relative.protocol) {
    // `//host/path`: all but the protocol.
    const keys = ObjectKeys(relative);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] !== 'protocol') result[keys[i]] = relative[keys[i]];
    }
    if (slashedProtocols.has(result.protocol) && result.hostname && !result.pathname) {
      result.pathname = '/';
      result.path = '/';
    }
    result.href = result.format();
    return result;
  }
  if (relative.protocol && relative.protocol !== result.protocol) return otherProtocol(result, relative);
  return samePlace(result, relative);
};

function otherProtocol(result, relative) {
  if (!slashedProtocols.has(relative.protocol)) {
    // Nothing is known about such a protocol: it is taken as it is.
    const keys = ObjectKeys(relative);
    for (let i = 0; i < keys.length; i++) result[keys[i]] = relative[keys[i]];
    result.href = result.format();
    return result;
  }
  result.protocol = relative.protocol;
  if (!relative.host && !RegExpPrototypeTest(/^file:?$/, relative.protocol) && !hostlessProtocols.has(relative.protocol)) {
    const parts = StringPrototypeSplit(relative.pathname || '', '/');
    while (parts.length > 0 && !(relative.host = parts.shift()));
    relative.host ||= '';
    relative.hostname ||= '';
    if (parts[0] !== '') parts.unshift('');
    if (parts.length < 2) parts.unshift('');
    result.pathname = ArrayPrototypeJoin(parts, '/');
  } else {
    result.pathname = relative.pathname;
  }
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || '';
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = (result.pathname || '') + (result.search || '');
  result.slashes ||= relative.slashes;
  result.href = result.format();
  return result;
}

function samePlace(result, relative) {
  const isSourceAbsolute = result.pathname && result.pathname[0] === '/';
  const isRelativeAbsolute = relative.host || (relative.pathname && relative.pathname[0] === '/');
  let mustEndAbsolute = isRelativeAbsolute || isSourceAbsolute || (result.host && relative.pathname);
  const removeAllDots = mustEndAbsolute;
  let path = (result.pathname && StringPrototypeSplit(result.pathname, '/')) || [];
  let relativePath = (relative.pathname && StringPrototypeSplit(relative.pathname, '/')) || [];
  const noLeadingSlashes = result.protocol && !slashedProtocols.has(result.protocol);

  // In such a protocol the first part of the path takes the place of the host.
  if (noLeadingSlashes) {
    result.hostname = '';
    result.port = null;
    if (result.host) {
      if (path[0] === '') path[0] = result.host;
      else path.unshift(result.host);
    }
    result.host = '';
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      if (relative.host) {
        if (relativePath[0] === '') relativePath[0] = relative.host;
        else relativePath.unshift(relative.host);
      }
      relative.host = null;
    }
    mustEndAbsolute = mustEndAbsolute && (relativePath[0] === '' || path[0] === '');
  }

  if (isRelativeAbsolute) {
    if (relative.host || relative.host === '') {
      if (result.host !== relative.host) result.auth = null;
      result.host = relative.host;
      result.port = relative.port;
    }
    if (relative.hostname || relative.hostname === '') {
      if (result.hostname !== relative.hostname) result.auth = null;
      result.hostname = relative.hostname;
    }
    result.search = relative.search;
    result.query = relative.query;
    path = relativePath;
  } else if (relativePath.length > 0) {
    path.pop();
    path = path.concat(relativePath);
    result.search = relative.search;
    result.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) {
    // Only the query is another.
    if (noLeadingSlashes) hostFromPath(result, path.shift());
    result.search = relative.search;
    result.query = relative.query;
    finishPath(result);
    result.href = result.format();
    return result;
  }

  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    result.href = result.format();
    return result;
  }

  const last = path[path.length - 1];
  const trailing = ((result.host || relative.host || path.length > 1) && (last === '.' || last === '..')) || last === '';
  path = withoutDots(path, removeAllDots);
  if (mustEndAbsolute && path[0] !== '' && (!path[0] || path[0][0] !== '/')) path.unshift('');
  if (trailing && ArrayPrototypeJoin(path, '/').at(-1) !== '/') path[path.length] = '';

  const isAbsolute = path[0] === '' || (path[0] && path[0][0] === '/');
  if (noLeadingSlashes) {
    result.hostname = result.host = isAbsolute ? '' : path.length ? path.shift() : '';
    hostFromPath(result, undefined);
  }
  mustEndAbsolute ||= result.host && path.length;
  if (mustEndAbsolute && !isAbsolute) path.unshift('');
  if (path.length === 0) {
    result.pathname = null;
    result.path = null;
  } else {
    result.pathname = ArrayPrototypeJoin(path, '/');
  }
  finishPath(result);
  result.auth = relative.auth || result.auth;
  result.slashes ||= relative.slashes;
  result.href = result.format();
  return result;
}

/** `user@host` of a protocol without slashes. */
function hostFromPath(result, first) {
  if (first !== undefined) result.hostname = result.host = first;
  const at = result.host ? StringPrototypeIndexOf(result.host, '@') : -1;
  if (at > 0) {
    result.auth = StringPrototypeSlice(result.host, 0, at);
    result.host = result.hostname = StringPrototypeSlice(result.host, at + 1);
  }
}

function withoutDots(path, removeAllDots) {
  let up = 0;
  for (let i = path.length - 1; i >= 0; i--) {
    const part = path[i];
    if (part === '.') {
      path.splice(i, 1);
    } else if (part === '..') {
      path.splice(i, 1);
      up++;
    } else if (up > 0) {
      path.splice(i, 1);
      up--;
    }
  }
  if (!removeAllDots) {
    while (up-- > 0) path.unshift('..');
  }
  return path;
}

module.exports = {
  Url, parse: urlParse, resolve: urlResolve, resolveObject: urlResolveObject, format: urlFormat,
};
