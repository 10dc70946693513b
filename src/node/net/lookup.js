// Names to addresses, as servers and sockets need them.
'use strict';

const native = binding('net');
const { dnsException } = binding('errors');
const { nextTick } = binding('task_queue');

/** Looks a name up as `dns.lookup` with `all` does; calls back in a later tick at the earliest. */
exports.lookupAll = function lookupAll(host, options, callback) {
  const { family = 0 } = options;
  const version = native.isIP(host);
  if (version !== 0) {
    nextTick(callback, null, [{ address: host, family: version }]);
    return;
  }
  const done = (failed, list) => {
    if (failed || list.length === 0) {
      callback(dnsException('ENOTFOUND', 'getaddrinfo', host));
      return;
    }
    const found = [];
    for (let i = 0; i < list.length; i++) found[i] = { address: list[i], family: native.isIP(list[i]) };
    callback(null, found);
  };
  try {
    native.resolve(host, family, done);
  } catch (err) {
    nextTick(callback, err);
  }
};

/** `callback(err, address, family)` */
exports.lookupOne = function lookupOne(host, options, callback) {
  exports.lookupAll(host, options, (err, found) => {
    if (err) callback(err);
    else callback(null, found[0].address, found[0].family);
  });
};
