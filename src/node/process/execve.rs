//! `process.execve`: the native half, which gets arguments that have been checked.

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::JsArray};

use crate::{
    node::errors,
    runtime::access::{self, Operation},
};

/// `execve(file, args, environment)`, the environment as strings `name=value`. Only a failure returns.
pub fn execve(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let file = args.get_or_undefined(0).to_string(context)?;
    let file = file.to_std_string_lossy();
    let list = strings(args.get_or_undefined(1), context)?;
    let environment: Vec<(String, String)> = strings(args.get_or_undefined(2), context)?
        .into_iter()
        .filter_map(|entry| {
            let (name, value) = entry.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect();
    access::check(Operation::ChildProcess(file.as_ref()), context)?;
    let error = crate::sys::replace_process(&file, &list, &environment);
    Err(errors::io_error(&error, "execve", None, context))
}

fn strings(value: &JsValue, context: &mut Context) -> JsResult<Vec<String>> {
    let Some(object) = value.as_object().filter(|object| object.is_array()) else {
        return Ok(Vec::new());
    };
    let array = JsArray::from_object(object)?;
    let mut list = Vec::new();
    for index in 0..array.length(context)? {
        let text = array.at(index as i64, context)?.to_string(context)?;
        list.push(text.to_std_string_lossy());
    }
    Ok(list)
}
