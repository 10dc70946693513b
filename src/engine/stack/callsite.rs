//! The objects that `Error.prepareStackTrace` gets. What the engine can't know (`getThis`, `getFunction`) is undefined.

use boa_engine::{
    Context, Finalize, JsData, JsObject, JsResult, JsString, JsValue, Trace,
    builtins::object::OrdinaryObject, js_string, native_function::NativeFunctionPointer,
};

use super::{Frame, Stacks};
use crate::engine::native::Natives;

#[derive(Trace, Finalize, JsData)]
struct CallSite(#[unsafe_ignore_trace] Frame);

/// A call site for a frame.
pub fn make(frame: Frame, stacks: &Stacks, context: &mut Context) -> JsResult<JsObject> {
    let known = stacks.call_site_prototype.borrow().clone();
    let prototype = match known {
        Some(prototype) => prototype,
        None => {
            let prototype = prototype(context);
            *stacks.call_site_prototype.borrow_mut() = Some(prototype.clone());
            prototype
        }
    };
    Ok(JsObject::from_proto_and_data(prototype, CallSite(frame)))
}

fn prototype(context: &mut Context) -> JsObject {
    const METHODS: &[(&str, NativeFunctionPointer)] = &[
        ("getColumnNumber", |this, _, _| {
            read(this, |frame| number(frame.shown_column()))
        }),
        ("getEnclosingColumnNumber", |this, _, _| {
            read(this, |frame| number(frame.shown_column()))
        }),
        ("getEnclosingLineNumber", |this, _, _| {
            read(this, |frame| number(frame.shown_line()))
        }),
        ("getEvalOrigin", |this, _, _| {
            read(this, |frame| {
                if frame.eval {
                    js_string!("eval at <anonymous>").into()
                } else {
                    JsValue::undefined()
                }
            })
        }),
        ("getFileName", |this, _, _| read(this, file)),
        ("getFunction", |_, _, _| Ok(JsValue::undefined())),
        ("getFunctionName", |this, _, _| {
            read(this, |frame| text(frame.function.as_deref()))
        }),
        ("getLineNumber", |this, _, _| {
            read(this, |frame| number(frame.shown_line()))
        }),
        ("getMethodName", |this, _, _| {
            read(this, |frame| {
                let name = frame
                    .function
                    .as_deref()
                    .filter(|name| !name.ends_with("<anonymous>"));
                text(
                    name.and_then(|name| name.rsplit_once('.'))
                        .map(|(_, method)| method),
                )
            })
        }),
        ("getPosition", |_, _, _| Ok(0.into())),
        ("getPromiseIndex", |_, _, _| Ok(JsValue::null())),
        ("getScriptHash", |_, _, _| Ok(js_string!().into())),
        ("getScriptNameOrSourceURL", |this, _, _| read(this, file)),
        ("getThis", |_, _, _| Ok(JsValue::undefined())),
        ("getTypeName", |this, _, _| {
            read(this, |frame| {
                let name = frame.function.as_deref();
                text(
                    name.and_then(|name| name.split_once('.'))
                        .map_or(Some("Object"), |(class, _)| Some(class)),
                )
            })
        }),
        ("isAsync", |_, _, _| Ok(false.into())),
        ("isConstructor", |this, _, _| {
            read(this, |frame| frame.construct.into())
        }),
        ("isEval", |this, _, _| read(this, |frame| frame.eval.into())),
        ("isNative", |this, _, _| {
            read(this, |frame| frame.native.into())
        }),
        ("isPromiseAll", |_, _, _| Ok(false.into())),
        ("isToplevel", |this, _, _| {
            read(this, |frame| {
                (!frame.construct
                    && !frame
                        .function
                        .as_deref()
                        .is_some_and(|name| name.contains('.')))
                .into()
            })
        }),
        ("toString", |this, _, _| {
            read(this, |frame| JsString::from(frame.text()).into())
        }),
    ];
    let object = JsObject::from_proto_and_data(
        context.intrinsics().constructors().object().prototype(),
        OrdinaryObject,
    );
    let mut natives = Natives::on(object, context);
    for (name, method) in METHODS {
        natives = natives.function(name, 0, *method);
    }
    natives.build()
}

fn read(this: &JsValue, value: impl FnOnce(&Frame) -> JsValue) -> JsResult<JsValue> {
    let object = this.as_object();
    let site = object
        .as_ref()
        .and_then(|object| object.downcast_ref::<CallSite>());
    Ok(site.map(|site| value(&site.0)).unwrap_or_default())
}

fn text(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::null(), |text| JsString::from(text).into())
}

fn number(number: u32) -> JsValue {
    if number == 0 {
        JsValue::null()
    } else {
        number.into()
    }
}

fn file(frame: &Frame) -> JsValue {
    if frame.native || frame.path.is_empty() {
        JsValue::undefined()
    } else {
        JsString::from(frame.file()).into()
    }
}
