// Node: 24
'use strict';
// The Error.prepareStackTrace that is there before a program sets one.
const before = Error.prepareStackTrace;
const { value, ...rest } = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
console.log(typeof value, value.length, rest);
console.log(before(new TypeError('x'), ['one', 'two']));
console.log(before(new RangeError('y'), []));
console.log(require('vm').runInNewContext('typeof Error.prepareStackTrace'));
let seen;
Error.prepareStackTrace = (err, trace) => {
  seen = [err.message, trace.length > 0];
  return 'mine';
};
console.log(new Error('z').stack, seen);
Error.prepareStackTrace = before;
console.log(new Error('z').stack.split('\n')[0]);
Error.prepareStackTrace = undefined;
console.log(new Error('z').stack.split('\n')[0]);
