'use strict';
// `util.debuglog`: texts to stderr for the sections that the variable NODE_DEBUG names.

const {
  ObjectDefineProperty, RegExp, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeReplaceAll,
  StringPrototypeToUpperCase,
} = primordials;

let pattern;
function isEnabled(section) {
  if (pattern === undefined) {
    const wanted = require('process').env.NODE_DEBUG;
    if (wanted) {
      const escaped = RegExpPrototypeSymbolReplace(/[|\\{}()[\]^$+?.]/g, wanted, '\\$&');
      pattern = new RegExp(`^${StringPrototypeReplaceAll(StringPrototypeReplaceAll(escaped, '*', '.*'), ',', '$|^')}$`, 'i');
    } else {
      pattern = null;
    }
  }
  return pattern !== null && RegExpPrototypeExec(pattern, section) !== null;
}

/**
 * A function that writes like `console.error` when `section` is named by NODE_DEBUG, and does nothing otherwise.
 * @param {string} section
 * @param {(log: Function) => void} [callback] gets the optimised function at its first use
 */
function debuglog(section, callback) {
  section = StringPrototypeToUpperCase(section);
  let enabled, log;

  function write(...args) {
    if (log === undefined) {
      enabled ??= isEnabled(section);
      log = enabled ? print : silent;
      if (enabled) warnOfSecrets(section);
      if (typeof callback === 'function') callback(log);
    }
    log(...args);
  }

  function print(...args) {
    const process = require('process');
    const colors = !!process.stderr.hasColors?.();
    const { inspect } = require('util/inspect');
    const text = require('util/format').formatWithOptions({ colors }, ...args);
    const pid = colors ? inspect(process.pid, { colors }) : process.pid;
    process.stderr.write(`${section} ${pid}: ${text}\n`);
  }

  ObjectDefineProperty(write, 'enabled', {
    __proto__: null, configurable: true, enumerable: true,
    get() {
      return enabled ??= isEnabled(section);
    },
  });
  return write;
}

function silent() {}

function warnOfSecrets(section) {
  if (section !== 'HTTP' && section !== 'HTTP2') return;
  require('process').emitWarning(
    `Setting the NODE_DEBUG environment variable to '${section === 'HTTP' ? 'http' : 'http2'}' can expose sensitive data ` +
    '(such as passwords, tokens and authentication headers) in the resulting log.');
}

module.exports = { debuglog, debug: debuglog };
