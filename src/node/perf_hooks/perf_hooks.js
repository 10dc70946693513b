// `perf_hooks`: `performance`, its entries and observers; histograms and the timing of resources load when they are touched.
'use strict';

const { ObjectDefineProperty } = primordials;
const { PerformanceEntry, PerformanceMark, PerformanceMeasure } = require('perf_hooks/entries');
const { Performance, performance, eventLoopUtilization, timerify } = require('perf_hooks/performance');
const { PerformanceObserver, PerformanceObserverEntryList } = require('perf_hooks/observe');

module.exports = {
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  get PerformanceResourceTiming() { return require('perf_hooks/resources').PerformanceResourceTiming; },
  monitorEventLoopDelay(options) { return require('perf_hooks/histogram').monitorEventLoopDelay(options); },
  eventLoopUtilization,
  timerify,
  createHistogram(options) { return require('perf_hooks/histogram').createHistogram(options); },
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
