'use strict';
// `v8`: <https://nodejs.org/docs/latest-v24.x/api/v8.html>. The classes that walk values are native. Figures of the heap are those of the
// allocator; where neither it nor the engine counts, they are 0. What this engine can't do throws when it is called.

const {
  DateNow, Error, FunctionPrototypeCall, ObjectDefineProperty, StringPrototypeCharCodeAt,
  StringPrototypeReplaceAll, StringPrototypeStartsWith, Uint8Array,
} = primordials;
const { nodeError } = binding('errors');
const { validateFunction, validateObject, validateOneOf, validateString, validateUint32 } = binding('validators');
const native = binding('v8');
const { Serializer, Deserializer } = native;

function hidden(prototype, name, value) {
  ObjectDefineProperty(prototype, name, { __proto__: null, configurable: true, writable: true, value });
}

const { _writeView: writeView } = Serializer.prototype;
const { _readView: readView } = Deserializer.prototype;
delete Serializer.prototype._writeView;
delete Deserializer.prototype._readView;

Serializer.prototype._getDataCloneError = Error;

/** So many of the bytes that come next, as a Buffer on the memory that is read. */
Deserializer.prototype.readRawBytes = function readRawBytes(length) {
  const offset = this._readRawBytes(length);
  const { buffer } = this;
  return require('buffer').Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
};

/** Writes views by kind, length and bytes. */
class DefaultSerializer extends Serializer {
  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }
}
hidden(DefaultSerializer.prototype, '_writeHostObject', function _writeHostObject(view) {
  if (FunctionPrototypeCall(writeView, this, view) === false) {
    throw new this._getDataCloneError(`Unserializable host object: ${require('util').inspect(view)}`);
  }
});

/** Reads what a `DefaultSerializer` has written. */
class DefaultDeserializer extends Deserializer {}
hidden(DefaultDeserializer.prototype, '_readHostObject', function _readHostObject() {
  return FunctionPrototypeCall(readView, this);
});

/** The memory that may still be had. */
function limit() {
  const { constrainedMemory } = require('process');
  const total = require('os').totalmem();
  const constrained = constrainedMemory();
  return constrained > 0 && constrained < total ? constrained : total;
}

/** The figures of the allocator under V8's names. */
function getHeapStatistics() {
  const { 0: resident, 1: used, 2: external } = native.heapFigures();
  const most = limit();
  return {
    total_heap_size: resident > external ? resident - external : used,
    total_heap_size_executable: 0,
    total_physical_size: resident,
    total_available_size: most > resident ? most - resident : 0,
    used_heap_size: used,
    heap_size_limit: most,
    malloced_memory: used + external,
    peak_malloced_memory: require('process').resourceUsage().maxRSS * 1024,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: external,
  };
}

/** Two spaces: what the engine's own boxes take, and what lies in large pieces. */
function getHeapSpaceStatistics() {
  const { 0: resident, 1: used, 2: external } = native.heapFigures();
  const old = resident > external ? resident - external : used;
  const space = (name, size, taken) => ({
    space_name: name,
    space_size: size,
    space_used_size: taken,
    space_available_size: size - taken,
    physical_space_size: size,
  });
  return [
    space('read_only_space', 0, 0),
    space('new_space', 0, 0),
    space('old_space', old, used < old ? used : old),
    space('code_space', 0, 0),
    space('shared_space', 0, 0),
    space('trusted_space', 0, 0),
    space('shared_trusted_space', 0, 0),
    space('new_large_object_space', 0, 0),
    space('large_object_space', external, external),
    space('code_large_object_space', 0, 0),
    space('shared_large_object_space', 0, 0),
    space('shared_trusted_large_object_space', 0, 0),
    space('trusted_large_object_space', 0, 0),
  ];
}

/** Nothing is known of the memory that code takes. */
function getHeapCodeStatistics() {
  return {
    code_and_metadata_size: 0,
    bytecode_and_metadata_size: 0,
    external_script_source_size: 0,
    cpu_profiler_metadata_size: 0,
  };
}

// Flags in force, in the order in which they were set. They are V8's: this engine has none of them but `--expose-gc`.
let flags = '';

/** Remembers a flag of V8's; only `--expose-gc` does anything. */
function setFlagsFromString(text) {
  validateString(text, 'flags');
  if (!StringPrototypeStartsWith(text, '-')) return;
  flags += `${text} `;
  const plain = StringPrototypeReplaceAll(text, '_', '-');
  if (plain === '--expose-gc') native.exposeGc();
}

