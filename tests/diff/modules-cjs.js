const a = require('./lib/a');
console.log(a, require('./lib/a') === a, require.main === module, module.id, module.loaded);
console.log(require('./lib/data.json'), require('./lib'), require('pkg'), require('pkg/sub'), require('@scope/pkg').name);
for (const bad of ['./nope', 'nope', 'pkg/hidden', 'node:nope', '']) {
  try { require(bad); } catch (error) { console.log(error.code, error.message.split('\n')[0].replace(__dirname, '.')); }
}
console.log(require('fs') === require('node:fs'), require.resolve('./lib').replace(__dirname, '.'), Object.keys(require.cache).length);
try { require('./lib/broken.json'); } catch (error) { console.log(error.name); }
try { require('./lib/throws'); } catch (error) { console.log(error.message, require.cache[require.resolve('./lib/throws')]); }
console.log(module.children.length, module.paths.length > 0, typeof module.parent, this === module.exports, arguments.length);
