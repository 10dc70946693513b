'use strict';
// What is rare of `Buffer`: how `util.inspect` shows one, the deprecation of its constructor, `SlowBuffer`, `transcode`.

const { ObjectSetPrototypeOf, RegExpPrototypeExec } = primordials;
const { nodeError } = binding('errors');
const { hexPairs, inspectMaxBytes, allocUnsafeSlow, transcode: transcodeBytes } = binding('buffer');

/** `buffer[util.inspect.custom]`: the first bytes in hexadecimal, then whatever properties a script has added. */
function inspect(recurseTimes, ctx) {
  const max = inspectMaxBytes();
  let text = hexPairs(this, max);
  const remaining = this.length - max;
  if (remaining > 0) text += ` ... ${remaining} more byte${remaining > 1 ? 's' : ''}`;
  if (ctx) {
    const keys = binding('util').ownNonIndexKeys(this, !ctx.showHidden);
    if (keys.length > 0) {
      const extras = { __proto__: null };
      for (let i = 0; i < keys.length; i++) extras[keys[i]] = this[keys[i]];
      if (this.length > 0) text += ', ';
      const shown = require('util').inspect(extras, { ...ctx, breakLength: Infinity, compact: true });
      // Without the prototype's name and the braces around it.
      text += RegExpPrototypeExec(/^\[Object: null prototype\] \{ ([^]*) \}$/, shown)?.[1] ?? shown;
    }
  }
  return `<${this.constructor.name} ${text}>`;
}

let warned = false;

/** `Buffer()` and `new Buffer()` warn once, unless it is a dependency that calls. */
function warnOfConstructor() {
  if (warned) return;
  if (!binding('process').warningOptions().pendingDeprecation && require('process/caller').isDependency()) return;
  warned = true;
  require('process').emitWarning(
    'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
    'Buffer.allocUnsafe(), or Buffer.from() methods instead.', 'DeprecationWarning', 'DEP0005');
}

/** The class that `Buffer.allocUnsafeSlow` has replaced. */
function SlowBuffer(size) {
  return allocUnsafeSlow(size);
}

/**
 * The bytes of a text in another encoding; what that lacks becomes `?`.
 * @param {Uint8Array} source
 * @param {string} from
 * @param {string} to one of utf8, ucs2, latin1, ascii, as `from`
 */
function transcode(source, from, to) {
  if (!binding('types').isUint8Array(source)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'source', ['Buffer', 'Uint8Array'], source);
  }
  if (source.length === 0) return require('buffer').Buffer.alloc(0);
  const result = transcodeBytes(source, `${from}`, `${to}`);
  if (typeof result !== 'string') return result;
  const error = new Error(`Unable to transcode Buffer [${result}]`);
  error.code = result;
  error.errno = result === 'U_ILLEGAL_ARGUMENT_ERROR' ? 1 : 10;
  throw error;
}

module.exports = {
  inspect,
  warnOfConstructor,
  get SlowBuffer() {
    const { Buffer } = require('buffer');
    const deprecated = require('util').deprecate(
      SlowBuffer, 'SlowBuffer() is deprecated. Please use Buffer.allocUnsafeSlow()', 'DEP0030');
    ObjectSetPrototypeOf(SlowBuffer.prototype, Buffer.prototype);
    return deprecated;
  },
  transcode,
};
