function Custom() { Error.captureStackTrace(this, Custom); this.name = 'Custom'; }
const target = {};
Error.captureStackTrace(target);
console.log(typeof target.stack, Error.stackTraceLimit, new Custom().stack.split('\n').length > 1);
const old = Error.prepareStackTrace;
Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getFunctionName(), typeof site.getLineNumber(), typeof site.getFileName()]);
function where() { return new Error('x').stack[0]; }
console.log(where());
Error.prepareStackTrace = old;
const error = new Error('message', { cause: new TypeError('why') });
console.log(error.cause.message, String(error), Object.keys(error), error instanceof Error, error.stack.split('\n')[0]);
Error.stackTraceLimit = 1;
console.log((function deep() { return new Error('one').stack; })().split('\n').length);
const aggregate = new AggregateError([new Error('a')], 'many');
console.log(aggregate.errors.length, aggregate.message);
class Mine extends TypeError { constructor(m) { super(m); this.code = 'MINE'; } get name() { return 'Mine'; } }
console.log(String(new Mine('x')), new Mine('y').stack.split('\n')[0]);
try { null.x; } catch (e) { console.log(e.constructor.name); }
try { undefined(); } catch (e) { console.log(e.constructor.name); }
