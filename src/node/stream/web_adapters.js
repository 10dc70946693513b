// Between Node's streams and the web's. Web streams are not there yet: each says so at use.
'use strict';

const { nodeError } = binding('errors');

function missing(name) {
  return () => {
    throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', name);
  };
}

exports.readableFromWeb = missing('Readable.fromWeb()');
exports.readableToWeb = missing('Readable.toWeb()');
exports.writableFromWeb = missing('Writable.fromWeb()');
exports.writableToWeb = missing('Writable.toWeb()');
exports.duplexFromWeb = missing('Duplex.fromWeb()');
exports.duplexToWeb = missing('Duplex.toWeb()');
