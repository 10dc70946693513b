// `require` with all that hangs on it, its cache, and the errors of wrong requests.
const short = (text) => text.replaceAll(__dirname, '');
console.log(typeof require.resolve, typeof require.resolve.paths, require.main === module, Object.keys(require.extensions));
console.log(require.resolve('fs'), require.resolve('node:fs'), require.resolve.paths('fs'), require.resolve.paths('./x').map(short));
for (const id of [undefined, 5, '', null, {}]) {
  try {
    require(id);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
for (const id of ['node:nope', 'nope', './nope', './lib/modules/throws']) {
  try {
    require(id);
  } catch (error) {
    console.log(error.code, short(error.message), error.requireStack?.map(short));
  }
}
console.log(short(require.resolve('./data', { paths: [__dirname + '/lib/modules'] })));
console.log(this === module.exports, arguments.length, __filename === module.filename);

console.log(require('./lib/modules/count').n, require('./lib/modules/count').n);
delete require.cache[require.resolve('./lib/modules/count')];
console.log(require('./lib/modules/count').n);
require.cache[__dirname + '/fake'] = { exports: 'faked', loaded: true, children: [] };
const info = require('./lib/modules/info');
console.log(info.p === __filename, short(info.id), info.loaded, info.m.loaded, info.m.children, info.m.constructor.name);
console.log(module.children.map((child) => short(child.id)), 'parent' in info.m, info.m.hasOwnProperty('parent'));
console.log(require('./lib/modules/a'), require('./lib/modules/b'));
require.cache.fs = { exports: 'fake fs', loaded: true };
console.log(require('fs'), typeof require('node:fs').readFileSync);
