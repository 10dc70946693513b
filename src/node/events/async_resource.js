// EventEmitterAsyncResource: an emitter whose listeners run in the async context that it was made in.
'use strict';

const { ReflectApply } = primordials;
const EventEmitter = require('events');
const { AsyncResource } = require('async_hooks');
const { nodeError } = binding('errors');

class EmitterResource extends AsyncResource {
  #emitter;

  constructor(emitter, type, options) {
    super(type, options);
    this.#emitter = emitter;
  }

  get eventEmitter() {
    return this.#emitter;
  }
}

let resourceOf;

class EventEmitterAsyncResource extends EventEmitter {
  #resource;

  static {
    resourceOf = (emitter) => {
      if (!(#resource in emitter)) throw nodeError('ERR_INVALID_THIS', 'EventEmitterAsyncResource');
      return emitter.#resource;
    };
  }

  constructor(options) {
    let name;
    if (typeof options === 'string') {
      name = options;
      options = undefined;
    } else {
      // A subclass has a name of its own.
      if (new.target === EventEmitterAsyncResource) binding('validators').validateString(options?.name, 'options.name');
      name = options?.name || new.target.name;
    }
    super(options);
    this.#resource = new EmitterResource(this, name, options);
  }

  emit(event, ...args) {
    return resourceOf(this).runInAsyncScope((...rest) => ReflectApply(super.emit, this, rest), this, event, ...args);
  }

  emitDestroy() {
    resourceOf(this).emitDestroy();
  }

  get asyncId() {
    return resourceOf(this).asyncId();
  }

  get triggerAsyncId() {
    return resourceOf(this).triggerAsyncId();
  }

  get asyncResource() {
    return resourceOf(this);
  }
}

module.exports = EventEmitterAsyncResource;
