'use strict';
// `URLPattern`: <https://urlpattern.spec.whatwg.org/>. A pattern is cut into components, each becomes a list of parts, and
// that an expression with a group for each name.

const {
  ArrayPrototypeIncludes, ObjectDefineProperties, ObjectDefineProperty, RegExp, RegExpPrototypeExec, StringPrototypeSlice,
  StringPrototypeToLowerCase, SymbolFor, SymbolToStringTag,
} = primordials;
const { nodeError } = binding('errors');
const { URL } = require('url');
const { escapePattern, expressionOf, matches, parse, patternOf, tokenize, wrong } = require('url/pattern_parts');

const COMPONENTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'];
const PORTS = { '__proto__': null, 'http': '80', 'https': '443', 'ws': '80', 'wss': '443', 'ftp': '21', 'file': '' };

// ---- components as a URL has them

function part(set, get, base = 'http://x/') {
  return (value) => {
    if (value === '') return value;
    const url = new URL(base);
    set(url, value);
    return get(url);
  };
}

const canonical = {
  protocol(value) {
    if (value === '') return value;
    if (!matches(/^[a-z][a-z0-9+\-.]*$/i, value)) throw wrong('protocol');
    return StringPrototypeToLowerCase(value);
  },
  username: part((url, value) => { url.username = value; }, (url) => url.username),
  password: part((url, value) => { url.password = value; }, (url) => url.password),
  hostname(value) {
    if (value === '') return value;
    if (matches(/[\u0000 #/<>?@\\^|]|:(?![^[]*\])/, value)) throw wrong('hostname');
    try {
      return new URL(`http://${value}/`).hostname;
    } catch {
      throw wrong('hostname');
    }
  },
  ipv6(value) {
    if (!matches(/^[0-9a-f[\]:.]*$/i, value)) throw wrong('hostname');
    return StringPrototypeToLowerCase(value);
  },
  port(value, protocol) {
    if (value === '') return value;
    if (!matches(/^[0-9]+$/, value) || +value > 65535) throw wrong('port');
    const port = `${+value}`;
    return protocol !== undefined && PORTS[protocol] === port ? '' : port;
  },
  pathname(value) {
    if (value === '') return value;
    const rooted = value[0] === '/';
    const url = new URL('http://x/');
    url.pathname = rooted ? value : `/-${value}`;
    return rooted ? url.pathname : StringPrototypeSlice(url.pathname, 2);
  },
  opaque: part((url, value) => { url.pathname = value; }, (url) => url.pathname),
  search: part((url, value) => { url.search = value; }, (url) => StringPrototypeSlice(url.search, 1)),
  hash: part((url, value) => { url.hash = value; }, (url) => StringPrototypeSlice(url.hash, 1)),
};

function opaquePath(value) {
  if (value === '') return value;
  try {
    return new URL(`data:${value}`).pathname;
  } catch {
    throw wrong('pathname');
  }
}

const PLAIN = { delimiter: '', prefix: '' };
const HOST = { delimiter: '.', prefix: '' };
const PATH = { delimiter: '/', prefix: '/' };

function compile(input, canonicalize, options, ignoreCase) {
  const parts = parse(input, options, canonicalize);
  const { source, names } = expressionOf(parts, options);
  let expression;
  try {
    expression = new RegExp(source, ignoreCase ? 'vi' : 'v');
  } catch {
    throw wrong(`Invalid expression in pattern: ${input}`);
  }
  let hasGroups = false;
  for (let i = 0; i < parts.length; i++) hasGroups ||= parts[i].type === 'regexp';
  return { pattern: patternOf(parts, options), expression, names, hasGroups };
}

/** Whether a component of a protocol matches one of the schemes that URLs have hosts and paths for. */
function isSpecial(component) {
  for (const scheme in PORTS) {
    if (RegExpPrototypeExec(component.expression, scheme) !== null) return true;
  }
  return false;
}

// ---- a pattern in one string

/** Cuts it up where a URL would be. */
function cut(input) {
  const tokens = tokenize(input, true);
  const result = {};
  let start = 0;
  let state = 'init';
  let depth = 0;
  let inBrackets = 0;
  let special = false;
  const safe = (i) => tokens[i < 0 ? tokens.length - 1 : i] ?? tokens[tokens.length - 1];
  const isChar = (i, value) => {
    const token = safe(i);
    return token.value === value && (token.type === 'char' || token.type === 'escaped' || token.type === 'invalid');
  };
  const text = (to) => StringPrototypeSlice(input, tokens[start]?.index ?? input.length, safe(to).index);
  const isSearch = (i) => {
    if (isChar(i, '?')) return true;
    if (tokens[i].value !== '?') return false;
    const previous = tokens[i - 1];
    return previous === undefined || !ArrayPrototypeIncludes(['name', 'regexp', 'close', 'asterisk'], previous.type);
  };
  let i = 0;
  const change = (to, skip) => {
    if (state !== 'init' && state !== 'authority' && state !== 'done') result[state] = text(i);
    if (state !== 'init' && to !== 'done') {
      const at = (list) => ArrayPrototypeIncludes(list, state);
      if (at(['protocol', 'authority', 'username', 'password']) && ArrayPrototypeIncludes(['port', 'pathname', 'search', 'hash'], to)) {
        result.hostname ??= '';
      }
      if (at(['protocol', 'authority', 'username', 'password', 'hostname', 'port']) && (to === 'search' || to === 'hash')) {
        result.pathname ??= special ? '/' : '';
      }
      if (at(['protocol', 'authority', 'username', 'password', 'hostname', 'port', 'pathname']) && to === 'hash') result.search ??= '';
    }
    state = to;
    i += skip;
    start = i;
  };
  const rewind = (to) => {
    i = start;
    state = to;
  };
  let increment = 1;
  while (i < tokens.length) {
    increment = 1;
    const token = tokens[i];
    if (token.type === 'end') {
      if (state === 'init') {
        i = start;
        if (isChar(i, '#')) change('hash', 1);
        else if (isSearch(i)) change('search', 1);
        else change('pathname', 0);
        continue;
      }
      if (state === 'authority') {
        rewind('hostname');
        continue;
      }
      change('done', 0);
      break;
    }
    if (token.type === 'open') {
      depth++;
      i++;
      continue;
    }
    if (depth > 0) {
      if (token.type === 'close') {
        depth--;
      } else {
        i++;
        continue;
      }
      i++;
      continue;
    }
    if (state === 'init') {
      if (isChar(i, ':')) {
        rewind('protocol');
        increment = 0;
      }
    } else if (state === 'protocol') {
      if (isChar(i, ':')) {
        const protocol = compile(text(i), canonical.protocol, PLAIN, false);
        special = isSpecial(protocol);
        if (isChar(i + 1, '/') && isChar(i + 2, '/')) change('authority', 3);
        else if (special) change('authority', 1);
        else change('pathname', 1);
        increment = 0;
      }
    } else if (state === 'authority') {
      if (isChar(i, '@')) {
        rewind('username');
        increment = 0;
      } else if (isChar(i, '/') || isSearch(i) || isChar(i, '#')) {
        rewind('hostname');
        increment = 0;
      }
    } else if (state === 'username') {
      if (isChar(i, ':')) {
        change('password', 1);
        increment = 0;
      } else if (isChar(i, '@')) {
        change('hostname', 1);
        increment = 0;
      }
    } else if (state === 'password') {
      if (isChar(i, '@')) {
        change('hostname', 1);
        increment = 0;
      }
    } else if (state === 'hostname') {
      if (isChar(i, '[')) {
        inBrackets++;
      } else if (isChar(i, ']')) {
        inBrackets--;
      } else if (isChar(i, ':') && inBrackets === 0) {
        change('port', 1);
        increment = 0;
      } else if (isChar(i, '/')) {
        change('pathname', 0);
        increment = 0;
      } else if (isSearch(i)) {
        change('search', 1);
        increment = 0;
      } else if (isChar(i, '#')) {
        change('hash', 1);
        increment = 0;
      }
    } else if (state === 'port') {
      if (isChar(i, '/')) {
        change('pathname', 0);
        increment = 0;
      } else if (isSearch(i)) {
        change('search', 1);
        increment = 0;
      } else if (isChar(i, '#')) {
        change('hash', 1);
        increment = 0;
      }
    } else if (state === 'pathname') {
      if (isSearch(i)) {
        change('search', 1);
        increment = 0;
      } else if (isChar(i, '#')) {
        change('hash', 1);
        increment = 0;
      }
    } else if (state === 'search' && isChar(i, '#')) {
      change('hash', 1);
      increment = 0;
    }
    i += increment;
  }
  if (result.hostname !== undefined && result.port === undefined) result.port = '';
  return result;
}

// ---- from what is given to what is compiled

/** The members of a `URLPatternInit`, with what they inherit from their base. */
function completed(init, forPattern) {
  const result = {};
  const has = (...names) => {
    for (let i = 0; i < names.length; i++) {
      if (init[names[i]] !== undefined) return true;
    }
    return false;
  };
  let base;
  if (init.baseURL !== undefined) {
    try {
      base = new URL(init.baseURL);
    } catch {
      throw wrong('baseURL');
    }
    const inherited = (text) => (forPattern ? escapePattern(text) : text);
    if (!has('protocol')) result.protocol = inherited(StringPrototypeSlice(base.protocol, 0, -1));
    if (!forPattern && !has('protocol', 'hostname', 'port', 'username')) result.username = base.username;
    if (!forPattern && !has('protocol', 'hostname', 'port', 'username', 'password')) result.password = base.password;
    if (!has('protocol', 'hostname')) result.hostname = inherited(base.hostname);
    if (!has('protocol', 'hostname', 'port')) result.port = base.port;
    if (!has('protocol', 'hostname', 'port', 'pathname')) result.pathname = inherited(base.pathname);
    if (!has('protocol', 'hostname', 'port', 'pathname', 'search')) {
      result.search = inherited(StringPrototypeSlice(base.search, 1));
    }
    if (!has('protocol', 'hostname', 'port', 'pathname', 'search', 'hash')) {
      result.hash = inherited(StringPrototypeSlice(base.hash, 1));
    }
  }
  for (let i = 0; i < COMPONENTS.length; i++) {
    const name = COMPONENTS[i];
    if (init[name] === undefined) continue;
    let value = `${init[name]}`;
    if (name === 'protocol' && value[value.length - 1] === ':') value = StringPrototypeSlice(value, 0, -1);
    if ((name === 'search' && value[0] === '?') || (name === 'hash' && value[0] === '#')) value = StringPrototypeSlice(value, 1);
    if (name === 'pathname' && base !== undefined && base.pathname[0] === '/' && !isAbsolute(value, forPattern)) {
      let slash = base.pathname.length - 1;
      while (slash >= 0 && base.pathname[slash] !== '/') slash--;
      const folder = StringPrototypeSlice(base.pathname, 0, slash + 1);
      value = (forPattern ? escapePattern(folder) : folder) + value;
    }
    result[name] = value;
  }
  if (!forPattern) {
    const special = result.protocol === undefined || result.protocol === '' || result.protocol in PORTS;
    const protocol = result.protocol === undefined ? undefined : canonical.protocol(result.protocol);
    for (let i = 0; i < COMPONENTS.length; i++) {
      const name = COMPONENTS[i];
      if (result[name] === undefined) result[name] = '';
      else if (name === 'port') result.port = canonical.port(result.port, protocol);
      else if (name === 'pathname' && !special) result.pathname = opaquePath(result.pathname);
      else result[name] = canonical[name](result[name]);
    }
  }
  return result;
}

function isAbsolute(path, forPattern) {
  if (path === '') return false;
  if (path[0] === '/') return true;
  return forPattern && path.length > 1 && (path[0] === '\\' || path[0] === '{') && path[1] === '/';
}

const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

function isIPv6(pattern) {
  return pattern.length > 1 && (pattern[0] === '[' || ((pattern[0] === '{' || pattern[0] === '\\') && pattern[1] === '['));
}

/** Tells whether URLs are of a form, and takes them apart by it. */
class URLPattern {
  #components;

  constructor(input = undefined, baseURL = undefined, options = undefined) {
    if (isObject(baseURL) && options === undefined) {
      options = baseURL;
      baseURL = undefined;
    }
    if (input !== undefined && !isObject(input) && typeof input !== 'string') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'input', ['object', 'string'], input);
    }
    if (baseURL !== undefined && typeof baseURL !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', 'baseURL', 'string', baseURL);
    if (options !== undefined && !isObject(options)) throw nodeError('ERR_INVALID_ARG_TYPE', 'options', 'object', options);
    const ignoreCase = !!options?.ignoreCase;
    let init = input ?? {};
    if (typeof init === 'string') {
      init = cut(init);
      if (baseURL === undefined && init.protocol === undefined) throw wrong('a relative pattern needs a base');
      if (baseURL !== undefined) init.baseURL = baseURL;
    } else if (baseURL !== undefined) {
      throw wrong('an object has its base inside');
    }
    const given = completed(init, true);
    const text = (name) => given[name] ?? '*';
    if (given.protocol in PORTS && given.port === PORTS[given.protocol]) given.port = '';
    const protocol = compile(text('protocol'), canonical.protocol, PLAIN, false);
    const host = text('hostname');
    this.#components = {
      protocol,
      username: compile(text('username'), canonical.username, PLAIN, false),
      password: compile(text('password'), canonical.password, PLAIN, false),
      hostname: compile(host, isIPv6(host) ? canonical.ipv6 : canonical.hostname, HOST, false),
      port: compile(text('port'), (value) => canonical.port(value), PLAIN, false),
      pathname: isSpecial(protocol) ?
        compile(text('pathname'), canonical.pathname, PATH, ignoreCase) :
        compile(text('pathname'), opaquePath, PLAIN, ignoreCase),
      search: compile(text('search'), canonical.search, PLAIN, ignoreCase),
      hash: compile(text('hash'), canonical.hash, PLAIN, ignoreCase),
    };
  }

  get hasRegExpGroups() {
    for (let i = 0; i < COMPONENTS.length; i++) {
      if (this.#components[COMPONENTS[i]].hasGroups) return true;
    }
    return false;
  }

  get protocol() { return this.#components.protocol.pattern; }
  get username() { return this.#components.username.pattern; }
  get password() { return this.#components.password.pattern; }
  get hostname() { return this.#components.hostname.pattern; }
  get port() { return this.#components.port.pattern; }
  get pathname() { return this.#components.pathname.pattern; }
  get search() { return this.#components.search.pattern; }
  get hash() { return this.#components.hash.pattern; }

  exec(input = undefined, baseURL = undefined) {
    if (baseURL !== undefined && typeof baseURL !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', 'baseURL', 'string', baseURL);
    let init = input ?? {};
    const inputs = baseURL === undefined ? [init] : [init, baseURL];
    if (isObject(init)) {
      if (baseURL !== undefined) throw wrong('an object has its base inside');
      try {
        init = completed(init, false);
      } catch {
        return null;
      }
    } else if (typeof init === 'string') {
      const url = URL.parse(init, baseURL);
      if (url === null) return null;
      init = {
        protocol: StringPrototypeSlice(url.protocol, 0, -1), username: url.username, password: url.password,
        hostname: url.hostname, port: url.port, pathname: url.pathname, search: StringPrototypeSlice(url.search, 1),
        hash: StringPrototypeSlice(url.hash, 1),
      };
    } else {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'input', ['object', 'string'], input);
    }
    const result = { inputs };
    for (let i = 0; i < COMPONENTS.length; i++) {
      const name = COMPONENTS[i];
      const { expression, names } = this.#components[name];
      const found = RegExpPrototypeExec(expression, init[name]);
      if (found === null) return null;
      const groups = {};
      for (let j = 0; j < names.length; j++) groups[names[j]] = found[j + 1];
      result[name] = { input: init[name], groups };
    }
    return result;
  }

  test(input = undefined, baseURL = undefined) {
    return this.exec(input, baseURL) !== null;
  }

  [SymbolFor('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const shown = {};
    for (let i = 0; i < COMPONENTS.length; i++) shown[COMPONENTS[i]] = this[COMPONENTS[i]];
    return `URLPattern ${require('util').inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

const members = ['exec', 'test', 'hasRegExpGroups'];
for (let i = 0; i < COMPONENTS.length; i++) members[members.length] = COMPONENTS[i];
for (let i = 0; i < members.length; i++) {
  ObjectDefineProperties(URLPattern.prototype, { [members[i]]: { __proto__: null, enumerable: true } });
}
ObjectDefineProperty(URLPattern.prototype, SymbolToStringTag, { __proto__: null, value: 'URLPattern', configurable: true });

module.exports = { URLPattern };
