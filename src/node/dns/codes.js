// What `dns` and `dns.promises` both show: error codes, and what isn't there.
'use strict';

const NAMES = ['NODATA', 'FORMERR', 'SERVFAIL', 'NOTFOUND', 'NOTIMP', 'REFUSED', 'BADQUERY', 'BADNAME', 'BADFAMILY',
  'BADRESP', 'CONNREFUSED', 'TIMEOUT', 'EOF', 'FILE', 'NOMEM', 'DESTRUCTION', 'BADSTR', 'BADFLAGS', 'NONAME',
  'BADHINTS', 'NOTINITIALIZED', 'LOADIPHLPAPI', 'ADDRGETNETWORKPARAMS', 'CANCELLED'];

const MISSING = ['Resolver', 'setServers', 'getServers', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa',
  'resolveCname', 'resolveMx', 'resolveNaptr', 'resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTlsa',
  'resolveTxt', 'reverse'];

module.exports = function addCommon(target, name) {
  for (let i = 0; i < NAMES.length; i++) target[NAMES[i]] = `E${NAMES[i]}`;
  const missing = require('module/missing')(name);
  for (let i = 0; i < MISSING.length; i++) target[MISSING[i]] = missing[MISSING[i]];
};
