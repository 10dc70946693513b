// What `dns` and `dns.promises` both show: error codes, and the functions of the resolver, which is loaded when one is called.
'use strict';

const { ObjectDefineProperty, ReflectApply } = primordials;

const NAMES = ['NODATA', 'FORMERR', 'SERVFAIL', 'NOTFOUND', 'NOTIMP', 'REFUSED', 'BADQUERY', 'BADNAME', 'BADFAMILY',
  'BADRESP', 'CONNREFUSED', 'TIMEOUT', 'EOF', 'FILE', 'NOMEM', 'DESTRUCTION', 'BADSTR', 'BADFLAGS', 'NONAME',
  'BADHINTS', 'NOTINITIALIZED', 'LOADIPHLPAPI', 'ADDRGETNETWORKPARAMS', 'CANCELLED'];

const FUNCTIONS = ['getServers', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx',
  'resolveNaptr', 'resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTlsa', 'resolveTxt', 'reverse'];

/** `load` returns the class whose methods they are. */
module.exports = function addCommon(target, load) {
  target.setServers = (servers) => require('dns/resolver').setServers(servers);
  ObjectDefineProperty(target.setServers, 'name', { __proto__: null, value: 'setServers' });
  // Node's own exception is the end of a file.
  for (let i = 0; i < NAMES.length; i++) target[NAMES[i]] = NAMES[i] === 'EOF' ? 'EOF' : `E${NAMES[i]}`;
  for (let i = 0; i < FUNCTIONS.length; i++) {
    const name = FUNCTIONS[i];
    const shared = function(...args) {
      return ReflectApply(load().prototype[name], require('dns/resolver').currentResolver(), args);
    };
    target[name] = ObjectDefineProperty(shared, 'name', { __proto__: null, value: name });
  }
  ObjectDefineProperty(target, 'Resolver', {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: load,
    set(value) {
      ObjectDefineProperty(target, 'Resolver', { __proto__: null, value, writable: true, configurable: true, enumerable: true });
    },
  });
};
