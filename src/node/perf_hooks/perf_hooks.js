// `perf_hooks`: `performance`, its entries and observers. Histograms and the timing of resources aren't there.
'use strict';

const { ObjectDefineProperty } = primordials;
const { PerformanceEntry, PerformanceMark, PerformanceMeasure } = require('perf_hooks/entries');
const { Performance, performance, eventLoopUtilization, timerify } = require('perf_hooks/performance');
const { PerformanceObserver, PerformanceObserverEntryList } = require('perf_hooks/observe');
const missing = require('module/missing')('perf_hooks');

module.exports = {
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming: missing.PerformanceResourceTiming,
  monitorEventLoopDelay: missing.monitorEventLoopDelay,
  eventLoopUtilization,
  timerify,
  createHistogram: missing.createHistogram,
  performance,
};
ObjectDefineProperty(module.exports, 'constants', {
  __proto__: null,
  configurable: false,
  enumerable: true,
  value: {
    NODE_PERFORMANCE_GC_MAJOR: 4,
    NODE_PERFORMANCE_GC_MINOR: 1,
    NODE_PERFORMANCE_GC_MINOR_MARK_SWEEP: 2,
    NODE_PERFORMANCE_GC_INCREMENTAL: 8,
    NODE_PERFORMANCE_GC_WEAKCB: 16,
    NODE_PERFORMANCE_GC_FLAGS_NO: 0,
    NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
    NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
    NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
    NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
    NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
    NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
  },
});
