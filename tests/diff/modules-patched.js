// What programs patch of `Module` is asked at each step: loaders, transpilers and mocks depend on it.
const M = require('module');
const short = (text) => text.replaceAll(__dirname, '');
const log = [];

const load = M._load;
M._load = function(request) {
  log.push('load ' + short(request));
  return request === 'virtual' ? 'V' : load.apply(this, arguments);
};
console.log(require('virtual'), require('./lib/modules/data').a);

const resolve = M._resolveFilename;
M._resolveFilename = function(request, ...rest) {
  return resolve.call(this, request === 'aliased' ? __dirname + '/lib/modules/data.json' : request, ...rest);
};
console.log(require('aliased'), short(require.resolve('aliased')));

const required = M.prototype.require;
M.prototype.require = function(id) {
  log.push('require ' + id);
  return required.call(this, id);
};
require('./lib/modules/info');
M.prototype.require = required;

const js = M._extensions['.js'];
M._extensions['.js'] = function(module, filename) {
  const compile = module._compile;
  module._compile = function(code, name) {
    module._compile = compile;
    return module._compile(code.replace('boom', 'BANG'), name);
  };
  js(module, filename);
};
try {
  require('./lib/modules/throws');
} catch (error) {
  console.log(error.message);
}
M._extensions['.js'] = js;

const paths = M._nodeModulePaths;
M._nodeModulePaths = function(from) {
  return paths.call(this, from).concat('/zzz');
};
console.log(require('./lib/modules/a').done, require.cache[require.resolve('./lib/modules/a')].paths.at(-1));
console.log(log);
