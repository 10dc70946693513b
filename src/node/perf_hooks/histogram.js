// Histograms: `createHistogram`, `monitorEventLoopDelay`. The values are counted natively.
'use strict';

const { BigInt, Map, MathCeil, Number, NumberIsNaN, ObjectDefineProperty, Symbol, SymbolFor } = primordials;
const native = binding('perf_hooks');
const { nodeError } = binding('errors');
const { validateInteger, validateNumber, validateObject } = binding('validators');

const { carry, kClone, kRevive } = binding('structured_clone');

const MAX = 2 ** 53 - 1;
const kMake = Symbol('kMake');
const inspectCustom = SymbolFor('nodejs.util.inspect.custom');

let handleOf;

/** How often which values occurred. */
class Histogram {
  #handle;

  static {
    handleOf = (value) => (value !== null && typeof value === 'object' && #handle in value ? value.#handle : undefined);
  }

  constructor(guard, handle) {
    if (guard !== kMake) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    this.#handle = handle;
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return options.stylize(`[${this.constructor.name}]`, 'special');
    const { min, max, mean, exceeds, stddev, count, percentiles } = this;
    const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
    return `Histogram ${require('util').inspect({ min, max, mean, exceeds, stddev, count, percentiles }, inner)}`;
  }

  get count() { return figures(this, false)[0]; }

  get countBigInt() { return figures(this, true)[0]; }

  get min() { return figures(this, false)[1]; }

  get minBigInt() { return figures(this, true)[1]; }

  get max() { return figures(this, false)[2]; }

  get maxBigInt() { return figures(this, true)[2]; }

  get exceeds() { return figures(this, false)[3]; }

  get exceedsBigInt() { return figures(this, true)[3]; }

  get mean() { return figures(this, false)[4]; }

  get stddev() { return figures(this, false)[5]; }

  percentile(percentile) {
    return atPercentile(this, percentile, false);
  }

  percentileBigInt(percentile) {
    return atPercentile(this, percentile, true);
  }

  get percentiles() { return allPercentiles(this, false); }

  get percentilesBigInt() { return allPercentiles(this, true); }

  /** Forgets all values. */
  reset() {
    native.histogramReset(checked(this, 'Histogram'));
  }

  toJSON() {
    const { count, min, max, mean, exceeds, stddev } = this;
    const list = native.histogramPercentiles(checked(this, 'Histogram'), false);
    const percentiles = {};
    for (let i = 0; i < list.length; i += 2) percentiles[list[i]] = list[i + 1];
    return { count, min, max, mean, exceeds, stddev, percentiles };
  }
}

function checked(histogram, name) {
  const handle = handleOf(histogram);
  if (handle === undefined) throw nodeError('ERR_INVALID_THIS', name);
  return handle;
}

function figures(histogram, big) {
  return native.histogramFigures(checked(histogram, 'Histogram'), big);
}

function atPercentile(histogram, percentile, big) {
  const handle = checked(histogram, 'Histogram');
  validateNumber(percentile, 'percentile');
  if (NumberIsNaN(percentile) || percentile <= 0 || percentile > 100) {
    throw nodeError('ERR_OUT_OF_RANGE', 'percentile', '> 0 && <= 100', percentile);
  }
  return native.histogramPercentile(handle, percentile, big);
}

function allPercentiles(histogram, big) {
  const list = native.histogramPercentiles(checked(histogram, 'Histogram'), big);
  const result = new Map();
  for (let i = 0; i < list.length; i += 2) result.set(list[i], list[i + 1]);
  return result;
}

let isRecordable;

/** A histogram that script writes. */
class RecordableHistogram extends Histogram {
  #recordable = true;

  static {
    isRecordable = (value) => value !== null && typeof value === 'object' && #recordable in value;
  }

  record(value) {
    if (!isRecordable(this)) throw nodeError('ERR_INVALID_THIS', 'RecordableHistogram');
    if (typeof value !== 'bigint') validateInteger(value, 'val', 1);
    native.histogramRecord(handleOf(this), value);
  }

  /** Records the nanoseconds since the last call. */
  recordDelta() {
    if (!isRecordable(this)) throw nodeError('ERR_INVALID_THIS', 'RecordableHistogram');
    native.histogramDelta(handleOf(this));
  }

  add(other) {
    if (!isRecordable(this)) throw nodeError('ERR_INVALID_THIS', 'RecordableHistogram');
    if (!isRecordable(other)) throw nodeError('ERR_INVALID_ARG_TYPE', 'other', 'RecordableHistogram', other);
    native.histogramAdd(handleOf(this), handleOf(other));
  }
}

/** What `monitorEventLoopDelay` returns: records how late a timer comes. */
class ELDHistogram extends Histogram {
  #handle;
  #resolution;
  #timer;

  constructor(guard, handle, resolution) {
    super(guard, handle);
    this.#handle = handle;
    this.#resolution = resolution;
  }

  enable() {
    if (!(#timer in this)) throw nodeError('ERR_INVALID_THIS', 'ELDHistogram');
    if (this.#timer !== undefined) return false;
    const handle = this.#handle;
    native.histogramReset(handle);
    native.histogramDelta(handle);
    this.#timer = require('timers').setInterval(() => native.histogramDelta(handle), this.#resolution);
    this.#timer.unref();
    return true;
  }

  disable() {
    if (!(#timer in this)) throw nodeError('ERR_INVALID_THIS', 'ELDHistogram');
    if (this.#timer === undefined) return false;
    require('timers').clearInterval(this.#timer);
    this.#timer = undefined;
    return true;
  }
}

function createHistogram(options = { __proto__: null }) {
  validateObject(options, 'options');
  const { lowest = 1, highest = MAX, figures: digits = 3 } = options;
  if (typeof lowest !== 'bigint') validateInteger(lowest, 'options.lowest', 1, MAX);
  if (typeof highest !== 'bigint') {
    validateInteger(highest, 'options.highest', 2 * Number(lowest), MAX);
  } else if (highest < 2n * BigInt(lowest)) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'options.highest', highest);
  }
  validateInteger(digits, 'options.figures', 1, 5);
  return new RecordableHistogram(kMake, native.makeHistogram(lowest, highest, digits));
}

function monitorEventLoopDelay(options = { __proto__: null }) {
  validateObject(options, 'options');
  const { resolution = 10 } = options;
  validateInteger(resolution, 'options.resolution', 1);
  return new ELDHistogram(kMake, native.makeHistogram(1, 3.6e12, 3), resolution);
}

/** Records a time in milliseconds, for `timerify`. */
function recordDuration(histogram, duration) {
  const nanoseconds = MathCeil(duration * 1e6);
  native.histogramRecord(handleOf(histogram), nanoseconds < 1 ? 1 : nanoseconds);
}

// Clones count the same values.
function cloneable(prototype, name) {
  ObjectDefineProperty(prototype, kClone, {
    __proto__: null,
    configurable: true,
    value() { return { deserializeInfo: `perf_hooks/histogram:${name}`, data: carry(checked(this, 'Histogram')) }; },
  });
}
cloneable(Histogram.prototype, 'Histogram');
cloneable(RecordableHistogram.prototype, 'RecordableHistogram');

module.exports = {
  createHistogram, monitorEventLoopDelay, isRecordable: (value) => isRecordable(value), recordDuration,
  [kRevive](handle, name) {
    return new (name === 'Histogram' ? Histogram : RecordableHistogram)(kMake, handle);
  },
};