/** A number that changes with the version and the flags. */
function cachedDataVersionTag() {
  const { version, versions } = require('process');
  const text = `${version} ${versions.ouro ?? ''} ${flags}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= StringPrototypeCharCodeAt(text, i);
    hash = (hash + (hash << 1) + (hash << 4) + (hash << 7) + (hash << 8) + (hash << 24)) >>> 0;
  }
  return hash;
}

function missing(name) {
  return nodeError('ERR_METHOD_NOT_IMPLEMENTED', `v8.${name}()`);
}

function validateSnapshotOptions(options) {
  if (options !== undefined) validateObject(options, 'options');
}

function getHeapSnapshot(options) {
  validateSnapshotOptions(options);
  throw missing('getHeapSnapshot');
}

function writeHeapSnapshot(filename, options) {
  if (filename !== undefined && typeof filename !== 'string' && !(filename instanceof Uint8Array) && !filename?.href) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'path', ['string', 'Buffer', 'URL'], filename);
  }
  validateSnapshotOptions(options);
  throw missing('writeHeapSnapshot');
}

function setHeapSnapshotNearHeapLimit(count) {
  validateUint32(count, 'limit', true);
  throw missing('setHeapSnapshotNearHeapLimit');
}

function queryObjects(constructor, options = { __proto__: null }) {
  validateFunction(constructor, 'constructor');
  validateObject(options, 'options');
  const { format = 'count' } = options;
  validateOneOf(format, 'options.format', ['count', 'summary']);
  throw missing('queryObjects');
}

function getCppHeapStatistics(type = 'detailed') {
  validateOneOf(type, 'type', ['brief', 'detailed']);
  throw missing('getCppHeapStatistics');
}

/** Records the collections that the runtime starts; of the engine's own nobody hears. */
class GCProfiler {
  #profile;
  #listener;

  start() {
    if (this.#profile !== undefined) return;
    const profile = this.#profile = { version: 1, startTime: DateNow(), statistics: [] };
    this.#listener = ({ duration, before, after }) => {
      profile.statistics[profile.statistics.length] = {
        gcType: 'MarkSweepCompact', beforeGC: figuresWith(before), cost: duration * 1000, afterGC: figuresWith(after),
      };
    };
    require('perf_hooks/collections').observe(this.#listener);
  }

  stop() {
    const profile = this.#profile;
    if (profile === undefined) return undefined;
    const collections = require('perf_hooks/collections');
    collections.tell();
    collections.unobserve(this.#listener);
    this.#profile = this.#listener = undefined;
    return { version: profile.version, startTime: profile.startTime, statistics: profile.statistics, endTime: DateNow() };
  }
}

// The figures of the heap when script held so many bytes.
function figuresWith(bytes) {
  const all = getHeapStatistics();
  const spaces = getHeapSpaceStatistics();
  const heapSpaceStatistics = [];
  for (let i = 0; i < spaces.length; i++) {
    const old = spaces[i].space_name === 'old_space';
    heapSpaceStatistics[i] = {
      spaceName: spaces[i].space_name,
      spaceSize: spaces[i].space_size,
      spaceUsedSize: old ? bytes : spaces[i].space_used_size,
      spaceAvailableSize: spaces[i].space_available_size,
      physicalSpaceSize: spaces[i].physical_space_size,
    };
  }
  return {
    heapStatistics: {
      totalHeapSize: all.total_heap_size,
      totalHeapSizeExecutable: all.total_heap_size_executable,
      totalPhysicalSize: all.total_physical_size,
      totalAvailableSize: all.total_available_size,
      totalGlobalHandlesSize: all.total_global_handles_size,
      usedGlobalHandlesSize: all.used_global_handles_size,
      usedHeapSize: bytes,
      heapSizeLimit: all.heap_size_limit,
      mallocedMemory: all.malloced_memory,
      externalMemory: all.external_memory,
      peakMallocedMemory: all.peak_malloced_memory,
    },
    heapSpaceStatistics,
  };
}

function startCpuProfile() {
  throw missing('startCpuProfile');
}

// Without NODE_V8_COVERAGE there is nothing to write or to stop, in Node neither.
function takeCoverage() {
  if (require('process').env.NODE_V8_COVERAGE) throw missing('takeCoverage');
}

function stopCoverage() {
  if (require('process').env.NODE_V8_COVERAGE) throw missing('stopCoverage');
}

function isStringOneByteRepresentation(content) {
  validateString(content, 'content');
  return native.isOneByte(content);
}

const promiseHooks = {
  createHook(hooks) { return require('v8/promise_hooks').createHook(hooks); },
  onInit(hook) { return require('v8/promise_hooks').onInit(hook); },
  onBefore(hook) { return require('v8/promise_hooks').onBefore(hook); },
  onAfter(hook) { return require('v8/promise_hooks').onAfter(hook); },
  onSettled(hook) { return require('v8/promise_hooks').onSettled(hook); },
};

function whileBuilding() {
  throw nodeError('ERR_NOT_BUILDING_SNAPSHOT');
}

const startupSnapshot = {
  addDeserializeCallback(callback, data) { whileBuilding(); },
  addSerializeCallback(callback, data) { whileBuilding(); },
  setDeserializeMainFunction(callback, data) { whileBuilding(); },
  isBuildingSnapshot() { return false; },
};

module.exports = {
  cachedDataVersionTag,
  getHeapSnapshot,
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  getCppHeapStatistics,
  setFlagsFromString,
  Serializer,
  Deserializer,
  DefaultSerializer,
  DefaultDeserializer,
  deserialize: native.deserialize,
  takeCoverage,
  stopCoverage,
  serialize: native.serialize,
  writeHeapSnapshot,
  promiseHooks,
  queryObjects,
  startupSnapshot,
  setHeapSnapshotNearHeapLimit,
  GCProfiler,
  isStringOneByteRepresentation,
  startCpuProfile,
};
