//! `fs.watch`: a handle of the loop that watches files, and the callback that hears of changes. The script half
//! (`watch.js`) makes the `FSWatcher` around it.

use std::{path::PathBuf, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string,
};
use ouro_loop::{Event, FsChangeKind, FsWatchOptions, HandleId};

use super::{
    args::{self, Options, Shape, Use},
    error::FsError,
};
use crate::{
    engine::native::Natives,
    node::buffer::Encoding,
    runtime::{State, async_context::Frame, dispatch::Owner},
};

/// Somebody who watches a path.
struct Watcher {
    callback: JsObject,
    shape: Shape,
    path: PathBuf,
    frame: Frame,
}

/// What a watch object holds.
#[derive(Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] HandleId);

/// `watch(path, { recursive, persistent, encoding }, callback)`: a watch with `close`, `ref` and `unref`;
/// `callback(eventType, filename, error)`.
pub fn watch(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = args::path(args.get_or_undefined(0), "filename", Use::Read, context)?;
    let options = Options::of(args.get_or_undefined(1), context)?;
    let callback = args.get_or_undefined(2).to_object(context)?;
    let recursive = options.flag("recursive", context)?;
    let persistent = options.flag("persistent", context)?;
    let state = State::of(context);
    let started = state
        .event_loop
        .fs_watch(&path, FsWatchOptions { recursive });
    let id = match started {
        Ok(id) => id,
        Err(error) => return Err(FsError::at("watch", &path)(error.into()).into_js(context)),
    };
    // A handle that was just made.
    let _ = state.event_loop.set_ref(id, persistent);
    let watcher = Watcher {
        callback,
        shape: options.shape(Shape::Text(Encoding::Utf8)),
        path,
        frame: state.async_context.resource("FSEVENTWRAP", None, context),
    };
    state.owners.set(id, Rc::new(watcher));
    let natives = Natives::on(
        JsObject::from_proto_and_data(
            Some(context.intrinsics().constructors().object().prototype()),
            Handle(id),
        ),
        context,
    );
    let object = natives
        .function("close", 0, |this, _, context| {
            // One that is closed already is.
            with_handle(this, context, |state, id| {
                let _ = state.event_loop.close(id);
            })
        })
        .function("ref", 0, |this, _, context| {
            with_handle(this, context, |state, id| {
                let _ = state.event_loop.set_ref(id, true);
            })
        })
        .function("unref", 0, |this, _, context| {
            with_handle(this, context, |state, id| {
                let _ = state.event_loop.set_ref(id, false);
            })
        });
    Ok(object.build().into())
}

fn with_handle(
    this: &JsValue,
    context: &Context,
    act: impl FnOnce(&State, HandleId),
) -> JsResult<JsValue> {
    if let Some(object) = this.as_object()
        && let Some(id) = object.downcast_ref::<Handle>().map(|handle| handle.0)
    {
        act(&State::of(context), id);
    }
    Ok(JsValue::undefined())
}

impl Owner for Watcher {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        let Event::FsChange { result, .. } = event else {
            return Ok(());
        };
        let args = match result {
            Ok(change) => {
                let event = match change.kind {
                    FsChangeKind::Rename => js_string!("rename"),
                    FsChangeKind::Change => js_string!("change"),
                };
                let name = match change.filename {
                    Some(name) => self.shape.give(name.as_encoded_bytes(), context)?,
                    None => JsValue::null(),
                };
                [event.into(), name, JsValue::undefined()]
            }
            Err(error) => {
                let error = FsError::at("watch", &self.path)(error).into_js(context);
                let error = error.into_opaque(context)?;
                [JsValue::undefined(), JsValue::undefined(), error]
            }
        };
        self.callback
            .call(&JsValue::undefined(), &args, context)
            .map(drop)
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }
}
