//! The engine's host hooks: async context for promise reactions, unhandled rejections, a safe point for collection.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::promise::{OperationType, Promise},
    context::{HostHooks, intrinsics::Intrinsics},
    job::JobCallback,
    object::builtins::JsFunction,
    realm::Realm,
};

use crate::{
    engine::nesting,
    node::{async_hooks::promises, domain, vm},
};

use super::State;

/// The hooks of every [`super::Runtime`].
pub struct Hooks {
    /// Whose the next realm is.
    pub next_global: vm::NextGlobal,
}

/// The largest ArrayBuffer: 2^53 - 1 is the limit of the language, memory is the limit of the machine.
const MAX_BUFFER_BYTES: u64 = 1 << 36;

impl HostHooks for Hooks {
    fn make_job_callback(&self, callback: JsFunction, context: &mut Context) -> JobCallback {
        promises::make_job_callback(callback, context)
    }

    fn call_job_callback(
        &self,
        job: &JobCallback,
        this: &JsValue,
        args: &[JsValue],
        context: &mut Context,
    ) -> JsResult<JsValue> {
        promises::call_job_callback(job, this, args, context)
    }

    fn promise_rejection_tracker(
        &self,
        promise: &JsObject<Promise>,
        operation: OperationType,
        context: &mut Context,
    ) {
        let state = State::of(context);
        let promise = promise.clone().upcast();
        let frame = promises::rejection_frame(&promise, context);
        let domain = domain::active(&state);
        state.rejections.track(promise, operation, frame, domain);
    }

    fn ensure_can_compile_strings(
        &self,
        realm: Realm,
        parameters: &[JsString],
        body: &JsString,
        _: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        for text in parameters.iter().chain([body]) {
            nesting::check_string(text, context)?;
        }
        vm::check_code_generation(&realm, context)
    }

    fn create_global_object(&self, intrinsics: &Intrinsics) -> JsObject {
        self.next_global
            .take(intrinsics)
            .unwrap_or_else(|| JsObject::with_object_proto(intrinsics))
    }

    fn local_timezone_offset_seconds(&self, unix_time_seconds: i64) -> i32 {
        crate::sys::local_offset_seconds(unix_time_seconds)
    }

    fn max_buffer_size(&self, context: &mut Context) -> u64 {
        if let Some(state) = State::try_of(context) {
            state.memory.safe_point();
        }
        MAX_BUFFER_BYTES
    }
}
