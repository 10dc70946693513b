'use strict';
// `util.styleText`: a text in the colours and styles of `util.inspect.colors`.

const { ArrayIsArray, ObjectKeys, StringPrototypeReplaceAll } = primordials;
const { validateBoolean, validateOneOf, validateString } = binding('validators');
const { nodeError } = binding('errors');

/**
 * @param {string | string[]} format names of `util.inspect.colors`, or `none`
 * @param {string} text
 * @param {{ validateStream?: boolean, stream?: object }} [options] colours only what the stream can show
 */
function styleText(format, text, options) {
  const validateStream = options?.validateStream ?? true;
  const stream = options?.stream ?? require('process').stdout;
  validateString(text, 'text');
  if (options !== undefined) binding('validators').validateObject(options, 'options');
  validateBoolean(validateStream, 'options.validateStream');
  let plain = false;
  if (validateStream) {
    if (stream === null || typeof stream !== 'object' || (!isNodeStream(stream) && typeof stream.getReader !== 'function')) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
    }
    plain = !wantsColors(stream);
  }
  const { colors } = require('util/inspect').inspect;
  const names = ArrayIsArray(format) ? format : [format];
  let before = '', after = '', inner = text;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'none') continue;
    const codes = colors[names[i]];
    if (codes == null) validateOneOf(names[i], 'format', ObjectKeys(colors));
    const close = `\u001b[${codes[1]}m`;
    before += `\u001b[${codes[0]}m`;
    after = close + after;
    // A style that ends inside the text must not end this one.
    if (!plain) inner = StringPrototypeReplaceAll(inner, close, `${codes[1] === 22 ? close : ''}\u001b[${codes[0]}m`);
  }
  return plain ? text : before + inner + after;
}

function isNodeStream(stream) {
  return typeof stream.on === 'function' || typeof stream.write === 'function' || stream._writableState !== undefined;
}

function wantsColors(stream) {
  const { env } = require('process');
  if (env.FORCE_COLOR !== undefined) {
    return env.FORCE_COLOR === '' || env.FORCE_COLOR === '1' || env.FORCE_COLOR === 'true' ||
      env.FORCE_COLOR === '2' || env.FORCE_COLOR === '3';
  }
  return !!stream?.isTTY && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2);
}

module.exports = { styleText };
