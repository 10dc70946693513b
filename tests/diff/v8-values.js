// Values in V8's format: the same bytes as Node writes, the same values that Node reads.
// Node: 24
'use strict';
const v8 = require('node:v8');
const attempt = (f) => {
  try {
    console.log(f());
  } catch (error) {
    console.log(error.constructor.name, error.name, error.code, error.message);
  }
};
const error = new Error('m', { cause: 1 });
error.stack = 'ST';
const typed = new TypeError('q', { cause: error });
typed.stack = 'S2';
const loop = { a: [] };
loop.a.push(loop);
const values = [
  undefined, null, true, false, 0, -0, 1, -1, 63, 64, -64, -65, 2 ** 30, -(2 ** 30), 2 ** 31, -(2 ** 31), 2 ** 32, 1.5, NaN,
  Infinity, 1n, -5n, 0n, 1n << 70n, -(1n << 64n), '', 'abc', 'äöü', '\u1234', 'a\u1234', '\ud800', 'x'.repeat(200), '\u1234'.repeat(100),
  [], [1, 2], [1.5, 2], [1, , 3], [1, 'a', null], [undefined, null, true], Object.assign([1, 2], { x: 1, y: '\u1234' }), [, ],
  {}, { a: 1, 2: 3, b: '\u1234' }, { a: undefined, b: { c: {} } }, { 4294967295: 1, 4294967294: 2, 3e9: 1 }, { __proto__: null, q: 1 },
  Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 2 } }), { get x() { return 1; }, a: 1 },
  new Date(0), new Date(1e12), new Date(NaN), /a/dgimsuy, /\//, new RegExp(''), new Map([[1, 2], ['k', { a: 1 }]]), new Set([1, 'x', NaN]),
  Object(1), Object('s'), Object('\u1234'), Object(true), Object(false), Object(7n), error, typed, loop, [loop, loop],
  new ArrayBuffer(3), new ArrayBuffer(4, { maxByteLength: 8 }), new Uint8Array([1, 2]), new Int8Array([-1]), new Uint8ClampedArray([300]),
  new Int16Array([1]), new Uint16Array([1]), new Int32Array([1]), new Uint32Array([1]), new Float32Array([1.5]), new Float64Array([1.5]),
  new BigInt64Array([1n]), new BigUint64Array([1n]), Buffer.from('hi'), new (class Foo { a = 1; })(),
];
for (const value of values) {
  attempt(() => v8.serialize(value).toString('hex'));
  attempt(() => v8.deserialize(v8.serialize(value)));
  // Views with their buffers, of which the Buffer's is as long as the pool.
  if (Buffer.isBuffer(value)) continue;
  attempt(() => {
    const serializer = new v8.Serializer();
    serializer.writeHeader();
    serializer.writeValue({ value, again: value });
    const bytes = serializer.releaseBuffer();
    const deserializer = new v8.Deserializer(bytes);
    deserializer.readHeader();
    return [bytes.toString('hex'), deserializer.readValue()];
  });
}
for (const value of [() => {}, Symbol('x'), Promise.resolve(), new Proxy({}, {}), new WeakMap(), Object(Symbol()), (function*() {})(),
  new WeakRef({}), [][Symbol.iterator](), new SharedArrayBuffer(4), { a: { b() {} } }]) {
  attempt(() => v8.serialize(value));
}
for (const hex of ['', 'ff', 'ff0f', 'ff0f78', 'ffff0130', 'ff0f41', 'ff0f4103', 'ff0f6f', 'ff0f5e05', 'ff0f5c0105', 'ff0f5c1401', 'ff0f22ff',
  'ff0d6f5e007b01', 'ff0f49', '30', 'ff0f7b', 'ff0d5c0003ffdb00', 'ff0d4200560042', 'ff0c4105005f5f5f5f5f2400', 'ff095f']) {
  attempt(() => v8.deserialize(Buffer.from(hex, 'hex')));
}
attempt(() => v8.Serializer());
attempt(() => v8.Deserializer());
attempt(() => new v8.Deserializer());
attempt(() => v8.deserialize(1));
attempt(() => {
  const serializer = new v8.Serializer();
  serializer._setTreatArrayBufferViewsAsHostObjects(true);
  serializer.writeHeader();
  serializer.writeValue(new Uint8Array(1));
});
attempt(() => {
  const serializer = new v8.DefaultSerializer();
  serializer.writeHeader();
  serializer.writeUint64(1, 2);
  serializer.writeUint32(300);
  serializer.writeDouble(1.5);
  serializer.writeRawBytes(Buffer.from('ab'));
  const bytes = serializer.releaseBuffer();
  const deserializer = new v8.DefaultDeserializer(bytes);
  return [bytes, deserializer.readHeader(), deserializer.getWireFormatVersion(), deserializer.readUint64(), deserializer.readUint32(),
    deserializer.readDouble(), deserializer.readRawBytes(2), deserializer.buffer === bytes];
});
attempt(() => {
  const serializer = new v8.DefaultSerializer();
  return [serializer.writeHeader(), serializer.writeValue(1), serializer.releaseBuffer(), serializer.releaseBuffer()];
});
attempt(() => new v8.DefaultSerializer().writeRawBytes('x'));
attempt(() => new v8.DefaultSerializer().transferArrayBuffer(1));
for (const method of ['readUint32', 'readUint64', 'readDouble', 'readRawBytes', 'readValue']) {
  attempt(() => {
    const deserializer = new v8.Deserializer(Buffer.from('ff0f', 'hex'));
    deserializer.readHeader();
    return deserializer[method](3);
  });
}
attempt(() => v8.deserialize(v8.serialize(new DataView(new ArrayBuffer(3)))).byteLength);
// Script's own host objects and errors.
attempt(() => {
  class Writer extends v8.Serializer {
    _writeHostObject(view) {
      this.writeUint32(view.length);
      this.writeValue('inner');
    }
  }
  class Reader extends v8.Deserializer {
    _readHostObject() {
      return { length: this.readUint32(), text: this.readValue() };
    }
  }
  const writer = new Writer();
  writer._setTreatArrayBufferViewsAsHostObjects(true);
  writer.writeHeader();
  const view = new Uint8Array(5);
  writer.writeValue([view, view, 1]);
  const bytes = writer.releaseBuffer();
  const reader = new Reader(bytes);
  reader.readHeader();
  const [a, b, c] = reader.readValue();
  return [bytes.toString('hex'), a, a === b, c];
});
attempt(() => {
  const serializer = new v8.Serializer();
  serializer._getDataCloneError = (message) => new RangeError(`mine: ${message}`);
  serializer.writeValue(new Proxy({}, {}));
});
attempt(() => {
  const serializer = new v8.Serializer();
  const buffer = new ArrayBuffer(2);
  serializer.transferArrayBuffer(7, buffer);
  serializer.writeHeader();
  serializer.writeValue({ buffer, view: new Uint8Array(buffer, 1) });
  const bytes = serializer.releaseBuffer();
  const deserializer = new v8.Deserializer(bytes);
  const other = new ArrayBuffer(2);
  deserializer.transferArrayBuffer(7, other);
  deserializer.readHeader();
  const value = deserializer.readValue();
  return [bytes.toString('hex'), value.buffer === other, value.view.buffer === other, value.view.byteOffset];
});
attempt(() => {
  const serializer = new v8.Serializer();
  serializer._getSharedArrayBufferId = () => 3;
  serializer.writeHeader();
  serializer.writeValue(new SharedArrayBuffer(2));
  const bytes = serializer.releaseBuffer();
  const deserializer = new v8.Deserializer(bytes);
  const other = new SharedArrayBuffer(2);
  deserializer.transferArrayBuffer(3, other);
  deserializer.readHeader();
  return [bytes.toString('hex'), deserializer.readValue() === other];
});
// Getters that change what is being written.
attempt(() => v8.serialize({ get a() { delete this.b; return 1; }, b: 2, c: 3 }).toString('hex'));
attempt(() => v8.serialize({ get a() { throw new Error('from the getter'); } }));
attempt(() => v8.setFlagsFromString(1));
attempt(() => v8.setHeapSnapshotNearHeapLimit('a'));
attempt(() => v8.queryObjects());
attempt(() => Boolean(v8.startupSnapshot.isBuildingSnapshot()));
attempt(() => v8.startupSnapshot.addSerializeCallback(() => {}));
attempt(() => v8.takeCoverage());
attempt(() => v8.promiseHooks.onInit(1));
attempt(() => v8.isStringOneByteRepresentation('a') && !v8.isStringOneByteRepresentation('\u1234'));
console.log(Object.keys(v8).sort().join());
for (const figures of [v8.getHeapStatistics(), v8.getHeapSpaceStatistics()[0], v8.getHeapCodeStatistics()]) {
  console.log(Object.keys(figures).join(), Object.values(figures).every((value) => typeof value === 'number' || value === 'read_only_space'));
}
