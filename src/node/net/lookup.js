// Names to addresses, as servers and sockets need them, without `dns` as long as nobody has loaded that.
'use strict';

const { ArrayIsArray } = primordials;
const native = binding('net');
const { dnsException } = binding('errors');
const { nextTick } = binding('task_queue');

/** The exports of `dns` once a program has loaded it: its `lookup` may have been replaced. */
exports.dns = undefined;

/** Looks a name up as `dns.lookup` with `all` does; calls back in a later tick at the earliest. */
exports.lookupAll = function lookupAll(host, options, callback) {
  if (exports.dns !== undefined) {
    exports.dns.lookup(host, { ...options, all: true }, (err, address, family) => {
      // A replacement may know of one address only.
      if (err || ArrayIsArray(address)) callback(err, address);
      else callback(null, [{ address, family }]);
    });
    return;
  }
  const { family = 0, hints = 0 } = options;
  const version = native.isIP(host);
  if (version !== 0) {
    nextTick(callback, null, [{ address: host, family: version }]);
    return;
  }
  const done = (errno, list) => {
    if (errno !== 0) {
      callback(dnsException(errno, 'getaddrinfo', host));
      return;
    }
    const found = [];
    for (let i = 0; i < list.length; i++) found[i] = { address: list[i], family: native.isIP(list[i]) };
    callback(null, found);
  };
  try {
    binding('dns').getaddrinfo(host, family, hints, done);
  } catch (err) {
    nextTick(callback, err);
  }
};

/** `callback(err, address, family)`; the options may be a family alone. */
exports.lookupOne = function lookupOne(host, options, callback) {
  if (exports.dns !== undefined) {
    exports.dns.lookup(host, options, callback);
    return;
  }
  if (typeof options === 'number') options = { family: options };
  exports.lookupAll(host, options, (err, found) => {
    if (err) callback(err);
    else callback(null, found[0].address, found[0].family);
  });
};
