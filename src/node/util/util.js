'use strict';
// The module `util`: a table of names, each loaded when it is first read.

const { ObjectKeys } = primordials;

const files = {
  _errnoException: 'util/misc', _exceptionWithHostPort: 'util/misc', _extend: 'util/misc', callbackify: 'util/promisify',
  convertProcessSignalToExitCode: 'util/misc', debug: 'util/debuglog', debuglog: 'util/debuglog',
  deprecate: 'util/deprecate', format: 'util/format', styleText: 'util/styletext', formatWithOptions: 'util/format',
  getCallSites: 'util/misc', getSystemErrorMap: 'util/misc', getSystemErrorName: 'util/misc',
  getSystemErrorMessage: 'util/misc', inherits: 'util/misc', inspect: 'util/inspect', isArray: 'util/misc',
  isDeepStrictEqual: 'util/comparisons', promisify: 'util/promisify', stripVTControlCharacters: 'util/misc',
  toUSVString: 'util/misc', transferableAbortSignal: 'util/misc', transferableAbortController: 'util/misc',
  aborted: 'util/aborted', types: '', parseEnv: 'util/misc', parseArgs: 'util/parse_args', TextDecoder: 'encoding',
  TextEncoder: 'encoding', MIMEType: 'util/mime', MIMEParams: 'util/mime', diff: 'util/diff', setTraceSigInt: 'util/misc',
};

const { defineLate } = binding('util');
const names = ObjectKeys(files);
for (let i = 0; i < names.length; i++) {
  const name = names[i];
  defineLate(exports, name, () => files[name] === '' ? require('util/types') : require(files[name])[name]);
}
